//! What can be asked of a ledger.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::event::{CAPACITY_UNLIMITED, Event, EventStatus};
use crate::ids::{Generation, PersonId};
use crate::ledger::{GENERAL, LaneKey, Release};
use crate::uk_time::days_before;

/// A change of the ledger. Where an entry may end, its organisation comes along, to be counted down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A new entry.
    Register(Registering),
    /// The person, or an organiser, gives the registration up.
    Cancel {
        /// Who.
        person: PersonId,
        /// Counted by the limit.
        organisation: Option<String>,
        /// Within the event's notice.
        late: bool,
    },
    /// The person takes the offer.
    Accept(PersonId),
    /// The person does not want the offer.
    Decline {
        /// Who.
        person: PersonId,
        /// Counted by the limit.
        organisation: Option<String>,
    },
    /// Time has passed: offers lapse, lanes are released, the event begins.
    Tick {
        /// Of those whose entries it may end.
        organisations: BTreeMap<PersonId, String>,
    },
    /// An organiser approves, or confirms somebody even above capacity.
    Admit(PersonId),
    /// An organiser does not approve.
    Reject {
        /// Who.
        person: PersonId,
        /// Counted by the limit.
        organisation: Option<String>,
    },
    /// An organiser moves somebody in the line.
    Prioritise {
        /// Who.
        person: PersonId,
        /// 0 first, 9 last.
        priority: u8,
    },
    /// A colleague takes over, with ticket and place.
    Substitute {
        /// Who leaves.
        from: PersonId,
        /// Who comes.
        to: PersonId,
        /// The newcomer's booking.
        generation: Generation,
        /// Counted by the limit, of who leaves and who comes.
        organisations: (Option<String>, Option<String>),
    },
    /// Places for a group, all or nothing.
    Group {
        /// One pseudo-person a place.
        people: Vec<PersonId>,
        /// Drawn from this lane.
        lane: LaneKey,
        /// Counted by the limit.
        organisation: Option<String>,
    },
    /// The event's rules, new or changed.
    Configure(Rules),
}

/// What the register expression is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registering {
    /// Who.
    pub person: PersonId,
    /// Which booking: the first, or one more than the tombstone's.
    pub generation: Generation,
    /// Drawn from this lane.
    pub lane: LaneKey,
    /// Counted by the limit.
    pub organisation: Option<String>,
    /// When the form arrived.
    pub at: Timestamp,
    /// The rules it was checked against.
    pub rules: u64,
    /// An organiser books: opening and closing do not refuse.
    pub is_over_ruled: bool,
}

/// What an event says about places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Where the event stands.
    pub status: EventStatus,
    /// Booking opens; `None` when published.
    pub opens: Option<Timestamp>,
    /// Booking closes.
    pub closes: Timestamp,
    /// The event starts.
    pub starts: Timestamp,
    /// Working hours of an offer.
    pub offer_hours: Option<u16>,
    /// Live registrations per organisation.
    pub organisation_limit: Option<u32>,
    /// Live registrations by organisation, for a ledger that has not counted them ([`crate::Ledger::must_count`]).
    pub organisations: BTreeMap<String, u32>,
    /// Version of the event's configuration.
    pub version: u64,
    /// Lanes, the general one among them.
    pub lanes: BTreeMap<LaneKey, LaneRules>,
}

/// What an event says about one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneRules {
    /// Places.
    pub places: u32,
    /// How many may wait.
    pub line_limit: Option<u32>,
    /// When unused places go to everyone.
    pub release: Option<Timestamp>,
    /// Whether an organiser approves each registration.
    pub approval: bool,
}

impl Rules {
    /// The rules of an event at one version of its configuration.
    pub fn of(event: &Event, status: EventStatus, version: u64) -> Self {
        let line_limit = if event.waiting_list.enabled { event.waiting_list.limit } else { Some(0) };
        let lane = |places, release| LaneRules { places, line_limit, release, approval: event.approval };
        let reserved: u32 = event.lanes.iter().map(|lane| lane.places).sum();
        let general = event.capacity.unwrap_or(CAPACITY_UNLIMITED).saturating_sub(reserved);
        let release_of = |days: u16| days_before(event.starts(), u32::from(days));
        let mut lanes = BTreeMap::from([(GENERAL, lane(general, None))]);
        lanes.extend(event.lanes.iter().map(|l| (l.key, lane(l.places, l.release_days.map(release_of)))));
        Self {
            status,
            opens: event.registration.opens,
            closes: event.closes(),
            starts: event.starts(),
            offer_hours: event.waiting_list.offer_hours,
            organisation_limit: event.organisation_limit,
            organisations: BTreeMap::new(),
            version,
            lanes,
        }
    }
}

impl LaneRules {
    /// The stored form of the release, before it has happened.
    pub(crate) fn release(&self) -> Release {
        self.release.map_or(Release::Never, Release::At)
    }
}
