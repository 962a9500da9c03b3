//! When things happen in the demo year: working days of England, at UK times, correct across both clock changes.

use domain::bank_holidays::is_bank_holiday;
use jiff::civil::{Date, Time, Weekday, date, time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// The first and the last day of the year.
const YEAR: (Date, Date) = (date(2020, 4, 1), date(2021, 3, 31));
/// The year's first instant of work: long enough before the first event to announce it.
const BEGINNING: Date = date(2020, 2, 17);
/// The year's last instant of work: what is left of the last event has been done.
const END: Date = date(2021, 4, 12);

/// A time of the day at which the hub's people are at their desks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hour {
    /// Between two patients.
    Noon,
    /// Before going home.
    Evening,
}

impl Hour {
    fn time(self) -> Time {
        match self {
            Self::Noon => time(12, 40, 0, 0),
            Self::Evening => time(17, 10, 0, 0),
        }
    }
}

/// No instant has such a date in London.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the calendar does not reach so far")]
pub struct OutOfCalendar;

/// When the year's story begins.
pub fn beginning() -> Result<Timestamp, OutOfCalendar> {
    instant(BEGINNING, time(9, 0, 0, 0))
}

/// When nothing more happens.
pub fn end() -> Result<Timestamp, OutOfCalendar> {
    instant(END, time(17, 30, 0, 0))
}

/// The working days on which the year's events begin, spread evenly: as many as asked for, up to one a day.
pub fn days_of_year(count: usize) -> Vec<Date> {
    let mut working = Vec::new();
    let mut day = YEAR.0;
    while day <= YEAR.1 {
        if is_working_day(day) {
            working.push(day);
        }
        day = day.saturating_add(1.day());
    }
    (0..count).map(|number| working[number * working.len() / count]).collect()
}

/// The day so many working days after `day`; before it if negative.
pub fn working_days_from(day: Date, days: i32) -> Date {
    let step = if days < 0 { -1 } else { 1 };
    let mut found = day;
    for _ in 0..days.unsigned_abs() {
        found = next_working_day(found.saturating_add(step.days()), step);
    }
    found
}

/// The first working day at or after `day`; at or before it if `step` is negative.
pub fn next_working_day(mut day: Date, step: i32) -> Date {
    while !is_working_day(day) && day > Date::MIN && day < Date::MAX {
        day = day.saturating_add(step.days());
    }
    day
}

/// The day it is in London.
pub fn day_of(now: Timestamp) -> Date {
    now.to_zoned_datetime(london()).date()
}

/// One of the day's two hours.
pub fn at(day: Date, hour: Hour) -> Result<Timestamp, OutOfCalendar> {
    instant(day, hour.time())
}

/// A UK time.
pub fn instant(day: Date, time: Time) -> Result<Timestamp, OutOfCalendar> {
    day.to_datetime(time).to_zoned_datetime(london()).map(|zoned| zoned.timestamp()).map_err(|_| OutOfCalendar)
}

fn is_working_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_bank_holiday(day)
}

fn london() -> TimeZone {
    // The zone comes with the program.
    TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noon_in_london_moves_with_the_clocks() {
        let noon = |day| at(day, Hour::Noon).map(|instant| instant.to_string());
        assert_eq!(noon(date(2020, 10, 23)), Ok("2020-10-23T11:40:00Z".to_owned()));
        assert_eq!(noon(date(2020, 10, 26)), Ok("2020-10-26T12:40:00Z".to_owned()));
        assert_eq!(noon(date(2021, 3, 29)), Ok("2021-03-29T11:40:00Z".to_owned()));
    }

    #[test]
    fn events_begin_on_working_days_of_the_year() {
        let days = days_of_year(122);
        assert_eq!(days.len(), 122);
        assert!(days.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(days.iter().all(|day| is_working_day(*day) && (YEAR.0..=YEAR.1).contains(day)));
    }

    #[test]
    fn easter_is_no_working_time() {
        assert_eq!(working_days_from(date(2020, 4, 9), 1), date(2020, 4, 14));
        assert_eq!(working_days_from(date(2020, 4, 14), -1), date(2020, 4, 9));
    }
}
