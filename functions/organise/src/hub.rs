//! The hub's settings: read, and changed by a merge patch.

use std::sync::Arc;

use app::access::Admin;
use app::trail::{self, Deed};
use app::{App, Rejection};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::Hub;
use serde_json::Value;
use web::sign_in::Organiser;
use web::{Problem, body, page};

/// How often others may be quicker before we ask for patience.
const ATTEMPTS: usize = 10;

/// `GET /api/v1/hub`
pub async fn read(State(app): State<Arc<App>>, _: Admin) -> Result<Response, Rejection> {
    Ok(page::ok(&stored(&app).await?.0.to_json()))
}

/// `PATCH /api/v1/hub` (RFC 7396)
pub async fn patch(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let patch = body::json(&headers, request, &["application/merge-patch+json"]).await?;
    Ok(page::ok(&change(&app, &organiser, &patch).await?.to_json()))
}

/// Changes the settings by a merge patch; all of them as they are then.
pub async fn change(app: &App, organiser: &Organiser, patch: &Value) -> Result<Hub, Rejection> {
    for _ in 0..ATTEMPTS {
        let (before, version) = stored(app).await?;
        let after = before.patched(patch).map_err(Problem::invalid)?.succeeding(&before, app.clock.now());
        if after == before || app.store.replace_hub(&after, version).await? {
            trail::record(app, organiser, Deed::of("hub.patch", "hub".to_owned())).await?;
            return Ok(after);
        }
    }
    Err(Problem::unavailable().into())
}

/// The settings and the version they may be replaced under.
pub async fn stored(app: &App) -> Result<(Hub, u64), Rejection> {
    let found = app.store.hub_to_change().await?;
    Ok(found.map_or_else(|| (Hub::named(&app.config.hub_name), 0), |found| (found.value, found.version)))
}
