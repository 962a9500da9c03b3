//! Delivery: drops each mail that has been overtaken, sends the others, and records what came of it.
//!
//! Whoever calls holds every mail handed in. A mail that cannot go now is left due; should this process end between SES's
//! yes and our mark, the mail goes once more: when the lease has run out, or the change is handed over again.

use app::{App, Failure, Link};
use domain::{EmailAddress, Hub, MailboxId};
use futures::{FutureExt as _, StreamExt as _};
use jiff::SignedDuration;
use mail::{About, Attachment, LetterKind, Mail};
use store::{Enclosure, Ended, Message, MessageState, Outgoing, Wishes};

use crate::bookings::{Booking, Bookings};
use crate::overtaken::{self, Dropped};
use crate::subject::{CHANGED, Subject};
use crate::{envelope, managers, notices, together};

/// Mails, or writes about them, under way at once: as many as a batch of the stream has changes.
pub(crate) const AT_ONCE: usize = 25;
/// A mail that fails after this long is given up.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// The longest pause before another attempt, in minutes.
const PAUSE_MINUTES_MAX: i64 = 30;
/// Attempts to record that a mail has gone: without the record it goes again.
const MARKS: usize = 3;

/// What came of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// SES took it.
    Sent,
    /// It is not needed, or was given up.
    Dropped,
    /// It is due again.
    PutOff,
    /// What came of it could not be recorded, so that it is where it was.
    Left,
}

/// What an attempt came to.
pub(crate) enum Sent {
    /// SES took it.
    Gone {
        /// Under which identifier.
        ses_id: String,
        /// The version of the event as of which it told it, where that is its news.
        told: Option<u64>,
    },
    /// It is not needed.
    Not(Dropped),
}

/// Why a mail did not go.
pub(crate) enum Trouble {
    /// The store is busy, whichever mail it is: this one is due at once.
    Passing(Failure),
    /// This mail, or all mail, does not go: it is due after a pause, for a day at most.
    Lasting(Failure),
}

impl From<store::Failure> for Trouble {
    fn from(failure: store::Failure) -> Self {
        match failure {
            store::Failure::Unavailable(_) => Self::Passing(failure.into()),
            store::Failure::Failed(_) => Self::Lasting(failure.into()),
        }
    }
}

impl From<mail::Failure> for Trouble {
    fn from(failure: mail::Failure) -> Self {
        Self::Lasting(failure.into())
    }
}

/// Sends mails; what came of each, in no particular order.
pub(crate) async fn deliver(app: &App, mails: Vec<Outgoing>) -> Vec<Outcome> {
    if mails.is_empty() {
        return Vec::new();
    }
    let about_bookings = mails.iter().filter_map(|mail| match mail {
        Outgoing::Booking(message) => Some(message),
        Outgoing::Notice(_) => None,
    });
    // Read together; where that fails each is read alone, so that one item that does not read keeps no other mail back.
    let together = Bookings::read(app, about_bookings.collect::<Vec<_>>()).boxed().await.ok();
    let together = together.as_ref();
    let deliveries = mails.into_iter().map(|mail| async move { deliver_one(app, together, &mail).await });
    futures::stream::iter(deliveries).buffer_unordered(AT_ONCE).collect().await
}

async fn deliver_one(app: &App, together: Option<&Bookings>, mail: &Outgoing) -> Outcome {
    let outcome = match (mail, together) {
        (Outgoing::Notice(notice), _) => notices::attempt(app, notice).await,
        (Outgoing::Booking(message), Some(bookings)) => attempt(app, bookings, message).await,
        (Outgoing::Booking(message), None) => match Bookings::read(app, [message]).boxed().await {
            Ok(bookings) => attempt(app, &bookings, message).await,
            Err(failure) => Err(failure.into()),
        },
    };
    let recorded = match outcome {
        Ok(Sent::Gone { ses_id, told }) => return mark_sent(app, mail, &ses_id, told).await,
        Ok(Sent::Not(dropped)) => drop_it(app, mail, dropped).await,
        Err(trouble) => Err(trouble),
    };
    match recorded {
        Ok(outcome) => outcome,
        Err(Trouble::Passing(failure)) => release(app, mail, &failure).await,
        Err(Trouble::Lasting(failure)) => put_off(app, mail, &failure).await,
    }
}

