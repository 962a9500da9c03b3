//! The hub's programmes: read and changed. A programme stays in the list: events name it.

use std::sync::Arc;

use app::access::Admin;
use app::trail::{self, Deed};
use app::{App, Rejection};
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{Programme, Programmes};
use serde_json::{Value, json};
use web::body::BYTES_MAX;
use web::sign_in::Organiser;
use web::{Problem, body, page};

use crate::changes::Changes;
use crate::import::{self, FILE_MAX};

/// How often others may be quicker before we ask for patience.
const ATTEMPTS: usize = 10;

/// `GET /api/v1/programmes`
pub async fn read(State(app): State<Arc<App>>, _: Admin) -> Result<Response, Rejection> {
    Ok(page::ok(&view(&app.store.programmes_to_change().await?.value)))
}

/// `PUT /api/v1/programmes?dry_run=`: `{"programmes": […]}`, or a table as CSV. What is sent replaces what has the same
/// identifier; the rest stays.
pub async fn put(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let is_table = body::media_type(&headers) == "text/csv";
    let bytes = body::bytes(request, if is_table { FILE_MAX } else { BYTES_MAX }).await?;
    let sent = read_sent(&headers, &bytes)?;
    let is_dry = import::is_dry_run(&query.unwrap_or_default())?;
    let counts = changes(&app, sent.clone()).await?.to_json(is_dry);
    let before = app.store.programmes_to_change().await?.value;
    let after = if is_dry { before.with(sent) } else { change(&app, &organiser, sent).await? };
    let mut answer = view(&after);
    for name in ["dry_run", "read", "added", "changed", "unchanged"] {
        answer[name] = counts[name].clone();
    }
    Ok(page::ok(&answer))
}

/// A table where one is sent, else JSON.
fn read_sent(headers: &HeaderMap, bytes: &[u8]) -> Result<Vec<Programme>, Problem> {
    match body::media_type(headers).as_str() {
        "application/json" => Programmes::parse_list(body::parse(bytes)?).map_err(Problem::invalid),
        "text/csv" => read_table(bytes),
        _ => Err(Problem::unsupported_media_type("application/json, text/csv")),
    }
}

/// Programmes as somebody kept them in a spreadsheet.
pub fn read_table(bytes: &[u8]) -> Result<Vec<Programme>, Problem> {
    let (value, lines) = import::read(bytes, &import::PROGRAMMES)?;
    Programmes::parse_list(value).map_err(|errors| Problem::invalid(import::by_line(errors, &lines)))
}

/// What programmes that are sent come to.
pub async fn changes(app: &App, sent: Vec<Programme>) -> Result<Changes<Programme>, Rejection> {
    let before = app.store.programmes_to_change().await?.value;
    check_count(&before.clone().with(sent.clone()))?;
    Ok(Changes::of(sent, |programme| before.find(programme.id)))
}

/// Adds programmes to the hub's, and replaces those that it has; all of them as they are then.
pub async fn change(app: &App, organiser: &Organiser, sent: Vec<Programme>) -> Result<Programmes, Rejection> {
    for _ in 0..ATTEMPTS {
        let before = app.store.programmes_to_change().await?;
        let after = before.value.clone().with(sent.clone());
        check_count(&after)?;
        if after == before.value || app.store.replace_programmes(&after, before.version).await? {
            for programme in &sent {
                trail::record(app, organiser, Deed::of("programme.put", programme.id.to_string())).await?;
            }
            return Ok(after);
        }
    }
    Err(Problem::unavailable().into())
}

fn check_count(programmes: &Programmes) -> Result<(), Problem> {
    let words = format!("There may be {} programmes at most", Programmes::COUNT_MAX);
    let is_fine = programmes.iter().count() <= Programmes::COUNT_MAX;
    if is_fine { Ok(()) } else { Err(Problem::invalid_field("/programmes", &words)) }
}

fn view(programmes: &Programmes) -> Value {
    json!({"programmes": programmes.iter().map(Programme::to_json).collect::<Vec<_>>()})
}
