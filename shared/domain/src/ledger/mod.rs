//! The ledger: who holds which place of one event. All of its allocation state is here, and nothing personal.
//!
//! A live registration is *offered* when it has an open offer, else *admitted* when its ticket is within its lane's
//! admission limit or it was admitted by name, else it *waits*, ordered by priority and ticket within its lane.
//! Two invariants hold after every write (`check` proves them): no lane gives out more than it has, and no place
//! stays free while somebody eligible waits for it.

mod check;
mod command;
mod effect;
mod entry;
mod line;
mod offer;
mod rules;
mod step;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use command::{Command, LaneRules, Registering, Rules};
pub use effect::{Effect, EffectKind};
pub use entry::{Ending, Entry, Live, Priority, Tombstone};
pub use step::Outcome;

use crate::ids::PersonId;
use crate::refusal::Refusal;

/// The largest number that a lane can issue (20 bits).
pub const TICKET_MAX: u32 = (1 << 20) - 1;

/// A lane's key within its event's ledger: 0 is everyone's, the others follow the event's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LaneKey(u8);

/// The lane of everyone whose role has none.
pub const GENERAL: LaneKey = LaneKey(0);

impl LaneKey {
    /// A key with this number, 31 at most.
    pub fn new(number: u8) -> Self {
        Self(number & 31)
    }
    /// The number stored in an entry.
    pub fn number(self) -> u8 {
        self.0
    }
    /// Every key but that of the general lane.
    pub fn reserved() -> impl Iterator<Item = Self> {
        (1..32).map(Self)
    }
    /// The next key.
    #[must_use]
    pub fn next(self) -> Self {
        Self::new(self.0 + 1)
    }
}

impl fmt::Display for LaneKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == GENERAL { f.write_str("g") } else { write!(f, "{}", self.0) }
    }
}

/// Whether the event takes registrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Not published.
    Draft,
    /// Published and not begun.
    Open,
    /// Begun.
    Closed,
    /// Does not take place; whoever was live is cancelled by that.
    Cancelled,
}

/// When a lane's unused places go to everyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Release {
    /// They stay.
    Never,
    /// At this instant.
    At(Timestamp),
    /// They went; what becomes free in the lane goes to everyone.
    Done,
}

/// A part of the capacity.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lane {
    /// Places (`c`).
    pub places: u32,
    /// Tickets issued (`i`).
    pub issued: u32,
    /// Admission limit (`h`): a ticket up to this number is a place.
    pub admitted: u32,
    /// Hard issue limit (`x`): no ticket above this number is issued to a person who books.
    pub ceiling: u32,
    /// How many may wait (`wl`); `None` is any number.
    pub line_limit: Option<u32>,
    /// When unused places go to everyone (`rel`).
    pub release: Release,
    /// Whether an organiser approves each registration (`appr`); then places are given by name only.
    pub approval: bool,
}

impl Lane {
    /// Places promised to the next tickets.
    pub fn credits(&self) -> u32 {
        self.admitted.saturating_sub(self.issued)
    }
}

/// The allocation state of one event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ledger {
    /// Whether the event takes registrations.
    pub state: State,
    /// Booking opens (inclusive), to the second.
    pub opens: Timestamp,
    /// Booking closes (exclusive), to the second.
    pub closes: Timestamp,
    /// The event starts, to the second.
    pub starts: Timestamp,
    /// Working hours an offer stays open; `None` confirms at once.
    pub offer_hours: Option<u16>,
    /// Live registrations per organisation.
    pub organisation_limit: Option<u32>,
    /// Version of the rules that a form is checked against; the low eight bits count releases.
    pub rules: u64,
    /// Version for compare-and-set; registrations leave it alone.
    pub version: u64,
    /// Lanes; the general one is always present.
    pub lanes: BTreeMap<LaneKey, Lane>,
    /// Everybody who is or was registered.
    pub members: BTreeMap<PersonId, Entry>,
    /// Open offers and their deadlines.
    pub offers: BTreeMap<PersonId, Timestamp>,
    /// Live registrations by organisation, where they are limited.
    pub organisations: BTreeMap<String, u32>,
}

