//! Proof that the state is sound, recomputed from nothing but the stored items: every ledger keeps its invariants, every
//! registration is resolved, every effect is told or due. `repair` recreates what an outage longer than the stream's
//! 24 hours has lost.

mod check;
mod state;

use std::collections::{BTreeMap, BTreeSet};

use domain::registration::Via;
use domain::{EventId, Generation, PersonId, Registration};
use jiff::Timestamp;

use crate::failure::Failure;
use crate::outbox::Message;
use crate::{Booking, EventRecord, Hold, Outgoing, Store};

use check::Finding;
use state::State;

/// What an audit found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// What is wrong, in words for an operator; ids only.
    pub violations: Vec<String>,
    /// How many there are of what.
    pub counts: BTreeMap<&'static str, u64>,
    /// What was repaired.
    pub repaired: u64,
}

/// Audits the whole table as of `now`. With `repair`, mends what can be mended and audits again.
///
/// What the stream's readers have yet to hear of (`in_flight`) may be unresolved or untold without being lost.
pub async fn run(
    store: &Store,
    now: Timestamp,
    repair: bool,
    in_flight: &BTreeSet<EventId>,
) -> Result<Report, Failure> {
    let state = State::read(store).await?;
    let findings = check::findings(&state, now, in_flight);
    if !repair || findings.is_empty() {
        return Ok(report(&state, &findings, 0));
    }
    let mut repaired = 0;
    let mut finished = BTreeSet::new();
    for finding in &findings {
        if mend(store, &state, finding, now).await? {
            repaired += 1;
            finished.extend(finding.unresolved());
        }
    }
    let after = State::read(store).await?;
    let mut findings = check::findings(&after, now, in_flight);
    // Whoever was just finished is told by the stream.
    findings.retain(|finding| finding.untold().is_none_or(|whom| !finished.contains(&whom)));
    Ok(report(&after, &findings, repaired))
}

fn report(state: &State, findings: &[Finding], repaired: u64) -> Report {
    Report { violations: findings.iter().map(Finding::words).collect(), counts: state.counts(), repaired }
}

/// Mends one finding, where the items say how.
async fn mend(store: &Store, state: &State, finding: &Finding, now: Timestamp) -> Result<bool, Failure> {
    match finding {
        Finding::Unresolved(event, person) => {
            let (Some(record), Some(registration)) =
                (state.events.get(event), state.registrations.get(&(*event, *person)))
            else {
                return Ok(false);
            };
            finish(store, record, registration, now).await
        }
        Finding::Untold { event, person, generation, kind } => {
            let message = message(*event, *person, *generation, kind, now);
            store.post(&message, now, Hold::Nobody).await
        }
        Finding::InHand(message) => {
            store.retry_at(&Outgoing::Booking(message.clone()), now).await?;
            Ok(true)
        }
        Finding::Behind(event) => match state.events.get(event) {
            Some(record) => Ok(store.configure(*event, &record.rules(), now).await?.is_ok()),
            None => Ok(false),
        },
        Finding::Unsound(..) | Finding::Lost(..) => Ok(false),
    }
}

async fn finish(
    store: &Store,
    record: &EventRecord,
    registration: &Registration,
    now: Timestamp,
) -> Result<bool, Failure> {
    let booking = Booking {
        id: record.id,
        event: &record.event,
        status: record.status,
        version: record.version,
        person: registration.person,
        form: registration.form.clone(),
        at: registration.at.min(now),
        attempt: (store.entropy)(),
        via: Via::Person,
    };
    Ok(store.finish(&booking, registration).await?.is_some())
}

fn message(event: EventId, person: PersonId, generation: Generation, kind: &'static str, now: Timestamp) -> Message {
    Message {
        person,
        event,
        kind: kind.to_owned(),
        mark: format!("{}-repair", generation.0),
        generation,
        at: now,
        tries: 0,
        facts: serde_json::Value::Object(serde_json::Map::new()),
    }
}
