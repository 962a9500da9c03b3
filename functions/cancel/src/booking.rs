//! A booking's page and resource, and giving it up.

use std::sync::Arc;

use app::{App, HeldBooking, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::Command;
use web::body::Nothing;
use web::forms::FormData;
use web::page::Page;
use web::{dates, page};

#[derive(Template)]
#[template(path = "booking.html")]
struct BookingPage<'a> {
    token: &'a str,
    reference: String,
    title: &'a str,
    event: String,
    sessions: Vec<String>,
    venue: Option<&'a str>,
    state: BookingState,
    is_over: bool,
    is_late: bool,
    notice_days: u16,
}

/// Where the booking stands, in the page's words.
enum BookingState {
    Confirmed,
    Waiting(u32),
    Approval,
    Offered(String),
    Expired,
    HandedOver,
    Cancelled,
}

/// The booking's page. Reading it changes nothing.
pub async fn show(State(app): State<Arc<App>>, held: HeldBooking) -> Response {
    let token = app.identity.token(&held.link);
    let event = &held.record.event;
    let now = app.clock.now();
    let content = BookingPage {
        token: &token,
        reference: app.identity.reference(held.record.id, held.link.person).to_string(),
        title: &event.title,
        event: held.record.id.to_string(),
        sessions: event.sessions.iter().map(dates::session).collect(),
        venue: event.venue.as_deref(),
        state: state_of(&held),
        is_over: now >= event.starts(),
        is_late: event.is_late(now),
        notice_days: event.notice_days.unwrap_or(0),
    };
    Page { title: "Your booking", hub: &app.config.hub_name }.show(&content)
}

fn state_of(held: &HeldBooking) -> BookingState {
    if held.is_handed_over() {
        return BookingState::HandedOver;
    }
    match (held.standing.status, held.standing.position, held.standing.offer_until) {
        ("confirmed", ..) => BookingState::Confirmed,
        ("waiting", Some(position), _) => BookingState::Waiting(position),
        ("approval", ..) => BookingState::Approval,
        ("offered", _, Some(until)) => BookingState::Offered(dates::moment(until)),
        ("expired", ..) => BookingState::Expired,
        _ => BookingState::Cancelled,
    }
}

/// The booking, for programs.
pub async fn read(State(app): State<Arc<App>>, held: HeldBooking) -> Response {
    page::ok(&app.booking_json(&held))
}

/// Gives the booking up; repeating it is the same answer.
pub async fn cancel(State(app): State<Arc<App>>, held: HeldBooking, _: Nothing) -> Result<Response, Rejection> {
    let held = give_up(&app, held).await?;
    Ok(page::ok(&app.booking_json(&held)))
}

/// Gives the booking up, from the page.
pub async fn cancel_form(State(app): State<Arc<App>>, held: HeldBooking, _: FormData) -> Result<Response, Rejection> {
    let held = give_up(&app, held).await?;
    Ok(page::see_other(&app.booking_page(&held)))
}

/// Somebody opened the address of a button: the booking's page has the button.
pub async fn back(State(app): State<Arc<App>>, held: HeldBooking) -> Response {
    page::see_other(&app.booking_page(&held))
}

async fn give_up(app: &App, held: HeldBooking) -> Result<HeldBooking, Rejection> {
    let late = held.record.event.is_late(app.clock.now());
    let command = Command::Cancel { person: held.link.person, organisation: held.organisation(), late };
    app.change_booking(held, command).await
}
