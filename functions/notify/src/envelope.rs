//! What goes along with a letter: the booking's entry in the calendar from the confirmation on, in step with it; and
//! for mail that nobody needs, the way out.

use app::{App, Link};
use domain::event::Session;
use domain::{EmailAddress, Generation, Place};
use mail::{Invitation, LetterKind};
use store::{Filed, Message, MessageState};
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
    left: Option<Generation>,
) -> Option<Invitation> {
    let (record, registration, now) = (booking.record, booking.registration, app.clock.now());
    let has_place = has_place(booking);
    // The booking whose entry it is: an earlier one's, where that was never taken out.
    let entered = if has_place || had_place(message) { Some(message.generation) } else { left };
    let generation = entered.filter(|_| record.event.ends() > now && !stands_apart(kind))?;
    let attendee = Party { name: registration.form.name.as_str().to_owned(), address: email.as_str().to_owned() };
    let link = Link { person: message.person, event: message.event, generation: registration.generation };
    let source = BookingSource {
        event: &record.event,
        reference: app.identity.reference(record.id, registration.person),
        sequence: sequence(record.version, generation, !has_place),
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

fn has_place(booking: &Booking<'_>) -> bool {
    booking.ledger.place(booking.registration.person) == Some(Place::Confirmed)
}

fn had_place(message: &Message) -> bool {
    message.facts["held"].as_bool() == Some(true)
}

/// The earlier booking whose entry is still in the calendar of somebody who has come back and has no place now: they were
/// quicker than the mail that would have taken it out.
pub(crate) async fn left_over(
    app: &App,
    message: &Message,
    booking: &Booking<'_>,
) -> Result<Option<Generation>, store::Failure> {
    let is_first = message.generation == Generation::FIRST;
    if is_first || has_place(booking) || had_place(message) {
        return Ok(None);
    }
    let filed = app.store.filed(message.person, message.event).await?;
    Ok(entered_and_left(&filed, message.generation))
}

/// The last booking before this one whose entry went, if nothing has gone since that took it out.
fn entered_and_left(filed: &[Filed], present: Generation) -> Option<Generation> {
    let sent = || filed.iter().filter(|mail| mail.state == MessageState::Sent && mail.is_to_person());
    let enters = |mail: &&Filed| matches!(mail.kind.as_str(), "confirmed" | "promoted") && mail.generation < present;
    let entered = sent().filter(enters).map(|mail| mail.generation).max()?;
    let ends = |kind: &str| matches!(kind, "cancelled" | "substituted" | "rejected" | "event-cancelled");
    let takes_out = |mail: &Filed| mail.generation > entered || (mail.generation == entered && ends(&mail.kind));
    let is_out = sent().any(takes_out);
    (!is_out).then_some(entered)
}

/// Whether a letter says nothing of where the booking stands.
fn stands_apart(kind: &LetterKind) -> bool {
    matches!(
        kind,
        LetterKind::Thanks
            | LetterKind::FollowUp
            | LetterKind::Absent { .. }
            | LetterKind::Certificate { .. }
            | LetterKind::NotBooked { .. }
    )
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
    matches!(kind, LetterKind::Thanks | LetterKind::FollowUp).then(|| format!("{manage_link}/unsubscribe"))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn filed(kind: &str, generation: u16, state: MessageState) -> Filed {
        let (at, generation) = (Timestamp::UNIX_EPOCH, Generation(generation));
        Filed { kind: kind.to_owned(), generation, version: None, told: None, at, state, since: at, why: None }
    }

    #[test]
    fn an_entry_is_left_over_where_no_mail_has_taken_it_out() {
        use MessageState::{Dropped, Sent};
        let left = |mails: &[Filed], present| entered_and_left(mails, Generation(present));
        let confirmed = || filed("confirmed", 1, Sent);
        assert_eq!(left(&[confirmed(), filed("cancelled", 1, Dropped)], 2), Some(Generation(1)));
        assert_eq!(left(&[confirmed(), filed("cancelled", 1, Sent)], 2), None);
        assert_eq!(left(&[filed("waiting", 1, Sent), filed("cancelled", 1, Dropped)], 2), None);
        // Taken out by the waiting list's mail, or by what came before it.
        assert_eq!(left(&[confirmed(), filed("cancelled", 1, Dropped), filed("waiting", 2, Sent)], 2), None);
        assert_eq!(left(&[confirmed(), filed("waiting", 2, Dropped)], 3), Some(Generation(1)));
    }
}
