//! Accept and decline: one button in the page, one POST in the API. A GET changes nothing.

use std::sync::Arc;

use app::{App, HeldBooking, Rejection};
use axum::extract::State;
use axum::response::Response;
use domain::Command;
use web::body::Nothing;
use web::forms::FormData;
use web::page;

/// Takes the offer.
pub async fn accept(State(app): State<Arc<App>>, held: HeldBooking, _: Nothing) -> Result<Response, Rejection> {
    let held = take(&app, held).await?;
    Ok(page::ok(&app.booking_json(&held)))
}

/// Gives the offer back.
pub async fn decline(State(app): State<Arc<App>>, held: HeldBooking, _: Nothing) -> Result<Response, Rejection> {
    let held = give_back(&app, held).await?;
    Ok(page::ok(&app.booking_json(&held)))
}

/// Takes the offer, from the page.
pub async fn accept_form(State(app): State<Arc<App>>, held: HeldBooking, _: FormData) -> Result<Response, Rejection> {
    let held = take(&app, held).await?;
    Ok(page::see_other(&app.booking_page(&held)))
}

/// Gives the offer back, from the page.
pub async fn decline_form(State(app): State<Arc<App>>, held: HeldBooking, _: FormData) -> Result<Response, Rejection> {
    let held = give_back(&app, held).await?;
    Ok(page::see_other(&app.booking_page(&held)))
}

/// Somebody opened the address of a button: the booking's page has the button.
pub async fn back_to_booking(State(app): State<Arc<App>>, held: HeldBooking) -> Response {
    page::see_other(&app.booking_page(&held))
}

async fn take(app: &App, held: HeldBooking) -> Result<HeldBooking, Rejection> {
    let command = Command::Accept(held.link.person);
    app.change_booking(held, command).await
}

async fn give_back(app: &App, held: HeldBooking) -> Result<HeldBooking, Rejection> {
    let command = Command::Decline { person: held.link.person, organisation: held.organisation() };
    app.change_booking(held, command).await
}
