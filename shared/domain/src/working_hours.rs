//! When an offer ends: working hours are Monday to Friday 08:00–20:00 UK time, England's bank holidays excluded.

use jiff::civil::{Date, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::bank_holidays::is_bank_holiday;
use crate::uk_time::uk;

/// The instant at which `hours` working hours have passed since `from`.
///
/// Hours that end exactly with a working day end at 20:00 of that day, not at 08:00 of the next.
pub fn after(from: Timestamp, hours: u16) -> Timestamp {
    let zone = uk();
    let mut left = SignedDuration::from_hours(i64::from(hours));
    let mut day = zone.to_datetime(from).date();
    loop {
        if let Some((opens, closes)) = working_day(day, &zone) {
            let begins = opens.max(from);
            let available = closes.duration_since(begins);
            if available >= left && available > SignedDuration::ZERO {
                return begins.saturating_add(left).unwrap_or(closes);
            }
            if available > SignedDuration::ZERO {
                left -= available;
            }
        }
        match day.tomorrow() {
            Ok(next) => day = next,
            Err(_) => return Timestamp::MAX,
        }
    }
}

/// Whether a day is neither of a weekend nor a bank holiday.
pub fn is_working_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_bank_holiday(day)
}

/// The opening and closing instants of `day`, unless it is a weekend or a bank holiday.
fn working_day(day: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    if !is_working_day(day) {
        return None;
    }
    let at = |hour| zone.to_timestamp(day.to_datetime(time(hour, 0, 0, 0))).ok();
    Some((at(8)?, at(20)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_pass_only_while_people_work() {
        // from (UTC), hours, until (UTC)
        let cases = [
            ("2026-06-09T09:00:00Z", 4, "2026-06-09T13:00:00Z", "within a day"),
            ("2026-06-09T07:00:00Z", 12, "2026-06-09T19:00:00Z", "a whole day ends at 20:00 BST"),
            ("2026-06-09T18:00:00Z", 12, "2026-06-10T18:00:00Z", "one hour today, eleven tomorrow"),
            ("2026-06-12T20:00:00Z", 1, "2026-06-15T08:00:00Z", "Friday night to Monday 09:00 BST"),
            ("2026-04-02T18:00:00Z", 2, "2026-04-07T08:00:00Z", "Easter lies between: Tuesday 09:00 BST"),
            ("2026-03-27T19:00:00Z", 2, "2026-03-30T08:00:00Z", "the clocks go forward at the weekend"),
            ("2026-10-23T18:00:00Z", 2, "2026-10-26T09:00:00Z", "the clocks go back at the weekend"),
            ("2026-12-24T19:30:00Z", 1, "2026-12-29T08:30:00Z", "Christmas, Boxing Day's substitute on the 28th"),
        ];
        for (from, hours, until, why) in cases {
            assert_eq!(after(from.parse().unwrap(), hours).to_string(), until, "{why}");
        }
    }
}
