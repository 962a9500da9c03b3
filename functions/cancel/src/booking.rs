//! A booking's resource, and giving it up.

use std::sync::Arc;

use app::{App, HeldBooking, Rejection};
use axum::extract::State;
use axum::response::Response;
use domain::{Command, Place, Refusal};
use web::body::Nothing;
use web::forms::FormData;
use web::page;

use crate::{booking_page, materials};

/// The booking's page. Reading it changes nothing.
pub async fn show(State(app): State<Arc<App>>, held: HeldBooking) -> Result<Response, Rejection> {
    let materials = materials::of(&app, &held).await?;
    booking_page::page(&app, &held, &materials).await
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
    let (policy, now) = (app.hub().await?.policy, app.clock.now());
    let has_place = held.ledger.place(held.link.person) == Some(Place::Confirmed);
    let is_ahead = now < held.record.event.starts();
    if has_place && is_ahead && policy.self_cancel_until().is_some_and(|n| n.is_short(held.record.event.starts(), now))
    {
        return Err(Refusal::AskOrganisers.into());
    }
    let late = policy.is_late(&held.record.event, now);
    let command = Command::Cancel { person: held.link.person, organisation: held.organisation(), late };
    app.change_booking(held, command).await
}
