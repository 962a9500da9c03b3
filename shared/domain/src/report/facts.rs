//! What a report is computed from: each event with everybody who booked or came, read off ledger, attendance and
//! registrations.

use jiff::Timestamp;

use crate::charge::Charge;
use crate::event::Format;
use crate::ids::PersonId;
use crate::ledger::{Ending, Entry, Ledger, State};
use crate::role::Role;

/// One event of the period.
#[derive(Debug, Clone)]
pub struct EventFacts {
    /// Its programme's name in the API.
    pub programme: String,
    /// The words shown for it.
    pub programme_label: String,
    /// Its people and their organisations are in no table.
    pub is_confidential: bool,
    /// Where people meet.
    pub format: Format,
    /// What became of it.
    pub fate: Fate,
    /// Places; `None` is no limit.
    pub capacity: Option<u32>,
    /// Minutes that make a person count as attended.
    pub minimum_minutes: u32,
    /// Minutes credited to each of them.
    pub cpd_minutes: u32,
    /// Everybody who ever booked or came.
    pub people: Vec<PersonFacts>,
    /// How many answered the evaluation.
    pub answers: u32,
    /// How many scores they gave.
    pub scores: u32,
    /// What the scores add up to.
    pub ratings: u32,
}

impl EventFacts {
    /// Whether there is somebody with a place of whom nobody has recorded what became of it.
    pub fn lacks_attendance(&self) -> bool {
        self.not_recorded() > 0
    }

    /// Whether somebody with a place came for as long as the certificate takes.
    pub fn has_attended(&self, person: &PersonFacts) -> bool {
        person.standing == Standing::Held
            && person.minutes.is_some_and(|minutes| minutes > 0 && minutes >= self.minimum_minutes)
    }

    /// How many had a place of whom nobody has recorded what became of it.
    pub fn not_recorded(&self) -> usize {
        let people = self.people.iter();
        people.filter(|person| person.standing == Standing::Held && person.minutes.is_none()).count()
    }
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It began.
    Held,
    /// It had been published and was called off.
    Cancelled,
}

/// One person at one event.
#[derive(Debug, Clone)]
pub struct PersonFacts {
    /// Who.
    pub person: PersonId,
    /// As whom they count among people: those who were merged are one.
    pub counts_as: PersonId,
    /// What they had when the event began.
    pub standing: Standing,
    /// Minutes recorded, all sessions together; `None` where nobody recorded anything.
    pub minutes: Option<u32>,
    /// What they do; `None` where it is not known.
    pub role: Option<Role>,
    /// Where they work; `None` where it is not known.
    pub organisation: Option<Workplace>,
    /// Was issued a certificate of this event.
    pub is_certified: bool,
    /// What their place costs that they did not use, if anything.
    pub charge: Option<Charge>,
}

/// An organisation as reports know it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Workplace {
    /// What it is counted by: ODS code, else the folded name.
    pub key: String,
    /// The words shown for it.
    pub name: String,
    /// What it is, as far as the list or who comes from it tells.
    pub kind: WorkplaceKind,
    /// The network it belongs to, where known.
    pub network: Option<String>,
    /// The borough it is in, where known.
    pub borough: Option<String>,
}

/// What an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkplaceKind {
    /// A school or college.
    School,
    /// A general practice.
    Practice,
    /// Anything else.
    Other,
}

/// What somebody had when the event began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A confirmed place.
    Held,
    /// A position in the line, a wait for approval, or an open offer.
    Unmet,
    /// Nothing: a confirmed place had been given up.
    GaveUp {
        /// Within the event's notice.
        late: bool,
    },
    /// Nothing: the line was left, an offer declined or lapsed, the place handed over, or nothing ever booked.
    Gone,
}

impl Standing {
    /// What somebody had when the event of this ledger began.
    ///
    /// A ledger moves no more once its event has begun, but for entries that are ended afterwards (a person is erased,
    /// an approval that never came is refused): their tombstones say when, and whether there was a place.
    pub fn of(ledger: &Ledger, person: PersonId) -> Self {
        match ledger.members.get(&person) {
            Some(Entry::Live(_)) if ledger.state == State::Cancelled => Self::Gone,
            Some(Entry::Live(live)) if ledger.is_admitted(person, live) => Self::Held,
            Some(Entry::Live(_)) => Self::Unmet,
            Some(Entry::Ended(tombstone)) if tombstone.at >= ledger.starts => {
                if tombstone.held {
                    Self::Held
                } else {
                    Self::Unmet
                }
            }
            Some(Entry::Ended(tombstone)) if tombstone.held && tombstone.ending == Ending::Cancelled => {
                Self::GaveUp { late: tombstone.late }
            }
            Some(Entry::Ended(_)) | None => Self::Gone,
        }
    }
}

impl Fate {
    /// What has become of an event by `now`; `None` where it is still ahead, or the public never heard of it.
    pub fn of(starts: Timestamp, is_public: bool, is_cancelled: bool, now: Timestamp) -> Option<Self> {
        match (is_public, is_cancelled) {
            (false, _) => None,
            (true, true) => Some(Self::Cancelled),
            (true, false) => (starts <= now).then_some(Self::Held),
        }
    }
}
