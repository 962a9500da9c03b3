//! The ledger's invariants, recomputed from nothing but the ledger.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::ledger::{GENERAL, Lane, LaneKey, Ledger, Release, State};

impl Ledger {
    /// Everything that is wrong with this ledger at `now`, in words for an operator; empty where it is sound.
    pub fn violations(&self, now: Timestamp) -> Vec<String> {
        let mut found = Vec::new();
        if !self.lanes.contains_key(&GENERAL) {
            found.push("the general lane is missing".to_owned());
        }
        let promised: u32 = self.lanes.values().map(Lane::credits).sum();
        // Once the event has begun nobody books, and what was promised counts no more.
        if promised > self.room() && now < self.starts {
            found.push(format!("{promised} places are promised and {} are left", self.room()));
        }
        for key in self.lanes.keys() {
            self.check_lane(*key, now, &mut found);
        }
        self.check_tickets(&mut found);
        for person in self.offers.keys() {
            if self.live(*person).is_none() {
                found.push(format!("an offer is open for {person}, who is not registered"));
            }
        }
        found
    }

    fn check_lane(&self, key: LaneKey, now: Timestamp, found: &mut Vec<String>) {
        let Some(lane) = self.lanes.get(&key) else { return };
        let held = self.held(key);
        if held + lane.credits() > lane.places && lane.credits() > 0 {
            found.push(format!("lane {key}: {held} held and {} promised of {} places", lane.credits(), lane.places));
        }
        if lane.approval && lane.admitted > 0 {
            found.push(format!("lane {key}: places are given by number where approval is asked for"));
        }
        if lane.ceiling != self.ceiling_of(key) {
            found.push(format!("lane {key}: issue limit is {}, must be {}", lane.ceiling, self.ceiling_of(key)));
        }
        let promotes = self.state == State::Open && now < self.starts;
        let line = self.line(key);
        let room = self.room();
        if promotes && held < lane.places && room > 0 && !line.is_empty() {
            found.push(format!("lane {key}: {} of {} places held while {} wait", held, lane.places, line.len()));
        }
        if promotes && line.is_empty() && !lane.approval && lane.release != Release::Done {
            let promised = held + lane.credits();
            let all_promised: u32 = self.lanes.values().map(Lane::credits).sum();
            if promised < lane.places && all_promised < room {
                found.push(format!("lane {key}: {promised} of {} places held or promised", lane.places));
            }
        }
    }

    fn check_tickets(&self, found: &mut Vec<String>) {
        let mut seen = BTreeSet::new();
        for (person, live) in self.live_entries() {
            match self.lanes.get(&live.lane) {
                None => found.push(format!("{person} is in lane {}, which does not exist", live.lane)),
                Some(lane) if live.ticket == 0 || live.ticket > lane.issued => {
                    found.push(format!("{person} has ticket {} of {} issued", live.ticket, lane.issued));
                }
                Some(_) if !seen.insert((live.lane, live.ticket)) => {
                    found.push(format!("ticket {} of lane {} is held twice", live.ticket, live.lane));
                }
                Some(_) => {}
            }
        }
    }
}
