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
    now: Timestamp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    by: Span,
}

pub async fn show(State(front): Controls) -> Json<Value> {
    Json(json!({ "now": front.timekeeper.clock.now() }))
}

pub async fn set(State(front): Controls, request: Request) -> Answer {
    let Move { now } = read(request).await?;
    front.timekeeper.advance(now).await.map_err(|error| failed(&error))?;
    Ok(show(State(front)).await)
}

/// Days are of 24 hours: the hub's clock shows UTC.
pub async fn advance(State(front): Controls, request: Request) -> Answer {
    let Advance { by } = read(request).await?;
    let refuse = |detail: &str| Problem::invalid_field("/by", detail);
    if by.is_negative() {
        return Err(refuse("Enter a duration that is not negative, like PT25H"));
    }
    let now = front.timekeeper.clock.now().to_zoned_datetime(TimeZone::UTC);
    let to = now.checked_add(by).map_err(|_| refuse("Enter a shorter duration"))?;
    front.timekeeper.advance(to.timestamp()).await.map_err(|error| failed(&error))?;
    Ok(show(State(front)).await)
}
