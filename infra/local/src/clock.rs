//! The hub's clock: the machine's, or one that is moved by hand and stands still in between.
//!
//! What it shows is kept in the data folder, so that a hub whose clock was moved by hand goes on from where it stood,
//! and so that what is judged later is judged by the time that this hub went by.

use std::io;
use std::sync::Arc;

use app::Clock;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::folder::Folder;

const FILE: &str = "clock.json";

/// The clock of one hub.
#[derive(Debug)]
pub struct HubClock {
    folder: Arc<Folder>,
    hand: watch::Sender<Hand>,
}

/// Where the hands stand; `None` while the machine's clock moves them.
type Hand = Option<Timestamp>;

/// What the data folder says.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kept {
    /// Moved by hand to here.
    Stands(Timestamp),
    /// The machine's clock, last seen at.
    Ran(Timestamp),
}

impl HubClock {
    /// The folder's clock, set to `given` if anything is.
    pub fn open(folder: Arc<Folder>, given: Option<Timestamp>) -> io::Result<Self> {
        let kept = match read(&folder)? {
            Some(Kept::Stands(at)) => Some(at),
            Some(Kept::Ran(_)) | None => None,
        };
        let clock = Self { folder, hand: watch::Sender::new(given.or(kept)) };
        if given.is_some() {
            clock.keep()?;
        }
        Ok(clock)
    }

    /// What the folder's clock showed last, or the machine's time if it never ran. A clock that ran is written down
    /// every minute only; it was still running at the table's `last_write`.
    pub fn last_shown(folder: &Folder, last_write: Option<Timestamp>) -> io::Result<Timestamp> {
        Ok(match read(folder)? {
            Some(Kept::Stands(at)) => at,
            Some(Kept::Ran(at)) => last_write.map_or(at, |write| at.max(write)),
            None => Clock::real(),
        })
    }

    /// What it shows.
    pub fn now(&self) -> Timestamp {
        self.hand.borrow().unwrap_or_else(Clock::real)
    }

    /// Whether it stands still.
    pub fn stands(&self) -> bool {
        self.hand.borrow().is_some()
    }

    /// Moves it by hand.
    pub fn set(&self, now: Timestamp) -> io::Result<()> {
        self.hand.send_replace(Some(now));
        self.keep()
    }

    /// Lets the machine's clock move it again, as if nobody ever had by hand.
    pub fn release(&self) -> io::Result<()> {
        self.hand.send_replace(None);
        self.keep()
    }

    /// Changes when it is moved by hand.
    pub fn moves(&self) -> watch::Receiver<Hand> {
        self.hand.subscribe()
    }

    /// Writes down what it shows.
    pub fn keep(&self) -> io::Result<()> {
        let kept = match *self.hand.borrow() {
            Some(at) => Kept::Stands(at),
            None => Kept::Ran(Clock::real()),
        };
        self.folder.mark(FILE, &serde_json::to_string(&kept)?)
    }

    /// As functions see it.
    pub fn as_app_clock(self: &Arc<Self>) -> Clock {
        let clock = Arc::clone(self);
        Clock::new(move || clock.now())
    }
}

fn read(folder: &Folder) -> io::Result<Option<Kept>> {
    folder.marked(FILE)?.map(|text| serde_json::from_str(&text)).transpose().map_err(io::Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn a_clock_moved_by_hand_stands_still_and_goes_on_from_there() {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, _hold) = Folder::hold(place.path()).expect("free");
        let clock = HubClock::open(Arc::clone(&folder), Some(at("2026-11-02T09:00:00Z"))).expect("opens");
        clock.set(at("2026-11-03T10:00:00.5Z")).expect("moves");
        assert!(clock.stands());
        let again = HubClock::open(Arc::clone(&folder), None).expect("opens");
        assert_eq!(again.now(), at("2026-11-03T10:00:00.5Z"));
        let back = HubClock::open(Arc::clone(&folder), Some(at("2026-11-01T00:00:00Z"))).expect("opens");
        assert_eq!(back.now(), at("2026-11-01T00:00:00Z"));
        let written = Some(at("2026-11-02T00:00:00Z"));
        assert_eq!(HubClock::last_shown(&folder, written).expect("reads"), at("2026-11-01T00:00:00Z"));
    }

    #[test]
    fn the_machines_clock_runs_and_leaves_its_last_time() {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, _hold) = Folder::hold(place.path()).expect("free");
        let before = Clock::real();
        let clock = HubClock::open(Arc::clone(&folder), None).expect("opens");
        assert!(!clock.stands());
        clock.keep().expect("kept");
        let shown = HubClock::last_shown(&folder, None).expect("reads");
        assert!((before..=clock.now()).contains(&shown));
        let later = clock.now() + jiff::SignedDuration::from_secs(30);
        assert_eq!(HubClock::last_shown(&folder, Some(later)).expect("reads"), later, "it was killed");
    }

    #[test]
    fn a_clock_that_is_released_runs_after_a_restart_too() {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, _hold) = Folder::hold(place.path()).expect("free");
        let clock = HubClock::open(Arc::clone(&folder), Some(at("2020-03-02T09:00:00Z"))).expect("opens");
        clock.release().expect("kept");
        assert!(!clock.stands() && !HubClock::open(folder, None).expect("opens").stands());
    }
}
