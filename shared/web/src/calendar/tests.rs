//! Whole files, line by line.

use serde_json::json;

use super::*;

fn event() -> Event {
    Event::parse(json!({
        "title": "Suturing; hands, on", "summary": "Bring\nscissors", "programme": "clinical-updates",
        "format": "in-person", "venue": "Mile End Hospital\nLondon, E1 4DG",
        "joining_url": "https://teams.example/secret",
        // The first is in summer time, the second after the clocks have gone back.
        "sessions": [{"starts": "2026-10-24T10:00:00+01:00", "ends": "2026-10-24T12:00:00+01:00"},
                     {"starts": "2026-10-26T10:00:00+00:00", "ends": "2026-10-26T12:00:00+00:00"}],
    }))
    .unwrap()
}

fn source(event: &Event) -> Source<'_> {
    let id = EventId::from_bits(1);
    let now = "2026-06-09T12:00:00.5Z".parse().unwrap();
    Source { event, id, sequence: 3, is_cancelled: false, base_url: "https://hub.example:8443", now }
}

#[test]
fn an_event_is_one_entry_a_session_in_utc_across_the_clock_change() {
    let event = event();
    let entries = source(&event).entries();
    let file = Calendar { method: Method::Publish, name: None, entries }.write();
    let expected = "BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Lectern//Lectern//EN
CALSCALE:GREGORIAN
METHOD:PUBLISH
BEGIN:VEVENT
UID:2222222223-1@hub.example
DTSTAMP:20260609T120000Z
SEQUENCE:3
DTSTART:20261024T090000Z
DTEND:20261024T110000Z
STATUS:CONFIRMED
SUMMARY:Suturing\\; hands\\, on (session 1 of 2)
DESCRIPTION:Bring\\nscissors\\n\\nhttps://hub.example:8443/events/2222222223
LOCATION:Mile End Hospital\\nLondon\\, E1 4DG
URL:https://hub.example:8443/events/2222222223
END:VEVENT
BEGIN:VEVENT
UID:2222222223-2@hub.example
DTSTAMP:20260609T120000Z
SEQUENCE:3
DTSTART:20261026T100000Z
DTEND:20261026T120000Z
STATUS:CONFIRMED
SUMMARY:Suturing\\; hands\\, on (session 2 of 2)
DESCRIPTION:Bring\\nscissors\\n\\nhttps://hub.example:8443/events/2222222223
LOCATION:Mile End Hospital\\nLondon\\, E1 4DG
URL:https://hub.example:8443/events/2222222223
END:VEVENT
END:VCALENDAR
";
    assert_eq!(file, expected.replace('\n', "\r\n"));
}

#[test]
fn a_cancelled_event_says_so() {
    let event = event();
    let entries = Source { is_cancelled: true, ..source(&event) }.entries();
    assert!(Calendar { method: Method::Publish, name: None, entries }.write().contains("\r\nSTATUS:CANCELLED\r\n"));
}

#[test]
fn people_are_named_in_parameters() {
    let event = event();
    let mut entry = source(&event).entries().remove(0);
    entry.attendee = Some(Party { name: "Ann \"A\" Ash".to_owned(), address: "ann@practice.example".to_owned() });
    let file = Calendar { method: Method::Request, name: Some("Hub, London".to_owned()), entries: vec![entry] }.write();
    let unfolded = file.replace("\r\n ", "");
    let line = "ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE;CN=\"Ann ^'A^' Ash\":mailto:ann@practice.example\r\n";
    assert!(unfolded.contains(line), "{unfolded}");
    assert!(unfolded.contains("\r\nX-WR-CALNAME:Hub\\, London\r\n"), "{unfolded}");
}

#[test]
fn the_host_is_taken_from_the_address() {
    assert_eq!(host("http://127.0.0.1:8080"), "127.0.0.1");
    assert_eq!(host("https://hub.example/a:b"), "hub.example");
    assert_eq!(host(""), "localhost");
}
