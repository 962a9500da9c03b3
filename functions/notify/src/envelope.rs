//! What goes along with a letter: the booking's entry in the calendar from the confirmation on, in step with it; and
//! for mail that nobody needs, the way out.

use app::{App, Link};
use domain::event::Session;
use domain::{EmailAddress, Place};
use mail::{Invitation, LetterKind};
use store::Message;
use web::calendar::{BookingSource, Party, sequence};

use crate::bookings::Booking;

/// The calendar entry of a mail: entered or brought up to date while there is a place, taken out once there is none
/// any more. Somebody who never had one has no entry; and what is over stays as it was.
pub(crate) fn invitation(
    app: &App,
    message: &Message,
    booking: &Booking<'_>,
    kind: &LetterKind,
    email: &EmailAddress,
) -> Option<Invitation> {
    let (record, registration, now) = (booking.record, booking.registration, app.clock.now());
    let has_place = booking.ledger.place(registration.person) == Some(Place::Confirmed);
    let had_place = message.facts["held"].as_bool() == Some(true);
    if record.event.ends() <= now || !(has_place || had_place) || stands_apart(kind) {
        return None;
    }
    let attendee = Party { name: registration.form.name.as_str().to_owned(), address: email.as_str().to_owned() };
    let link = Link { person: message.person, event: message.event, generation: registration.generation };
    let source = BookingSource {
        event: &record.event,
        reference: app.identity.reference(record.id, registration.person),
        sequence: sequence(record.version, message.generation, !has_place),
        is_cancelled: !has_place,
        is_confidential: booking.confidential,
        hub: &booking.hub.name,
        organizer: app.mailer.from(),
        attendee: &attendee,
        manage_link: &app.manage_link(&link),
        base_url: &app.config.base_url,
        now,
    };
    let calendar = source.invitation(sessions_before(kind));
    Some(Invitation { method: calendar.method.name(), calendar: calendar.write() })
}

/// Whether a letter says nothing of where the booking stands.
fn stands_apart(kind: &LetterKind) -> bool {
    matches!(kind, LetterKind::Thanks | LetterKind::Certificate { .. } | LetterKind::NotBooked { .. })
}

/// The dates that the event had before what a letter tells.
fn sessions_before(kind: &LetterKind) -> &[Session] {
    match kind {
        LetterKind::Changed { was } => was.sessions.as_deref().unwrap_or_default(),
        _ => &[],
    }
}

/// Where one POST stops mail of this kind. What tells of a booking, or comes from those who run the event, cannot be
/// stopped but by cancelling; to be asked for an opinion can.
pub(crate) fn unsubscribe(kind: &LetterKind, manage_link: &str) -> Option<String> {
    matches!(kind, LetterKind::Thanks).then(|| format!("{manage_link}/unsubscribe"))
}
