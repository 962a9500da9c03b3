//! What a change would set off, before it happens: the same decision that the change takes, without the write.

use std::collections::BTreeMap;

use app::{App, Rejection};
use domain::event_change::Was;
use domain::ledger::{Command, EffectKind, Ledger};
use domain::{EventStatus, Refusal};
use jiff::Timestamp;
use serde_json::Value;
use store::EventRecord;
use web::{Problem, dates};

/// So many people, and what they will be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consequence {
    people: usize,
    told: String,
}

impl Consequence {
    /// "12 people will be told …".
    pub fn words(&self) -> String {
        let people = if self.people == 1 { "1 person".to_owned() } else { format!("{} people", self.people) };
        format!("{people} will be told by mail {}", self.told)
    }
}

/// What a merge patch of a published event would set off.
pub async fn of_change(app: &App, record: &EventRecord, patch: &Value) -> Result<Vec<Consequence>, Rejection> {
    let event = record.event.patched(patch).map_err(Problem::invalid)?;
    let next = EventRecord { event, version: record.version + 1, ..record.clone() };
    let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
    let now = app.clock.now();
    let mut consequences = news(record, &next, &ledger, now);
    consequences.extend(steps(&next, &ledger, now)?);
    Ok(consequences)
}

/// What a cancellation would set off.
pub async fn of_cancelling(app: &App, record: &EventRecord) -> Result<Vec<Consequence>, Rejection> {
    let next = EventRecord { status: EventStatus::Cancelled, version: record.version + 1, ..record.clone() };
    let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
    steps(&next, &ledger, app.clock.now())
}

/// To everybody who is in, where the event is not as it was.
fn news(record: &EventRecord, next: &EventRecord, ledger: &Ledger, now: Timestamp) -> Vec<Consequence> {
    let is_seen = record.status == EventStatus::Published && next.event.ends() > now;
    let Some(was) = Was::of(&record.event, &next.event).filter(|_| is_seen) else { return Vec::new() };
    let mut changed = Vec::new();
    changed.extend(was.title.is_some().then_some("title"));
    changed.extend(was.sessions.is_some().then_some("dates"));
    changed.extend(was.place.is_some().then_some("place"));
    changed.extend(was.joining_url.is_some().then_some("joining link"));
    let people = ledger.live_entries().count();
    let told = format!("of the new {}", changed.join(" and the new "));
    if people == 0 { Vec::new() } else { vec![Consequence { people, told }] }
}

/// To those whose place is another afterwards.
fn steps(next: &EventRecord, ledger: &Ledger, now: Timestamp) -> Result<Vec<Consequence>, Rejection> {
    let outcome = ledger.step(&Command::Configure(next.rules()), now)?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for effect in outcome.effects {
        *counts.entry(told(effect.kind)).or_default() += 1;
    }
    Ok(counts.into_iter().map(|(told, people)| Consequence { people, told }).collect())
}

fn told(kind: EffectKind) -> String {
    match kind {
        EffectKind::Confirmed | EffectKind::Promoted => "that they have a place".to_owned(),
        EffectKind::Offered { until, .. } => format!("that a place is kept for them until {}", dates::moment(until)),
        EffectKind::Waiting { .. } | EffectKind::Returned { .. } => "where they stand in the line".to_owned(),
        EffectKind::Approval => "that their booking waits for approval".to_owned(),
        EffectKind::Expired => "that their offer has lapsed".to_owned(),
        EffectKind::Cancelled { .. } => "that their booking is cancelled".to_owned(),
        EffectKind::EventCancelled => "that the event is cancelled".to_owned(),
        EffectKind::LineEnded => "that no more places will become free".to_owned(),
    }
}