async fn attempt(app: &App, bookings: &Bookings, message: &Message) -> Result<Sent, Trouble> {
    let subject = Subject::of(message);
    let subject = subject.ok_or_else(|| Trouble::Lasting(Failure::new("this kind of mail has no letter")))?;
    let Some(booking) = bookings.of(message) else { return Ok(Sent::Not(Dropped::NobodyToTell)) };
    if let Subject::Copy { cause } = subject {
        return managers::attempt(app, bookings.managers(), &booking, message, cause).await;
    }
    let letter = overtaken::letter(&subject, message.generation, &booking.standing(), app.clock.now());
    let email = booking.registration.form.email.as_ref().ok_or(Dropped::NoAddress);
    let (letter, email) = match letter.and_then(|letter| Ok((letter, email?))) {
        Ok(found) => found,
        Err(dropped) => return Ok(Sent::Not(dropped)),
    };
    match obstacle(app, bookings.wishes(), (message, email), &subject).await? {
        Some(dropped) => Ok(Sent::Not(dropped)),
        None => send(app, message, &booking, &letter, email).await,
    }
}

/// Why a letter that is true does not go all the same.
async fn obstacle(
    app: &App,
    wishes: &Wishes,
    (message, email): (&Message, &EmailAddress),
    subject: &Subject,
) -> Result<Option<Dropped>, Trouble> {
    // Where it goes, which is not where the booking was made once the person has another address.
    if wishes.is_suppressed(app.identity.mailbox(email)) {
        return Ok(Some(Dropped::Suppressed));
    }
    match subject {
        Subject::Changed { version, .. } => is_told_already(app, message, *version).await,
        subject if subject.is_optional() && wishes.is_unsubscribed(message.person.mailbox()) => {
            Ok(Some(Dropped::Unwanted))
        }
        _ => Ok(None),
    }
}

/// A mail about a change says how the event is when it goes. So an earlier one that went after this change, or is yet
/// to go, says this one's too; whether it does is known once it has gone.
async fn is_told_already(app: &App, message: &Message, version: u64) -> Result<Option<Dropped>, Trouble> {
    let filed = app.store.filed(message.person, message.event).await?;
    let earlier = filed.iter().filter(|mail| {
        mail.kind == CHANGED && mail.generation == message.generation && mail.version.is_some_and(|v| v < version)
    });
    let (mut is_told, mut is_awaited) = (false, false);
    for mail in earlier {
        is_told |= mail.told.is_some_and(|told| told >= version);
        is_awaited |= mail.state == MessageState::Due;
    }
    if is_awaited && !is_told {
        return Err(Trouble::Passing(Failure::new("an earlier mail about this event is yet to go")));
    }
    Ok(is_told.then_some(Dropped::Merged))
}

async fn send(
    app: &App,
    message: &Message,
    booking: &Booking<'_>,
    kind: &LetterKind,
    email: &EmailAddress,
) -> Result<Sent, Trouble> {
    let reference = app.identity.reference(message.event, message.person);
    // A refused booking's link is that of the generation before it; any other mail's generation is the present one.
    let generation = match kind {
        LetterKind::NotBooked { .. } => booking.registration.generation,
        _ => message.generation,
    };
    let manage_link = app.manage_link(&Link { person: message.person, event: message.event, generation });
    let left = envelope::left_over(app, message, booking).await?;
    let invitation = envelope::invitation(app, message, booking, kind, email, left);
    let unsubscribe = envelope::unsubscribe(kind, &manage_link);
    let also = together::also(app, message, (kind, booking.record.event.starts())).await?;
    let materials = booking.materials(&manage_link);
    let about = About {
        name: booking.registration.form.name.as_str(),
        event: &booking.record.event,
        is_confidential: booking.confidential,
        reference: reference.to_string(),
        manage_link,
        follows: &booking.follows(kind),
        also: &also,
        materials: &materials,
        base_url: &app.config.base_url,
        hub: &booking.hub.name,
        now: app.clock.now(),
    };
    let attachments = enclosures(app, message.person.mailbox(), message.enclosures()).await?;
    let (letter, thread) = (about.letter(kind), format!("{reference}.{}", message.event));
    let mail = Mail {
        reply_to: booking.hub.reply_to.as_ref(),
        invitation: invitation.as_ref(),
        attachments: &attachments,
        unsubscribe: unsubscribe.as_deref(),
        ..Mail::new(sender(booking.hub), email, &letter, &thread)
    };
    let ses_id = app.mailer.send(&mail).await?;
    tracing::info!(
        message.kind = message.kind, message.tries = message.tries, message.ses_id = ses_id,
        event.id = %message.event, registration.reference = %reference, "mail sent"
    );
    let told = matches!(kind, LetterKind::Changed { .. }).then_some(booking.record.version);
    Ok(Sent::Gone { ses_id, told })
}

