//! An event in schema.org's words, for search engines: a data block that can hold no markup.

use std::fmt::Write as _;

use domain::EventStatus;
use domain::event::{Event, Format, Session};
use serde_json::{Value, json};
use store::EventRecord;

/// Who says so, and where.
pub struct Publisher<'a> {
    /// The hub's name.
    pub hub: &'a str,
    /// Where people reach it, without a slash at the end.
    pub base_url: &'a str,
}

/// The content of the event's `application/ld+json` block.
pub fn write(record: &EventRecord, publisher: &Publisher<'_>) -> String {
    escape(&describe(record, publisher).to_string())
}

fn describe(record: &EventRecord, publisher: &Publisher<'_>) -> Value {
    let event = &record.event;
    let url = format!("{}/events/{}", publisher.base_url, record.id);
    let is_cancelled = record.status == EventStatus::Cancelled;
    let status = if is_cancelled { "EventCancelled" } else { "EventScheduled" };
    let mut json = json!({
        "@context": "https://schema.org",
        "@type": "EducationEvent",
        "name": event.title,
        "url": url,
        "startDate": event.starts(),
        "endDate": event.ends(),
        "eventStatus": format!("https://schema.org/{status}"),
        "eventAttendanceMode": format!("https://schema.org/{}", attendance(event.format)),
        "location": location(event, &url),
        "organizer": {"@type": "Organization", "name": publisher.hub, "url": publisher.base_url},
    });
    if let Some(summary) = &event.summary {
        json["description"] = json!(summary);
    }
    if event.sessions.len() > 1 {
        json["subEvent"] = event.sessions.iter().map(|session| sub_event(event, session, &url)).collect();
    }
    json
}

fn sub_event(event: &Event, session: &Session, url: &str) -> Value {
    json!({
        "@type": "EducationEvent", "name": event.title, "startDate": session.starts, "endDate": session.ends,
        "location": location(event, url),
    })
}

fn attendance(format: Format) -> &'static str {
    match format {
        Format::Online => "OnlineEventAttendanceMode",
        Format::InPerson => "OfflineEventAttendanceMode",
        Format::Hybrid => "MixedEventAttendanceMode",
    }
}

/// The joining link is never public: online, the page stands for the place.
fn location(event: &Event, url: &str) -> Value {
    let online = json!({"@type": "VirtualLocation", "url": url});
    let venue = event.venue.as_deref().unwrap_or("Venue to be confirmed");
    let place = json!({"@type": "Place", "name": venue.lines().next(), "address": venue});
    match event.format {
        Format::Online => online,
        Format::InPerson => place,
        Format::Hybrid => json!([place, online]),
    }
}

/// JSON in which no character means anything to a reader of HTML or of JavaScript.
fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            // These stand in JSON's strings only, where an escape means the same.
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing to a string cannot fail.
                write!(escaped, "\\u{:04x}", u32::from(character)).unwrap_or_default();
            }
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(title: &str) -> EventRecord {
        let event = Event::parse(json!({
            "title": title, "programme": "open-doors", "format": "hybrid", "venue": "Room 1\nStratford",
            "joining_url": "https://teams.example/secret",
            "sessions": [{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T16:30:00Z"}],
        }))
        .unwrap();
        let id = domain::EventId::from_bits(1);
        EventRecord {
            id,
            event,
            status: EventStatus::Cancelled,
            version: 1,
            was_published: true,
            reason: None,
            fingerprint: None,
        }
    }

    #[test]
    fn a_title_cannot_end_the_block() {
        let title = "</script><!-- <script> & \u{2028} \"quoted\"";
        let publisher = Publisher { hub: "Hub", base_url: "https://hub.example" };
        let written = write(&record(title), &publisher);
        assert!(!written.contains(['<', '>', '&', '\u{2028}']), "{written}");
        assert!(written.contains("\\u003c/script\\u003e"), "{written}");
        let read: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read["name"], title);
    }

    #[test]
    fn an_event_is_described_without_its_joining_link() {
        let publisher = Publisher { hub: "Hub", base_url: "https://hub.example" };
        let written = write(&record("Suturing"), &publisher);
        assert!(written.contains("\"@type\":\"EducationEvent\"") && !written.contains("teams.example"), "{written}");
        let read: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read["eventStatus"], "https://schema.org/EventCancelled");
        assert_eq!(read["startDate"], "2026-12-01T09:30:00Z");
        assert_eq!(read["location"][0]["name"], "Room 1");
        assert_eq!(read["location"][1]["url"], "https://hub.example/events/2222222223");
    }
}
