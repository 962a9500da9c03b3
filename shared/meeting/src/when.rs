//! Times as people's computers write them, and durations.

use domain::uk_time::uk;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

/// Which of the first two numbers of a date is the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// 3/11 is 3 November.
    DayFirst,
    /// 11/3 is 3 November.
    MonthFirst,
}

/// An instant from local time (UK), as `11/3/26, 12:28:10 PM`, `03/11/2026 12:28:10`, `2026-11-03T12:28:10` or, in UTC,
/// with a `Z`. Of the hour that comes twice a year it is the first.
pub fn instant(text: &str, order: DateOrder) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let (date, time) = text.split_once([',', 'T', ' ', '\u{A0}', '\u{202F}'])?;
    let local = DateTime::from_parts(read_date(date, order)?, read_time(time.trim_matches([' ', ',']))?);
    uk().to_ambiguous_timestamp(local).compatible().ok()
}

fn read_date(text: &str, order: DateOrder) -> Option<Date> {
    let parts: Vec<&str> = text.split(['/', '.', '-']).collect();
    let [first, second, third] = parts[..] else { return None };
    let number = |text: &str| text.trim().parse::<i16>().ok();
    let (first_number, second_number, third_number) = (number(first)?, number(second)?, number(third)?);
    let (year, month, day) = match order {
        _ if first.len() == 4 => (first_number, second_number, third_number),
        DateOrder::DayFirst => (third_number, second_number, first_number),
        DateOrder::MonthFirst => (third_number, first_number, second_number),
    };
    let year = if (0..100).contains(&year) { year + 2000 } else { year };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn read_time(text: &str) -> Option<Time> {
    let lower: String = text.to_lowercase().chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
    let (clock, noon) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(clock), _) => (clock, Some(0)),
        (_, Some(clock)) => (clock, Some(12)),
        (None, None) => (lower.as_str(), None),
    };
    let parts: Vec<i8> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (hour, minute, second) = match parts[..] {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let hour = match noon {
        Some(noon) if (1..=12).contains(&hour) => hour % 12 + noon,
        Some(_) => return None,
        None => hour,
    };
    Time::new(hour, minute, second, 0).ok()
}

/// Seconds of `1h 20m 38s`, `1 hr 2 min`, `20m`, `1:20:38`, or plain minutes.
pub fn duration(text: &str) -> Option<i64> {
    let text = text.trim().to_lowercase();
    if let Ok(minutes) = text.parse::<u32>() {
        return Some(i64::from(minutes) * 60);
    }
    if text.contains(':') {
        let parts: Vec<u32> = text.split(':').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
        return match parts[..] {
            [minutes, seconds] => Some(i64::from(minutes) * 60 + i64::from(seconds)),
            [hours, minutes, seconds] => Some(i64::from(hours) * 3_600 + i64::from(minutes) * 60 + i64::from(seconds)),
            _ => None,
        };
    }
    let (mut seconds, mut number, mut unit) = (0_i64, String::new(), String::new());
    let mut is_any = false;
    for c in text.chars().chain(['0']) {
        if c.is_ascii_digit() {
            if !unit.is_empty() {
                let worth = match unit.as_str() {
                    "d" | "day" | "days" => 86_400,
                    "h" | "hr" | "hrs" | "hour" | "hours" => 3_600,
                    "m" | "min" | "mins" | "minute" | "minutes" => 60,
                    "s" | "sec" | "secs" | "second" | "seconds" => 1,
                    _ => return None,
                };
                seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(worth)?)?;
                is_any = true;
                (number, unit) = (String::new(), String::new());
            }
            number.push(c);
        } else if c.is_alphabetic() {
            unit.push(c);
        } else if !c.is_whitespace() && !matches!(c, ',' | '.') {
            return None;
        }
    }
    // What is left is the mark at the end; anything before it was a number without a unit.
    (is_any && number == "0").then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_both_countries_and_clocks_are_read() {
        let read = |text, order| instant(text, order).map(|at| at.to_string()).unwrap_or_default();
        for text in [
            "11/3/26, 2:28:10 PM",
            "11/3/2026, 2:28:10 PM",
            "11/03/2026 02:28:10 PM",
            "11/3/26, 2:28:10\u{202F}PM",
            "11/3/2026 2:28:10 p.m.",
        ] {
            assert_eq!(read(text, DateOrder::MonthFirst), "2026-11-03T14:28:10Z", "{text}");
        }
        for text in ["03/11/2026, 14:28:10", "3/11/26, 14:28:10", "03.11.2026 14:28:10", "03/11/2026 2:28:10 pm"] {
            assert_eq!(read(text, DateOrder::DayFirst), "2026-11-03T14:28:10Z", "{text}");
        }
        for text in ["2026-11-03T14:28:10", "2026-11-03 14:28:10", "2026-11-03T14:28:10Z"] {
            assert_eq!(read(text, DateOrder::DayFirst), "2026-11-03T14:28:10Z", "{text}");
        }
        assert_eq!(read("09/06/2026, 09:00", DateOrder::DayFirst), "2026-06-09T08:00:00Z", "summer time");
        assert_eq!(read("3/11/26, 12:00:00 AM", DateOrder::DayFirst), "2026-11-03T00:00:00Z", "midnight");
        for text in ["", "yesterday", "13/13/2026, 10:00", "3/11/2026", "3/11/2026, 25:00", "3/11/2026, 0:10 PM"] {
            assert_eq!(instant(text, DateOrder::DayFirst), None, "{text}");
        }
    }

    #[test]
    fn durations_are_read_in_every_spelling() {
        let cases = [("39", 2_340), ("1h 20m 38s", 4_838), ("20m", 1_200), ("1h 2m 5s", 3_725), ("45s", 45)];
        let more = [("1:20:38", 4_838), ("2 hr 3 min", 7_380), ("1 day 2h", 93_600), ("0", 0), ("10m", 600)];
        for (text, seconds) in cases.into_iter().chain(more) {
            assert_eq!(duration(text), Some(seconds), "{text}");
        }
        for text in ["", "long", "h", "5 fortnights", "1h 20", "-5m", "1:2:3:4"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
