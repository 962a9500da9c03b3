//! What is answered about an event: how it stands once everything is written.

use app::views::{Audience, event_json};
use app::{App, Rejection};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::{EventId, Refusal};
use serde_json::Value;
use web::page;

/// An event that is there now: 201, and where it is.
pub async fn created(app: &App, id: EventId) -> Result<Response, Rejection> {
    let mut response = page::created(&view(app, id).await?);
    if let Ok(location) = HeaderValue::from_str(&format!("/api/v1/events/{id}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// An event that was changed: 200.
pub async fn changed(app: &App, id: EventId) -> Result<Response, Rejection> {
    Ok(page::ok(&view(app, id).await?))
}

async fn view(app: &App, id: EventId) -> Result<Value, Rejection> {
    let (record, ledger) = app.store.event_with_ledger(id, true).await?.ok_or(Refusal::EventNotFound)?;
    Ok(event_json(&record, &ledger, Audience::Organiser))
}
