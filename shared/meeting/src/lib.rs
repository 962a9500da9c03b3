//! Attendance files of online meetings, as Teams and Zoom export them: who was there, and when.
//!
//! Reading is pure and never guesses silently: a file is read whole or refused with words that say where. Every message
//! names lines, never what stands in them.

mod columns;
mod span;
mod table;
mod text;
mod when;

use domain::EmailAddress;
use domain::attendance::SessionNumber;
use domain::event::Event;
use jiff::Timestamp;

pub use span::Span;

/// Why a file cannot be read, in words for whoever chose it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No bytes, or blanks only.
    #[error("The file is empty")]
    Empty,
    /// Not text in an encoding that either program writes.
    #[error("The file is not text. Choose the attendance report itself (.csv), as Teams or Zoom saved it")]
    NotText,
    /// No line names the columns.
    #[error(
        "The file has no column for names with one for join times or durations, so it is not an attendance report of \
         Teams or Zoom"
    )]
    NoColumns,
    /// Columns, and nobody under them.
    #[error("The file lists nobody")]
    Nobody,
    /// A line that ends before its times do.
    #[error("Line {0} is cut off. Save the report again and choose the whole file")]
    CutOff(usize),
    /// A time in no known form.
    #[error("Line {0} has a time that cannot be read")]
    Time(usize),
    /// A duration in no known form.
    #[error("Line {0} has a duration that cannot be read")]
    Duration(usize),
    /// Somebody leaves before joining, whichever way round day and month are read.
    #[error("Line {0} has somebody leave before they join")]
    Backwards(usize),
    /// All of it at other times.
    #[error("Nobody in the file was there during this event's sessions. Choose the report of this event's meeting")]
    OtherTimes,
}

/// A file, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// Everybody in it, in the order of the file.
    pub joiners: Vec<Joiner>,
}

/// Somebody who joined, as the meeting knew them: everything under one address, or under one name without an address.
#[derive(Clone, PartialEq, Eq)]
pub struct Joiner {
    /// As shown in the meeting.
    pub name: String,
    /// Where the meeting knew it.
    pub email: Option<EmailAddress>,
    /// When they were in.
    pub spans: Vec<Span>,
    /// Seconds in all, where the file has a sum rather than every coming and going: they were in for no longer.
    pub seconds_max: Option<i64>,
}

impl std::fmt::Debug for Joiner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Joiner").field("spans", &self.spans.len()).finish_non_exhaustive()
    }
}

impl Meeting {
    /// Reads a file. Day and month are told apart, where a file leaves that open, by the event's sessions.
    pub fn read(bytes: &[u8], event: &Event) -> Result<Self, Unreadable> {
        let text = text::decode(bytes)?;
        let rows = table::rows(&text)?;
        let joiners = columns::joiners(&rows, event)?;
        if joiners.iter().all(|joiner| minutes([joiner], event).iter().all(|(_, minutes)| *minutes == 0)) {
            return Err(Unreadable::OtherTimes);
        }
        Ok(Self { joiners })
    }
}

/// Whole minutes that one person, under however many names, was in during each session: the union of all spans.
pub fn minutes<'a>(joiners: impl IntoIterator<Item = &'a Joiner>, event: &Event) -> Vec<(SessionNumber, u32)> {
    let joiners: Vec<&Joiner> = joiners.into_iter().collect();
    let spans: Vec<Span> = joiners.iter().flat_map(|joiner| joiner.spans.iter().copied()).collect();
    // A sum limits only somebody of whom nothing better is known.
    let limits: Option<Vec<i64>> = joiners.iter().map(|joiner| joiner.seconds_max).collect();
    let mut left = limits.map_or(i64::MAX, |limits| limits.into_iter().fold(0, i64::saturating_add));
    let has_times = !spans.is_empty();
    let in_session = domain::attendance::sessions(event).map(|(number, session)| {
        let session = Span { joined: session.starts, left: session.ends };
        let seconds = if has_times { span::seconds_within(&spans, session) } else { session.seconds() };
        let seconds = seconds.min(left);
        left -= seconds;
        (number, u32::try_from(seconds / 60).unwrap_or(0))
    });
    in_session.collect()
}

/// When the last session ends: until then somebody is in whom the file has not seen leave.
fn end(event: &Event) -> Timestamp {
    event.ends()
}
