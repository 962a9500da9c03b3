//! The six fields of a cron expression: minute, hour, day of month, month, day of week, year.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// How far ahead a firing is looked for: past the next 29 February, whatever the year.
const DAYS_AHEAD: usize = 9 * 366;

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A cron expression.
#[derive(Debug, Clone)]
pub struct Cron {
    minutes: BTreeSet<i16>,
    hours: BTreeSet<i16>,
    days: Days,
    months: BTreeSet<i16>,
    /// From 1, Sunday.
    weekdays: BTreeSet<i16>,
    years: BTreeSet<i16>,
}

#[derive(Debug, Clone)]
enum Days {
    These(BTreeSet<i16>),
    Last,
}

impl Cron {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split(' ').collect();
        let [minutes, hours, days, months, weekdays, years] = fields.try_into().ok()?;
        Some(Self {
            minutes: values(minutes, 0..=59, &[])?,
            hours: values(hours, 0..=23, &[])?,
            days: if days == "L" { Days::Last } else { Days::These(values(days, 1..=31, &[])?) },
            months: values(months, 1..=12, &MONTHS)?,
            weekdays: values(weekdays, 1..=7, &WEEKDAYS)?,
            years: values(years, 1970..=2199, &[])?,
        })
    }

    pub(super) fn after(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let today = zone.to_datetime(now).date();
        let mut dates = today.series(jiff::Span::new().days(1)).take(DAYS_AHEAD);
        dates.find_map(|date| if self.includes(date) { self.first_of(date, now, zone) } else { None })
    }

    fn includes(&self, date: Date) -> bool {
        let day = match &self.days {
            Days::These(days) => days.contains(&i16::from(date.day())),
            Days::Last => date.day() == date.days_in_month(),
        };
        day && self.months.contains(&i16::from(date.month()))
            && self.weekdays.contains(&i16::from(date.weekday().to_sunday_one_offset()))
            && self.years.contains(&date.year())
    }

    /// The first firing of one day that is after `now`.
    fn first_of(&self, date: Date, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let times = self.hours.iter().flat_map(|hour| self.minutes.iter().map(move |minute| (*hour, *minute)));
        times.filter_map(|(hour, minute)| instant(date, hour, minute, zone)).find(|instant| *instant > now)
    }
}

/// When a wall clock in `zone` first shows this time; never, where the clocks skip it.
fn instant(date: Date, hour: i16, minute: i16, zone: &TimeZone) -> Option<Timestamp> {
    // Both were parsed as at most 59.
    let wall = date.at(hour.try_into().ok()?, minute.try_into().ok()?, 0, 0);
    let ambiguous = zone.to_ambiguous_timestamp(wall);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => None,
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok(),
    }
}

/// The values of one field: a list of `*`, `?`, single values and ranges, each with an optional step.
fn values(text: &str, all: RangeInclusive<i16>, names: &[&str]) -> Option<BTreeSet<i16>> {
    let value = |text: &str| {
        let named = names.iter().zip(all.clone()).find_map(|(name, value)| (*name == text).then_some(value));
        named.or_else(|| text.parse().ok()).filter(|value| all.contains(value))
    };
    let mut result = BTreeSet::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<usize>().ok().filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (first, last) = match range.split_once('-') {
            Some((first, last)) => (value(first)?, value(last)?),
            None if range == "*" || range == "?" => (*all.start(), *all.end()),
            None if step.is_some() => (value(range)?, *all.end()),
            None => (value(range)?, value(range)?),
        };
        result.extend((first..=last).step_by(step.unwrap_or(1)));
    }
    (!result.is_empty()).then_some(result)
}
