//! The day itself: who took part, from a list, a poster, a code or a meeting's file.

mod charges;
mod check_in;
mod code;
mod import;
mod import_page;
mod list_page;
mod matching;
mod poster;
mod record;
mod records;
mod roll;
mod settle;

use std::sync::Arc;

use app::{App, edge};
use axum::Router;
use axum::routing::{get, post};

/// The function's routes.
pub fn router(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route("/api/v1/events/{id}/attendance", post(record::record))
        .route("/api/v1/events/{id}/attendance/import", post(import::import))
        .route("/api/v1/events/{id}/attendance/pending", get(settle::list))
        .route("/api/v1/events/{id}/attendance/pending/{entry}/match", post(settle::match_to))
        .route("/api/v1/events/{id}/attendance/pending/{entry}/walk-in", post(settle::walk_in))
        .route("/api/v1/events/{id}/attendance/pending/{entry}/ignore", post(settle::ignore))
        .route("/api/v1/events/{id}/registrations/{reference}/waive", post(charges::waive))
        .route("/api/v1/charges/{name}", get(charges::read))
        .route("/organise/charges", get(charges::start))
        .route("/organise/charges/{quarter}", get(charges::show))
        .route("/organise/charges/{quarter}/{id}/{reference}", post(charges::waive_from_page))
        .route("/organise/events/{id}/attendance", get(list_page::first))
        .route("/organise/events/{id}/attendance/import", get(import_page::show).post(import_page::act))
        .route("/organise/events/{id}/attendance/{session}", get(list_page::show).post(list_page::tick))
        .route("/organise/events/{id}/attendance/{session}/walk-in", post(list_page::walk_in))
        .route("/organise/check-in/{id}/{reference}", get(check_in::show).post(check_in::check_in))
        .route("/attend/{token}", get(poster::show).post(poster::sign_in))
        .route("/attend/{token}/code.svg", get(poster::picture))
        .route("/bookings/{token}/check-in.svg", get(code::of_booking))
        .with_state(Arc::clone(&app));
    edge(app, routes)
}
