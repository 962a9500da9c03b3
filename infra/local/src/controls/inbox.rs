//! The mail that was sent, for programs and for people.

use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use web::Problem;

use super::{Controls, failed};
use crate::front::Front;
use crate::inbox::Message;

/// The most messages on the page for people.
const SHOWN_MAX: usize = 100;

#[derive(Deserialize)]
pub struct Chosen {
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct Page {
    now: Timestamp,
    stands: bool,
    to: String,
    count: usize,
    messages: Vec<Message>,
}

pub async fn list(State(front): Controls, Query(Chosen { to }): Query<Chosen>) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({ "messages": messages(front, to).await? })))
}

pub async fn raw(State(front): Controls, Path(file): Path<String>) -> Result<Response, Problem> {
    let id = file.strip_suffix(".eml").ok_or_else(Problem::not_found)?;
    let bytes = front.ground.inbox.raw(id).ok_or_else(Problem::not_found)?;
    Ok(([(header::CONTENT_TYPE, "message/rfc822")], bytes).into_response())
}

pub async fn page(State(front): Controls, Query(Chosen { to }): Query<Chosen>) -> Result<Response, Problem> {
    let to = to.filter(|to| !to.is_empty());
    let mut messages = messages(Arc::clone(&front), to.clone()).await?;
    let count = messages.len();
    messages.reverse();
    messages.truncate(SHOWN_MAX);
    let clock = &front.timekeeper.clock;
    let (now, stands) = (clock.now(), clock.stands());
    let page = Page { now, stands, to: to.unwrap_or_default(), count, messages };
    Ok(Html(page.render().map_err(|error| failed(&error))?).into_response())
}

/// Reads files, so on a thread that may wait.
async fn messages(front: Arc<Front>, to: Option<String>) -> Result<Vec<Message>, Problem> {
    let read = tokio::task::spawn_blocking(move || front.ground.inbox.messages(to.as_deref()));
    read.await.map_err(|error| failed(&error))
}
