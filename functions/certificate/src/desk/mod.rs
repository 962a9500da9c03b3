//! The organisers' pages for what comes after an event: certificates, and what people thought of it. Each does what the
//! API does by the same decisions, and works without scripts.

mod list;
mod opinions;
mod person;
mod words;

use domain::Hub;
use std::sync::Arc;

use app::App;
use axum::Router;
use axum::routing::get;
use web::page::Page;
use web::sign_in::Organiser;

use crate::organise;

/// The part of the console that events belong to.
const EVENTS: &str = "/organise/events";

/// The pages' routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/organise/events/{id}/certificates", get(list::show))
        .route("/organise/events/{id}/certificates.zip", get(organise::zip))
        .route("/organise/events/{id}/certificates/{reference}", get(person::show).post(person::act))
        .route("/organise/events/{id}/evaluation", get(opinions::show))
}

/// A page of the console that belongs to the events.
fn events_page<'a>(hub: &'a Hub, organiser: &'a Organiser, title: &'a str) -> Page<'a> {
    web::console::page(title, hub, organiser, EVENTS)
}
