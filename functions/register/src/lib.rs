//! Booking a place: the form and its page, the API, and `register-settle`, which finishes what broke off.

mod api;
mod book;
mod booked_page;
mod form_page;
mod organisation;
mod page;
mod settle;
mod typed;

use std::sync::Arc;

use app::{App, edge};
use axum::Router;
use axum::routing::{get, post};

pub use settle::settle;

/// The function's routes.
pub fn router(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route("/events/{id}/register", get(page::show).post(page::submit))
        .route("/events/{id}/booked", get(booked_page::show))
        .route("/api/v1/events/{id}/registrations", post(api::register))
        .with_state(Arc::clone(&app));
    edge(app, routes)
}
