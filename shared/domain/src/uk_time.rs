//! The time of day and the days that people in the UK go by.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// The IANA name of a hub's time zone: the only one, as working hours are known for England.
pub const TIME_ZONE: &str = "Europe/London";

/// The UK's time zone, from the bundled database.
pub fn uk() -> TimeZone {
    // The name is in every edition of the bundled database; UTC would be the lesser evil to a crash.
    TimeZone::get(TIME_ZONE).unwrap_or(TimeZone::UTC)
}

/// The same time of day so many days earlier, also where the clocks changed in between.
pub fn days_before(at: Timestamp, days: u32) -> Timestamp {
    let earlier = Span::new().try_days(days).and_then(|span| uk().to_datetime(at).checked_sub(span));
    earlier.and_then(|earlier| uk().to_timestamp(earlier)).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_before_is_the_same_time_of_day() {
        let cases = [
            ("2026-12-08T09:30:00Z", 7, "2026-12-01T09:30:00Z", "nothing lies between"),
            ("2026-10-26T09:30:00Z", 7, "2026-10-19T08:30:00Z", "the clocks went back: 09:30 was 08:30 UTC"),
            ("2026-03-30T08:30:00Z", 1, "2026-03-29T08:30:00Z", "on the day they go forward, after they did"),
            ("2026-03-30T08:30:00Z", 2, "2026-03-28T09:30:00Z", "before they went forward: 09:30 is 09:30 UTC"),
            ("2026-10-26T09:30:00Z", 0, "2026-10-26T09:30:00Z", "no days"),
        ];
        for (at, days, before, why) in cases {
            assert_eq!(days_before(at.parse().unwrap(), days).to_string(), before, "{why}");
        }
        assert_eq!(days_before(Timestamp::UNIX_EPOCH, u32::MAX), Timestamp::MIN, "before all time");
    }
}
