//! The booking as a calendar file to download: the same entries as in its mails, so that none stands twice.

use std::sync::Arc;

use app::{App, HeldBooking, Rejection};
use axum::extract::State;
use axum::response::Response;
use domain::Place;
use web::calendar::{BookingSource, MEDIA_TYPE, Party, sequence};
use web::{Problem, page};

/// `GET /bookings/{token}/calendar.ics`
pub async fn show(State(app): State<Arc<App>>, held: HeldBooking) -> Result<Response, Rejection> {
    let form = &held.registration.form;
    let email = form.email.as_ref().ok_or_else(Problem::not_found)?;
    let has_place = held.ledger.place(held.link.person) == Some(Place::Confirmed);
    let source = BookingSource {
        event: &held.record.event,
        reference: app.identity.reference(held.record.id, held.link.person),
        sequence: sequence(held.record.version, held.registration.generation, !has_place),
        is_cancelled: !has_place,
        is_confidential: app.programmes().await?.is_confidential(held.record.event.programme),
        hub: &app.hub().await?.name,
        organizer: app.mailer.from(),
        attendee: &Party { name: form.name.as_str().to_owned(), address: email.as_str().to_owned() },
        manage_link: &app.manage_link(&held.link),
        base_url: &app.config.base_url,
        now: app.clock.now(),
    };
    Ok(page::file(MEDIA_TYPE, source.download().write()))
}
