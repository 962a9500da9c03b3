//! Moving the clock by hand.

use axum::Json;
use axum::extract::{Request, State};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use web::Problem;

use super::{Answer, Controls, failed, read};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    now: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    by: String,
}

pub async fn show(State(front): Controls) -> Json<Value> {
    Json(json!({ "now": front.timekeeper.clock.now() }))
}

pub async fn set(State(front): Controls, request: Request) -> Answer {
    let Move { now } = read(request).await?;
    let now: Timestamp =
        now.parse().map_err(|_| Problem::invalid_field("/now", "Enter a time like 2026-11-02T09:00:00Z"))?;
    front.timekeeper.advance(now).await.map_err(|error| failed(&error))?;
    Ok(show(State(front)).await)
}

/// Days are of 24 hours: the hub's clock shows UTC.
pub async fn advance(State(front): Controls, request: Request) -> Answer {
    let Advance { by } = read(request).await?;
    let now = front.timekeeper.clock.now().to_zoned_datetime(TimeZone::UTC);
    let later = |by: Span| if by.is_negative() { None } else { now.checked_add(by).ok() };
    let to = by.parse().ok().and_then(later);
    let to = to.ok_or_else(|| Problem::invalid_field("/by", "Enter a duration like PT25H that is not negative"))?;
    front.timekeeper.advance(to.timestamp()).await.map_err(|error| failed(&error))?;
    Ok(show(State(front)).await)
}
