//! Reminders of an event: when each is due, and until when it still helps.
//!
//! A reminder stops being useful when the next one is due, whether or not that one is sent: nobody hears "in a week"
//! on the day before.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use crate::event::{Event, Format};

/// Which reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReminderKind {
    /// Seven days before the start.
    Week,
    /// One day before the start.
    Day,
    /// One hour before the start, where people join online.
    Hour,
}

impl ReminderKind {
    /// Every reminder, the earliest first.
    pub const ALL: [Self; 3] = [Self::Week, Self::Day, Self::Hour];

    /// A stable name, of the event's timer and of the mail.
    pub fn name(self) -> &'static str {
        match self {
            Self::Week => "reminder-week",
            Self::Day => "reminder-day",
            Self::Hour => "reminder-hour",
        }
    }

    /// The reminder of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// How long before the start it is due.
    fn ahead(self) -> SignedDuration {
        match self {
            Self::Week => SignedDuration::from_hours(7 * 24),
            Self::Day => SignedDuration::from_hours(24),
            Self::Hour => SignedDuration::from_hours(1),
        }
    }

    /// How long before the start it stops being useful.
    fn ahead_at_last(self) -> SignedDuration {
        match self {
            Self::Week => Self::Day.ahead(),
            Self::Day => Self::Hour.ahead(),
            Self::Hour => SignedDuration::ZERO,
        }
    }

    fn applies_to(self, event: &Event) -> bool {
        match self {
            Self::Week | Self::Day => true,
            Self::Hour => matches!(event.format, Format::Online | Format::Hybrid),
        }
    }

    /// From when (inclusive) until when (exclusive) an event's reminder helps.
    fn window(self, event: &Event) -> Range<Timestamp> {
        let before = |ahead| event.starts().checked_sub(ahead).unwrap_or(Timestamp::MIN);
        before(self.ahead())..before(self.ahead_at_last())
    }
}

/// The reminders an event has and when each is due, the earliest first; past ones are among them.
pub fn of(event: &Event) -> Vec<(ReminderKind, Timestamp)> {
    let kinds = ReminderKind::ALL.into_iter().filter(|kind| kind.applies_to(event));
    kinds.map(|kind| (kind, kind.window(event).start)).collect()
}

/// Whether an event's reminder, if it has not gone yet, still helps at `now`.
pub fn still_useful(kind: ReminderKind, event: &Event, now: Timestamp) -> bool {
    kind.applies_to(event) && now < kind.window(event).end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(format: &str) -> Event {
        let sessions = serde_json::json!([
            {"starts": "2026-12-08T09:30:00Z", "ends": "2026-12-08T12:30:00Z"},
            {"starts": "2026-12-15T09:30:00Z", "ends": "2026-12-15T12:30:00Z"}
        ]);
        let value = serde_json::json!({
            "title": "Suturing", "programme": "clinical-updates", "format": format, "sessions": sessions
        });
        Event::parse(value).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn reminders_are_due_a_week_a_day_and_online_an_hour_before_the_first_session() {
        let (week, day) =
            ((ReminderKind::Week, at("2026-12-01T09:30:00Z")), (ReminderKind::Day, at("2026-12-07T09:30:00Z")));
        let hour = (ReminderKind::Hour, at("2026-12-08T08:30:00Z"));
        assert_eq!(of(&event("online")), [week, day, hour]);
        assert_eq!(of(&event("hybrid")), [week, day, hour]);
        assert_eq!(of(&event("in-person")), [week, day]);
    }

    #[test]
    fn a_reminder_helps_until_the_next_one_is_due() {
        let useful = |format, now| {
            let event = event(format);
            ReminderKind::ALL.map(|kind| still_useful(kind, &event, at(now)))
        };
        assert_eq!(useful("online", "2026-12-07T09:29:59Z"), [true, true, true]);
        assert_eq!(useful("online", "2026-12-07T09:30:00Z"), [false, true, true]);
        assert_eq!(useful("online", "2026-12-08T08:29:59Z"), [false, true, true]);
        assert_eq!(useful("online", "2026-12-08T08:30:00Z"), [false, false, true]);
        assert_eq!(useful("online", "2026-12-08T09:30:00Z"), [false, false, false]);
        assert_eq!(useful("in-person", "2026-12-08T08:29:59Z"), [false, true, false]);
    }

    #[test]
    fn names_read_back() {
        for kind in ReminderKind::ALL {
            assert_eq!(ReminderKind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(ReminderKind::from_name("certificates"), None);
    }
}
