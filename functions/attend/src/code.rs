//! Addresses as codes that a phone's camera opens.

use std::sync::Arc;

use app::{App, HeldBooking, Rejection};
use axum::extract::State;
use axum::response::Response;
use fast_qr::convert::Builder as _;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::qr::QRBuilder;
use web::{Problem, page};

/// Modules of white around a code (ISO/IEC 18004).
const QUIET_ZONE: usize = 4;

/// A picture of the code of an address.
pub fn picture(address: String) -> Result<Response, Rejection> {
    // Any address of the hub fits into a code.
    let code = QRBuilder::new(address).build().map_err(|_| Problem::not_found())?;
    Ok(page::file("image/svg+xml", SvgBuilder::default().margin(QUIET_ZONE).to_str(&code).into_bytes()))
}

/// `GET /bookings/{token}/check-in.svg`: the organisers' page about this booking. The link that manages the booking is
/// not in it, so that whoever photographs it can do nothing.
pub async fn of_booking(State(app): State<Arc<App>>, held: HeldBooking) -> Result<Response, Rejection> {
    let (event, reference) = (held.record.id, app.identity.reference(held.record.id, held.link.person));
    picture(format!("{}/organise/check-in/{event}/{reference}", app.config.base_url))
}
