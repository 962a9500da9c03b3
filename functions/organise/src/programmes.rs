//! The hub's programmes: read and changed. A programme stays in the list: events name it.

use std::sync::Arc;

use app::access::Admin;
use app::trail::{self, Deed};
use app::{App, Rejection};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{Programme, Programmes};
use serde_json::{Value, json};
use web::{Problem, body, page};

/// How often others may be quicker before we ask for patience.
const ATTEMPTS: usize = 10;

/// `GET /api/v1/programmes`
pub async fn read(State(app): State<Arc<App>>, _: Admin) -> Result<Response, Rejection> {
    Ok(page::ok(&view(&app.store.programmes_to_change().await?.value)))
}

/// `PUT /api/v1/programmes {"programmes": […]}`
pub async fn put(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let sent = Programmes::parse_list(body::json(&headers, request, &[]).await?).map_err(Problem::invalid)?;
    for _ in 0..ATTEMPTS {
        let before = app.store.programmes_to_change().await?;
        let after = before.value.clone().with(sent.clone());
        if after.iter().count() > Programmes::COUNT_MAX {
            let words = format!("There may be {} programmes at most", Programmes::COUNT_MAX);
            return Err(Problem::invalid_field("/programmes", &words).into());
        }
        if after == before.value || app.store.replace_programmes(&after, before.version).await? {
            for programme in &sent {
                trail::record(&app, &organiser, Deed::of("programme.put", programme.id.to_string())).await?;
            }
            return Ok(page::ok(&view(&after)));
        }
    }
    Err(Problem::unavailable().into())
}

fn view(programmes: &Programmes) -> Value {
    json!({"programmes": programmes.iter().map(Programme::to_json).collect::<Vec<_>>()})
}
