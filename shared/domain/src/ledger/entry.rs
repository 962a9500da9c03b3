//! One person's entry in a ledger, as one number: small enough that a thousand fit in an item, and additive, so that
//! one conditional update can draw the ticket and write the entry.
//!
//! Live (positive): ticket (bits 0–19), admitted (20), returned (21), approved (22), accepted (23), priority (24–28),
//! lane (29–33), generation (34–45). Ended (negative): minus of when (0–33), late (34), ending (35–38),
//! generation (39–50), returned (51), held (52).

use jiff::Timestamp;

use crate::ids::Generation;
use crate::ledger::LaneKey;

const ADMITTED: i64 = 1 << 20;
const RETURNED: i64 = 1 << 21;
const APPROVED: i64 = 1 << 22;
const ACCEPTED: i64 = 1 << 23;
const TICKET: i64 = ADMITTED - 1;

/// Where somebody stands in the line before tickets are compared: 0 first, 9 last, 5 unless an organiser says
/// otherwise. Within a priority, those who waited in a lane that has been released come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Priority(u8);

impl Default for Priority {
    fn default() -> Self {
        Self::new(5)
    }
}

impl Priority {
    /// The last priority.
    pub const LAST: u8 = 9;

    /// From the organiser's number; above [`Self::LAST`] is the last.
    pub fn new(number: u8) -> Self {
        Self(number.min(Self::LAST) * 2 + 1)
    }

    /// The organiser's number.
    pub fn number(self) -> u8 {
        self.0 / 2
    }

    /// The same priority, ahead of everyone's own line.
    #[must_use]
    pub fn from_released_lane(self) -> Self {
        Self(self.0 & !1)
    }
}

/// A live registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Live {
    /// Order of arrival in its lane.
    pub ticket: u32,
    /// Which lane.
    pub lane: LaneKey,
    /// Before tickets are compared.
    pub priority: Priority,
    /// Which booking.
    pub generation: Generation,
    /// Given a place by name.
    pub admitted: bool,
    /// Let one offer lapse.
    pub returned: bool,
    /// Approved by an organiser.
    pub approved: bool,
    /// Took an offer.
    pub accepted: bool,
}

impl Live {
    /// A newcomer's entry.
    pub fn new(ticket: u32, lane: LaneKey, generation: Generation) -> Self {
        Self {
            ticket,
            lane,
            priority: Priority::default(),
            generation,
            admitted: false,
            returned: false,
            approved: false,
            accepted: false,
        }
    }

    /// The key of the line: smaller is sooner.
    pub fn order(&self) -> (Priority, u32) {
        (self.priority, self.ticket)
    }
}

/// How a registration ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// The person, or an organiser for them, gave it up.
    Cancelled,
    /// An offer was declined.
    Declined,
    /// A second offer lapsed.
    Expired,
    /// A colleague took over.
    Substituted,
    /// An organiser did not approve.
    Rejected,
    /// The event does not take place.
    EventCancelled,
}

impl Ending {
    const ALL: [Self; 6] =
        [Self::Cancelled, Self::Declined, Self::Expired, Self::Substituted, Self::Rejected, Self::EventCancelled];
}

/// What is left of a registration that ended: enough that a late retry cannot bring it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tombstone {
    /// Which booking.
    pub generation: Generation,
    /// How it ended.
    pub ending: Ending,
    /// A place was given up within the notice.
    pub late: bool,
    /// Had let an offer lapse.
    pub returned: bool,
    /// Had a place without an open offer: what was given up was a place, not a position in the line.
    pub held: bool,
    /// When, to the second; from 1970 to 2514.
    pub at: Timestamp,
}

/// One person's entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entry {
    /// In the event or its line.
    Live(Live),
    /// No more.
    Ended(Tombstone),
}

/// A stored number that no entry encodes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an entry of a ledger: {0}")]
pub struct InvalidEntry(pub i64);

