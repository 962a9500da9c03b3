//! The time a report is about: a month, a quarter or a year from April, or any range of days, in the hub's time zone.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::uk_time::uk;

/// No period: it does not exist, or is not written like one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a month, quarter, financial year or range of days")]
pub struct InvalidPeriod;

/// The longest range, in days: ten years and a bit.
const DAYS_MAX: i32 = 3_660;

/// A period of whole days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// `2026-10`.
    Month {
        /// The first of the month.
        first: Date,
    },
    /// `2026-27-Q3`: three months of the financial year, the first from April.
    Quarter {
        /// The first of its first month.
        first: Date,
    },
    /// `2026-27`: April to March.
    Year {
        /// 1 April.
        first: Date,
    },
    /// `2026-10-05..2026-11-20`, both days included.
    Range {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
}

impl Period {
    /// The month of a day.
    pub fn month_of(day: Date) -> Self {
        Self::Month { first: day.first_of_month() }
    }

    /// The financial year in which it begins.
    #[must_use]
    pub fn year(self) -> Self {
        let from = self.from();
        let year = if from.month() < 4 { from.year() - 1 } else { from.year() };
        Self::Year { first: date(year, 4, 1) }
    }

    /// The quarters of the financial year in which it begins.
    pub fn quarters(self) -> [Self; 4] {
        let first = self.year().from();
        [0, 3, 6, 9].map(|months| Self::Quarter { first: months_after(first, months) })
    }

    /// The quarter of a day.
    pub fn quarter_of(day: Date) -> Self {
        // January to March, April to June and so on: the financial year's quarters are the calendar's.
        let months_in = i32::from((day.month() - 1) % 3);
        Self::Quarter { first: months_after(day.first_of_month(), -months_in) }
    }

    /// First day.
    pub fn from(self) -> Date {
        match self {
            Self::Month { first } | Self::Quarter { first } | Self::Year { first } => first,
            Self::Range { from, .. } => from,
        }
    }

    /// Last day.
    pub fn to(self) -> Date {
        match self {
            Self::Month { first } => first.last_of_month(),
            Self::Quarter { first } => months_after(first, 2).last_of_month(),
            Self::Year { first } => months_after(first, 11).last_of_month(),
            Self::Range { to, .. } => to,
        }
    }

    /// First instant.
    pub fn begins(self) -> Timestamp {
        instant(self.from())
    }

    /// First instant that is no longer in it.
    pub fn ends(self) -> Timestamp {
        self.to().tomorrow().map_or(Timestamp::MAX, instant)
    }

    /// Whether something that starts then belongs to it.
    pub fn contains(self, at: Timestamp) -> bool {
        self.begins() <= at && at < self.ends()
    }

    /// The period of the same length before it; `None` for a range.
    pub fn previous(self) -> Option<Self> {
        Some(match self {
            Self::Month { first } => Self::Month { first: months_after(first, -1) },
            Self::Quarter { first } => Self::Quarter { first: months_after(first, -3) },
            Self::Year { first } => Self::Year { first: months_after(first, -12) },
            Self::Range { .. } => return None,
        })
    }

    /// The period of the same length after it; `None` for a range.
    pub fn next(self) -> Option<Self> {
        Some(match self {
            Self::Month { first } => Self::Month { first: months_after(first, 1) },
            Self::Quarter { first } => Self::Quarter { first: months_after(first, 3) },
            Self::Year { first } => Self::Year { first: months_after(first, 12) },
            Self::Range { .. } => return None,
        })
    }

    /// The quarter and the year that end with this month, where they do.
    pub fn ending_with_month(self) -> Vec<Self> {
        let Self::Month { first } = self else { return Vec::new() };
        let quarter = (first.month() % 3 == 0).then(|| Self::Quarter { first: months_after(first, -2) });
        let year = (first.month() == 3).then(|| Self::Year { first: months_after(first, -11) });
        quarter.into_iter().chain(year).collect()
    }

    /// "October 2026", "October to December 2026", "April 2026 to March 2027", "5 October to 20 November 2026".
    pub fn words(self) -> String {
        let (from, to) = (self.from(), self.to());
        let (first, last) = match self {
            Self::Month { .. } => return from.strftime("%B %Y").to_string(),
            Self::Quarter { .. } | Self::Year { .. } => ("%B", "%B %Y"),
            Self::Range { .. } => ("%-d %B", "%-d %B %Y"),
        };
        let first = if from.year() == to.year() { first.to_owned() } else { format!("{first} %Y") };
        format!("{} to {}", from.strftime(&first), to.strftime(last))
    }
}

fn months_after(day: Date, months: i32) -> Date {
    // Years have four digits: a century from either end of the calendar.
    day.saturating_add(jiff::Span::new().months(months))
}

fn instant(day: Date) -> Timestamp {
    // The clocks never change at midnight.
    uk().to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX)
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = Self::from(*self);
        let financial = |day: Date| {
            let year = if day.month() < 4 { day.year() - 1 } else { day.year() };
            format!("{year:04}-{:02}", (year + 1) % 100)
        };
        match self {
            Self::Month { .. } => write!(f, "{:04}-{:02}", from.year(), from.month()),
            Self::Quarter { .. } => write!(f, "{}-Q{}", financial(from), (from.month() + 8) % 12 / 3 + 1),
            Self::Year { .. } => f.write_str(&financial(from)),
            Self::Range { to, .. } => write!(f, "{from}..{to}"),
        }
    }
}

