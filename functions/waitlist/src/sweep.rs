//! `waitlist-sweep`: ticks every ledger whose time has come, until none is left.

use std::collections::BTreeMap;

use app::{App, Failure};
use domain::ledger::{Command, Ledger};
use domain::{EventId, Organisation, PersonId};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::DueKind;

use crate::groups;

/// Ledgers per index partition and round.
const PAGE: i32 = 25;
/// Rounds per invocation; the next one goes on.
const ROUNDS: usize = 40;

/// Handles a schedule's tick.
pub async fn sweep(app: &App, _payload: Value) -> Result<Value, Failure> {
    let now = app.clock.now();
    let mut failed = None;
    for _ in 0..ROUNDS {
        let due = app.store.due(DueKind::Ledger, now, PAGE).await?;
        let mut moved = false;
        for event in due.iter().filter_map(store::Due::event) {
            match Box::pin(tick(app, event, now)).await {
                Ok(changed) => moved |= changed,
                Err(failure) => {
                    tracing::error!(event.id = %event, error = failure.chain(), "ledger not swept");
                    failed = Some(failure);
                }
            }
        }
        if !moved {
            break;
        }
    }
    // After the ledgers: whatever fails here keeps none of them waiting.
    groups::lapse_due(app, now).await?;
    failed.map_or_else(|| Ok(json!({})), Err)
}

/// Ticks one ledger; whether it changed.
async fn tick(app: &App, event: EventId, now: Timestamp) -> Result<bool, Failure> {
    let Some(ledger) = app.store.ledger(event).await? else { return Ok(false) };
    if ledger.due().is_none_or(|due| due > now) {
        return Ok(false);
    }
    let organisations = organisations_of_lapsing(app, event, &ledger, now).await?;
    let command = |_: &Ledger| Command::Tick { organisations: organisations.clone() };
    // A tick is never refused.
    let Ok(outcome) = app.store.change(event, now, command).await? else { return Ok(false) };
    tracing::info!(event.id = %event, effects = outcome.effects.len(), "ledger swept");
    Ok(outcome.ledger != ledger)
}

/// The organisations of those whose entries this tick may end, where they are counted.
async fn organisations_of_lapsing(
    app: &App,
    event: EventId,
    ledger: &Ledger,
    now: Timestamp,
) -> Result<BTreeMap<PersonId, String>, Failure> {
    if ledger.organisation_limit.is_none() {
        return Ok(BTreeMap::new());
    }
    let lapsing = ledger.offers.iter().filter(|(_, until)| **until <= now).map(|(person, _)| *person);
    let registrations = app.store.registrations(event, lapsing).await?;
    let key_of = |registration: &domain::Registration| {
        // Somebody without an organisation is counted under none.
        registration.form.organisation.as_ref().and_then(Organisation::key).unwrap_or_default()
    };
    Ok(registrations.iter().map(|(person, registration)| (*person, key_of(registration))).collect())
}
