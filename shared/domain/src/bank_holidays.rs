//! England's bank holidays, computed: the yearly rules, Easter, substitutes for weekends, and the one-off ones.
//!
//! Source: Banking and Financial Dealings Act 1971, schedule 1, and royal proclamations since.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date};

/// Days declared (or moved to) once.
const ONE_OFF: [Date; 7] = [
    date(2011, 4, 29), // royal wedding
    date(2012, 6, 4),  // spring bank holiday, moved
    date(2012, 6, 5),  // diamond jubilee
    date(2020, 5, 8),  // early May bank holiday, moved to VE day
    date(2022, 6, 2),  // spring bank holiday, moved
    date(2022, 6, 3),  // platinum jubilee
    date(2022, 9, 19), // state funeral
];
const ONE_OFF_CORONATION: Date = date(2023, 5, 8);

/// Days that the yearly rules name but that were moved elsewhere that year.
const MOVED_AWAY: [Date; 3] = [date(2012, 5, 28), date(2020, 5, 4), date(2022, 5, 30)];

/// Whether banks in England are closed on `day` for a bank holiday (weekends as such are not).
pub fn is_bank_holiday(day: Date) -> bool {
    if ONE_OFF.contains(&day) || day == ONE_OFF_CORONATION {
        return true;
    }
    !MOVED_AWAY.contains(&day) && yearly(day.year()).contains(&day)
}

fn yearly(year: i16) -> [Date; 8] {
    let easter = easter_sunday(year);
    let (christmas, boxing) = christmas_days(year);
    [
        substitute_monday(date(year, 1, 1)),
        easter.saturating_sub(2.days()),
        easter.saturating_add(1.days()),
        first_monday(date(year, 5, 1)),
        last_monday(date(year, 5, 31)),
        last_monday(date(year, 8, 31)),
        christmas,
        boxing,
    ]
}

fn substitute_monday(day: Date) -> Date {
    match day.weekday() {
        Weekday::Saturday => day.saturating_add(2.days()),
        Weekday::Sunday => day.saturating_add(1.days()),
        _ => day,
    }
}

fn christmas_days(year: i16) -> (Date, Date) {
    let christmas = date(year, 12, 25);
    match christmas.weekday() {
        Weekday::Friday => (christmas, date(year, 12, 28)),
        Weekday::Saturday => (date(year, 12, 27), date(year, 12, 28)),
        Weekday::Sunday => (date(year, 12, 27), date(year, 12, 26)),
        _ => (christmas, date(year, 12, 26)),
    }
}

fn first_monday(from: Date) -> Date {
    let days = i32::from(from.weekday().until(Weekday::Monday));
    from.saturating_add(days.days())
}

fn last_monday(from: Date) -> Date {
    let days = i32::from(from.weekday().since(Weekday::Monday));
    from.saturating_sub(days.days())
}

/// Western Easter (the anonymous Gregorian computus, as in Meeus, *Astronomical Algorithms*, chapter 8).
#[expect(clippy::many_single_char_names, reason = "the letters are those of the published algorithm")]
fn easter_sunday(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month = (h + l - 7 * m + 114) / 31;
    let day = (h + l - 7 * m + 114) % 31 + 1;
    #[expect(clippy::cast_possible_truncation, reason = "the computus yields month 3 or 4 and day 1 to 31")]
    date(year, month as i8, day as i8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_years_are_right() {
        // GOV.UK's list of bank holidays in England and Wales.
        let years: [(i16, &[(i8, i8)]); 4] = [
            (2020, &[(1, 1), (4, 10), (4, 13), (5, 8), (5, 25), (8, 31), (12, 25), (12, 28)]),
            (2022, &[(1, 3), (4, 15), (4, 18), (5, 2), (6, 2), (6, 3), (8, 29), (9, 19), (12, 26), (12, 27)]),
            (2023, &[(1, 2), (4, 7), (4, 10), (5, 1), (5, 8), (5, 29), (8, 28), (12, 25), (12, 26)]),
            (2026, &[(1, 1), (4, 3), (4, 6), (5, 4), (5, 25), (8, 31), (12, 25), (12, 28)]),
        ];
        for (year, expected) in years {
            let mut day = date(year, 1, 1);
            let mut found = Vec::new();
            while day.year() == year {
                if is_bank_holiday(day) {
                    found.push((day.month(), day.day()));
                }
                day = day.tomorrow().unwrap();
            }
            assert_eq!(found, expected, "{year}");
        }
    }
}
