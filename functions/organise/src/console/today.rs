//! What needs somebody today, the most pressing first.

use std::sync::Arc;

use app::{App, Rejection, SignedIn};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::uk_time::uk;
use domain::{EventStatus, Ledger};
use jiff::{SignedDuration, Timestamp};
use store::EventRecord;

use super::tasks::{self, Group, event_path};
use super::{events, words};

/// How far back attendance is asked for: a report is final on the tenth of the month after.
const ATTENDANCE: SignedDuration = SignedDuration::from_hours(24 * 45);
/// Events ahead that are shown.
const AHEAD: usize = 5;

#[derive(Template)]
#[template(path = "console/today.html")]
struct TodayPage {
    day: String,
    groups: Vec<Group>,
    ahead: Vec<(String, String, String)>,
    may_see_roster: bool,
    may_read_reports: bool,
}

/// `GET /organise`
pub async fn show(State(app): State<Arc<App>>, SignedIn(organiser): SignedIn) -> Result<Response, Rejection> {
    let now = app.clock.now();
    let from = now.checked_sub(ATTENDANCE).unwrap_or(Timestamp::MIN);
    let found = if organiser.may_see_roster() { events::seen(&app, &organiser, from).await? } else { Vec::new() };
    let published = found.into_iter().filter(|(record, _)| record.status == EventStatus::Published);
    let (ahead, over): (Vec<_>, Vec<_>) = published.partition(|(record, _)| record.event.ends() > now);
    let over: Vec<_> = over.into_iter().filter(|(record, _)| record.event.ends() > from).collect();
    let groups = tasks::of(&app, &organiser, &ahead, &over).await?;
    let content = TodayPage {
        day: uk().to_datetime(now).strftime("%A %-d %B %Y").to_string(),
        groups,
        ahead: ahead.iter().take(AHEAD).map(|(record, ledger)| line(record, ledger)).collect(),
        may_see_roster: organiser.may_see_roster(),
        may_read_reports: organiser.may_read_reports(),
    };
    let hub = app.hub().await?;
    Ok(web::console::page("Today", &hub, &organiser, "/organise").show(&content))
}

fn line(record: &EventRecord, ledger: &Ledger) -> (String, String, String) {
    let confirmed = ledger.places().confirmed;
    let detail =
        format!("{}, {}", words::when(&record.event), words::counted(confirmed, "place taken", "places taken"));
    (event_path(record), record.event.title.clone(), detail)
}
