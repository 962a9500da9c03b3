//! The pages that every deployment needs.

use std::sync::Arc;

use app::App;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use web::page::{self, Page};

use crate::KEPT_SECONDS;

#[derive(Template)]
#[template(path = "accessibility.html")]
struct Accessibility<'a> {
    hub: &'a str,
}

#[derive(Template)]
#[template(path = "privacy.html")]
struct Privacy<'a> {
    hub: &'a str,
}

#[derive(Template)]
#[template(path = "cookies.html")]
struct Cookies<'a> {
    hub: &'a str,
}

#[derive(Template)]
#[template(path = "contact.html")]
struct Contact<'a> {
    hub: &'a str,
    /// Where mail from the hub comes from; empty where this function is not told.
    address: &'a str,
}

/// How far everyone can use the service, and what to do where they cannot.
pub async fn accessibility(State(app): State<Arc<App>>) -> Response {
    show(&app, "Accessibility statement", &Accessibility { hub: &app.config.hub_name })
}

/// What is kept about people, why, and how to have it erased.
pub async fn privacy(State(app): State<Arc<App>>) -> Response {
    show(&app, "Privacy", &Privacy { hub: &app.config.hub_name })
}

/// There are none.
pub async fn cookies(State(app): State<Arc<App>>) -> Response {
    show(&app, "Cookies", &Cookies { hub: &app.config.hub_name })
}

/// How to reach the hub.
pub async fn contact(State(app): State<Arc<App>>) -> Response {
    show(&app, "Contact us", &Contact { hub: &app.config.hub_name, address: &app.config.mail_from })
}

fn show(app: &App, title: &str, content: &impl Template) -> Response {
    page::keep(Page::new(title, &app.config.hub_name).show(content), KEPT_SECONDS)
}
