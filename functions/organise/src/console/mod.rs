//! The console's pages. Each does what the API does by the same decisions; its state is in the address, and it works
//! without scripts.

mod audit;
mod bounce;
mod bulk;
mod copy;
mod edit;
mod edit_fields;
mod ending;
mod event;
mod events;
mod fields;
mod form;
mod hub;
mod hub_form;
mod lists;
mod materials;
mod message;
mod needs;
mod people;
mod person;
mod registration;
mod rows;
mod sheet;
mod tasks;
mod today;
mod words;

use domain::Hub;
use std::sync::Arc;

use app::{App, Rejection};
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use web::Problem;
use web::page::{Mistake, Page};
use web::sign_in::Organiser;

/// The part of the console that events belong to.
const EVENTS: &str = "/organise/events";

/// The console's routes.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/organise", get(today::show))
        .route("/organise/audit", get(audit::show))
        .route("/organise/bounces/{id}", get(bounce::show).post(bounce::act))
        .route("/organise/hub", get(hub::show).post(hub::change))
        .route("/organise/events", get(events::show))
        .route("/organise/events/new", get(edit::new).post(edit::create))
        .route("/organise/events/{id}", get(event::show))
        .route("/organise/events/{id}/edit", get(edit::show).post(edit::change))
        .route("/organise/events/{id}/publish", post(event::publish))
        .route("/organise/events/{id}/copy", get(copy::show).post(copy::make))
        .route("/organise/events/{id}/cancel", get(ending::show).post(ending::cancel))
        .route("/organise/events/{id}/materials", get(materials::show).post(materials::act))
        .route("/organise/events/{id}/materials/{material}", get(materials::file))
        .route("/organise/events/{id}/message", get(message::show).post(message::send))
        .route("/organise/events/{id}/people", post(bulk::act))
        .route("/organise/events/{id}/people.csv", get(people::table))
        .route("/organise/events/{id}/sheet", get(sheet::show))
        .route("/organise/events/{id}/access", get(needs::show_all))
        .route("/organise/events/{id}/registrations/{reference}/access", get(needs::show).post(needs::answer))
        .route("/organise/people", get(person::start).post(person::find))
        .route("/organise/people/{person}", get(person::show).post(person::act))
        .route("/organise/events/{id}/registrations/{reference}", get(registration::show).post(registration::act))
        .merge(lists::routes())
}

/// A page of the console that belongs to the events.
fn events_page<'a>(hub: &'a Hub, organiser: &'a Organiser, title: &'a str) -> Page<'a> {
    web::console::page(title, hub, organiser, EVENTS)
}

/// The mistakes that a problem names, for a form to show again; any other no is passed on.
fn mistakes(rejection: Rejection) -> Result<Vec<Mistake>, Rejection> {
    match rejection {
        Rejection::Problem(problem) if !problem.errors().is_empty() => Ok(Mistake::of(problem.errors())),
        other => Err(other),
    }
}

/// An answer, or a "no" in words beside the form that asked.
fn told(rejection: Rejection, field: &str) -> Result<Vec<Mistake>, Rejection> {
    match rejection {
        Rejection::Problem(problem) if problem.errors().is_empty() && is_conflict(&problem) => {
            Ok(vec![Mistake { detail: problem.detail().to_owned(), field: field.to_owned() }])
        }
        other => mistakes(other),
    }
}

fn is_conflict(problem: &Problem) -> bool {
    problem.status() == 409
}

/// Back to an event's page.
fn to_event(id: domain::EventId) -> Response {
    web::page::see_other(&format!("{EVENTS}/{id}"))
}
