//! Events as they were a moment ago: a rush for places reads its event once a second, and not once for each.
//!
//! Only for whoever learns from the ledger's version whether the event has changed since, or reads it anew before
//! saying no.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::EventId;
use jiff::{SignedDuration, Timestamp};
use store::EventRecord;

use crate::{App, Clock};

/// How long an event is good for, in real time; a read that is not consistent may be as old.
const KEPT: SignedDuration = SignedDuration::from_secs(1);
/// Events kept at once, at most.
const EVENTS_MAX: usize = 100;

/// What one process has read lately.
#[derive(Default)]
pub(crate) struct Recent(Mutex<BTreeMap<EventId, (Timestamp, EventRecord)>>);

impl Recent {
    fn get(&self, id: EventId, now: Timestamp) -> Option<EventRecord> {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.get(&id).filter(|(read, _)| is_recent(*read, now)).map(|(_, record)| record.clone())
    }

    fn keep(&self, record: &EventRecord, now: Timestamp) {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if events.len() >= EVENTS_MAX {
            events.retain(|_, (read, _)| is_recent(*read, now));
        }
        if events.len() < EVENTS_MAX {
            events.insert(record.id, (now, record.clone()));
        }
    }
}

/// A clock that was put back makes nothing recent.
fn is_recent(read: Timestamp, now: Timestamp) -> bool {
    (SignedDuration::ZERO..KEPT).contains(&now.duration_since(read))
}

impl App {
    /// An event as it was at most a second ago; `None` where the public may not see it.
    pub async fn recent_event(&self, id: EventId) -> Result<Option<EventRecord>, store::Failure> {
        // Before it is read: it may have changed by the time that it has been.
        let now = Clock::real();
        if let Some(record) = self.recent.get(id, now) {
            return Ok(Some(record));
        }
        let record = self.store.event(id, false).await?.filter(EventRecord::is_public);
        if let Some(record) = &record {
            self.recent.keep(record, now);
        }
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use domain::EventStatus;
    use domain::event::Event;
    use serde_json::json;

    use super::*;

    fn record(id: &str) -> EventRecord {
        let session = json!({"starts": "2027-12-01T09:30:00Z", "ends": "2027-12-01T12:30:00Z"});
        let event = json!({"title": "Suturing", "programme": "clinical-updates", "capacity": 2, "sessions": [session]});
        EventRecord {
            id: id.parse().expect("an identifier"),
            event: Event::parse(event).expect("an event"),
            status: EventStatus::Published,
            version: 1,
            was_published: true,
            reason: None,
            fingerprint: None,
        }
    }

    #[test]
    fn an_event_is_good_for_a_second() {
        let (recent, record) = (Recent::default(), record("2222222222"));
        let read: Timestamp = "2026-11-02T09:00:00Z".parse().expect("a time");
        assert_eq!(recent.get(record.id, read), None);
        recent.keep(&record, read);
        let after = |milliseconds| recent.get(record.id, read + SignedDuration::from_millis(milliseconds));
        assert_eq!(after(0), Some(record.clone()));
        assert_eq!(after(999), Some(record.clone()));
        assert_eq!(after(1_000), None);
        assert_eq!(after(-1), None);
    }
}
