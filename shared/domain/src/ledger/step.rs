//! One step of the ledger: a command in, the next ledger and its effects out. Pure.

use jiff::Timestamp;

use crate::ids::{Generation, PersonId};
use crate::ledger::line::ENTRIES_PER_WRITE;
use crate::ledger::{Command, Effect, Ending, Entry, LaneKey, Ledger, Live, Registering, State, Tombstone};
use crate::refusal::Refusal;

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The next ledger; equal to the last where nothing changed.
    pub ledger: Ledger,
    /// What it means to whom.
    pub effects: Vec<Effect>,
    /// The person gets this "no" once the ledger is written: an offer lapsed under the hand that took it.
    pub refused: Option<Refusal>,
    /// The write is full; a tick does the rest.
    pub is_unfinished: bool,
}

impl Ledger {
    /// Decides `command` at `now`. Every step leaves both of the ledger's invariants true.
    pub fn step(&self, command: &Command, now: Timestamp) -> Result<Outcome, Refusal> {
        let mut next = self.clone();
        let refused = match next.apply(command, now) {
            Ok(()) => None,
            Err(Refusal::OfferExpired) if next != *self => Some(Refusal::OfferExpired),
            Err(refusal) => return Err(refusal),
        };
        let mut budget = ENTRIES_PER_WRITE;
        let is_unfinished = next.give_places(now, &mut budget);
        next.set_ceilings();
        if next != *self {
            next.version += 1;
        }
        let effects = next.effects_since(Some(self));
        Ok(Outcome { ledger: next, effects, refused, is_unfinished })
    }

    fn apply(&mut self, command: &Command, now: Timestamp) -> Result<(), Refusal> {
        match command {
            Command::Register(registering) => self.register(registering),
            Command::Cancel { person, organisation, late } => self.cancel(*person, organisation.as_deref(), *late, now),
            Command::Accept(person) => self.accept(*person, now),
            Command::Decline { person, organisation } => self.decline(*person, organisation.as_deref(), now),
            Command::Tick { organisations } => {
                self.release_due(now);
                self.lapse(now, organisations);
                if self.state == State::Open && now >= self.starts {
                    self.state = State::Closed;
                }
                Ok(())
            }
            Command::Admit(person) => self.admit(*person, now),
            Command::Reject { person, organisation } => self.reject(*person, organisation.as_deref(), now),
            Command::Prioritise { person, priority } => {
                self.live_or_refuse(*person)?;
                self.change(*person, |live| live.priority = super::Priority::new(*priority));
                Ok(())
            }
            Command::Substitute { from, to, generation, organisations } => {
                let (leaving, coming) = organisations;
                self.substitute((*from, leaving.as_deref()), (*to, *generation, coming.as_deref()), now)
            }
            Command::Group { people, lane, organisation } => self.seat_group(people, *lane, organisation.as_deref()),
            Command::Configure(rules) => {
                self.configure(rules, now);
                Ok(())
            }
        }
    }

    fn live_or_refuse(&self, person: PersonId) -> Result<Live, Refusal> {
        if self.state == State::Cancelled {
            return Err(Refusal::EventCancelled);
        }
        self.live(person).copied().ok_or(Refusal::BookingNotFound)
    }

    /// As the register expression: draws the next ticket. Whoever is in already stays as they are.
    fn register(&mut self, registering: &Registering) -> Result<(), Refusal> {
        let person = registering.person;
        match self.members.get(&person) {
            Some(entry) if entry.generation() >= registering.generation => return Ok(()),
            Some(Entry::Live(_)) => return Ok(()),
            Some(Entry::Ended(_)) | None => {}
        }
        if let Some(refusal) = self.why_not(registering) {
            return Err(refusal);
        }
        let lane_key = self.lane_now(registering.lane);
        let Some(lane) = self.lanes.get_mut(&lane_key) else { return Err(Refusal::RulesChanged) };
        lane.issued += 1;
        let entry = Live::new(lane.issued, lane_key, registering.generation);
        self.members.insert(person, Entry::Live(entry));
        self.count_organisation(registering.organisation.as_deref(), 1);
        Ok(())
    }

