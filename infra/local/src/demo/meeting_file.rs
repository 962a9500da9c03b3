//! What a meeting's own report says of the demo year's people: one like those of Teams, one like those of Zoom.

use std::fmt::Write as _;

use domain::uk_time::uk;
use jiff::{SignedDuration, Timestamp};

use super::course::Course;
use crate::random::SplitMix64;

/// Which program's report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// UTF-16, tabs, a section of comings and goings.
    Teams,
    /// UTF-8 with a mark, commas.
    Zoom,
}

impl Kind {
    /// The report of an event: people meet in either program, and some events are recorded by hand.
    pub fn of(course: &Course, mut chance: SplitMix64) -> Option<Self> {
        if course.is_in_person() {
            return None;
        }
        [Some(Self::Teams), Some(Self::Zoom), None][chance.below(3)]
    }
}

/// Somebody in the report.
pub struct Present {
    /// As on the form.
    pub name: String,
    /// Empty for a guest whom the meeting does not know.
    pub email: String,
    /// Minutes in the whole event.
    pub minutes: u32,
}

/// One stay in the meeting.
struct Stay<'a> {
    who: &'a Present,
    joined: Timestamp,
    left: Timestamp,
}

/// The report's bytes.
pub fn write(kind: Kind, course: &Course, present: &[Present]) -> Vec<u8> {
    let stays: Vec<Stay<'_>> = present.iter().flat_map(|who| stays(course, who)).collect();
    match kind {
        Kind::Teams => teams(&stays),
        Kind::Zoom => zoom(&stays),
    }
}

/// Somebody's minutes from the start of each session on. A longer stay is broken by a short loss of the line, with both
/// devices in for a moment.
fn stays<'a>(course: &Course, who: &'a Present) -> Vec<Stay<'a>> {
    let mut left = i64::from(who.minutes);
    let mut stays = Vec::new();
    for (starts, ends) in course.sessions() {
        let here = left.min((ends.as_second() - starts.as_second()) / 60);
        left -= here;
        let at = |minutes: i64| starts + SignedDuration::from_mins(minutes);
        if here > 90 {
            stays.push(Stay { who, joined: at(0), left: at(61) });
            stays.push(Stay { who, joined: at(60), left: at(here) });
        } else if here > 0 {
            stays.push(Stay { who, joined: at(0), left: at(here) });
        }
    }
    stays
}

fn teams(stays: &[Stay<'_>]) -> Vec<u8> {
    let time = |at: Timestamp| uk().to_datetime(at).strftime("%-m/%-d/%y, %-I:%M:%S %p").to_string();
    let mut text = format!("1. Summary\r\nAttended participants\t{}\r\n\r\n3. In-Meeting Activities\r\n", stays.len());
    text.push_str("Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\r\n");
    for Stay { who, joined, left } in stays {
        let minutes = (left.as_second() - joined.as_second()) / 60;
        let (joined, left) = (time(*joined), time(*left));
        // Writing to a string cannot fail.
        let _ = write!(text, "{}\t{joined}\t{left}\t{minutes}m\t{}\tAttendee\r\n", who.name, who.email);
    }
    [vec![0xFF, 0xFE], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat()
}

fn zoom(stays: &[Stay<'_>]) -> Vec<u8> {
    let time = |at: Timestamp| uk().to_datetime(at).strftime("%m/%d/%Y %I:%M:%S %p").to_string();
    let mut text = "\u{FEFF}Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,\
                    Recording Disclaimer Response,In Waiting Room\r\n"
        .to_owned();
    for Stay { who, joined, left } in stays {
        let minutes = (left.as_second() - joined.as_second()) / 60;
        let (joined, left) = (time(*joined), time(*left));
        let _ = write!(text, "{},{},{joined},{left},{minutes},Yes,OK,No\r\n", who.name, who.email);
    }
    text.into_bytes()
}
