//! `notify`: each change of a ledger or of an event, as the stream shows it, becomes mails that are stored, and sent at
//! once when few.
//!
//! Only the store can fail a batch, never the mail: what is stored is due until it has gone.

use app::{App, Failure};
use domain::event_change::Was;
use domain::ledger::Live;
use domain::{EffectKind, EventStatus, PersonId};
use futures::StreamExt as _;
use jiff::Timestamp;
use serde_json::{Value, json};
use store::stream::{Batch, Change, EventChange, Record};
use store::{Message, Outgoing};

use crate::delivery::{AT_ONCE, deliver};
use crate::{managers, subject};

/// Handles a batch of changes. From the first record that fails on, Lambda hands the batch over again.
pub(crate) async fn handle(app: &App, batch: Batch) -> Result<Value, Failure> {
    let now = app.clock.now();
    let mut changes = Vec::new();
    let mut failed = None;
    for record in &batch.records {
        match messages_of(app, record, now).await {
            Ok(messages) => changes.push((record, messages)),
            Err(failure) => {
                failed = Some(failed_at(record, &failure));
                break;
            }
        }
    }
    let count: usize = changes.iter().map(|(_, messages)| messages.len()).sum();
    // More than these are the sweep's.
    let send_at_once = count <= AT_ONCE;
    let mut leased = Vec::new();
    for (record, messages) in changes {
        let posted = post(app, messages, now, send_at_once).await;
        leased.extend(posted.leased);
        if let Some(failure) = posted.failure {
            failed = Some(failed_at(record, &failure));
            break;
        }
    }
    if send_at_once {
        deliver(app, leased.into_iter().map(Outgoing::Booking).collect()).await;
    }
    Ok(json!({"batchItemFailures": failed.into_iter().collect::<Vec<Value>>()}))
}

fn failed_at(record: &Record, failure: &Failure) -> Value {
    tracing::warn!(error = failure.chain(), "effects not stored, will be tried again");
    json!({"itemIdentifier": record.sequence_number()})
}

/// The mails that one change of a ledger or of an event makes.
async fn messages_of(app: &App, record: &Record, now: Timestamp) -> Result<Vec<Message>, Failure> {
    match record.change()? {
        Some(Change::Ledger(change)) => {
            let effects = change.new.effects_since(change.old.as_ref());
            let message = |effect| subject::of_effect(&change, effect, now);
            let mut messages: Vec<Message> = effects.iter().map(message).collect();
            let people = effects.iter().filter(|effect| matches!(effect.kind, EffectKind::Cancelled { .. }));
            messages.extend(managers::of_cancellations(app, &change, people.map(|effect| effect.person), now).await?);
            Ok(messages)
        }
        Some(Change::Event(change)) => changed(app, &change, now).await,
        None => Ok(Vec::new()),
    }
}

/// One mail for everyone who is in, where an event that people can see is not as it was. What is over has changed for
/// nobody.
async fn changed(app: &App, change: &EventChange, now: Timestamp) -> Result<Vec<Message>, Failure> {
    let (old, new) = (&change.old, &change.new);
    let is_seen = old.status == EventStatus::Published && new.status == EventStatus::Published;
    let Some(was) = Was::of(&old.event, &new.event).filter(|_| is_seen && new.event.ends() > now) else {
        return Ok(Vec::new());
    };
    let Some(ledger) = app.store.ledger(new.id).await? else { return Ok(Vec::new()) };
    let message = |(person, live): (PersonId, &Live)| {
        subject::of_change(new.id, (person, live.generation), (&was, new.version), now)
    };
    Ok(ledger.live_entries().map(message).collect())
}

/// What storing mails came to.
pub(crate) struct Posted {
    /// Those that were not there before, and are leased to the caller.
    pub leased: Vec<Message>,
    /// Some could not be stored.
    pub failure: Option<Failure>,
}

/// Stores mails: each is due at its time and, where that has come, may be leased to the caller. Storing them again changes
/// nothing.
pub(crate) async fn post(app: &App, messages: Vec<Message>, now: Timestamp, lease: bool) -> Posted {
    let posts = messages.into_iter().map(|mut message| async move {
        let lease = lease && message.at <= now;
        // A lease is an attempt.
        message.tries = u32::from(lease);
        let is_new = app.store.post(&message, now.max(message.at), lease).await?;
        Ok::<_, store::Failure>((is_new && lease).then_some(message))
    });
    let replies: Vec<_> = futures::stream::iter(posts).buffered(AT_ONCE).collect().await;
    let mut posted = Posted { leased: Vec::new(), failure: None };
    for reply in replies {
        match reply {
            Ok(message) => posted.leased.extend(message),
            Err(failure) => posted.failure = Some(failure.into()),
        }
    }
    posted
}
