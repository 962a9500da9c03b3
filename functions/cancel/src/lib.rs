//! My booking: see it, correct it, give it up, hand it over, and have the link mailed again; and a group's places, to be
//! named.

mod absence;
mod address;
mod booking;
mod booking_page;
mod calendar;
mod details;
mod group;
mod join;
mod materials;
mod resend;
mod substitute;
mod unsubscribe;

use std::sync::Arc;

use app::{App, edge};
use axum::Router;
use axum::routing::{get, post};

/// The function's routes.
pub fn router(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route("/bookings/resend", get(resend::show).post(resend::submit))
        .route("/bookings/{token}", get(booking::show))
        .route("/bookings/{token}/calendar.ics", get(calendar::show))
        .route("/bookings/{token}/cancel", get(booking::back).post(booking::cancel_form))
        .route("/bookings/{token}/absence", get(absence::show).post(absence::say))
        .route("/bookings/{token}/address", get(address::show).post(address::ask))
        .route("/bookings/{token}/address/{proof}", get(address::look).post(address::confirm))
        .route("/bookings/{token}/details", get(details::show).post(details::submit))
        .route("/bookings/{token}/join", get(join::show).post(join::press))
        .route("/bookings/{token}/materials/{material}", get(materials::file))
        .route("/bookings/{token}/substitute", get(substitute::show).post(substitute::submit))
        .route("/bookings/{token}/unsubscribe", get(unsubscribe::show).post(unsubscribe::submit))
        .route("/groups/{token}", get(group::show).post(group::name))
        .route("/api/v1/bookings/{token}", get(booking::read))
        .route("/api/v1/bookings/{token}/cancel", post(booking::cancel))
        .with_state(Arc::clone(&app));
    edge(app, routes)
}
