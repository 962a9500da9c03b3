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
use store::{Hold, Message, Outgoing};

use crate::delivery::{AT_ONCE, Outcome, deliver};
use crate::{managers, subject};

/// Handles a batch of changes. From the first record that fails on, Lambda hands the batch over again.
pub(crate) async fn handle(app: &App, batch: Batch) -> Result<Value, Failure> {
    let now = app.clock.now();
    // Of which record each mail is, and the mails.
    let (mut records, mut mails) = (Vec::new(), Vec::new());
    let mut failed = None;
    for record in &batch.records {
        match messages_of(app, record, now).await {
            Ok(messages) => {
                records.extend(messages.iter().map(|_| record));
                mails.extend(messages);
            }
            Err(failure) => {
                failed = Some(failed_at(record, &failure));
                break;
            }
        }
    }
    // More than these are the sweep's.
    if mails.len() > AT_ONCE {
        for (_, hold) in &mut mails {
            *hold = Hold::Nobody;
        }
    }
    let mut held = Vec::new();
    // Backwards: the first that failed counts.
    for (record, posted) in records.into_iter().zip(post(app, mails, now).await).rev() {
        match posted {
            Ok(message) => held.extend(message.map(Outgoing::Booking)),
            Err(failure) => failed = Some(failed_at(record, &failure)),
        }
    }
    let is_left = deliver(app, held).await.contains(&Outcome::Left);
    if let Some(first) = batch.records.first().filter(|_| is_left) {
        failed = Some(failed_at(first, &Failure::new("what came of a mail could not be recorded")));
    }
    Ok(json!({"batchItemFailures": failed.into_iter().collect::<Vec<Value>>()}))
}

fn failed_at(record: &Record, failure: &Failure) -> Value {
    tracing::warn!(error = failure.chain(), "effects not stored, will be tried again");
    json!({"itemIdentifier": record.sequence_number()})
}

/// The mails that one change of a ledger or of an event makes, and how they are held. Effects are the same whenever the
/// change is handed over; whom else it concerns is read, and may be others by then.
async fn messages_of(app: &App, record: &Record, now: Timestamp) -> Result<Vec<(Message, Hold)>, Failure> {
    match record.change()? {
        Some(Change::Ledger(change)) => {
            let effects = change.new.effects_since(change.old.as_ref());
            let message = |effect| (subject::of_effect(&change, effect, now), Hold::Hand);
            let mut messages: Vec<_> = effects.iter().map(message).collect();
            let people = effects.iter().filter(|effect| matches!(effect.kind, EffectKind::Cancelled { .. }));
            let copies = managers::of_cancellations(app, &change, people.map(|effect| effect.person), now).await?;
            messages.extend(copies.into_iter().map(|copy| (copy, Hold::Lease)));
            Ok(messages)
        }
        Some(Change::Event(change)) => {
            Ok(changed(app, &change, now).await?.into_iter().map(|message| (message, Hold::Lease)).collect())
        }
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

/// Stores mails, each due at its time, and held by the caller from then on; which of them the caller is to send now.
/// Storing them again changes nothing.
pub(crate) async fn post(
    app: &App,
    messages: Vec<(Message, Hold)>,
    now: Timestamp,
) -> Vec<Result<Option<Message>, Failure>> {
    let posts = messages.into_iter().map(|(mut message, hold)| async move {
        let hold = if message.at <= now { hold } else { Hold::Nobody };
        let is_held = hold != Hold::Nobody;
        // To hold it is an attempt.
        message.tries = u32::from(is_held);
        let is_new = app.store.post(&message, now.max(message.at), hold).await?;
        Ok((is_new && is_held).then_some(message))
    });
    futures::stream::iter(posts).buffered(AT_ONCE).collect().await
}
