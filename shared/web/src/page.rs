//! The frame of every page, and answers that carry one.

use askama::Template;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::FieldError;

use crate::Problem;

/// What the frame shows around a page's own content.
#[derive(Template)]
#[template(path = "layout.html")]
struct Layout<'a> {
    title: &'a str,
    hub: &'a str,
    content: &'a str,
}

/// A page of this hub.
pub struct Page<'a> {
    /// Before the hub's name in the window's title.
    pub title: &'a str,
    /// The hub's name.
    pub hub: &'a str,
}

impl Page<'_> {
    /// A page with this content.
    pub fn show(&self, content: &impl Template) -> Response {
        self.with_status(StatusCode::OK, content)
    }

    /// The form again: 422, the title beginning with `Error: `.
    pub fn show_again(&self, content: &impl Template) -> Response {
        let title = format!("Error: {}", self.title);
        Page { title: &title, hub: self.hub }.with_status(StatusCode::UNPROCESSABLE_ENTITY, content)
    }

    /// A page that says no with this problem's status.
    pub fn refuse(&self, problem: &Problem, content: &impl Template) -> Response {
        let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::CONFLICT);
        self.with_status(status, content)
    }

    fn with_status(&self, status: StatusCode, content: &impl Template) -> Response {
        let html = self.html(content);
        (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
    }

    fn html(&self, content: &impl Template) -> String {
        // Templates are checked at compile time; writing to a string cannot fail.
        let content = content.render().unwrap_or_default();
        Layout { title: self.title, hub: self.hub, content: &content }.render().unwrap_or_default()
    }
}

/// One line of an error summary: words, and the id of the field to go to.
pub struct Mistake {
    /// What to do.
    pub detail: String,
    /// The field's id in the page.
    pub field: String,
}

impl Mistake {
    /// A form's mistakes in order; a JSON pointer becomes the id of the field that bears its name.
    pub fn of(errors: &[FieldError]) -> Vec<Self> {
        let field = |pointer: &str| pointer.trim_start_matches('/').replace('/', ".");
        errors.iter().map(|e| Self { detail: e.detail.clone(), field: field(&e.pointer) }).collect()
    }
}

/// The words for one field, where it has a mistake.
pub fn mistake_of<'a>(mistakes: &'a [Mistake], field: &str) -> Option<&'a str> {
    mistakes.iter().find(|mistake| mistake.field == field).map(|mistake| mistake.detail.as_str())
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    heading: &'a str,
    detail: &'a str,
}

/// A problem as a page for people.
pub fn problem_page(problem: &Problem, hub: &str) -> Response {
    let heading = match problem.status() {
        404 => "Page not found",
        500 => "Sorry, there is a problem with the service",
        503 => "Sorry, the service is busy",
        _ => "This did not work",
    };
    let page = Page { title: heading, hub };
    let html = page.html(&ProblemPage { heading, detail: problem.detail() });
    problem.with_body("text/html; charset=utf-8", html)
}

/// See another page (303): what follows a form that did its work.
pub fn see_other(location: &str) -> Response {
    let location = HeaderValue::from_str(location).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// A JSON answer: 200.
pub fn ok(body: &serde_json::Value) -> Response {
    axum::Json(body).into_response()
}

/// A JSON answer: 201.
pub fn created(body: &serde_json::Value) -> Response {
    (StatusCode::CREATED, axum::Json(body)).into_response()
}

/// A file: 200.
pub fn file(content_type: &'static str, content: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, content_type)], content.into()).into_response()
}

/// Lets anybody keep an answer that is the same for everyone, for so many seconds; what says no is never kept.
pub fn keep(mut response: Response, seconds: u32) -> Response {
    if response.status() == StatusCode::OK {
        let value = HeaderValue::from_str(&format!("public, max-age={seconds}"));
        response.headers_mut().insert(header::CACHE_CONTROL, value.unwrap_or(HeaderValue::from_static("no-store")));
    }
    response
}
