//! `register-settle`: a registration that was stored but never reached its ledger is finished here, with the time at
//! which its form arrived, so that who booked in time is in. Whoever is refused now is told by mail.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use app::{App, Clock, Failure, REGISTER_TIMEOUT_SECONDS};
use domain::registration::Via;
use domain::{EventId, Ledger, Refusal, Registration};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::stream::{Batch, Record, Stored};
use store::{Booking, EventRecord, Message, Profile, RegisterOutcome};

/// A registration whose own invocation may still be at work is looked at again after this long, then twice that, …
const PAUSE_FIRST: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_millis(500);

/// Handles a batch of stored registrations. The ledger is read once per event.
pub async fn settle(app: &App, payload: Value) -> Result<Value, Failure> {
    let batch: Batch = serde_json::from_value(payload).map_err(Failure::new)?;
    let mut stored = Vec::new();
    for record in &batch.records {
        match record.registration() {
            Ok(Some(found)) => stored.push((record, found)),
            Ok(None) => {}
            Err(failure) => return Ok(failed_from(record, &failure.into())),
        }
    }
    let events: BTreeSet<EventId> = stored.iter().map(|(_, found)| found.event).collect();
    let mut ledgers = BTreeMap::new();
    for event in events {
        ledgers.insert(event, app.store.ledger(event).await?);
    }
    for (record, found) in stored {
        let ledger = ledgers.get(&found.event).and_then(Option::as_ref);
        if let Err(failure) = settle_one(app, record, found, ledger).await {
            return Ok(failed_from(record, &failure));
        }
    }
    Ok(json!({"batchItemFailures": []}))
}

/// A batch ends here; Lambda hands it over again from this record on.
fn failed_from(record: &Record, failure: &Failure) -> Value {
    tracing::warn!(error = failure.chain(), "registration not settled, will be tried again");
    json!({"batchItemFailures": [{"itemIdentifier": record.sequence_number()}]})
}

async fn settle_one(app: &App, record: &Record, found: Stored, ledger: Option<&Ledger>) -> Result<(), Failure> {
    let Some(mut registration) = present(app, found).await? else { return Ok(()) };
    let mut is_held = ledger.is_some_and(|ledger| holds(ledger, found));
    let mut pause = PAUSE_FIRST;
    while !is_held && is_at_work(record) {
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE_MAX);
        let ledger = app.store.ledger(found.event).await?;
        is_held = ledger.is_some_and(|ledger| holds(&ledger, found));
        let Some(now) = present(app, found).await? else { return Ok(()) };
        registration = now;
    }
    if !is_held {
        finish(app, &registration).await?;
    }
    keep_profile(app, &registration).await?;
    Ok(app.note_organisation(registration.form.organisation.as_ref(), registration.at).await?)
}

/// The registration as it is now, unless it has gone, was refused, or a later booking has replaced it.
async fn present(app: &App, found: Stored) -> Result<Option<Registration>, Failure> {
    let registration = app.store.registration(found.person, found.event).await?;
    Ok(registration.filter(|r| !r.refused && r.generation == found.generation))
}

fn holds(ledger: &Ledger, found: Stored) -> bool {
    ledger.members.get(&found.person).is_some_and(|entry| entry.generation() >= found.generation)
}

/// Whether the invocation that stored this may still be running, in real time.
fn is_at_work(record: &Record) -> bool {
    let patience = SignedDuration::from_secs(REGISTER_TIMEOUT_SECONDS);
    record.written_at().is_some_and(|at| Clock::real().duration_since(at) < patience)
}

async fn finish(app: &App, registration: &Registration) -> Result<(), Failure> {
    let Some(record) = app.store.event(registration.event, true).await? else { return Ok(()) };
    let booking = Booking {
        id: record.id,
        event: &record.event,
        status: record.status,
        version: record.version,
        person: registration.person,
        form: registration.form.clone(),
        at: registration.at,
        attempt: app.random(),
        via: Via::Person,
    };
    match app.store.finish(&booking, registration).await? {
        Some(RegisterOutcome::Refused(refusal)) => tell_refused(app, &record, registration, refusal).await,
        Some(RegisterOutcome::Stale) => Err(Failure::new("the event changed while a registration was settled")),
        Some(RegisterOutcome::Booked(_)) => {
            let reference = app.identity.reference(registration.event, registration.person);
            tracing::info!(event.id = %record.id, registration.reference = %reference, "registration finished");
            Ok(())
        }
        None => Ok(()),
    }
}

async fn tell_refused(
    app: &App,
    record: &EventRecord,
    registration: &Registration,
    refusal: Refusal,
) -> Result<(), Failure> {
    let now = app.clock.now();
    let message = Message {
        person: registration.person,
        event: record.id,
        kind: "not-booked".to_owned(),
        mark: registration.generation.0.to_string(),
        generation: registration.generation,
        at: now,
        tries: 0,
        facts: json!({"why": refusal.to_string()}),
    };
    app.store.post(&message, now, false).await?;
    Ok(())
}

async fn keep_profile(app: &App, registration: &Registration) -> Result<(), Failure> {
    let Some(email) = registration.form.email.clone() else { return Ok(()) };
    let profile = Profile { person: registration.person, name: registration.form.name.clone(), email };
    app.store.keep_profile(&profile).await?;
    Ok(())
}
