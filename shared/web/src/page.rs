//! The frame of every page, and answers that carry one.

use std::borrow::Cow;

use askama::Template;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{FieldError, Hub};

use crate::Problem;
use crate::assets::{self, Colour};
use crate::components::{Account, BackLink, Footer, Header, Link, MenuItem};

const HTML: &str = "text/html; charset=utf-8";

/// Whose pages these are.
#[derive(Debug, Clone, Copy)]
pub struct Brand<'a> {
    /// The hub's name.
    pub name: &'a str,
    /// The colour of its band.
    pub colour: Colour,
    /// The address of its picture, on this site.
    pub logo: Option<&'a str>,
}

impl<'a> From<&'a Hub> for Brand<'a> {
    fn from(hub: &'a Hub) -> Self {
        let colour = hub.colour.as_deref().and_then(Colour::parse).unwrap_or(Colour::DEFAULT);
        Self { name: &hub.name, colour, logo: None }
    }
}

/// What the frame shows around a page's own content.
#[derive(Template)]
#[template(path = "layout.html")]
struct Layout<'a> {
    title: &'a str,
    brand: &'a str,
    colour: String,
    colours: Option<String>,
    stylesheet: &'static str,
    description: Option<&'a str>,
    header: Header<'a>,
    back: Option<&'a BackLink<'a>>,
    is_wide: bool,
    content: &'a str,
    footer: Footer<'a>,
}

/// A page of this hub.
pub struct Page<'a> {
    title: &'a str,
    brand: Brand<'a>,
    description: Option<&'a str>,
    back: Option<BackLink<'a>>,
    menu: Vec<MenuItem<'a>>,
    account: Option<Account<'a>>,
    home: &'a str,
    is_wide: bool,
}

impl<'a> Page<'a> {
    /// A page for everybody: its title, which stands before the hub's name in the window's title, and whose it is.
    pub fn new(title: &'a str, brand: impl Into<Brand<'a>>) -> Self {
        Self {
            title,
            brand: brand.into(),
            description: None,
            back: None,
            menu: Vec::new(),
            account: None,
            home: "/events",
            is_wide: false,
        }
    }

    /// What search engines say of it.
    #[must_use]
    pub fn description(self, words: Option<&'a str>) -> Self {
        Self { description: words, ..self }
    }

    /// The way back, before the content.
    #[must_use]
    pub fn back(self, href: impl Into<Cow<'a, str>>, words: impl Into<Cow<'a, str>>) -> Self {
        Self { back: Some(BackLink { href: href.into(), words: words.into() }), ..self }
    }

    /// A page for those who are signed in: where their pages begin, the menu, and who they are. Tables have room.
    #[must_use]
    pub fn signed_in(self, home: &'a str, menu: Vec<MenuItem<'a>>, account: Account<'a>) -> Self {
        Self { home, menu, account: Some(account), is_wide: true, ..self }
    }

    /// Shows the page.
    pub fn show(&self, content: &impl Template) -> Response {
        self.with_status(StatusCode::OK, self.title, content)
    }

    /// The form again: 422, the title beginning with `Error: `.
    pub fn show_again(&self, content: &impl Template) -> Response {
        self.with_status(StatusCode::UNPROCESSABLE_ENTITY, &format!("Error: {}", self.title), content)
    }

    /// A page that says no with this problem's status.
    pub fn refuse(&self, problem: &Problem, content: &impl Template) -> Response {
        problem.with_body(HTML, self.html(self.title, content))
    }

    fn with_status(&self, status: StatusCode, title: &str, content: &impl Template) -> Response {
        (status, [(header::CONTENT_TYPE, HTML)], self.html(title, content)).into_response()
    }

    fn html(&self, title: &str, content: &impl Template) -> String {
        // Templates are checked at compile time; writing to a string cannot fail.
        let content = content.render().unwrap_or_default();
        let Brand { name, colour, logo } = self.brand;
        let layout = Layout {
            title,
            brand: name,
            colour: colour.digits(),
            colours: colour.stylesheet(),
            stylesheet: assets::STYLESHEET,
            description: self.description,
            header: Header { logo, service: name, href: self.home, account: self.account, items: self.menu.clone() },
            back: self.back.as_ref(),
            is_wide: self.is_wide,
            content: &content,
            footer: Footer { links: FOOTER.map(|(href, words)| Link::new(href, words)).into() },
        };
        layout.render().unwrap_or_default()
    }
}

