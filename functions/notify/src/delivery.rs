//! Delivery: drops each mail that has been overtaken, sends the others, and records what came of it.
//!
//! Whoever calls holds a lease on every mail handed in. A mail that cannot go now is left due; should this process end
//! between SES's yes and our mark, the lease runs out and the mail goes once more.

use app::{App, Failure, Link};
use domain::EmailAddress;
use futures::StreamExt as _;
use jiff::SignedDuration;
use mail::{About, LetterKind};
use store::{Message, MessageState};

use crate::bookings::{Booking, Bookings};
use crate::overtaken::{self, Dropped};
use crate::subject::Subject;

/// Mails, or writes about them, under way at once.
pub(crate) const AT_ONCE: usize = 16;
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
}

/// Why a mail did not go.
enum Trouble {
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
pub(crate) async fn deliver(app: &App, messages: Vec<Message>) -> Vec<Outcome> {
    // Read together; where that fails each is read alone, so that one item that does not read keeps no other mail back.
    let together = Bookings::read(app, &messages).await.ok();
    let together = together.as_ref();
    let deliveries = messages.into_iter().map(|message| async move { deliver_one(app, together, &message).await });
    futures::stream::iter(deliveries).buffer_unordered(AT_ONCE).collect().await
}

async fn deliver_one(app: &App, together: Option<&Bookings>, message: &Message) -> Outcome {
    let outcome = match together {
        Some(bookings) => attempt(app, bookings, message).await,
        None => match Bookings::read(app, std::slice::from_ref(message)).await {
            Ok(bookings) => attempt(app, &bookings, message).await,
            Err(failure) => Err(failure.into()),
        },
    };
    match outcome {
        Ok(outcome) => outcome,
        Err(Trouble::Passing(failure)) => release(app, message, &failure).await,
        Err(Trouble::Lasting(failure)) => put_off(app, message, &failure).await,
    }
}

async fn attempt(app: &App, bookings: &Bookings, message: &Message) -> Result<Outcome, Trouble> {
    let subject = Subject::of(message);
    let subject = subject.ok_or_else(|| Trouble::Lasting(Failure::new("this kind of mail has no letter")))?;
    let Some(booking) = bookings.of(message) else {
        return drop_it(app, message, Dropped::NobodyToTell).await;
    };
    let letter = overtaken::letter(&subject, message.generation, &booking.standing(), app.clock.now());
    let email = booking.registration.form.email.as_ref().ok_or(Dropped::NoAddress);
    match letter.and_then(|letter| Ok((letter, email?))) {
        Err(dropped) => drop_it(app, message, dropped).await,
        Ok(_) if app.store.is_suppressed(message.person).await? => drop_it(app, message, Dropped::Suppressed).await,
        Ok((letter, email)) => send(app, message, &booking, &letter, email).await,
    }
}

async fn send(
    app: &App,
    message: &Message,
    booking: &Booking<'_>,
    kind: &LetterKind,
    email: &EmailAddress,
) -> Result<Outcome, Trouble> {
    let reference = app.identity.reference(message.event, message.person);
    // A refused booking's link is that of the generation before it; any other mail's generation is the present one.
    let generation = match kind {
        LetterKind::NotBooked { .. } => booking.registration.generation,
        _ => message.generation,
    };
    let about = About {
        name: booking.registration.form.name.as_str(),
        event: &booking.record.event,
        confidential: booking.confidential,
        reference: reference.to_string(),
        manage_link: app.manage_link(&Link { person: message.person, event: message.event, generation }),
        events_link: format!("{}/events", app.config.base_url),
        hub: &app.config.hub_name,
        now: app.clock.now(),
    };
    let thread = format!("{reference}.{}", message.event);
    let ses_id = app.mailer.send(email, &about.letter(kind), &thread).await?;
    tracing::info!(
        message.kind = message.kind, message.tries = message.tries, message.ses_id = ses_id,
        event.id = %message.event, registration.reference = %reference, "mail sent"
    );
    mark_sent(app, message, &ses_id).await;
    Ok(Outcome::Sent)
}

/// Records that a mail has gone, trying harder than anywhere else.
async fn mark_sent(app: &App, message: &Message, ses_id: &str) {
    for _ in 0..MARKS {
        match app.store.close(message, MessageState::Sent, ses_id, app.clock.now()).await {
            Ok(()) => return,
            Err(failure) => {
                let error = Failure::from(failure).chain();
                tracing::warn!(message.kind = message.kind, event.id = %message.event, error, "sent mail not marked");
            }
        }
    }
    tracing::error!(message.kind = message.kind, event.id = %message.event, "sent mail not marked, it may go twice");
}

async fn drop_it(app: &App, message: &Message, dropped: Dropped) -> Result<Outcome, Trouble> {
    app.store.close(message, MessageState::Dropped, dropped.name(), app.clock.now()).await?;
    let reference = app.identity.reference(message.event, message.person);
    tracing::info!(
        message.kind = message.kind, event.id = %message.event, registration.reference = %reference,
        reason = dropped.name(), "mail dropped"
    );
    Ok(Outcome::Dropped)
}

/// Leaves a mail due after a pause, or gives it up.
async fn put_off(app: &App, message: &Message, failure: &Failure) -> Outcome {
    let now = app.clock.now();
    let (kind, event, error) = (message.kind.as_str(), message.event, failure.chain());
    let recorded = if now.duration_since(message.at) >= GIVE_UP_AFTER {
        tracing::error!(message.kind = kind, event.id = %event, message.tries = message.tries, error, "mail given up");
        drop_it(app, message, Dropped::Undeliverable).await
    } else {
        tracing::warn!(message.kind = kind, event.id = %event, message.tries = message.tries, error, "mail put off");
        app.store.retry_at(message, now + pause(message.tries)).await.map(|()| Outcome::PutOff).map_err(Trouble::from)
    };
    // What could not be recorded is due again when the lease runs out.
    recorded.unwrap_or(Outcome::PutOff)
}

/// Leaves a mail due at once; if that fails too, it is due when the lease runs out.
async fn release(app: &App, message: &Message, failure: &Failure) -> Outcome {
    tracing::warn!(message.kind = message.kind, event.id = %message.event, error = failure.chain(), "mail put off");
    if app.store.retry_at(message, app.clock.now()).await.is_err() {
        tracing::warn!(message.kind = message.kind, event.id = %message.event, "mail left until its lease runs out");
    }
    Outcome::PutOff
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
