//! Offers: accepted or declined by whoever holds the link; `waitlist-sweep` lets them lapse when their time has come.

mod answer;
mod groups;
mod sweep;

use std::sync::Arc;

use app::{App, edge};
use axum::Router;
use axum::routing::{get, post};

pub use sweep::sweep;

/// The function's routes.
pub fn router(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route("/bookings/{token}/accept", get(answer::back_to_booking).post(answer::accept_form))
        .route("/bookings/{token}/decline", get(answer::back_to_booking).post(answer::decline_form))
        .route("/api/v1/bookings/{token}/accept", post(answer::accept))
        .route("/api/v1/bookings/{token}/decline", post(answer::decline))
        .with_state(Arc::clone(&app));
    edge(app, routes)
}
