//! Who is in a group of those who booked an event, as its ledger and its attendance list show it.

use domain::attendance::{Attendance, Presence};
use domain::audience::Audience;
use domain::ledger::Entry;
use domain::{Event, Generation, Ledger, PersonId, Place};

/// Everybody who came and held no place: who had not booked, had given it up, or was still waiting.
pub fn came_without_place(event: &Event, ledger: &Ledger, attendance: &Attendance) -> Vec<(PersonId, Generation)> {
    let is_meant = |person: &PersonId| {
        let came = matches!(attendance.presence(event, *person), Presence::Attended | Presence::AttendedPart);
        came && ledger.place(*person) != Some(Place::Confirmed)
    };
    let generation = |person| ledger.members.get(&person).map_or(Generation::FIRST, Entry::generation);
    let people = attendance.people().into_iter().filter(is_meant);
    people.map(|person| (person, generation(person))).collect()
}

/// Everybody of a group, and which booking makes them one; whoever came without a place is among those who came.
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
        members.extend(came_without_place(event, ledger, attendance));
    }
    members
}
