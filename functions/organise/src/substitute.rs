//! A colleague takes over: the same ticket and place, even when the event is full.

use std::sync::Arc;

use app::{App, HandedOver, Leaver, Newcomer, Rejection};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::ledger::Entry;
use serde_json::json;
use store::BookingKey;
use web::{Problem, body, page};

use crate::line::Concerned;
use crate::row::Row;
use crate::trail;

/// `POST …/{reference}/substitute {"name", "email", "role"}`; answers with the newcomer's row.
pub async fn substitute(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let sent = body::json_or_nothing(&headers, request).await?;
    let newcomer = Newcomer::read(sent).map_err(Problem::invalid)?;
    Ok(page::ok(&json!(hand_over(&app, &concerned, newcomer).await?)))
}

/// Hands a registration over; the newcomer's row.
pub async fn hand_over(app: &App, concerned: &Concerned, newcomer: Newcomer) -> Result<Row, Rejection> {
    let record = &concerned.managed.record;
    let leaver = Leaver { event: record.id, person: concerned.person, registration: concerned.registration.as_ref() };
    let HandedOver { to, ledger } = app.hand_over(&leaver, newcomer).await?.map_err(Problem::invalid)?;
    let mut deed = concerned.deed("registration.substitute");
    if let Some(generation) = ledger.members.get(&to).map(Entry::generation) {
        deed = deed.about(BookingKey { person: to, event: record.id, generation, version: 0 });
    }
    trail::record(app, &concerned.managed.organiser, deed.seen_in(&ledger)).await?;
    Row::read(app, record, &ledger, to).await
}
