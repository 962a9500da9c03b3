//! The event once more on other dates: one copy for each date, at the same time of day.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::uk_time::uk;
use jiff::Timestamp;
use web::components::{ErrorSummary, Field, Textarea};
use web::forms::FormData;
use web::page::{Mistake, see_other};

use super::fields::{instant, read_day};
use super::{EVENTS, events_page, mistakes};
use crate::access::ManagedEvent;
use crate::duplicate::duplicate_event;

/// Copies made in one request.
const COPIES_MAX: usize = 30;

#[derive(Template)]
#[template(path = "console/copy.html")]
struct CopyPage<'a> {
    summary: ErrorSummary<'a>,
    title: &'a str,
    dates: Textarea<'a>,
}

/// `GET /organise/events/{id}/copy`
pub async fn show(State(app): State<Arc<App>>, managed: ManagedEvent) -> Result<Response, Rejection> {
    page(&app, &managed, "", &[]).await
}

/// `POST /organise/events/{id}/copy`
pub async fn make(State(app): State<Arc<App>>, managed: ManagedEvent, form: FormData) -> Result<Response, Rejection> {
    let typed = form.one("dates");
    let starts = match starts(&managed, typed) {
        Ok(starts) => starts,
        Err(mistake) => return page(&app, &managed, typed, &[mistake]).await,
    };
    let mut copies = Vec::new();
    for starts in starts {
        match duplicate_event(&app, &managed, starts).await {
            Ok(record) => copies.push(record.id),
            Err(rejection) => {
                let wrong: Vec<Mistake> = mistakes(rejection)?.into_iter().map(|one| mistake(one.detail)).collect();
                return page(&app, &managed, typed, &wrong).await;
            }
        }
    }
    Ok(match copies[..] {
        [copy] => see_other(&format!("{EVENTS}/{copy}?done=copied")),
        _ => see_other(&format!("{EVENTS}?state=draft&done=copied")),
    })
}

/// When the copies start: each line's date, at the event's time of day.
fn starts(managed: &ManagedEvent, typed: &str) -> Result<Vec<Timestamp>, Mistake> {
    let time = uk().to_datetime(managed.record.event.starts()).time();
    let lines: Vec<&str> = typed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() || lines.len() > COPIES_MAX {
        return Err(mistake(format!("Enter 1 to {COPIES_MAX} dates, one on each line")));
    }
    let read = |line: &&str| {
        let at = read_day(line).and_then(|date| instant(date, time));
        at.ok_or_else(|| mistake(format!("{line} is not a date like 1/12/2026")))
    };
    lines.iter().map(read).collect()
}

fn mistake(detail: String) -> Mistake {
    Mistake { detail, field: "dates".to_owned() }
}

async fn page(app: &App, managed: &ManagedEvent, typed: &str, wrong: &[Mistake]) -> Result<Response, Rejection> {
    let event = &managed.record.event;
    let hint = "One on each line, like 1/12/2026. Several dates make a series: a copy for each.";
    let content = CopyPage {
        summary: ErrorSummary { mistakes: wrong },
        title: &event.title,
        dates: Textarea { field: Field::new("dates", "Dates").hint(hint).mistakes(wrong), value: typed, rows: 5 },
    };
    let back = format!("{EVENTS}/{}", managed.record.id);
    let hub = app.hub().await?;
    let page = events_page(&hub, &managed.organiser, "Copy to other dates").back(back, event.title.as_str());
    Ok(if wrong.is_empty() { page.show(&content) } else { page.show_again(&content) })
}