impl Entry {
    /// Which booking.
    pub fn generation(&self) -> Generation {
        match self {
            Self::Live(live) => live.generation,
            Self::Ended(tombstone) => tombstone.generation,
        }
    }

    /// The stored number.
    pub fn to_number(&self) -> i64 {
        match self {
            Self::Live(live) => {
                let flag = |set, bit| if set { bit } else { 0 };
                i64::from(live.ticket)
                    | flag(live.admitted, ADMITTED)
                    | flag(live.returned, RETURNED)
                    | flag(live.approved, APPROVED)
                    | flag(live.accepted, ACCEPTED)
                    | i64::from(live.priority.0) << 24
                    | i64::from(live.lane.number()) << 29
                    | i64::from(live.generation.0) << 34
            }
            Self::Ended(t) => {
                let at = t.at.as_second().clamp(0, (1 << 34) - 1);
                let ending = Ending::ALL.iter().position(|ending| *ending == t.ending).unwrap_or(0);
                let ending = i64::try_from(ending).unwrap_or(0);
                let flags = i64::from(t.late) << 34 | i64::from(t.returned) << 51 | i64::from(t.held) << 52;
                -(at | (ending + 1) << 35 | i64::from(t.generation.0) << 39 | flags)
            }
        }
    }

    /// Reads a stored number.
    pub fn from_number(number: i64) -> Result<Self, InvalidEntry> {
        let bits = |from: u32, width: u32| number.unsigned_abs() >> from & ((1 << width) - 1);
        let small = |from, width| u8::try_from(bits(from, width)).map_err(|_| InvalidEntry(number));
        let generation = |from| u16::try_from(bits(from, 12)).map(Generation).map_err(|_| InvalidEntry(number));
        let entry = if number > 0 {
            Self::Live(Live {
                ticket: u32::try_from(number & TICKET).map_err(|_| InvalidEntry(number))?,
                admitted: number & ADMITTED != 0,
                returned: number & RETURNED != 0,
                approved: number & APPROVED != 0,
                accepted: number & ACCEPTED != 0,
                priority: Priority(small(24, 5)?),
                lane: LaneKey::new(small(29, 5)?),
                generation: generation(34)?,
            })
        } else {
            let ending = usize::from(small(35, 4)?).checked_sub(1).and_then(|index| Ending::ALL.get(index));
            let at = i64::try_from(bits(0, 34)).ok().and_then(|second| Timestamp::from_second(second).ok());
            Self::Ended(Tombstone {
                at: at.ok_or(InvalidEntry(number))?,
                late: bits(34, 1) == 1,
                returned: bits(51, 1) == 1,
                held: bits(52, 1) == 1,
                ending: *ending.ok_or(InvalidEntry(number))?,
                generation: generation(39)?,
            })
        };
        if entry.to_number() == number { Ok(entry) } else { Err(InvalidEntry(number)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ticket_can_be_added_to_the_base() {
        let base = Entry::Live(Live::new(0, LaneKey::new(3), Generation(2))).to_number();
        let Ok(Entry::Live(live)) = Entry::from_number(base + 41) else { panic!("not live") };
        assert_eq!((live.ticket, live.lane, live.generation), (41, LaneKey::new(3), Generation(2)));
    }

    #[test]
    fn entries_read_back_and_nothing_else_does() {
        let mut live = Live::new(1_048_575, LaneKey::new(31), Generation::MAX);
        live.accepted = true;
        live.priority = Priority::new(0).from_released_lane();
        for ending in Ending::ALL {
            let tombstone = Tombstone {
                generation: Generation(7),
                ending,
                late: true,
                returned: true,
                held: true,
                at: Timestamp::from_second(1_781_000_000).unwrap(),
            };
            for entry in [Entry::Live(live), Entry::Ended(tombstone)] {
                assert_eq!(Entry::from_number(entry.to_number()), Ok(entry));
            }
        }
        for number in [0, -1, i64::MAX, i64::MIN + 1] {
            assert_eq!(Entry::from_number(number), Err(InvalidEntry(number)));
        }
    }
}
