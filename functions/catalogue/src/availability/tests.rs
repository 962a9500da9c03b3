//! Every state that the list and the event's page show.

use domain::ledger::{Command, LaneKey, Registering};
use domain::{Event, EventId, Generation};
use serde_json::{Value, json};

use super::*;

/// A published event with what is named, and its ledger after so many have registered in everyone's lane.
fn published(settings: &Value, registered: u8) -> (EventRecord, Ledger) {
    let mut event = json!({"title": "Suturing", "programme": "open-doors",
        "sessions": [{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T16:30:00Z"}]});
    for (name, value) in settings.as_object().into_iter().flatten() {
        event[name] = value.clone();
    }
    let event = Event::parse(event).unwrap();
    let id = EventId::from_bits(1);
    let record = EventRecord {
        id,
        event,
        status: EventStatus::Published,
        version: 1,
        was_published: true,
        reason: None,
        fingerprint: None,
    };
    let mut ledger =
        Ledger::empty().step(&Command::Configure(record.rules()), at("2026-11-01T09:00:00Z")).unwrap().ledger;
    for number in 0..registered {
        let registering = Registering {
            person: PersonId::from_bytes([number; 12]),
            generation: Generation::FIRST,
            lane: LaneKey::new(0),
            organisation: None,
            at: at("2026-11-01T09:00:00Z"),
            rules: ledger.rules,
            is_over_ruled: false,
        };
        ledger = ledger.step(&Command::Register(registering), at("2026-11-01T09:00:00Z")).unwrap().ledger;
    }
    (record, ledger)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn words(settings: &Value, registered: u8, now: &str) -> String {
    let (record, ledger) = published(settings, registered);
    Availability::of(&record, &ledger, at(now)).to_string()
}

#[test]
fn places_are_said_as_a_newcomer_finds_them() {
    let lane = json!([{"name": "gp", "roles": ["gp"], "places": 2}]);
    for (settings, registered, expected) in [
        (json!({}), 3, "Places available"),
        (json!({"capacity": 4}), 1, "3 places left"),
        (json!({"capacity": 4}), 3, "1 place left"),
        (json!({"capacity": 4}), 4, "Full – waiting list open"),
        (json!({"capacity": 4}), 8, "Full – waiting list open, 4 waiting"),
        (json!({"capacity": 4, "waiting_list": {"limit": 1}}), 5, "Full – waiting list full"),
        (json!({"capacity": 4, "waiting_list": {"enabled": false}}), 4, "Full"),
        (json!({"capacity": 4, "lanes": lane}), 1, "3 places left"),
        (json!({"capacity": 4, "lanes": lane}), 2, "2 places left for some roles"),
        (json!({"capacity": 4, "approval": true}), 3, "4 places left"),
    ] {
        assert_eq!(words(&settings, registered, "2026-11-02T09:00:00Z"), expected, "{settings} {registered}");
    }
}

#[test]
fn booking_opens_and_closes_to_the_second() {
    let settings = json!({"registration": {"opens": "2026-11-20T08:00:00Z", "closes": "2026-11-30T12:00:00Z"}});
    for (now, expected) in [
        ("2026-11-20T07:59:59.9Z", "Booking opens on Friday 20 November 2026, 8am"),
        ("2026-11-20T08:00:00Z", "Places available"),
        ("2026-11-30T11:59:59Z", "Places available"),
        ("2026-11-30T12:00:00Z", "Booking has closed"),
        ("2026-12-01T09:30:00Z", "Booking has closed"),
        ("2026-12-01T16:30:00Z", "This event has taken place"),
    ] {
        assert_eq!(words(&settings, 0, now), expected, "{now}");
    }
}

#[test]
fn a_cancelled_event_is_cancelled_whatever_its_places() {
    let (mut record, ledger) = published(&json!({}), 0);
    record.status = EventStatus::Cancelled;
    assert_eq!(Availability::of(&record, &ledger, at("2027-01-01T00:00:00Z")), Availability::Cancelled);
}

#[test]
fn a_filter_for_places_keeps_what_opens_later() {
    let left = |settings: &Value, registered, now: &str| {
        let (record, ledger) = published(settings, registered);
        Availability::of(&record, &ledger, at(now)).has_places_left(&ledger)
    };
    let later = json!({"capacity": 1, "registration": {"opens": "2026-11-20T08:00:00Z"}});
    assert!(left(&later, 0, "2026-11-02T09:00:00Z"));
    assert!(!left(&json!({"capacity": 1}), 1, "2026-11-02T09:00:00Z"));
    assert!(!left(&json!({"capacity": 1}), 0, "2026-12-01T09:30:00Z"));
}
