//! Reminders of an event and the thanks after it: when each is due, and until when it still helps.
//!
//! A reminder stops being useful when the next one is due, whether or not that one is sent: nobody hears "in a week"
//! on the day before.

use std::ops::Range;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::event::{Event, Format};
use crate::uk_time::{days_before, uk};

/// Which reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReminderKind {
    /// Seven days before the start.
    Week,
    /// One day before the start.
    Day,
    /// One hour before the start, where people join online.
    Hour,
    /// The morning after the end: thanks, and the question what people thought of it.
    Thanks,
    /// Three months after the end, where the event asks again: what has come of it?
    FollowUp,
}

impl ReminderKind {
    /// Every reminder, the earliest first.
    pub const ALL: [Self; 5] = [Self::Week, Self::Day, Self::Hour, Self::Thanks, Self::FollowUp];

    /// A stable name, of the event's timer and of the mail.
    pub fn name(self) -> &'static str {
        match self {
            Self::Week => "reminder-week",
            Self::Day => "reminder-day",
            Self::Hour => "reminder-hour",
            Self::Thanks => "thanks",
            Self::FollowUp => "follow-up",
        }
    }

    /// The reminder of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    fn applies_to(self, event: &Event) -> bool {
        match self {
            Self::Week | Self::Day | Self::Thanks => true,
            Self::Hour => matches!(event.format, Format::Online | Format::Hybrid),
            Self::FollowUp => event.evaluation.follow_up,
        }
    }

    /// From when (inclusive) until when (exclusive) an event's reminder helps.
    fn window(self, event: &Event) -> Range<Timestamp> {
        let starts = event.starts();
        let hour_before = starts.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN);
        match self {
            Self::Week => days_before(starts, 7)..days_before(starts, 1),
            Self::Day => days_before(starts, 1)..hour_before,
            Self::Hour => hour_before..starts,
            Self::Thanks => {
                let from = morning_after(event.ends());
                from..from.saturating_add(THANKS_USEFUL).unwrap_or(Timestamp::MAX)
            }
            Self::FollowUp => {
                let from = follow_up_from(event.ends());
                from..from.saturating_add(FOLLOW_UP_USEFUL).unwrap_or(Timestamp::MAX)
            }
        }
    }
}

/// How long people still know what they thought of an event.
const THANKS_USEFUL: SignedDuration = SignedDuration::from_hours(14 * 24);

/// For how long after three months the question is still one about three months.
const FOLLOW_UP_USEFUL: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Nine o'clock on the day after, UK time.
fn morning_after(at: Timestamp) -> Timestamp {
    let next = uk().to_datetime(at).date().tomorrow();
    next.map_or(Timestamp::MAX, nine)
}

/// From when people are asked again of an event that ended then: nine o’clock three months after that day, UK time; where
/// that month is shorter, on its last day.
pub fn follow_up_from(ended: Timestamp) -> Timestamp {
    let ended = uk().to_datetime(ended).date();
    ended.checked_add(3.months()).map_or(Timestamp::MAX, nine)
}

fn nine(day: Date) -> Timestamp {
    // No clock of the UK changes at nine; a year beyond the calendar is far enough.
    uk().to_timestamp(day.at(9, 0, 0, 0)).unwrap_or(Timestamp::MAX)
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
        let thanks = (ReminderKind::Thanks, at("2026-12-16T09:00:00Z"));
        assert_eq!(of(&event("online")), [week, day, hour, thanks]);
        assert_eq!(of(&event("hybrid")), [week, day, hour, thanks]);
        assert_eq!(of(&event("in-person")), [week, day, thanks]);
    }

    #[test]
    fn a_reminder_helps_until_the_next_one_is_due() {
        let useful = |format, now| {
            let event = event(format);
            let before = [ReminderKind::Week, ReminderKind::Day, ReminderKind::Hour];
            before.map(|kind| still_useful(kind, &event, at(now)))
        };
        assert_eq!(useful("online", "2026-12-07T09:29:59Z"), [true, true, true]);
        assert_eq!(useful("online", "2026-12-07T09:30:00Z"), [false, true, true]);
        assert_eq!(useful("online", "2026-12-08T08:29:59Z"), [false, true, true]);
        assert_eq!(useful("online", "2026-12-08T08:30:00Z"), [false, false, true]);
        assert_eq!(useful("online", "2026-12-08T09:30:00Z"), [false, false, false]);
        assert_eq!(useful("in-person", "2026-12-08T08:29:59Z"), [false, true, false]);
    }

    #[test]
    fn thanks_come_on_the_morning_after_in_summer_too_and_not_weeks_later() {
        assert_eq!(morning_after(at("2026-06-09T16:00:00Z")), at("2026-06-10T08:00:00Z"));
        assert_eq!(morning_after(at("2026-10-24T16:00:00Z")), at("2026-10-25T09:00:00Z"));
        let useful = |now| still_useful(ReminderKind::Thanks, &event("online"), at(now));
        assert!(useful("2026-12-30T08:59:59Z") && !useful("2026-12-30T09:00:00Z"));
    }

    #[test]
    fn people_are_asked_again_after_three_months_where_the_event_says_so() {
        let mut event = event("online");
        assert!(!still_useful(ReminderKind::FollowUp, &event, at("2027-03-15T09:00:00Z")));
        event.evaluation.follow_up = true;
        assert_eq!(of(&event).last(), Some(&(ReminderKind::FollowUp, at("2027-03-15T09:00:00Z"))));
        let useful = |now| still_useful(ReminderKind::FollowUp, &event, at(now));
        assert!(useful("2027-04-14T08:59:59Z") && !useful("2027-04-14T09:00:00Z"));
        event.sessions[1].ends = at("2026-11-30T12:30:00Z");
        // February is shorter.
        assert_eq!(follow_up_from(event.ends()), at("2027-02-28T09:00:00Z"));
        event.sessions[1].ends = at("2027-01-12T12:30:00Z");
        // The clocks have gone forward.
        assert_eq!(follow_up_from(event.ends()), at("2027-04-12T08:00:00Z"));
    }

    #[test]
    fn names_read_back() {
        for kind in ReminderKind::ALL {
            assert_eq!(ReminderKind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(ReminderKind::from_name("certificates"), None);
    }
}
