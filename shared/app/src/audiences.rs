//! Who is in a group of those who booked an event, as its ledger and its attendance list show it.

use domain::attendance::{Attendance, Presence};
use domain::audience::Audience;
use domain::{Event, Generation, Ledger, PersonId};

/// Everybody who came without a booking.
pub fn walk_ins(event: &Event, ledger: &Ledger, attendance: &Attendance) -> Vec<(PersonId, Generation)> {
    let is_walk_in = |person: &PersonId| {
        let came = matches!(attendance.presence(event, *person), Presence::Attended | Presence::AttendedPart);
        came && !ledger.members.contains_key(person)
    };
    let people = attendance.people().into_iter().filter(is_walk_in);
    people.map(|person| (person, Generation::FIRST)).collect()
}

/// Everybody of a group, and which booking makes them one; whoever came without a booking is among those who came.
pub fn members(event: &Event, ledger: &Ledger, attendance: &Attendance, to: Audience) -> Vec<(PersonId, Generation)> {
    let came = |person| match attendance.presence(event, person) {
        Presence::Attended | Presence::AttendedPart => Some(true),
        Presence::Absent => Some(false),
        Presence::NotRecorded => None,
    };
    let is_meant = |person| ledger.place(person).is_some_and(|place| to.includes(place, came(person)));
    let entries = ledger.live_entries().filter(|(person, _)| is_meant(*person));
    let mut members: Vec<_> = entries.map(|(person, live)| (person, live.generation)).collect();
    if to == Audience::Attended {
        members.extend(walk_ins(event, ledger, attendance));
    }
    members
}
