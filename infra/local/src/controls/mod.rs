//! The local hub's own controls, `/_local/…`: sign-in, clock, faults, limits, usage, and the mail that was sent.

mod clock;
mod inbox;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web::Problem;
use web::body::BYTES_MAX;

use crate::front::Front;
use crate::issuer::SignIn;
use crate::wire::faults::Plan;

type Controls = State<Arc<Front>>;
type Answer = Result<Json<Value>, Problem>;

/// The controls' routes.
pub fn routes() -> Router<Arc<Front>> {
    Router::new()
        .route("/_local/", get(inbox::page))
        .route("/_local/inbox", get(inbox::list))
        .route("/_local/inbox/{file}", get(inbox::raw))
        .route("/_local/token", post(token))
        .route("/_local/clock", get(clock::show).put(clock::set))
        .route("/_local/clock/advance", post(clock::advance))
        .route("/_local/settle", post(settle))
        .route("/_local/faults", put(set_faults).get(faults).delete(no_faults))
        .route("/_local/limits", put(set_limits))
        .route("/_local/usage", get(usage).delete(no_usage))
}

/// What may be limited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Limit {
    /// Registrations a minute from one network; no limit where absent.
    network_per_minute: Option<u32>,
}

async fn token(State(front): Controls, request: Request) -> Answer {
    let sign_in: SignIn = read(request).await?;
    let token = front.issuer.token(sign_in, front.timekeeper.clock.now()).map_err(|error| failed(&error))?;
    Ok(Json(json!({ "token": token })))
}

async fn settle(State(front): Controls) -> Answer {
    front.timekeeper.settle().await.map_err(|error| failed(&error))?;
    Ok(Json(json!({ "now": front.timekeeper.clock.now() })))
}

async fn faults(State(front): Controls) -> Json<Value> {
    Json(json!(front.ground.faults.plan()))
}

async fn set_faults(State(front): Controls, request: Request) -> Answer {
    let plan: Plan = read(request).await?;
    let refuse = |error: crate::wire::faults::InvalidPlan| Problem::invalid_field("/store", &error.to_string());
    front.ground.faults.set(plan).map_err(refuse)?;
    Ok(Json(json!(plan)))
}

async fn no_faults(State(front): Controls) -> Answer {
    front.ground.faults.clear();
    Ok(Json(json!(front.ground.faults.plan())))
}

async fn set_limits(State(front): Controls, request: Request) -> Answer {
    let limit: Limit = read(request).await?;
    front.limits.set(limit.network_per_minute);
    Ok(Json(json!(limit)))
}

async fn usage(State(front): Controls) -> Json<Value> {
    Json(json!({ "functions": front.ground.usage.all() }))
}

async fn no_usage(State(front): Controls) -> Json<Value> {
    front.ground.usage.reset();
    Json(json!({ "functions": front.ground.usage.all() }))
}

/// A request's body; whatever its content type, so that a plain `curl -d` serves.
async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Problem> {
    let bytes = web::body::bytes(request.into_body(), BYTES_MAX).await?;
    let value: Value = serde_json::from_slice(&bytes).map_err(|error| Problem::malformed(error.to_string()))?;
    serde_json::from_value(value).map_err(|error| Problem::invalid_field("", &error.to_string()))
}

/// A failure of this machine, which whoever runs it may read.
fn failed(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(error, "control failed");
    Problem::failed("the hub's log")
}
