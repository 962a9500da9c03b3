//! What the booking policy makes of a place that was not used: a late cancellation or an absence, what it costs, and who
//! answers for it. Decided here once, for the list of charges and for reports alike.

use serde::Serialize;

use crate::attendance::Presence;
use crate::consequence::{Booked, Owed};
use crate::event::Event;
use crate::ledger::{Entry, Ledger};
use crate::policy::{Policy, Waiver};
use crate::report::Standing;
use crate::{Attendance, PersonId};

/// Why a place is charged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// It was given up within the notice.
    LateCancellation,
    /// Nobody came.
    Absence,
}

impl Cause {
    /// The name used in the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::LateCancellation => "late_cancellation",
            Self::Absence => "absence",
        }
    }
}

/// A place that is charged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// Why.
    pub cause: Cause,
    /// What it costs, and whom.
    pub owed: Owed,
    /// Why it need not be paid after all.
    pub waived: Option<Waiver>,
}

impl Charge {
    /// What is to be paid, in whole pounds.
    pub fn due(&self) -> u32 {
        if self.waived.is_some() { 0 } else { self.owed.gbp.unwrap_or(0) }
    }
}

/// What decides about the charges of an event that has begun.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The booking policy, as it was when the event began.
    pub policy: &'a Policy,
    /// The event.
    pub event: &'a Event,
    /// Whether its programme keeps confidences: then nothing is ever charged.
    pub confidential: bool,
    /// Who held its places.
    pub ledger: &'a Ledger,
    /// Who came.
    pub attendance: &'a Attendance,
}

impl Terms<'_> {
    /// Why somebody's place is charged for; `None` where it is not. A colleague's taking it over takes the charge away:
    /// the newcomer is looked at in turn.
    pub fn cause(&self, person: PersonId) -> Option<Cause> {
        if self.confidential {
            return None;
        }
        match Standing::of(self.ledger, person) {
            Standing::Held => {
                let is_absent = self.policy.is_absence(self.attendance.presence(self.event, person));
                is_absent.then_some(Cause::Absence)
            }
            // Whoever was not late when they gave it up is not made so by what was agreed since.
            Standing::GaveUp { late: true } => {
                // Whoever came all the same has used what was given up.
                let presence = self.attendance.presence(self.event, person);
                if matches!(presence, Presence::Attended | Presence::AttendedPart) {
                    return None;
                }
                let Some(Entry::Ended(tombstone)) = self.ledger.members.get(&person) else { return None };
                self.policy.is_charged(self.event, tombstone.at).then_some(Cause::LateCancellation)
            }
            Standing::GaveUp { late: false } | Standing::Unmet | Standing::Gone => None,
        }
    }

    /// What it costs somebody.
    pub fn charge(&self, cause: Cause, has_organisation: bool, waived: Option<Waiver>) -> Charge {
        let booked = Booked { event: self.event, confidential: self.confidential, has_organisation };
        Charge { cause, owed: self.policy.owed(booked), waived }
    }
}
