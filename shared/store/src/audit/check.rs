//! What can be wrong, and whether it is.

use std::collections::{BTreeMap, BTreeSet};

use domain::attendance::MINUTES_MAX;
use domain::ledger::{Ending, Entry, Ledger, Place, State as LedgerState};
use domain::registration::Via;
use domain::{EventId, EventStatus, Generation, Organisation, PersonId, Registration};
use jiff::Timestamp;

use super::state::State;
use crate::Message;

/// Something that is wrong.
pub(super) enum Finding {
    /// An invariant does not hold, or an item does not read.
    Unsound(String),
    /// A ledger names somebody whose registration is not there.
    Lost(EventId, PersonId),
    /// A registration that never reached its ledger.
    Unresolved(EventId, PersonId),
    /// A ledger whose rules are older than its event's configuration.
    Behind(EventId),
    /// Nobody was told, and no mail is due.
    Untold { event: EventId, person: PersonId, generation: Generation, kind: &'static str },
    /// A mail is due that whoever was sending it left, and that nobody else finds.
    InHand(Message),
}

impl Finding {
    /// Whose registration is in no ledger, if this is that.
    pub fn unresolved(&self) -> Option<(EventId, PersonId)> {
        match self {
            Self::Unresolved(event, person) => Some((*event, *person)),
            _ => None,
        }
    }

    /// Who was not told, if this is that.
    pub fn untold(&self) -> Option<(EventId, PersonId)> {
        match self {
            Self::Untold { event, person, .. } => Some((*event, *person)),
            _ => None,
        }
    }

    /// Which event's changes, if they have yet to be heard of, put this right.
    fn settled_by(&self) -> Option<EventId> {
        match self {
            Self::Unresolved(event, _) | Self::Untold { event, .. } => Some(*event),
            Self::InHand(message) => Some(message.event),
            Self::Unsound(_) | Self::Lost(..) | Self::Behind(_) => None,
        }
    }

