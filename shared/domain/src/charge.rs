//! What the booking policy makes of a place that was not used: a late cancellation or an absence, and who answers for it.

use serde::Serialize;

use crate::event::Event;
use crate::ledger::{Ending, Entry, Ledger, Place};
use crate::policy::Policy;
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
    /// Why somebody's place at an event is charged for under a policy; `None` where it is not. A colleague's taking it
    /// over takes the charge away: the newcomer is looked at in turn.
    pub fn of(
        policy: &Policy,
        event: &Event,
        ledger: &Ledger,
        attendance: &Attendance,
        person: PersonId,
    ) -> Option<Self> {
        match ledger.members.get(&person)? {
            Entry::Ended(tombstone) => {
                let is_given_up = tombstone.held && tombstone.ending == Ending::Cancelled;
                (is_given_up && policy.is_charged(event, tombstone.at)).then_some(Self::LateCancellation)
            }
            Entry::Live(_) => {
                let is_absent = policy.is_absence(attendance.presence(event, person));
                (is_absent && ledger.place(person) == Some(Place::Confirmed)).then_some(Self::Absence)
            }
        }
    }

    /// The name used in the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::LateCancellation => "late_cancellation",
            Self::Absence => "absence",
        }
    }
}
