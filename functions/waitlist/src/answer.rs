//! Accept and decline: one button in the page, one POST in the API. A GET changes nothing.

use std::sync::Arc;

use app::{App, HeldBooking, Rejection};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{Command, Fields};
use web::forms::FormData;
use web::{Problem, body, page};

/// Takes the offer.
pub async fn accept(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let held = app.booking(&token).await?;
    expect_nothing(&headers, request).await?;
    let held = take(&app, held).await?;
    Ok(page::ok(&app.booking_json(&held)))
}

/// Gives the offer back.
pub async fn decline(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let held = app.booking(&token).await?;
    expect_nothing(&headers, request).await?;
    let held = give_back(&app, held).await?;
    Ok(page::ok(&app.booking_json(&held)))
}

/// Takes the offer, from the page.
pub async fn accept_form(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let held = app.booking(&token).await?;
    FormData::read(&headers, request).await?;
    take(&app, held).await?;
    Ok(page::see_other(&format!("/bookings/{token}")))
}

/// Gives the offer back, from the page.
pub async fn decline_form(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let held = app.booking(&token).await?;
    FormData::read(&headers, request).await?;
    give_back(&app, held).await?;
    Ok(page::see_other(&format!("/bookings/{token}")))
}

/// Somebody opened the address of a button: the booking's page has the button.
pub async fn back_to_booking(State(app): State<Arc<App>>, Path(token): Path<String>) -> Result<Response, Rejection> {
    app.booking(&token).await?;
    Ok(page::see_other(&format!("/bookings/{token}")))
}

async fn expect_nothing(headers: &HeaderMap, request: Body) -> Result<(), Rejection> {
    let value = body::json_or_nothing(headers, request).await?;
    Fields::of(value).and_then(Fields::finish).map_err(Problem::invalid)?;
    Ok(())
}

async fn take(app: &App, held: HeldBooking) -> Result<HeldBooking, Rejection> {
    let command = Command::Accept(held.link.person);
    app.change_booking(held, command).await
}

async fn give_back(app: &App, held: HeldBooking) -> Result<HeldBooking, Rejection> {
    let command = Command::Decline { person: held.link.person, organisation: held.organisation() };
    app.change_booking(held, command).await
}
