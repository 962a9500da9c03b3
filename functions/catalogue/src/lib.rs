//! Public pages and feeds: what is on, one event, calendar files, the API's reading half, legal pages, static files.
//!
//! Nothing here writes. What is the same for everyone may be kept by anybody for a few seconds; what an organiser sees
//! is read consistently and kept by nobody.

mod api;
mod asked;
mod availability;
mod event_page;
mod feeds;
mod files;
mod filters;
mod json_ld;
mod legal;
mod list_page;
mod markdown;
mod upcoming;
mod words;

use std::sync::Arc;

use app::{App, edge};
use axum::Router;
use axum::routing::get;

/// Seconds for which a public answer may be kept.
const KEPT_SECONDS: u32 = 5;

/// The function's routes.
pub fn router(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route("/", get(list_page::show))
        .route("/events", get(list_page::show))
        .route("/events/{id}", get(event_page::show))
        .route("/events/{id}/calendar.ics", get(feeds::one))
        .route("/events.ics", get(feeds::all))
        .route("/organise/events/{id}/preview", get(event_page::preview))
        .route("/accessibility", get(legal::accessibility))
        .route("/privacy", get(legal::privacy))
        .route("/cookies", get(legal::cookies))
        .route("/contact", get(legal::contact))
        .route("/assets/{*file}", get(files::asset))
        .route("/health", get(files::health))
        .route("/api/v1/openapi.json", get(files::openapi))
        .route("/api/v1/events", get(api::list))
        .route("/api/v1/events/{id}", get(api::one))
        .with_state(Arc::clone(&app));
    edge(app, routes)
}
