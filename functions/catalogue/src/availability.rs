//! Whether one can book, as somebody who has not booked yet sees it.

use std::fmt;

use domain::ledger::{Lane, LaneKey, Live, State};
use domain::{EventStatus, Ledger, PersonId};
use jiff::Timestamp;
use store::EventRecord;
use web::components::TagColour;
use web::dates;

use crate::words;

/// Where booking stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Availability {
    /// The event does not take place.
    Cancelled,
    /// The last session has ended.
    Over,
    /// The first session has begun.
    Begun,
    /// Booking opens.
    NotYetOpen(Timestamp),
    /// Booking has closed, though nothing has begun.
    Closed,
    /// There are places.
    Open(Free),
    /// There are none, but there is a line.
    Line {
        /// In all lanes.
        waiting: u32,
    },
    /// There are none, and the line is full too.
    LineFull,
    /// There are none, and there is no line.
    Full,
}

/// Places that a newcomer would get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Free {
    /// How many; `None` where there is no limit.
    pub places: Option<u32>,
    /// Whether some who come would find their lane full.
    pub is_for_some: bool,
}

impl Availability {
    /// Where booking for an event stands at `now`.
    pub fn of(record: &EventRecord, ledger: &Ledger, now: Timestamp) -> Self {
        let event = &record.event;
        if record.status == EventStatus::Cancelled {
            Self::Cancelled
        } else if event.ends() <= now {
            Self::Over
        } else if event.starts() <= now || ledger.state == State::Closed {
            Self::Begun
        } else if now.as_second() < ledger.opens.as_second() {
            Self::NotYetOpen(ledger.opens)
        } else if now.as_second() >= ledger.closes.as_second() {
            Self::Closed
        } else {
            Self::by_places(record, ledger)
        }
    }

    fn by_places(record: &EventRecord, ledger: &Ledger) -> Self {
        let lanes: Vec<LanePlaces> = open_lanes(ledger).map(|(key, lane)| LanePlaces::of(key, lane, ledger)).collect();
        let is_free = |lane: &LanePlaces| matches!(lane, LanePlaces::Free(_));
        let places = ledger.places();
        if lanes.iter().any(is_free) {
            let is_for_some = !lanes.iter().all(is_free);
            Self::Open(Free { places: record.event.capacity.map(|_| places.free), is_for_some })
        } else if lanes.contains(&LanePlaces::Line) {
            Self::Line { waiting: places.waiting }
        } else if record.event.waiting_list.enabled {
            Self::LineFull
        } else {
            Self::Full
        }
    }

    /// Whether places are left that can be booked, now or later.
    pub fn has_places_left(&self, ledger: &Ledger) -> bool {
        match self {
            Self::Open(_) => true,
            Self::NotYetOpen(_) => ledger.places().free > 0,
            Self::Cancelled
            | Self::Over
            | Self::Begun
            | Self::Closed
            | Self::Line { .. }
            | Self::LineFull
            | Self::Full => false,
        }
    }

    /// The colour of its tag; the words say the same.
    pub fn tone(&self) -> TagColour {
        match self {
            Self::Open(_) => TagColour::Green,
            Self::Line { .. } | Self::NotYetOpen(_) => TagColour::Yellow,
            Self::Cancelled => TagColour::Red,
            Self::Over | Self::Begun | Self::Closed | Self::LineFull | Self::Full => TagColour::Grey,
        }
    }
}

impl fmt::Display for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("Cancelled"),
            Self::Over => f.write_str("This event has taken place"),
            Self::Begun | Self::Closed => f.write_str("Booking has closed"),
            Self::NotYetOpen(opens) => write!(f, "Booking opens on {}", dates::moment(*opens)),
            Self::Open(free) => free.fmt(f),
            Self::Line { waiting: 0 } => f.write_str("Full – waiting list open"),
            Self::Line { waiting } => write!(f, "Full – waiting list open, {waiting} waiting"),
            Self::LineFull => f.write_str("Full – waiting list full"),
            Self::Full => f.write_str("Full"),
        }
    }
}

impl fmt::Display for Free {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.places {
            Some(count) => write!(f, "{} left", words::counted(count, "place"))?,
            None => f.write_str("Places available")?,
        }
        if self.is_for_some { f.write_str(" for some roles") } else { Ok(()) }
    }
}

/// What a newcomer finds in one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LanePlaces {
    /// So many places.
    Free(u32),
    /// The line.
    Line,
    /// Nothing.
    Full,
}

impl LanePlaces {
    /// What a newcomer finds in this lane of the ledger.
    pub fn of(key: LaneKey, lane: &Lane, ledger: &Ledger) -> Self {
        let free = if lane.approval { unapproved(key, lane, ledger) } else { lane.credits() };
        match (free, lane.issued < lane.ceiling) {
            (_, false) => Self::Full,
            (0, true) => Self::Line,
            (free, true) => Self::Free(free),
        }
    }
}

/// Places of a lane that nobody has been given by name: a newcomer may ask for them.
fn unapproved(key: LaneKey, lane: &Lane, ledger: &Ledger) -> u32 {
    let is_held =
        |(person, live): &(PersonId, &Live)| live.lane == key && (live.admitted || ledger.offers.contains_key(person));
    let held = ledger.live_entries().filter(is_held).count();
    lane.places.saturating_sub(u32::try_from(held).unwrap_or(u32::MAX))
}

impl fmt::Display for LanePlaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Free(count) => write!(f, "{} left", words::counted(*count, "place")),
            Self::Line => f.write_str("full, waiting list open"),
            Self::Full => f.write_str("full"),
        }
    }
}

/// Lanes that newcomers draw from: those that have not been released or taken away.
pub fn open_lanes(ledger: &Ledger) -> impl Iterator<Item = (LaneKey, &Lane)> {
    ledger.lanes.iter().map(|(key, lane)| (*key, lane)).filter(|(key, _)| ledger.lane_now(*key) == *key)
}

#[cfg(test)]
mod tests;
