//! Who has earned a certificate, and what somebody lacks who has not.

use crate::event::Event;

/// Whether somebody has earned a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merit {
    /// Yes, for this many minutes.
    Earned {
        /// Minutes taken part, over all sessions.
        minutes: u32,
    },
    /// Attendance does not suffice.
    NotAttended(Shortfall),
    /// Attended; the evaluation is asked for and not in.
    EvaluationMissing,
    /// Whatever was attended: none is issued to them.
    Excluded(Exclusion),
}

/// What is missing of somebody's attendance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortfall {
    /// Nobody has said anything yet.
    NotRecorded,
    /// They were not there.
    Absent,
    /// They were there for too short a time.
    TooShort {
        /// Minutes taken part, over all sessions.
        minutes: u32,
        /// Minutes that the event asks for.
        needed: u32,
    },
    /// They were there long enough, and not in every session, where that is asked for.
    SessionMissed {
        /// Sessions that they were in.
        attended: usize,
        /// Sessions of the event.
        sessions: usize,
    },
}

/// Why none is issued to somebody, whatever they attended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exclusion {
    /// They asked to be forgotten: there is no name to put on it.
    Forgotten,
    /// They came without a place, where the hub gives none to those, or left no address.
    WalkIn,
    /// They held no place.
    NoPlace,
}

impl Merit {
    /// Judges by the minutes recorded for each session, in order; a session without a record counts as none.
    pub fn of(event: &Event, recorded: &[Option<u32>], is_evaluated: bool) -> Self {
        if let Some(shortfall) = Shortfall::of(event, recorded) {
            return Self::NotAttended(shortfall);
        }
        if event.certificate.needs_evaluation && !is_evaluated {
            return Self::EvaluationMissing;
        }
        Self::Earned { minutes: total(recorded) }
    }
}

fn total(recorded: &[Option<u32>]) -> u32 {
    recorded.iter().flatten().copied().fold(0, u32::saturating_add)
}

impl Shortfall {
    /// What is missing; `None` where attendance suffices.
    fn of(event: &Event, recorded: &[Option<u32>]) -> Option<Self> {
        let (minutes, needed, sessions) = (total(recorded), event.certificate_minutes(), event.sessions.len());
        let attended = recorded.iter().take(sessions).flatten().filter(|minutes| **minutes > 0).count();
        if recorded.iter().all(Option::is_none) {
            return Some(Self::NotRecorded);
        }
        if minutes == 0 {
            return Some(Self::Absent);
        }
        if minutes < needed {
            return Some(Self::TooShort { minutes, needed });
        }
        let is_missed = event.certificate.every_session && attended < sessions;
        is_missed.then_some(Self::SessionMissed { attended, sessions })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(certificate: &serde_json::Value) -> Event {
        let sessions = json!([{"starts": "2026-12-01T09:00:00Z", "ends": "2026-12-01T10:00:00Z"},
            {"starts": "2026-12-08T09:00:00Z", "ends": "2026-12-08T12:00:00Z"}]);
        let event = json!({"title": "T", "programme": "open-doors", "sessions": sessions, "certificate": certificate});
        Event::parse(event).expect("an event")
    }

    #[test]
    fn a_certificate_takes_the_minimum_every_session_where_asked_and_the_evaluation_where_asked() {
        use Merit::{Earned, EvaluationMissing, NotAttended};
        use Shortfall::{Absent, NotRecorded, SessionMissed, TooShort};
        let (plain, all, asked) =
            (json!({}), json!({"every_session": true, "minimum_minutes": 60}), json!({"needs_evaluation": true}));
        let missed = NotAttended(SessionMissed { attended: 1, sessions: 2 });
        let table = [
            (&plain, vec![Some(12), Some(180)], false, Earned { minutes: 192 }),
            (&plain, vec![Some(11), Some(180)], false, NotAttended(TooShort { minutes: 191, needed: 192 })),
            (&plain, vec![], true, NotAttended(NotRecorded)),
            (&plain, vec![None, None], true, NotAttended(NotRecorded)),
            (&plain, vec![None, Some(0)], true, NotAttended(Absent)),
            (&all, vec![Some(60), Some(180)], false, Earned { minutes: 240 }),
            (&all, vec![Some(0), Some(180)], false, missed),
            (&all, vec![Some(60), None], false, missed),
            (&all, vec![Some(30), None], false, NotAttended(TooShort { minutes: 30, needed: 60 })),
            (&asked, vec![Some(60), Some(180)], false, EvaluationMissing),
            (&asked, vec![Some(60), Some(180)], true, Earned { minutes: 240 }),
            (&asked, vec![Some(0), Some(0)], true, NotAttended(Absent)),
        ];
        for (rule, minutes, is_evaluated, merit) in table {
            assert_eq!(Merit::of(&event(rule), &minutes, is_evaluated), merit, "{rule} {minutes:?}");
        }
    }
}
