//! `register-settle`: a registration that was stored but never reached its ledger is finished here, with the time at
//! which its form arrived, so that who booked in time is in. Whoever is refused now is told by mail.

use std::time::Duration;

use app::{App, Clock, Failure, REGISTER_TIMEOUT_SECONDS};
use domain::registration::Via;
use domain::{Ledger, Refusal, Registration};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::stream::{Batch, Record, Stored};
use store::{Booking, EventRecord, Hold, Message, RegisterOutcome, Unmatched};

/// A registration whose own invocation may still be at work is looked at again after this long, then twice that, …
const PAUSE_FIRST: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_millis(500);

/// Handles a batch of stored registrations: each ledger is read once.
pub async fn settle(app: &App, batch: Batch) -> Result<Value, Failure> {
    let mut stored = Vec::new();
    for record in &batch.records {
        match record.registration() {
            Ok(Some(found)) => stored.push((record, found)),
            Ok(None) => {}
            Err(failure) => return Ok(failed_from(record, &failure.into())),
        }
    }
    let ledgers = app.store.ledgers(stored.iter().map(|(_, found)| found.event).collect()).await?;
    for (record, found) in &stored {
        let is_held = ledgers.get(&found.event).is_some_and(|ledger| holds(ledger, *found));
        if !is_held && let Err(failure) = settle_one(app, record, *found).await {
            return Ok(failed_from(record, &failure));
        }
    }
    let Some((first, _)) = stored.first() else { return Ok(json!({"batchItemFailures": []})) };
    match note_organisations(app, stored.iter().map(|(_, found)| *found)).await {
        Ok(()) => Ok(json!({"batchItemFailures": []})),
        // All that was finished above is found finished.
        Err(failure) => Ok(failed_from(first, &failure)),
    }
}

/// A batch ends here; Lambda hands it over again from this record on.
fn failed_from(record: &Record, failure: &Failure) -> Value {
    tracing::warn!(error = failure.chain(), "registration not settled, will be tried again");
    json!({"batchItemFailures": [{"itemIdentifier": record.sequence_number()}]})
}

/// Finishes a registration that its ledger did not hold, once nobody else can be at work on it.
async fn settle_one(app: &App, record: &Record, found: Stored) -> Result<(), Failure> {
    let mut pause = PAUSE_FIRST;
    loop {
        let registration = app.store.registration(found.person, found.event).await?;
        let Some(registration) = registration.filter(|registration| is_present(registration, found)) else {
            return Ok(());
        };
        if !is_at_work(record) {
            return finish(app, &registration).await;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE_MAX);
        if app.store.ledger(found.event).await?.is_some_and(|ledger| holds(&ledger, found)) {
            return Ok(());
        }
    }
}

/// Whether this is what was stored: it was not refused, and no later booking has replaced it.
fn is_present(registration: &Registration, found: Stored) -> bool {
    !registration.refused && registration.generation == found.generation
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
    app.store.post(&message, now, Hold::Nobody).await?;
    Ok(())
}

/// Notes organisations that the list does not have, for an organiser to match them once; of registrations that are still
/// there, so that nothing comes back of anybody who was erased.
async fn note_organisations(app: &App, stored: impl Iterator<Item = Stored>) -> Result<(), Failure> {
    let named = stored.filter(|found| found.has_organisation).map(|found| (found.person, found.event));
    let registrations = app.store.registrations_at(named.collect()).await?;
    let unmatched: Vec<Unmatched> =
        registrations.iter().filter(|found| !found.refused).filter_map(Unmatched::of).collect();
    Ok(app.store.note_unmatched(&unmatched).await?)
}