impl FromStr for Period {
    type Err = InvalidPeriod;

    /// Where a text could be a month or a year (`2011-12`), it is the month.
    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        let period = read(text).ok_or(InvalidPeriod)?;
        // One way to write each.
        if period.to_string() == text { Ok(period) } else { Err(InvalidPeriod) }
    }
}

fn read(text: &str) -> Option<Period> {
    if let Some((from, to)) = text.split_once("..") {
        let (from, to): (Date, Date) = (from.parse().ok()?, to.parse().ok()?);
        let days = from.until(to).ok()?.get_days();
        return (1..=9_998)
            .contains(&from.year())
            .then_some(())
            .and((0..=DAYS_MAX).contains(&days).then_some(Period::Range { from, to }));
    }
    let year: i16 = text.get(..4)?.parse().ok().filter(|year| (1..=9_998).contains(year))?;
    let rest: Vec<&str> = text.get(4..)?.strip_prefix('-')?.split('-').collect();
    let ends_next = |two: &str| two.parse() == Ok((year + 1) % 100);
    match rest.as_slice() {
        [month] if ("01"..="12").contains(month) && month.len() == 2 => {
            Some(Period::Month { first: Date::new(year, month.parse().ok()?, 1).ok()? })
        }
        [end] if ends_next(end) => Some(Period::Year { first: date(year, 4, 1) }),
        [end, quarter] if ends_next(end) => {
            let number: i32 = quarter.strip_prefix('Q')?.parse().ok().filter(|number| (1..=4).contains(number))?;
            Some(Period::Quarter { first: months_after(date(year, 4, 1), 3 * (number - 1)) })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_have_one_text_each() {
        for (text, from, to, words) in [
            ("2026-10", "2026-10-01", "2026-10-31", "October 2026"),
            ("2024-02", "2024-02-01", "2024-02-29", "February 2024"),
            ("2026-27-Q1", "2026-04-01", "2026-06-30", "April to June 2026"),
            ("2026-27-Q3", "2026-10-01", "2026-12-31", "October to December 2026"),
            ("2026-27-Q4", "2027-01-01", "2027-03-31", "January to March 2027"),
            ("2026-27", "2026-04-01", "2027-03-31", "April 2026 to March 2027"),
            ("1999-00", "1999-04-01", "2000-03-31", "April 1999 to March 2000"),
            ("2011-12", "2011-12-01", "2011-12-31", "December 2011"),
            ("2026-10-05..2026-11-20", "2026-10-05", "2026-11-20", "5 October to 20 November 2026"),
            ("2026-12-30..2027-01-02", "2026-12-30", "2027-01-02", "30 December 2026 to 2 January 2027"),
        ] {
            let period: Period = text.parse().unwrap();
            let found = (period.from().to_string(), period.to().to_string(), period.words(), period.to_string());
            assert_eq!(found, (from.to_owned(), to.to_owned(), words.to_owned(), text.to_owned()));
        }
    }

    #[test]
    fn what_does_not_exist_is_none() {
        for text in [
            "2026-13",
            "2026-00",
            "2026-1",
            "2026-10 ",
            "26-10",
            "",
            "2026",
            "2026-28",
            "2026-27-Q0",
            "2026-27-Q5",
            "2026-27-q1",
            "2026-27-Q01",
            "2026-02-30..2026-03-01",
            "2026-03-02..2026-03-01",
            "2026-10-05",
            "+026-10",
            "2026-10-05..2046-10-05",
            "2026-10-5..2026-10-06",
            "20é6-10",
        ] {
            assert_eq!(text.parse::<Period>(), Err(InvalidPeriod), "{text}");
        }
    }

    #[test]
    fn a_month_begins_and_ends_at_midnight_in_the_uk() {
        let october: Period = "2026-10".parse().unwrap();
        assert_eq!(
            (october.begins().to_string(), october.ends().to_string()),
            ("2026-09-30T23:00:00Z".to_owned(), "2026-11-01T00:00:00Z".to_owned())
        );
        let ending = |text: &str| text.parse::<Period>().unwrap().ending_with_month();
        assert_eq!(ending("2021-03").iter().map(ToString::to_string).collect::<Vec<_>>(), ["2020-21-Q4", "2020-21"]);
        assert_eq!(ending("2020-06").iter().map(ToString::to_string).collect::<Vec<_>>(), ["2020-21-Q1"]);
        assert_eq!(ending("2020-07"), []);
        let quarters = |text: &str| text.parse::<Period>().unwrap().quarters().map(|quarter| quarter.to_string());
        assert_eq!(quarters("2027-03"), ["2026-27-Q1", "2026-27-Q2", "2026-27-Q3", "2026-27-Q4"]);
        assert_eq!(quarters("2026-04"), quarters("2027-03"));
        let previous = |text: &str| text.parse::<Period>().unwrap().previous().unwrap().to_string();
        assert_eq!(["2026-01", "2026-27-Q1", "2026-27"].map(previous), ["2025-12", "2025-26-Q4", "2025-26"]);
    }
}