    pub fn words(&self) -> String {
        match self {
            Self::Unsound(words) => words.clone(),
            Self::Lost(event, person) => format!("event {event}: the ledger holds {person}, who has no registration"),
            Self::Unresolved(event, person) => format!("event {event}: the registration of {person} is in no ledger"),
            Self::Behind(event) => format!("event {event}: the ledger's rules are older than the event's"),
            Self::Untold { event, person, kind, .. } => format!("event {event}: {person} was not told: {kind}"),
            Self::InHand(Message { event, person, kind, .. }) => {
                format!("event {event}: nobody finds a mail to {person} that is due: {kind}")
            }
        }
    }
}

/// Everything that is wrong.
pub(super) fn findings(state: &State, now: Timestamp, in_flight: &BTreeSet<EventId>) -> Vec<Finding> {
    let mut found: Vec<Finding> = state.unreadable.iter().cloned().map(Finding::Unsound).collect();
    for (event, ledger) in &state.ledgers {
        let unsound = |words: String| Finding::Unsound(format!("event {event}: {words}"));
        found.extend(ledger.violations(now).into_iter().map(unsound));
        found.extend(check_configuration(state, *event, ledger));
        found.extend(check_organisations(state, *event, ledger).map(unsound));
        check_due(state, *event, ledger).map(unsound).into_iter().for_each(|finding| found.push(finding));
        for (person, entry) in &ledger.members {
            found.extend(check_entry(state, *event, *person, entry, ledger));
        }
    }
    let without_ledger = state.events.keys().filter(|event| !state.ledgers.contains_key(event));
    found.extend(without_ledger.map(|event| Finding::Unsound(format!("event {event}: the ledger is missing"))));
    found.extend(without_event(state));
    found.extend(check_attendance(state));
    found.extend(unresolved(state));
    found.extend(state.in_hand.iter().cloned().map(Finding::InHand));
    found.retain(|finding| finding.settled_by().is_none_or(|event| !in_flight.contains(&event)));
    found
}

/// The ledger has the rules of its event's configuration.
fn check_configuration(state: &State, event: EventId, ledger: &Ledger) -> Option<Finding> {
    let record = state.events.get(&event)?;
    if ledger.configuration() < record.version {
        return Some(Finding::Behind(event));
    }
    let rules = record.rules();
    let seconds = |at: Timestamp| at.as_second();
    let agrees = ledger.configuration() == record.version
        && (ledger.state == LedgerState::Cancelled) == (record.status == EventStatus::Cancelled)
        && (ledger.state == LedgerState::Draft) == (record.status == EventStatus::Draft)
        && seconds(ledger.closes) == seconds(rules.closes)
        && seconds(ledger.starts) == seconds(rules.starts)
        && ledger.offer_hours == rules.offer_hours
        && ledger.organisation_limit == rules.organisation_limit
        && ledger.lanes.values().map(|lane| lane.places).sum::<u32>()
            == rules.lanes.values().map(|lane| lane.places).sum::<u32>();
    (!agrees).then(|| Finding::Unsound(format!("event {event}: the ledger's rules are not those of the event")))
}

/// Attendance is of people who are registered, of sessions that can be, and of minutes that a session can have.
fn check_attendance(state: &State) -> impl Iterator<Item = Finding> {
    let marks = state.attendance.iter().flat_map(|((event, session), people)| {
        people.iter().map(move |(person, minutes)| (*event, *session, *person, *minutes))
    });
    marks.filter_map(|(event, session, person, minutes)| {
        let what = if !state.registrations.contains_key(&(event, person)) {
            "who is not registered"
        } else if session == 0 || minutes > MINUTES_MAX {
            "as no session can have"
        } else {
            return None;
        };
        Some(Finding::Unsound(format!("event {event}: attendance is recorded of {person}, {what}")))
    })
}

/// Ledgers with people in them, and registrations, of events that are not there.
fn without_event(state: &State) -> impl Iterator<Item = Finding> {
    let peopled = state.ledgers.iter().filter(|(_, ledger)| !ledger.members.is_empty()).map(|(event, _)| *event);
    let booked = state.registrations.keys().map(|(event, _)| *event);
    let named: BTreeSet<EventId> = peopled.chain(booked).collect();
    let missing = named.into_iter().filter(|event| !state.events.contains_key(event));
    missing.map(|event| Finding::Unsound(format!("event {event}: people are registered, and the event is missing")))
}

/// Organisation counts are those of the live registrations.
fn check_organisations(state: &State, event: EventId, ledger: &Ledger) -> Option<String> {
    ledger.organisation_limit?;
    let mut counted: BTreeMap<String, u32> = BTreeMap::new();
    for (person, _) in ledger.live_entries() {
        let registration = state.registrations.get(&(event, person));
        if let Some(key) = registration.and_then(|r| r.form.organisation.as_ref()).and_then(Organisation::key) {
            *counted.entry(key).or_default() += 1;
        }
    }
    let kept: BTreeMap<String, u32> =
        ledger.organisations.iter().filter(|(_, n)| **n > 0).map(|(k, n)| (k.clone(), *n)).collect();
    (counted != kept).then(|| "the organisations' counts are not those of the registrations".to_owned())
}

fn check_due(state: &State, event: EventId, ledger: &Ledger) -> Option<String> {
    let indexed = state.due.get(&event).copied().flatten();
    let expected = ledger.due().map(Timestamp::as_second);
    (indexed != expected).then(|| format!("the index has the ledger due at {indexed:?}, must be {expected:?}"))
}

fn check_entry(state: &State, event: EventId, person: PersonId, entry: &Entry, ledger: &Ledger) -> Vec<Finding> {
    let generation = entry.generation();
    let Some(registration) = state.registrations.get(&(event, person)) else {
        return vec![Finding::Lost(event, person)];
    };
    if registration.generation < generation {
        return vec![Finding::Lost(event, person)];
    }
    if registration.generation > generation || registration.form.email.is_none() {
        // A later booking is being made, or there is nobody to write to.
        return Vec::new();
    }
    let Some((kind, tells)) = mails_that_tell(ledger, person) else { return Vec::new() };
    let told = state.mails.get(&(event, person, generation));
    let is_told = told.is_some_and(|kinds| tells.iter().any(|kind| kinds.contains(*kind)));
    if is_told { Vec::new() } else { vec![Finding::Untold { event, person, generation, kind }] }
}

/// The mail that says where somebody stands, and the kinds that have said it.
fn mails_that_tell(ledger: &Ledger, person: PersonId) -> Option<(&'static str, &'static [&'static str])> {
    Some(match ledger.place(person)? {
        Place::Confirmed => ("confirmed", &["confirmed", "promoted"]),
        Place::Waiting { .. } => ("waiting", &["waiting", "returned", "line-ended"]),
        Place::Approval => ("approval", &["approval", "line-ended"]),
        Place::Offered { .. } => ("offered", &["offered", "offered-again", "line-ended"]),
        Place::Ended(tombstone) => match tombstone.ending {
            Ending::Cancelled | Ending::Declined => ("cancelled", &["cancelled"]),
            Ending::Expired => ("expired", &["expired"]),
            Ending::Substituted => ("substituted", &["substituted"]),
            Ending::Rejected => ("rejected", &["rejected"]),
            Ending::EventCancelled => ("event-cancelled", &["event-cancelled"]),
        },
    })
}

/// Registrations that no ledger holds at their generation, though their event takes registrations.
fn unresolved(state: &State) -> impl Iterator<Item = Finding> {
    let resolves = |registration: &Registration| !registration.refused && registration.via != Via::WalkIn;
    state.registrations.iter().filter(move |(_, r)| resolves(r)).filter_map(|((event, person), r)| {
        let held = state.ledgers.get(event).and_then(|ledger| ledger.members.get(person));
        let is_published = state.events.get(event).is_some_and(|record| record.status != EventStatus::Draft);
        let is_held = held.is_some_and(|entry| entry.generation() >= r.generation);
        (!is_held && is_published).then_some(Finding::Unresolved(*event, *person))
    })
}
