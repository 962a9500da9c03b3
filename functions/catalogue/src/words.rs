//! An event's time and place in words.

use domain::event::{Event, Format};
use jiff::Timestamp;
use web::dates;

/// The session that is next, and which of how many it is: "Tuesday 9 June 2026, 1pm to 3pm (session 2 of 3)".
pub fn when(event: &Event, now: Timestamp) -> String {
    let sessions = &event.sessions;
    let next = sessions.iter().position(|session| session.ends > now).unwrap_or(sessions.len().saturating_sub(1));
    let Some(session) = sessions.get(next) else { return String::new() };
    match sessions.len() {
        1 => dates::session(session),
        all => format!("{} (session {} of {all})", dates::session(session), next + 1),
    }
}

/// "Online", the venue on one line, or both.
pub fn place(event: &Event) -> String {
    let venue = event.venue.as_deref().map(|venue| venue.lines().collect::<Vec<_>>().join(", "));
    match (event.format, venue) {
        (Format::Online, _) => "Online".to_owned(),
        (Format::InPerson, Some(venue)) => venue,
        (Format::InPerson, None) => "In person, venue to be confirmed".to_owned(),
        (Format::Hybrid, Some(venue)) => format!("{venue}, or online"),
        (Format::Hybrid, None) => "In person (venue to be confirmed), or online".to_owned(),
    }
}

/// "1 place", "3 places".
pub fn counted(count: u32, unit: &str) -> String {
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

/// How many wait, as a sentence.
pub fn waiting(count: u32) -> String {
    match count {
        0 => "Nobody is waiting yet.".to_owned(),
        1 => "1 person is waiting.".to_owned(),
        many => format!("{many} people are waiting."),
    }
}

/// "390" as "6 hours 30 minutes".
pub fn duration(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => counted(rest, "minute"),
        (hours, 0) => counted(hours, "hour"),
        (hours, rest) => format!("{} {}", counted(hours, "hour"), counted(rest, "minute")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_next_session_is_named() {
        let event = Event::parse(json!({
            "title": "Coaching", "programme": "coaching-mentorship", "format": "hybrid", "venue": "Room 1\nStratford",
            "sessions": [{"starts": "2026-06-09T12:00:00Z", "ends": "2026-06-09T14:00:00Z"},
                         {"starts": "2026-11-03T12:00:00Z", "ends": "2026-11-03T14:00:00Z"}],
        }))
        .unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(when(&event, at("2026-06-01T00:00:00Z")), "Tuesday 9 June 2026, 1pm to 3pm (session 1 of 2)");
        assert_eq!(when(&event, at("2026-06-09T14:00:00Z")), "Tuesday 3 November 2026, midday to 2pm (session 2 of 2)");
        assert_eq!(place(&event), "Room 1, Stratford, or online");
        assert_eq!(
            (duration(390), duration(60), duration(1)),
            ("6 hours 30 minutes".into(), "1 hour".into(), "1 minute".into())
        );
    }
}
