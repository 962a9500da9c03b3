//! What the console calls things.

use domain::EventStatus;
use domain::event::Event;
use jiff::Timestamp;
use web::components::{Tag, TagColour};
use web::dates;

/// "1 place", "3 places".
pub fn counted(count: impl Into<u64>, one: &str, many: &str) -> String {
    match count.into() {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}

/// When an event begins.
pub fn when(event: &Event) -> String {
    dates::moment(event.starts())
}

/// Where an event stands.
pub fn state(status: EventStatus, event: &Event, now: Timestamp) -> Tag<'static> {
    let (words, colour) = match status {
        EventStatus::Draft => ("Draft", TagColour::Grey),
        EventStatus::Cancelled => ("Cancelled", TagColour::Red),
        EventStatus::Published if event.ends() <= now => ("Held", TagColour::Grey),
        EventStatus::Published => ("Published", TagColour::Green),
    };
    Tag { words: words.into(), colour }
}

/// Where a registration stands.
pub fn standing(status: &str) -> Tag<'static> {
    let (words, colour) = match status {
        "confirmed" => ("Has a place", TagColour::Green),
        "offered" => ("Offered a place", TagColour::Yellow),
        "waiting" => ("Waiting", TagColour::Blue),
        "approval" => ("Wants approval", TagColour::Yellow),
        "cancelled" => ("Cancelled", TagColour::Grey),
        "expired" => ("Offer lapsed", TagColour::Grey),
        "attended" => ("Attended", TagColour::Green),
        "absent" => ("Did not attend", TagColour::Red),
        _ => ("Unknown", TagColour::Grey),
    };
    Tag { words: words.into(), colour }
}

/// What an entry of the trail or of a history says.
pub fn deed(what: &str) -> String {
    let words = match what {
        "booked" => "Booked",
        "booked-again" => "Booked again",
        "certificate.reissue" => "Certificate issued with a corrected name",
        "certificate.release" => "Certificate let go",
        "certificate.revoke" => "Certificate taken back",
        "certificate.withhold" => "Certificate kept back",
        "event.create" => "Event created",
        "event.patch" => "Event changed",
        "event.publish" => "Event published",
        "event.cancel" => "Event cancelled",
        "event.duplicate" => "Event copied from another",
        "registration.create" => "Booked on somebody's behalf",
        "registration.cancel" => "Cancelled by an organiser",
        "registration.admit" => "Given a place by an organiser",
        "registration.reject" => "Turned down",
        "registration.prioritise" => "Moved in the line",
        "manager-late" => "To their manager: cancelled late",
        "manager-absent" => "To their manager: did not come",
        "charge.waive" => "Charge waived",
        "person.address" => "Address of a person changed",
        "person.erase" => "Person erased",
        "person.export" => "All that is held about a person shown",
        "person.merge" => "Two people made one",
        "person.unmerge" => "A merge taken back",
        "registration.substitute" => "Handed over to somebody else",
        "registration.readdress" => "Address corrected",
        "bounce.correct" => "Address that gets no mail corrected",
        "bounce.lift" => "Mail to the address allowed again",
        "bounce.done" => "Reached another way than by mail",
        "material.add" => "Material added",
        "material.remove" => "Material taken away",
        "hub.patch" => "Settings changed",
        "programme.put" => "Programme saved",
        "organisation.put" => "Organisation saved",
        "organisations.put" => "Organisations imported",
        "organisation.match" => "Organisation’s name matched",
        "access" => "Answer about access needs",
        "access.agree" => "Access need agreed",
        "access.note" => "Access need noted",
        "access.arrange" => "Access need arranged",
        other => return other.replace(['.', '-', '_'], " "),
    };
    words.to_owned()
}