/// What every deployment needs.
const FOOTER: [(&str, &str); 4] = [
    ("/accessibility", "Accessibility statement"),
    ("/contact", "Contact us"),
    ("/cookies", "Cookies"),
    ("/privacy", "Privacy"),
];

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
    advice: &'a str,
}

/// A problem as a page for people.
pub fn problem_page<'a>(problem: &'a Problem, brand: impl Into<Brand<'a>>) -> Response {
    let (heading, advice) = match problem.code() {
        "booking-not-found" => (
            "Booking not found",
            "The link may be incomplete, or it may be an older one: booking again after a cancellation makes a new link.",
        ),
        "event-not-found" => ("Event not found", "The link may be incomplete, or the event may not be published."),
        "event-full" => ("This event is full", "If somebody cancels, their place can be booked again on its page."),
        "registration-not-open" => ("Booking has not opened yet", "The event’s page says when it opens."),
        "registration-closed" => ("Booking has closed", ""),
        "event-cancelled" => ("This event has been cancelled", ""),
        "event-over" => ("This event has started", ""),
        "organisation-limit" => ("Your organisation’s places are taken", ""),
        "offer-expired" => ("Your offer has ended", "The link in your email shows where your booking stands now."),
        "no-offer" => ("There is no offer to answer", "The link in your email shows where your booking stands now."),
        "slow-down" => ("Please wait a moment", "Nothing is lost. Go back and send the form again in a minute."),
        "unauthenticated" => ("Sign in to see this page", ""),
        "forbidden" => ("You cannot do this", ""),
        _ => match problem.status() {
            404 => (
                "Page not found",
                "If you typed the web address, check it is correct. If you pasted it, check you copied all of it.",
            ),
            500 => ("Sorry, there is a problem with the service", ""),
            503 => ("Sorry, the service is busy", ""),
            _ => ("This did not work", ""),
        },
    };
    Page::new(heading, brand).refuse(problem, &ProblemPage { heading, detail: problem.detail(), advice })
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

/// A JSON answer: 202, what was asked for is under way.
pub fn accepted(body: &serde_json::Value) -> Response {
    (StatusCode::ACCEPTED, axum::Json(body)).into_response()
}

/// A file: 200.
pub fn file(content_type: &'static str, content: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, content_type)], content.into()).into_response()
}

/// Says that an answer depends on who is signed in, so that nobody's is given to another.
pub fn for_whoever_asks(mut response: Response) -> Response {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("authorization, cookie"));
    response
}

/// A file under a name: 200, shown by whoever can show it.
pub fn named_file(content_type: &'static str, name: &str, content: impl Into<Body>) -> Response {
    let mut response = file(content_type, content);
    // The name is of letters, digits, dots and hyphens.
    if let Ok(value) = HeaderValue::from_str(&format!("inline; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// A file to be saved under a name (RFC 6266), of whatever letters (RFC 8187).
pub fn download(content_type: &'static str, name: &str, content: impl Into<Body>) -> Response {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let encode = |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    let mut response = file(content_type, content);
    let name = if name.bytes().all(is_plain) {
        format!("filename=\"{name}\"")
    } else {
        format!("filename*=UTF-8''{}", name.bytes().map(encode).collect::<String>())
    };
    // Percent-encoded, it is ASCII.
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; {name}")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// Lets anybody keep an answer that is the same for everyone, for so many seconds; what says no is never kept.
pub fn keep(mut response: Response, seconds: u32) -> Response {
    if response.status() == StatusCode::OK {
        let value = HeaderValue::from_str(&format!("public, max-age={seconds}"));
        response.headers_mut().insert(header::CACHE_CONTROL, value.unwrap_or(HeaderValue::from_static("no-store")));
    }
    response
}
