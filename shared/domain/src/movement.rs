//! What has moved in an event since somebody last looked: counts, never names.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ledger::{Entry, Ledger};

/// How an event stood when it was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// When.
    pub at: Timestamp,
    /// Places held.
    pub confirmed: u32,
    /// In the line, or offered a place.
    pub waiting: u32,
    /// Everybody who is in.
    pub live: u32,
}

/// What happened between two counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    /// Bookings made, again or for the first time.
    pub booked: u32,
    /// Bookings that ended.
    pub ended: u32,
    /// The first count.
    pub before: Count,
    /// The second.
    pub now: Count,
}

impl Count {
    /// Nothing yet.
    pub const NOTHING: Self = Self { at: Timestamp::MIN, confirmed: 0, waiting: 0, live: 0 };

    /// How an event stands.
    pub fn of(ledger: &Ledger, at: Timestamp) -> Self {
        let places = ledger.places();
        let live = u32::try_from(ledger.live_entries().count()).unwrap_or(u32::MAX);
        Self { at, confirmed: places.confirmed, waiting: places.waiting + places.offered, live }
    }
}

impl Movement {
    /// What happened in a ledger since it was counted; `None` where nothing did.
    pub fn since(before: Count, ledger: &Ledger, at: Timestamp) -> Option<Self> {
        let now = Count::of(ledger, at);
        let has_ended = |entry: &&Entry| matches!(entry, Entry::Ended(tombstone) if tombstone.at > before.at);
        let ended = u32::try_from(ledger.members.values().filter(has_ended).count()).unwrap_or(u32::MAX);
        // Whoever booked is in, or has left since.
        let booked = (now.live + ended).saturating_sub(before.live);
        let is_the_same = (before.confirmed, before.waiting) == (now.confirmed, now.waiting);
        (booked > 0 || ended > 0 || !is_the_same).then_some(Self { booked, ended, before, now })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Ending, GENERAL, Live, Tombstone};
    use crate::{Generation, MailboxId, PersonId};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn person(number: u8) -> PersonId {
        PersonId::new(MailboxId::new([number; 9]), [0; 3])
    }

    #[test]
    fn bookings_and_endings_are_told_apart_and_nothing_is_nothing() {
        let mut ledger = Ledger::empty();
        for number in 1..=3 {
            let live = Live::new(u32::from(number), GENERAL, Generation::FIRST);
            ledger.members.insert(person(number), Entry::Live(live));
        }
        let before = Count::of(&ledger, at(100));
        assert_eq!(Movement::since(before, &ledger, at(200)), None);
        let tombstone = Tombstone {
            generation: Generation::FIRST,
            ending: Ending::Cancelled,
            late: false,
            returned: false,
            held: true,
            at: at(150),
        };
        ledger.members.insert(person(1), Entry::Ended(tombstone));
        ledger.members.insert(person(4), Entry::Live(Live::new(4, GENERAL, Generation::FIRST)));
        let movement = Movement::since(before, &ledger, at(200)).expect("moved");
        assert_eq!((movement.booked, movement.ended), (1, 1));
        assert_eq!(Movement::since(movement.now, &ledger, at(300)), None);
    }
}
