//! Who took part, and for how long.
//!
//! Minutes are kept for each person and session. What they come to is decided here and nowhere else: whoever reaches the
//! certificate's minimum attended, whoever came for less attended in part, whoever came for none was absent, and of
//! whoever has no record nothing is known.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::{Event, Session};
use crate::ids::PersonId;

/// A session of an event, from 1, in the order of time.
pub type SessionNumber = u16;

/// The most minutes that one record may name: ten days.
pub const MINUTES_MAX: u32 = 14_400;

/// What is recorded about one event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attendance {
    /// Minutes by session and person, as they were recorded.
    pub sessions: BTreeMap<SessionNumber, BTreeMap<PersonId, u32>>,
    /// Rises with every change; 0 where nothing was ever recorded.
    pub version: u64,
}

/// One record: somebody's minutes in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Which session.
    pub session: SessionNumber,
    /// Whose.
    pub person: PersonId,
    /// Minutes; `None` takes the record back.
    pub minutes: Option<u32>,
}

/// What somebody's minutes come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// Enough for the certificate.
    Attended,
    /// Some, and not enough.
    AttendedPart,
    /// None.
    Absent,
    /// Nobody has said.
    NotRecorded,
}

impl Attendance {
    /// Somebody's minutes in the whole event; no session counts for more than its length. `None` without any record.
    pub fn minutes(&self, event: &Event, person: PersonId) -> Option<u32> {
        let recorded = self.sessions.iter().filter_map(|(session, people)| {
            let minutes = people.get(&person)?;
            Some(length_of(event, *session).map_or(0, |length| length.min(*minutes)))
        });
        recorded.reduce(u32::saturating_add)
    }

    /// What somebody's minutes come to.
    pub fn presence(&self, event: &Event, person: PersonId) -> Presence {
        match self.minutes(event, person) {
            None => Presence::NotRecorded,
            Some(0) => Presence::Absent,
            Some(minutes) if minutes >= event.certificate_minutes() => Presence::Attended,
            Some(_) => Presence::AttendedPart,
        }
    }

    /// What is recorded of somebody in one session.
    pub fn recorded(&self, session: SessionNumber, person: PersonId) -> Option<u32> {
        self.sessions.get(&session)?.get(&person).copied()
    }

    /// Everybody of whom anything is recorded.
    pub fn people(&self) -> BTreeSet<PersonId> {
        self.sessions.values().flat_map(BTreeMap::keys).copied().collect()
    }

    /// Those of some marks that say something new, each person once a session: the last word counts.
    pub fn news(&self, marks: impl IntoIterator<Item = Mark>) -> Vec<Mark> {
        let last: BTreeMap<(SessionNumber, PersonId), Mark> =
            marks.into_iter().map(|mark| ((mark.session, mark.person), mark)).collect();
        last.into_values().filter(|mark| self.recorded(mark.session, mark.person) != mark.minutes).collect()
    }
}

/// Minutes of one of an event's sessions; `None` where it has no such session.
pub fn length_of(event: &Event, session: SessionNumber) -> Option<u32> {
    event.sessions.get(usize::from(session).checked_sub(1)?).map(length)
}

/// The sessions of an event with their numbers.
pub fn sessions(event: &Event) -> impl Iterator<Item = (SessionNumber, &Session)> {
    (1..).zip(&event.sessions)
}

/// Minutes in the whole event, as marks of its sessions: the first are filled up first.
pub fn spread(event: &Event, person: PersonId, minutes: u32) -> Vec<Mark> {
    let mut left = minutes;
    let marks = sessions(event).map(|(number, session)| {
        let here = left.min(length(session));
        left -= here;
        Mark { session: number, person, minutes: Some(here) }
    });
    marks.collect()
}

fn length(session: &Session) -> u32 {
    u32::try_from(session.ends.duration_since(session.starts).as_mins()).unwrap_or(0).max(1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ids::MailboxId;

    const ANN: u8 = 1;

    fn person(number: u8) -> PersonId {
        PersonId::new(MailboxId::new([number; 9]), [number; 3])
    }

    /// Two sessions of 180 and 120 minutes; the certificate asks for 240.
    fn event() -> Event {
        let sessions = json!([
            {"starts": "2026-12-08T09:30:00Z", "ends": "2026-12-08T12:30:00Z"},
            {"starts": "2026-12-15T09:30:00Z", "ends": "2026-12-15T11:30:00Z"}
        ]);
        Event::parse(json!({"title": "Suturing", "programme": "clinical-updates", "sessions": sessions})).unwrap()
    }

    fn recorded(minutes: &[(SessionNumber, u32)]) -> Attendance {
        let sessions = minutes.iter().map(|(session, minutes)| (*session, BTreeMap::from([(person(ANN), *minutes)])));
        Attendance { sessions: sessions.collect(), version: 1 }
    }

    #[test]
    fn minutes_come_to_what_the_certificate_asks_for() {
        // session and minutes recorded, in all, come to
        let cases = [
            (&[][..], None, Presence::NotRecorded),
            (&[(1, 0)][..], Some(0), Presence::Absent),
            (&[(1, 0), (2, 0)][..], Some(0), Presence::Absent),
            (&[(1, 1)][..], Some(1), Presence::AttendedPart),
            (&[(1, 180), (2, 59)][..], Some(239), Presence::AttendedPart),
            (&[(1, 180), (2, 60)][..], Some(240), Presence::Attended),
            (&[(1, 500)][..], Some(180), Presence::AttendedPart),
            (&[(1, 180), (2, 120), (3, 90)][..], Some(300), Presence::Attended),
        ];
        for (marks, minutes, presence) in cases {
            let attendance = recorded(marks);
            assert_eq!(attendance.minutes(&event(), person(ANN)), minutes, "{marks:?}");
            assert_eq!(attendance.presence(&event(), person(ANN)), presence, "{marks:?}");
        }
    }

    #[test]
    fn minutes_in_the_whole_event_fill_its_sessions_in_order() {
        let spread = |minutes| spread(&event(), person(ANN), minutes).iter().map(|m| m.minutes).collect::<Vec<_>>();
        assert_eq!(spread(0), [Some(0), Some(0)]);
        assert_eq!(spread(200), [Some(180), Some(20)]);
        assert_eq!(spread(1_000), [Some(180), Some(120)]);
    }

    #[test]
    fn only_what_says_something_new_is_news() {
        let mark = |session, minutes| Mark { session, person: person(ANN), minutes };
        let attendance = recorded(&[(1, 60)]);
        assert_eq!(attendance.news([mark(1, Some(60)), mark(2, None)]), []);
        assert_eq!(attendance.news([mark(1, Some(5)), mark(1, Some(60))]), []);
        let news = [mark(1, None), mark(2, Some(0))];
        assert_eq!(attendance.news(news), news);
    }
}
