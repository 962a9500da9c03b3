//! The way into an online event: pressing *Join* is noted, so that a guest without an address can be told apart later;
//! by itself it is no attendance.
//!
//! The POST leads to a page of this site, and that page leads on. Browsers apply a page's `form-action` to the
//! redirects of its forms too (CSP 3, 6.4.1), so a form that led straight to the meeting would need every meeting's
//! site in the policy; a page that refreshes is a navigation of its own, which the policy leaves alone.

use std::sync::Arc;

use app::{App, HeldBooking, Rejection};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use web::components::{ButtonKind, ButtonLink};
use web::forms::FormData;
use web::page::{Page, see_other};

use crate::booking_page::{Joining, State as Standing};

/// A browser goes on by itself (HTML, `Refresh`).
const REFRESH: HeaderName = HeaderName::from_static("refresh");

#[derive(Template)]
#[template(path = "join.html")]
struct JoinPage<'a> {
    title: &'a str,
    link: &'a str,
}

impl JoinPage<'_> {
    fn button(&self) -> ButtonLink<'_> {
        ButtonLink { words: "Go to the meeting", href: self.link, kind: ButtonKind::Primary }
    }
}

/// `POST /bookings/{token}/join`; again is harmless.
pub async fn press(State(app): State<Arc<App>>, held: HeldBooking, _: FormData) -> Result<Response, Rejection> {
    let now = app.clock.now();
    if link(&held, now).is_none() {
        return Ok(see_other(&app.booking_page(&held)));
    }
    app.store.note_join(held.record.id, held.link.person, now).await?;
    Ok(see_other(&format!("{}/join", app.booking_page(&held))))
}

/// `GET /bookings/{token}/join`: leads to the meeting, and changes nothing. Outside its hours there is only the booking.
pub async fn show(State(app): State<Arc<App>>, held: HeldBooking) -> Result<Response, Rejection> {
    let Some(link) = link(&held, app.clock.now()) else { return Ok(see_other(&app.booking_page(&held))) };
    let hub = app.hub().await?;
    let content = JoinPage { title: &held.record.event.title, link: &link };
    let frame = Page::new("Joining the meeting", &hub).back(app.booking_page(&held), "Back to your booking");
    let mut response = frame.show(&content);
    // An address that no header can hold is a link to press all the same.
    if let Ok(value) = HeaderValue::from_str(&format!("0; url={link}")) {
        response.headers_mut().insert(REFRESH, value);
    }
    Ok(response)
}

/// The meeting's address, while one joins.
fn link(held: &HeldBooking, now: jiff::Timestamp) -> Option<String> {
    match Joining::of(held, &Standing::of(held), now) {
        Joining::Now(link) => Some(link),
        Joining::Later | Joining::None => None,
    }
}