/// In whose name mail comes.
pub(crate) fn sender(hub: &Hub) -> &str {
    hub.from_name.as_deref().unwrap_or(&hub.name)
}

/// The files that go along. A mail whose file has gone does not go without it.
pub(crate) async fn enclosures(
    app: &App,
    mailbox: MailboxId,
    names: impl Iterator<Item = &str>,
) -> Result<Vec<Attachment>, Trouble> {
    let mut attachments = Vec::new();
    for name in names {
        let file = app.store.enclosure(mailbox, name).await?;
        let Enclosure { name, content_type, bytes } =
            file.ok_or_else(|| Trouble::Lasting(Failure::new("a file that goes along has gone")))?;
        attachments.push(Attachment { name, content_type, bytes });
    }
    Ok(attachments)
}

/// Records that a mail has gone, trying harder than anywhere else.
async fn mark_sent(app: &App, mail: &Outgoing, ses_id: &str, told: Option<u64>) -> Outcome {
    for _ in 0..MARKS {
        match app.store.close(&mail.key(), Ended::Sent { id: ses_id, told }, app.clock.now()).await {
            Ok(()) => return Outcome::Sent,
            Err(failure) => {
                let error = Failure::from(failure).chain();
                tracing::warn!(message.kind = mail.kind(), event.id = event_of(mail), error, "sent mail not marked");
            }
        }
    }
    tracing::error!(message.kind = mail.kind(), event.id = event_of(mail), "sent mail not marked, it may go twice");
    Outcome::Left
}

async fn drop_it(app: &App, mail: &Outgoing, dropped: Dropped) -> Result<Outcome, Trouble> {
    app.store.close(&mail.key(), Ended::Dropped(dropped.name()), app.clock.now()).await?;
    tracing::info!(
        message.kind = mail.kind(),
        event.id = event_of(mail),
        registration.reference = reference_of(app, mail),
        reason = dropped.name(),
        "mail dropped"
    );
    Ok(Outcome::Dropped)
}

/// Leaves a mail due after a pause, or gives it up.
async fn put_off(app: &App, mail: &Outgoing, failure: &Failure) -> Outcome {
    let now = app.clock.now();
    let (kind, event, tries, error) = (mail.kind(), event_of(mail), mail.tries(), failure.chain());
    let recorded = if now.duration_since(mail.at()) >= GIVE_UP_AFTER {
        tracing::error!(message.kind = kind, event.id = event, message.tries = tries, error, "mail given up");
        drop_it(app, mail, Dropped::Undeliverable).await
    } else {
        tracing::warn!(message.kind = kind, event.id = event, message.tries = tries, error, "mail put off");
        app.store.retry_at(mail, now + pause(tries)).await.map(|()| Outcome::PutOff).map_err(Trouble::from)
    };
    recorded.unwrap_or(Outcome::Left)
}

/// Leaves a mail due at once.
async fn release(app: &App, mail: &Outgoing, failure: &Failure) -> Outcome {
    tracing::warn!(message.kind = mail.kind(), event.id = event_of(mail), error = failure.chain(), "mail put off");
    if app.store.retry_at(mail, app.clock.now()).await.is_err() {
        tracing::warn!(message.kind = mail.kind(), event.id = event_of(mail), "mail left where it was");
        return Outcome::Left;
    }
    Outcome::PutOff
}

/// For the log.
fn event_of(mail: &Outgoing) -> Option<String> {
    match mail {
        Outgoing::Booking(message) => Some(message.event.to_string()),
        Outgoing::Notice(_) => None,
    }
}

/// For the log.
fn reference_of(app: &App, mail: &Outgoing) -> Option<String> {
    match mail {
        Outgoing::Booking(message) => Some(app.identity.reference(message.event, message.person).to_string()),
        Outgoing::Notice(_) => None,
    }
}

/// How long to wait after the given number of attempts: 1, 2, 4, 8, 16, then 30 minutes.
fn pause(tries: u32) -> SignedDuration {
    let doubled = 1_i64.checked_shl(tries.saturating_sub(1)).filter(|minutes| *minutes > 0);
    SignedDuration::from_mins(doubled.unwrap_or(PAUSE_MINUTES_MAX).min(PAUSE_MINUTES_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_half_an_hour() {
        let minutes = [1, 2, 3, 4, 5, 6, 7, 63, 64, 65, u32::MAX].map(|tries| pause(tries).as_mins());
        assert_eq!(minutes, [1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 30]);
        assert_eq!(pause(0).as_mins(), 1);
    }
}