    /// Gives up whatever the person has; repeating it changes nothing.
    fn cancel(
        &mut self,
        person: PersonId,
        organisation: Option<&str>,
        late: bool,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        match self.members.get(&person) {
            None => Err(Refusal::BookingNotFound),
            Some(Entry::Ended(_)) => Ok(()),
            Some(Entry::Live(_)) if self.state == State::Cancelled => Ok(()),
            Some(Entry::Live(_)) if now >= self.starts => Err(Refusal::EventOver),
            Some(Entry::Live(_)) => {
                self.end(person, Ending::Cancelled, late, organisation, now);
                Ok(())
            }
        }
    }

    /// Approves somebody who awaits approval (confirmed if a place is free, else in line); confirms anybody else, above
    /// capacity if need be.
    fn admit(&mut self, person: PersonId, now: Timestamp) -> Result<(), Refusal> {
        let live = self.live_or_refuse(person)?;
        if now >= self.starts {
            return Err(Refusal::EventOver);
        }
        if self.needs_approval(&live) {
            let has_room = self.lanes.get(&live.lane).is_some_and(|lane| self.held(live.lane) < lane.places);
            self.change(person, |live| {
                live.approved = true;
                live.admitted |= has_room;
            });
        } else if !self.is_admitted(person, &live) {
            self.offers.remove(&person);
            self.change(person, |live| live.admitted = true);
        }
        Ok(())
    }

    fn reject(&mut self, person: PersonId, organisation: Option<&str>, now: Timestamp) -> Result<(), Refusal> {
        if let Some(Entry::Ended(Tombstone { ending: Ending::Rejected, .. })) = self.members.get(&person) {
            return Ok(());
        }
        self.live_or_refuse(person)?;
        self.end(person, Ending::Rejected, false, organisation, now);
        Ok(())
    }

    /// Hands ticket, place and offer over; repeating it changes nothing.
    fn substitute(
        &mut self,
        (from, leaving): (PersonId, Option<&str>),
        (to, generation, coming): (PersonId, Generation, Option<&str>),
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let has_left = matches!(self.members.get(&from), Some(Entry::Ended(t)) if t.ending == Ending::Substituted);
        if has_left && self.live(to).is_some_and(|live| live.generation == generation) {
            return Ok(());
        }
        let live = self.live_or_refuse(from)?;
        if now >= self.starts {
            return Err(Refusal::EventOver);
        }
        if self.members.get(&to).is_some_and(|entry| entry.generation() >= generation) || self.live(to).is_some() {
            return Err(Refusal::BookingNotFound);
        }
        let offer = self.offers.get(&from).copied();
        self.end(from, Ending::Substituted, false, leaving, now);
        self.members.insert(to, Entry::Live(Live { generation, ..live }));
        if let Some(until) = offer {
            self.offers.insert(to, until);
        }
        self.count_organisation(coming, 1);
        Ok(())
    }

    /// Consecutive tickets for a group, all with places, or none at all.
    fn seat_group(&mut self, people: &[PersonId], lane: LaneKey, organisation: Option<&str>) -> Result<(), Refusal> {
        match self.state {
            State::Cancelled => return Err(Refusal::EventCancelled),
            State::Closed => return Err(Refusal::EventOver),
            State::Draft | State::Open => {}
        }
        let key = self.lane_now(lane);
        let size = u32::try_from(people.len()).unwrap_or(u32::MAX);
        let held = self.held(key);
        let Some(lane) = self.lanes.get_mut(&key) else { return Err(Refusal::RulesChanged) };
        if lane.places.saturating_sub(held) < size || people.len() > ENTRIES_PER_WRITE {
            return Err(Refusal::EventFull);
        }
        // The group's places are its own by name; what is left becomes credits again when places are given.
        lane.admitted = lane.admitted.min(lane.issued);
        for person in people {
            lane.issued += 1;
            let seated = Live { admitted: true, approved: true, ..Live::new(lane.issued, key, Generation::FIRST) };
            self.members.insert(*person, Entry::Live(seated));
        }
        for _ in people {
            self.count_organisation(organisation, 1);
        }
        Ok(())
    }
}
