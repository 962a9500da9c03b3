//! Files that are part of the program, and the sign of life.

use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::json;
use web::{Problem, assets, page};

/// The API's description (OpenAPI 3.1).
const OPENAPI: &str = include_str!("../openapi.json");

/// Seconds for which a file of the program may be kept.
const KEPT_SECONDS: u32 = 3_600;

/// A static file.
pub async fn asset(uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    assets::file(uri.path(), &headers)
}

/// The API's description.
pub async fn openapi() -> Response {
    page::keep(page::file("application/json", OPENAPI), KEPT_SECONDS)
}

/// The function answers.
pub async fn health() -> Response {
    page::ok(&json!({"status": "ok"}))
}
