//! Who is in a group of those who booked an event, as its ledger and its attendance list show it.

use domain::attendance::{Attendance, Presence};
use domain::audience::Audience;
use domain::{Event, Generation, Ledger, PersonId};

/// Everybody of a group, and which booking makes them one.
pub fn members(event: &Event, ledger: &Ledger, attendance: &Attendance, to: Audience) -> Vec<(PersonId, Generation)> {
    let came = |person| match attendance.presence(event, person) {
        Presence::Attended | Presence::AttendedPart => Some(true),
        Presence::Absent => Some(false),
        Presence::NotRecorded => None,
    };
    let is_meant = |person| ledger.place(person).is_some_and(|place| to.includes(place, came(person)));
    let entries = ledger.live_entries().filter(|(person, _)| is_meant(*person));
    entries.map(|(person, live)| (person, live.generation)).collect()
}
