//! Dates and times as people in the UK read them, after the NHS content style.

use domain::event::Session;
use domain::uk_time::uk;
use jiff::Timestamp;
use jiff::civil::DateTime;

/// "Tuesday 9 June 2026".
pub fn day(at: Timestamp) -> String {
    uk().to_datetime(at).strftime("%A %-d %B %Y").to_string()
}

/// "1pm", "9:30am", "midday", "midnight".
pub fn time(at: Timestamp) -> String {
    let local: DateTime = uk().to_datetime(at);
    match (local.hour(), local.minute()) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "midday".to_owned(),
        (hour, minute) => {
            let (shown, half) = (if hour % 12 == 0 { 12 } else { hour % 12 }, if hour < 12 { "am" } else { "pm" });
            if minute == 0 { format!("{shown}{half}") } else { format!("{shown}:{minute:02}{half}") }
        }
    }
}

/// "Tuesday 9 June 2026, 1pm".
pub fn moment(at: Timestamp) -> String {
    format!("{}, {}", day(at), time(at))
}

/// "Tuesday 9 June 2026, 1pm to 3pm".
pub fn session(session: &Session) -> String {
    let (starts, ends) = (uk().to_datetime(session.starts), uk().to_datetime(session.ends));
    if starts.date() == ends.date() {
        format!("{} to {}", moment(session.starts), time(session.ends))
    } else {
        format!("{} to {}", moment(session.starts), moment(session.ends))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_say_them_on_both_sides_of_the_clock_change() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(moment(at("2026-06-09T12:00:00Z")), "Tuesday 9 June 2026, 1pm");
        assert_eq!(moment(at("2026-12-01T09:30:00Z")), "Tuesday 1 December 2026, 9:30am");
        assert_eq!(time(at("2026-12-01T12:00:00Z")), "midday");
        let two_hours = Session { starts: at("2026-10-25T00:30:00Z"), ends: at("2026-10-25T02:30:00Z") };
        assert_eq!(session(&two_hours), "Sunday 25 October 2026, 1:30am to 2:30am");
    }
}
