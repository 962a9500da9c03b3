//! What needs somebody today, the most pressing first.

use std::sync::Arc;

use app::{App, Rejection, SignedIn};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::working_hours::uk;
use domain::{EventStatus, Ledger};
use jiff::{SignedDuration, Timestamp};
use store::EventRecord;
use web::sign_in::Organiser;

use super::{events, words};
use crate::roster;
use crate::row::Row;

/// How far ahead people are looked at one by one.
const NEAR: SignedDuration = SignedDuration::from_hours(24 * 14);
/// How far ahead too few people are worth a thought.
const VIABLE: SignedDuration = SignedDuration::from_hours(24 * 21);

#[derive(Template)]
#[template(path = "console/today.html")]
struct TodayPage {
    day: String,
    groups: Vec<Group>,
    ahead: Vec<(String, String, String)>,
    may_see_roster: bool,
    may_read_reports: bool,
}

/// Tasks of one kind.
struct Group {
    heading: &'static str,
    tasks: Vec<Task>,
}

/// Something to look at: where, its words, what about it.
struct Task {
    path: String,
    words: String,
    detail: String,
}

/// `GET /organise`
pub async fn show(State(app): State<Arc<App>>, SignedIn(organiser): SignedIn) -> Result<Response, Rejection> {
    let now = app.clock.now();
    let found = if organiser.may_see_roster() { events::seen(&app, &organiser, now).await? } else { Vec::new() };
    let published: Vec<_> = found.into_iter().filter(|(record, _)| record.status == EventStatus::Published).collect();
    let mut groups = Vec::new();
    if organiser.may_manage() {
        groups.push(of_events("Fewer people than it takes", &published, |record, ledger| too_few(record, ledger, now)));
        groups.push(of_events("Lines that could become a second date", &published, long_line));
        groups.extend(of_people(&app, &organiser, &published, now).await?);
    }
    groups.retain(|group| !group.tasks.is_empty());
    let content = TodayPage {
        day: uk().to_datetime(now).strftime("%A %-d %B %Y").to_string(),
        groups,
        ahead: published.iter().take(5).map(|(record, ledger)| ahead(record, ledger)).collect(),
        may_see_roster: organiser.may_see_roster(),
        may_read_reports: organiser.may_read_reports(),
    };
    Ok(web::console::page("Today", &app.config.hub_name, &organiser, "/organise").show(&content))
}

fn event_path(record: &EventRecord) -> String {
    format!("{}/{}", super::EVENTS, record.id)
}

fn ahead(record: &EventRecord, ledger: &Ledger) -> (String, String, String) {
    let confirmed = ledger.places().confirmed;
    let detail =
        format!("{}, {}", words::when(&record.event), words::counted(confirmed, "place taken", "places taken"));
    (event_path(record), record.event.title.clone(), detail)
}

fn of_events(
    heading: &'static str,
    events: &[(EventRecord, Ledger)],
    detail: impl Fn(&EventRecord, &Ledger) -> Option<String>,
) -> Group {
    let task = |(record, ledger): &(EventRecord, Ledger)| {
        let detail = detail(record, ledger)?;
        Some(Task { path: event_path(record), words: record.event.title.clone(), detail })
    };
    Group { heading, tasks: events.iter().filter_map(task).collect() }
}

fn too_few(record: &EventRecord, ledger: &Ledger, now: Timestamp) -> Option<String> {
    let (minimum, confirmed) = (record.event.minimum?, ledger.places().confirmed);
    let is_near = record.event.starts().duration_since(now) <= VIABLE && record.event.starts() > now;
    let when = words::when(&record.event);
    (is_near && confirmed < minimum).then(|| format!("{confirmed} of {minimum}, starts {when}"))
}

fn long_line(record: &EventRecord, ledger: &Ledger) -> Option<String> {
    let (capacity, waiting) = (record.event.capacity?, ledger.places().waiting);
    (waiting * 2 > capacity).then(|| format!("{waiting} waiting for {capacity} places"))
}

/// What is told of people one by one, in events that are near.
async fn of_people(
    app: &App,
    organiser: &Organiser,
    events: &[(EventRecord, Ledger)],
    now: Timestamp,
) -> Result<Vec<Group>, Rejection> {
    let mut groups = [("Bookings that want approval", Vec::new()), ("People who may have booked twice", Vec::new())];
    let is_near = |record: &EventRecord| record.event.starts().duration_since(now) <= NEAR;
    for (record, ledger) in events.iter().filter(|(record, _)| is_near(record) && organiser.may_manage()) {
        for row in roster::all(app, record, ledger).await? {
            if row.status == "approval" {
                groups[0].1.push(person(record, &row));
            }
            if row.possible_duplicate_of.is_some() {
                groups[1].1.push(person(record, &row));
            }
        }
    }
    Ok(groups.into_iter().map(|(heading, tasks)| Group { heading, tasks }).collect())
}

fn person(record: &EventRecord, row: &Row) -> Task {
    let path = format!("{}/registrations/{}", event_path(record), row.reference);
    Task { path, words: super::people::name(row), detail: record.event.title.clone() }
}
