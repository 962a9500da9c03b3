//! Who gets a freed place: the first eligible person of the lane's line, in the same write that freed it.

use jiff::Timestamp;

use crate::ids::PersonId;
use crate::ledger::{Entry, GENERAL, LaneKey, Ledger, Live, Release, State, TICKET_MAX};
use crate::working_hours;

/// At most this many entries change in one write (an update expression ends at 4 KB).
pub(crate) const ENTRIES_PER_WRITE: usize = 90;

impl Ledger {
    /// Gives every free place away: to the line first, then as credits to the next tickets.
    ///
    /// Returns whether places are left for people in line because the write is full; a tick gives the rest.
    pub(crate) fn give_places(&mut self, now: Timestamp, budget: &mut usize) -> bool {
        if !matches!(self.state, State::Draft | State::Open) || now >= self.starts {
            return false;
        }
        let keys: Vec<LaneKey> = self.lanes.keys().copied().rev().collect();
        // Lanes divide the capacity: what one holds beyond its own places is room that the others do not have.
        let mut room = self.room();
        // The general lane comes last, so that what released lanes hand back is given in the same pass.
        let mut unfinished = false;
        for key in keys {
            self.hand_back(key);
            unfinished |= self.give_places_in(key, now, budget, &mut room);
        }
        unfinished
    }

    /// Places that nobody holds, all lanes together.
    pub(crate) fn room(&self) -> u32 {
        let held: u32 = self.lanes.keys().map(|key| self.held(*key)).sum();
        self.lanes.values().map(|lane| lane.places).sum::<u32>().saturating_sub(held)
    }

    /// A released lane keeps nothing that is not held.
    fn hand_back(&mut self, key: LaneKey) {
        let held = self.held(key);
        let Some(lane) = self.lanes.get_mut(&key) else { return };
        if key == GENERAL || lane.release != Release::Done {
            return;
        }
        lane.admitted = lane.admitted.min(lane.issued);
        let unused = lane.places.saturating_sub(held);
        lane.places -= unused;
        if let Some(general) = self.lanes.get_mut(&GENERAL) {
            general.places += unused;
        }
    }

    fn give_places_in(&mut self, key: LaneKey, now: Timestamp, budget: &mut usize, room: &mut u32) -> bool {
        let line = self.line(key);
        let held = self.held(key);
        let Some(lane) = self.lanes.get_mut(&key) else { return false };
        let free = lane.places.saturating_sub(held).min(*room);
        if line.is_empty() {
            if !lane.approval && lane.release != Release::Done {
                // Raised while credits remain, or set on what has been issued: never below it while people stand in it.
                let above_line = lane.issued.saturating_add(free);
                lane.admitted = if free > 0 { above_line } else { lane.admitted.min(lane.issued) };
                *room -= free;
            }
            return false;
        }
        lane.admitted = lane.admitted.min(lane.issued);
        let wanted = (free as usize).min(line.len());
        let given = wanted.min(*budget);
        *budget -= given;
        // No more than `free`, which is within the room.
        *room -= u32::try_from(given).unwrap_or(*room);
        for person in &line[..given] {
            self.give(*person, now);
        }
        if given == line.len() && given < free as usize {
            return self.give_places_in(key, now, budget, room);
        }
        given < wanted
    }

    /// People of a lane who are eligible for a place and have none, in order.
    pub(crate) fn line(&self, lane: LaneKey) -> Vec<PersonId> {
        let mut line: Vec<(PersonId, &Live)> = self
            .live_entries()
            .filter(|(person, live)| live.lane == lane && self.is_waiting(*person, live) && !self.needs_approval(live))
            .collect();
        line.sort_by_key(|(_, live)| live.order());
        line.into_iter().map(|(person, _)| person).collect()
    }

    /// Holds a place for somebody until a deadline; confirms at once where no offers are made or booking has closed.
    pub(crate) fn give(&mut self, person: PersonId, now: Timestamp) {
        match self.offer_hours {
            Some(hours) if now < self.closes => {
                let until = working_hours::after(now, hours).min(self.closes).min(self.starts);
                self.offers.insert(person, whole_second(until));
            }
            _ => self.change(person, |live| live.admitted = true),
        }
    }

    /// Changes a live entry.
    pub(crate) fn change(&mut self, person: PersonId, with: impl FnOnce(&mut Live)) {
        if let Some(Entry::Live(live)) = self.members.get_mut(&person) {
            with(live);
        }
    }

    /// Moves a live entry to the end of a lane, under a new ticket; `admitted` says whether it brings a place along.
    pub(crate) fn move_to_end(&mut self, person: PersonId, to: LaneKey, admitted: bool) {
        let Some(lane) = self.lanes.get_mut(&to) else { return };
        // A moved person must not be admitted by the number alone.
        lane.admitted = lane.admitted.min(lane.issued);
        lane.issued += 1;
        let ticket = lane.issued;
        self.change(person, |live| {
            live.ticket = ticket;
            live.lane = to;
            live.admitted = admitted;
        });
    }

    /// Recomputes every lane's hard issue limit: places held or promised, and the line's limit, beyond those who left.
    ///
    /// `x = held + max(0, h − i) + limit + (i − live)`; where places are given by name, those who ask for them may be as
    /// many as there are: `max(c, held)` stands for what is held or promised.
    pub(crate) fn set_ceilings(&mut self) {
        let keys: Vec<LaneKey> = self.lanes.keys().copied().collect();
        for key in keys {
            let ceiling = self.ceiling_of(key);
            if let Some(lane) = self.lanes.get_mut(&key) {
                lane.ceiling = ceiling;
            }
        }
    }

    pub(crate) fn ceiling_of(&self, key: LaneKey) -> u32 {
        let Some(lane) = self.lanes.get(&key) else { return 0 };
        let live = super::count(self.live_entries().filter(|(_, live)| live.lane == key));
        let limit = lane.line_limit.unwrap_or(TICKET_MAX);
        let held = self.held(key);
        let taken = if lane.approval { lane.places.max(held) } else { held + lane.credits() };
        let ceiling = taken.saturating_add(limit).saturating_add(lane.issued.saturating_sub(live));
        ceiling.min(TICKET_MAX)
    }
}

/// Deadlines are stored in whole seconds; a part of one is given, not taken.
pub(crate) fn whole_second(at: Timestamp) -> Timestamp {
    let up = i64::from(at.subsec_nanosecond() > 0);
    Timestamp::from_second(at.as_second() + up).unwrap_or(at)
}
