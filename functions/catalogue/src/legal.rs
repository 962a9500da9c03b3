//! The pages that every deployment needs.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::hub::Retention;
use domain::{EmailAddress, Hub};
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
    /// How long things are kept.
    retention: Retention,
    /// Who else is told of late cancellations and absences; empty where nobody is.
    told: String,
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
pub async fn accessibility(State(app): State<Arc<App>>) -> Result<Response, Rejection> {
    let hub = app.hub().await?;
    Ok(show(&hub, "Accessibility statement", &Accessibility { hub: &hub.name }))
}

/// What is kept about people, why, and how to have it erased.
pub async fn privacy(State(app): State<Arc<App>>) -> Result<Response, Rejection> {
    let hub = app.hub().await?;
    let told = hub.policy.told_words();
    Ok(show(&hub, "Privacy", &Privacy { hub: &hub.name, retention: hub.retention, told }))
}

/// There are none.
pub async fn cookies(State(app): State<Arc<App>>) -> Result<Response, Rejection> {
    let hub = app.hub().await?;
    Ok(show(&hub, "Cookies", &Cookies { hub: &hub.name }))
}

/// How to reach the hub.
pub async fn contact(State(app): State<Arc<App>>) -> Result<Response, Rejection> {
    let hub = app.hub().await?;
    let address = hub.reply_to.as_ref().map_or(app.config.mail_from.as_str(), EmailAddress::as_str);
    Ok(show(&hub, "Contact us", &Contact { hub: &hub.name, address }))
}

fn show(hub: &Hub, title: &str, content: &impl Template) -> Response {
    page::keep(Page::new(title, hub).show(content), KEPT_SECONDS)
}
