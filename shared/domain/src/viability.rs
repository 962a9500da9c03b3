//! Whether enough people come: by when that must be clear, and from when it is worth a warning.

use jiff::{SignedDuration, Timestamp};

use crate::event::Event;
use crate::uk_time::days_before;

/// Days before the start by which it must be clear whether an event takes place, where it sets no notice of its own.
const NOTICE_DAYS: u16 = 7;
/// How long before that date organisers hear that it does not look like it: enough to invite, or to call off.
const WARNED_AHEAD: SignedDuration = SignedDuration::from_hours(3 * 24);

/// The date by which it must be clear whether an event takes place: its notice before the start (seven days if it has
/// none), as people who are told later cannot be asked to keep it; and no later than booking closes.
pub fn viability_date(event: &Event) -> Timestamp {
    let days = event.notice_days.unwrap_or(NOTICE_DAYS);
    days_before(event.starts(), u32::from(days)).min(event.closes())
}

/// Whether organisers should hear by `now` that an event with this many confirmed has too few.
pub fn is_low(event: &Event, confirmed: u32, now: Timestamp) -> bool {
    let from = viability_date(event).saturating_sub(WARNED_AHEAD).unwrap_or(Timestamp::MIN);
    event.minimum.is_some_and(|minimum| confirmed < minimum) && now >= from && now < event.starts()
}

/// Whether so many wait that a second date would fill: more than half the capacity.
pub fn is_line_long(event: &Event, waiting: u32, now: Timestamp) -> bool {
    event.capacity.is_some_and(|capacity| waiting > capacity / 2) && now < event.starts()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn event(change: &Value) -> Event {
        let value = json!({"title": "Suturing", "programme": "clinical-updates", "capacity": 10, "minimum": 4,
            "sessions": [{"starts": "2026-12-08T09:30:00Z", "ends": "2026-12-08T12:30:00Z"}]});
        Event::parse(value).and_then(|event| event.patched(change)).expect("an event")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn it_must_be_clear_a_notice_ahead_and_not_after_closing() {
        let date = |change| viability_date(&event(&change));
        assert_eq!(date(json!({})), at("2026-12-01T09:30:00Z"));
        assert_eq!(date(json!({"cancellation": {"notice_days": 14}})), at("2026-11-24T09:30:00Z"));
        let closes = json!({"registration": {"closes": "2026-11-20T12:00:00Z"}});
        assert_eq!(date(closes), at("2026-11-20T12:00:00Z"));
    }

    #[test]
    fn low_numbers_are_a_matter_from_three_days_before_that_date_until_the_start() {
        let low = |confirmed, now| is_low(&event(&json!({})), confirmed, at(now));
        assert!(low(3, "2026-11-28T09:30:00Z") && low(3, "2026-12-08T09:29:59Z"));
        assert!(!low(3, "2026-11-28T09:29:59Z") && !low(3, "2026-12-08T09:30:00Z") && !low(4, "2026-12-01T09:30:00Z"));
        assert!(!is_low(&event(&json!({"minimum": null})), 0, at("2026-12-01T09:30:00Z")));
    }

    #[test]
    fn a_line_is_long_beyond_half_the_capacity() {
        let long = |change, waiting| is_line_long(&event(&change), waiting, at("2026-12-01T09:30:00Z"));
        assert!(!long(json!({}), 5) && long(json!({}), 6) && !long(json!({"capacity": null}), 99));
    }
}
