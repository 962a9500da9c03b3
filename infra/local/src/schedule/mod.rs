//! Schedule expressions of the template, `rate(1 minute)` and `cron(0 6 1 * ? *)`, and when they fire.
//!
//! See <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>. A cron time that the clocks skip in
//! spring is not made up for; one that they repeat in autumn fires once, at the first of the two.

mod cron;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use cron::Cron;

/// When a schedule fires.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub enum Expression {
    /// Again and again after this long.
    Rate(SignedDuration),
    /// At these times of the calendar.
    Cron(Cron),
}

impl Expression {
    /// The first firing after `now`, in `zone`; none where the calendar has no more.
    pub fn after(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Rate(every) => {
                let past = now.as_second().rem_euclid(every.as_secs());
                Timestamp::from_second(now.as_second() - past + every.as_secs()).ok()
            }
            Self::Cron(cron) => cron.after(now, zone),
        }
    }
}

impl TryFrom<String> for Expression {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let unknown = || format!("`{text}` is not a schedule that the local hub knows");
        let (kind, argument) = text.strip_suffix(')').and_then(|text| text.split_once('(')).ok_or_else(unknown)?;
        match kind {
            "rate" => rate(argument).map(Self::Rate).ok_or_else(unknown),
            "cron" => Cron::parse(argument).map(Self::Cron).ok_or_else(unknown),
            _ => Err(unknown()),
        }
    }
}

fn rate(text: &str) -> Option<SignedDuration> {
    let (count, unit) = text.split_once(' ')?;
    let count: u32 = count.parse().ok().filter(|count| *count > 0)?;
    let seconds = match unit {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3_600,
        "day" | "days" => 86_400,
        _ => return None,
    };
    Some(SignedDuration::from_secs(i64::from(count) * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn firings(expression: &str, from: &str, count: usize) -> Vec<String> {
        let expression = Expression::try_from(expression.to_owned()).expect("known");
        let london = TimeZone::get("Europe/London").expect("bundled");
        let mut now: Timestamp = from.parse().expect("a time");
        let mut firings = Vec::new();
        while firings.len() < count
            && let Some(next) = expression.after(now, &london)
        {
            firings.push(next.to_string());
            now = next;
        }
        firings
    }

    #[test]
    fn a_rate_fires_on_its_own_multiples() {
        assert_eq!(
            firings("rate(1 minute)", "2026-11-02T09:00:30Z", 2),
            ["2026-11-02T09:01:00Z", "2026-11-02T09:02:00Z"]
        );
        assert_eq!(firings("rate(2 hours)", "2026-11-02T10:00:00Z", 1), ["2026-11-02T12:00:00Z"], "after, not at");
    }

    #[test]
    fn the_first_of_the_month_in_london_moves_with_the_clocks() {
        assert_eq!(
            firings("cron(0 6 1 * ? *)", "2026-02-28T00:00:00Z", 3),
            ["2026-03-01T06:00:00Z", "2026-04-01T05:00:00Z", "2026-05-01T05:00:00Z"]
        );
        assert_eq!(
            firings("cron(0 6 1 * ? *)", "2026-09-30T00:00:00Z", 2),
            ["2026-10-01T05:00:00Z", "2026-11-01T06:00:00Z"]
        );
    }

    #[test]
    fn an_hour_that_does_not_exist_is_skipped_and_one_that_comes_twice_fires_once() {
        assert_eq!(
            firings("cron(30 1 ? * SUN *)", "2026-03-22T00:00:00Z", 2),
            ["2026-03-22T01:30:00Z", "2026-04-05T00:30:00Z"],
            "29 March has no 01:30"
        );
        assert_eq!(
            firings("cron(30 1 * * ? *)", "2026-10-24T12:00:00Z", 2),
            ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
            "25 October has two"
        );
        assert_eq!(
            firings("cron(0/30 1 * * ? *)", "2026-10-25T00:00:00Z", 3),
            ["2026-10-25T00:30:00Z", "2026-10-26T01:00:00Z", "2026-10-26T01:30:00Z"]
        );
    }

    #[test]
    fn lists_ranges_steps_names_and_the_last_day() {
        assert_eq!(
            firings("cron(0 8,20 ? * MON-FRI *)", "2026-11-06T09:00:00Z", 3),
            ["2026-11-06T20:00:00Z", "2026-11-09T08:00:00Z", "2026-11-09T20:00:00Z"]
        );
        assert_eq!(
            firings("cron(59 23 L FEB ? *)", "2026-11-06T09:00:00Z", 2),
            ["2027-02-28T23:59:00Z", "2028-02-29T23:59:00Z"]
        );
        assert_eq!(firings("cron(0 0 1 1 ? 2027)", "2026-11-06T09:00:00Z", 2), ["2027-01-01T00:00:00Z"]);
    }

    #[test]
    fn another_expression_is_refused() {
        for text in [
            "rate(0 minutes)",
            "rate(1 fortnight)",
            "at(2026-11-02T09:00:00)",
            "cron(0 6 1 * ?)",
            "cron(60 6 1 * ? *)",
            "cron(0 6 1W * ? *)",
            "cron(0 6 ? * 2#1 *)",
            "cron(0 6 5-1 * ? *)",
            "cron(0/0 6 1 * ? *)",
            "cron",
        ] {
            assert!(Expression::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