/// What a registration has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A place.
    Confirmed,
    /// A place held until the deadline.
    Offered {
        /// The deadline (exclusive).
        until: Timestamp,
    },
    /// A position in the lane's line, from 1.
    Waiting {
        /// How many people are ahead, plus one.
        position: u32,
    },
    /// Waiting for an organiser's approval.
    Approval,
    /// Nothing any more.
    Ended(Tombstone),
}

/// Places of an event, all lanes together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Places {
    /// All there are.
    pub capacity: u32,
    /// Given.
    pub confirmed: u32,
    /// Held for offers.
    pub offered: u32,
    /// People in the lines and awaiting approval.
    pub waiting: u32,
    /// Left.
    pub free: u32,
    /// Given beyond what there is.
    pub over_by: u32,
}

impl Ledger {
    /// A ledger before its rules are set.
    pub fn empty() -> Self {
        Self {
            state: State::Draft,
            opens: Timestamp::MIN,
            closes: Timestamp::MAX,
            starts: Timestamp::MAX,
            offer_hours: None,
            organisation_limit: None,
            rules: 0,
            version: 0,
            lanes: BTreeMap::new(),
            members: BTreeMap::new(),
            offers: BTreeMap::new(),
            organisations: BTreeMap::new(),
        }
    }

    /// The live entry of a person.
    pub fn live(&self, person: PersonId) -> Option<&Live> {
        match self.members.get(&person)? {
            Entry::Live(live) => Some(live),
            Entry::Ended(_) => None,
        }
    }

    /// Every live entry, in order of person.
    pub fn live_entries(&self) -> impl Iterator<Item = (PersonId, &Live)> {
        self.members.iter().filter_map(|(person, entry)| match entry {
            Entry::Live(live) => Some((*person, live)),
            Entry::Ended(_) => None,
        })
    }

    /// Whether a live entry has a place without an open offer.
    pub(crate) fn is_admitted(&self, person: PersonId, live: &Live) -> bool {
        !self.offers.contains_key(&person) && self.has_place(live)
    }

    fn has_place(&self, live: &Live) -> bool {
        let within_limit = |lane: &Lane| !lane.approval && live.ticket <= lane.admitted;
        live.admitted || self.lanes.get(&live.lane).is_some_and(within_limit)
    }

    /// Whether a live entry is in the line (approved where that is asked for or not).
    pub(crate) fn is_waiting(&self, person: PersonId, live: &Live) -> bool {
        !self.offers.contains_key(&person) && !self.has_place(live)
    }

    /// Whether a live entry still needs an organiser's approval.
    pub(crate) fn needs_approval(&self, live: &Live) -> bool {
        !live.approved && self.lanes.get(&live.lane).is_some_and(|lane| lane.approval)
    }

    /// What a person has got; `None` for somebody who never registered.
    pub fn place(&self, person: PersonId) -> Option<Place> {
        let live = match self.members.get(&person)? {
            Entry::Ended(tombstone) => return Some(Place::Ended(*tombstone)),
            Entry::Live(live) => live,
        };
        if self.state == State::Cancelled {
            let (generation, ending) = (live.generation, Ending::EventCancelled);
            let (held, returned) = (self.is_admitted(person, live), live.returned);
            let tombstone = Tombstone { generation, ending, late: false, returned, held, at: self.starts };
            return Some(Place::Ended(tombstone));
        }
        if let Some(until) = self.offers.get(&person) {
            return Some(Place::Offered { until: *until });
        }
        if self.has_place(live) {
            return Some(Place::Confirmed);
        }
        if self.needs_approval(live) {
            return Some(Place::Approval);
        }
        Some(Place::Waiting { position: self.position(person, live) })
    }

    /// How many wait ahead in the lane, plus one.
    fn position(&self, person: PersonId, live: &Live) -> u32 {
        let is_ahead = |(other, entry): &(PersonId, &Live)| {
            entry.lane == live.lane
                && entry.order() < live.order()
                && self.is_waiting(*other, entry)
                && !self.needs_approval(entry)
                && *other != person
        };
        count(self.live_entries().filter(is_ahead)) + 1
    }

