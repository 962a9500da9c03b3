//! Calendar files: one event, and all that are public.

use std::sync::Arc;

use app::{App, Asked, Rejection};
use axum::extract::State;
use axum::response::Response;
use domain::EventStatus;
use jiff::Timestamp;
use store::EventRecord;
use web::calendar::{Calendar, Entry, MEDIA_TYPE, Method, Source};
use web::page;

use crate::KEPT_SECONDS;
use crate::asked::public_event;
use crate::upcoming;

/// `GET /events/{id}/calendar.ics`
pub async fn one(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Rejection> {
    let (record, _) = public_event(&app, asked.0).await?;
    Ok(answer(None, entries(&app, &record, app.clock.now())))
}

/// `GET /events.ics`, to subscribe to.
pub async fn all(State(app): State<Arc<App>>) -> Result<Response, Rejection> {
    let now = app.clock.now();
    let found = upcoming::public(&app, now).await?;
    let entries = found.iter().flat_map(|(record, _)| entries(&app, record, now)).collect();
    Ok(answer(Some(format!("{}: events", app.hub().await?.name)), entries))
}

fn entries(app: &App, record: &EventRecord, now: Timestamp) -> Vec<Entry> {
    let source = Source {
        event: &record.event,
        id: record.id,
        sequence: record.version,
        is_cancelled: record.status == EventStatus::Cancelled,
        base_url: &app.config.base_url,
        now,
    };
    source.entries()
}

fn answer(name: Option<String>, entries: Vec<Entry>) -> Response {
    let calendar = Calendar { method: Method::Publish, name, entries };
    page::keep(page::file(MEDIA_TYPE, calendar.write()), KEPT_SECONDS)
}
