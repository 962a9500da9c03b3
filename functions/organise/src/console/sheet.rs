//! The sign-in sheet: who is expected, with a box to sign in for each session. Its head stands on every printed page.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::{Refusal, text};
use web::dates;

use super::{events_page, people};
use crate::access::RosterEvent;
use crate::roster;

/// Empty lines for those who come without a booking.
const SPARE: usize = 5;

#[derive(Template)]
#[template(path = "console/sheet.html")]
struct Sheet<'a> {
    id: String,
    title: &'a str,
    sessions: Vec<String>,
    people: Vec<(String, String)>,
    is_counts_only: bool,
}

/// `GET /organise/events/{id}/sheet`
pub async fn show(State(app): State<Arc<App>>, roster: RosterEvent) -> Result<Response, Rejection> {
    let record = &roster.record;
    let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
    let is_counts_only = roster.is_counts_only();
    let mut rows = if is_counts_only { Vec::new() } else { roster::all(&app, record, &ledger).await? };
    rows.retain(|row| ["confirmed", "attended", "absent"].contains(&row.status));
    rows.sort_by_key(|row| text::fold(&people::name(row)));
    let mut people: Vec<_> = rows.iter().map(|row| (people::name(row), people::organisation(row))).collect();
    people.extend(std::iter::repeat_n((String::new(), String::new()), SPARE));
    let content = Sheet {
        id: record.id.to_string(),
        title: &record.event.title,
        sessions: record.event.sessions.iter().map(dates::session).collect(),
        people,
        is_counts_only,
    };
    let title = format!("Sign-in sheet: {}", record.event.title);
    let back = format!("{}/{}", super::EVENTS, record.id);
    let hub = app.hub().await?;
    Ok(events_page(&hub, &roster.organiser, &title).back(back, record.event.title.as_str()).show(&content))
}