    /// Places given or held for an offer, each holder counted once.
    pub(crate) fn held(&self, lane: LaneKey) -> u32 {
        let holds = |(person, live): &(PersonId, &Live)| {
            live.lane == lane && (self.offers.contains_key(person) || self.has_place(live))
        };
        count(self.live_entries().filter(holds))
    }

    /// Places of a lane, as it stands now, that nobody holds.
    pub fn free_in(&self, lane: LaneKey) -> u32 {
        let lane = self.lane_now(lane);
        self.lanes.get(&lane).map_or(0, |found| found.places.saturating_sub(self.held(lane)))
    }

    /// Places, all lanes together.
    pub fn places(&self) -> Places {
        let mut places = Places { capacity: self.lanes.values().map(|lane| lane.places).sum(), ..Places::default() };
        if self.state == State::Cancelled {
            return places;
        }
        for (person, live) in self.live_entries() {
            if self.offers.contains_key(&person) {
                places.offered += 1;
            } else if self.has_place(live) {
                places.confirmed += 1;
            } else {
                places.waiting += 1;
            }
        }
        let held = places.confirmed + places.offered;
        places.free = places.capacity.saturating_sub(held);
        places.over_by = held.saturating_sub(places.capacity);
        places
    }

    /// When the ledger next needs a tick: an offer's deadline, a release, the start.
    pub fn due(&self) -> Option<Timestamp> {
        if self.state != State::Open {
            return None;
        }
        let releases = self.lanes.values().filter_map(|lane| match lane.release {
            Release::At(at) => Some(at),
            Release::Never | Release::Done => None,
        });
        self.offers.values().copied().chain(releases).chain([self.starts]).min()
    }

    /// The lane that a role's lane stands for: itself, or everyone's once it has been released or taken away.
    pub fn lane_now(&self, lane: LaneKey) -> LaneKey {
        match self.lanes.get(&lane) {
            Some(Lane { release: Release::Done, .. }) | None => GENERAL,
            Some(_) => lane,
        }
    }

    /// Why the ledger would not register somebody; `None` where it would.
    ///
    /// The conditions, and their order, are those of the register expression.
    pub fn why_not(&self, registering: &Registering) -> Option<Refusal> {
        if registering.is_over_ruled {
            return self.why_not_by_organiser(registering);
        }
        let at = registering.at;
        match self.state {
            State::Draft => return Some(Refusal::EventNotFound),
            State::Cancelled => return Some(Refusal::EventCancelled),
            State::Closed => return Some(Refusal::RegistrationClosed),
            State::Open => {}
        }
        if at.as_second() < self.opens.as_second() {
            return Some(Refusal::RegistrationNotOpen);
        }
        if at.as_second() >= self.closes.as_second() {
            return Some(Refusal::RegistrationClosed);
        }
        if registering.rules != self.rules {
            return Some(Refusal::RulesChanged);
        }
        let Some(lane) = self.lanes.get(&registering.lane) else { return Some(Refusal::RulesChanged) };
        self.why_not_full(lane, registering.organisation.as_deref())
    }

    /// An organiser may pass opening and closing; the line and the limits are everyone's.
    fn why_not_by_organiser(&self, registering: &Registering) -> Option<Refusal> {
        match self.state {
            State::Draft | State::Open => {
                let lane = self.lanes.get(&registering.lane)?;
                self.why_not_full(lane, registering.organisation.as_deref())
            }
            State::Cancelled => Some(Refusal::EventCancelled),
            State::Closed => Some(Refusal::EventOver),
        }
    }

    fn why_not_full(&self, lane: &Lane, organisation: Option<&str>) -> Option<Refusal> {
        if let (Some(limit), Some(organisation)) = (self.organisation_limit, organisation)
            && self.organisations.get(organisation).copied().unwrap_or(0) >= limit
        {
            return Some(Refusal::OrganisationLimit);
        }
        (lane.issued >= lane.ceiling).then_some(Refusal::EventFull)
    }
}

pub(crate) fn count<I: Iterator>(items: I) -> u32 {
    // A ledger holds at most 2^20 tickets.
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}
