//! `POST /api/v1/events/{id}/attendance`: minutes of people who booked and of people who did not.

use std::sync::Arc;

use app::access::RosterEvent;
use app::{App, Rejection};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;
use web::{Problem, body, page};

use crate::records::{self, Records};
use crate::roll::Roll;

/// Records attendance; either all of it or, where a reference is unknown or a field is wrong, nothing.
pub async fn record(
    State(app): State<Arc<App>>,
    roster: RosterEvent,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let value = body::json(&headers, request, &[]).await?;
    let Records { of_bookings, walk_ins } = records::read(value, &roster.record.event).map_err(Problem::invalid)?;
    let roll = Roll::call(&app, &roster.record).await?;
    let count = of_bookings.len() + walk_ins.len();
    let mut entries = roll.find(of_bookings).map_err(Problem::invalid)?;
    let walk_ins = walk_ins.into_iter().map(|came| roll.walk_in(&app, came));
    let mut newcomers = Vec::new();
    for (entry, newcomer) in walk_ins {
        entries.push(entry);
        newcomers.extend(newcomer);
    }
    roll.keep(&app, &roster.organiser, &newcomers, &entries).await?;
    Ok(page::ok(&json!({"recorded": count})))
}
