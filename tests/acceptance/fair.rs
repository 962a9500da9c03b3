//! Who gets a place: lanes, approval, an organiser's hand, and an event that does not take place.

use std::collections::BTreeSet;

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{Reply, TestHub, address, form};

/// Books for somebody of a role.
async fn book_as(hub: &TestHub, event: &str, name: &str, role: &str) -> Reply {
    let mut form = form(name);
    form["role"] = json!(role);
    hub.register(event, &form).await
}

async fn line(hub: &TestHub, event: &str, reference: &str, verb: &str, body: Value) -> Reply {
    let path = format!("/api/v1/events/{event}/registrations/{reference}/{verb}");
    hub.as_admin(Method::POST, &path, &body).await
}

async fn statuses(hub: &TestHub, event: &str, names: &[&str]) -> Vec<String> {
    let roster = hub.roster(event).await;
    let status = |name: &&str| roster.iter().find(|row| row.0 == *name).map(|row| row.1.clone()).unwrap_or_default();
    names.iter().map(status).collect()
}

fn reserved() -> Value {
    json!({"capacity": 6, "waiting_list": {"offer_hours": null},
        "lanes": [{"name": "gp", "roles": ["gp"], "places": 2, "release_days": 7}]})
}

/// After release: a week before the start.
const RELEASED: &str = "2026-11-24T09:31:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn a_lane_keeps_its_places_and_its_waiters_come_first_when_it_is_released() {
    let hub = TestHub::start().await;
    let event = hub.event(reserved()).await;
    let roles = ["gp"; 4].into_iter().chain(["practice-nurse"; 6]);
    let people: Vec<(String, &str)> = roles.enumerate().map(|(n, role)| (format!("Person {role} {n}"), role)).collect();
    let booked = join_all(people.iter().map(|(name, role)| book_as(&hub, &event, name, role))).await;
    let count = |role: &str, status: &str| {
        let of_role = people.iter().zip(&booked).filter(|((_, known), _)| *known == role);
        of_role.filter(|(_, reply)| reply.text("status") == status).count()
    };
    assert_eq!((count("gp", "confirmed"), count("gp", "waiting")), (2, 2));
    assert_eq!((count("practice-nurse", "confirmed"), count("practice-nurse", "waiting")), (4, 2));

    hub.set_clock(RELEASED).await;
    hub.settle().await;
    let role_of = |name: &str| people.iter().find(|(known, _)| known == name).map_or("", |(_, role)| *role);
    let mut line: Vec<(u64, &str)> =
        hub.roster(&event).await.iter().filter_map(|(name, _, position)| Some(((*position)?, role_of(name)))).collect();
    line.sort_unstable();
    assert_eq!(line, [(1, "gp"), (2, "gp"), (3, "practice-nurse"), (4, "practice-nurse")]);

    let nurse =
        people.iter().zip(&booked).find(|((_, role), reply)| *role != "gp" && reply.text("status") == "confirmed");
    let ((nurse, _), _) = nurse.expect("a confirmed nurse");
    hub.act(&hub.link(nurse).await, "cancel").await;
    let confirmed = hub.roster(&event).await;
    let gps = confirmed.iter().filter(|(name, status, _)| status == "confirmed" && role_of(name) == "gp").count();
    assert_eq!(gps, 3);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_unused_places_of_a_released_lane_go_to_the_line_in_order() {
    let hub = TestHub::start().await;
    let event = hub.event(reserved()).await;
    book_as(&hub, &event, "Gus Gorse", "gp").await;
    let nurses = ["Ann Ash", "Bob Birch", "Cat Cedar", "Dan Damson", "Eve Elm", "Fay Fir"];
    for name in nurses {
        book_as(&hub, &event, name, "practice-nurse").await;
    }
    assert_eq!(statuses(&hub, &event, &nurses[3..]).await, ["confirmed", "waiting", "waiting"]);
    hub.set_clock(RELEASED).await;
    // The week's reminder falls on the same minute, and may find her in or not.
    assert_eq!(hub.subjects("Eve Elm").await[..2], ["On the waiting list", "You now have a place"]);
    assert_eq!(statuses(&hub, &event, &nurses[3..]).await, ["confirmed", "confirmed", "waiting"]);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organiser_approves_or_says_why_not() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1, "approval": true})).await;
    let mut references = Vec::new();
    for name in ["Ann Ash", "Bob Birch", "Cat Cedar"] {
        let booked = hub.book(&event, name).await;
        assert_eq!((booked.status, booked.text("status")), (201, "approval"));
        references.push(booked.text("reference").to_owned());
    }
    let approved = line(&hub, &event, &references[0], "admit", json!({})).await;
    assert_eq!((approved.status, approved.text("status")), (200, "confirmed"));
    let approved = line(&hub, &event, &references[1], "admit", json!({"reason": "Fits."})).await;
    assert_eq!((approved.text("status"), approved.body["position"].as_u64()), ("waiting", Some(1)));
    let path = format!("/api/v1/events/{event}/registrations/{}/history", references[1]);
    assert_eq!(hub.as_admin(Method::GET, &path, &Value::Null).await.body["place"]["approved"], true);

    assert_eq!(line(&hub, &event, &references[2], "reject", json!({})).await.status, 422);
    for reason in ["This day is for GPs in their first year.", "Another reason."] {
        let rejected = line(&hub, &event, &references[2], "reject", json!({"reason": reason})).await;
        assert_eq!((rejected.status, rejected.text("status")), (200, "cancelled"));
    }
    assert_eq!(hub.subjects("Ann Ash").await, ["Waiting for approval", "Confirmed"]);
    assert_eq!(hub.subjects("Bob Birch").await, ["Waiting for approval", "On the waiting list"]);
    assert_eq!(hub.subjects("Cat Cedar").await, ["Waiting for approval", "Not approved"]);
    let mail = hub.inbox(&address("Cat Cedar")).await.pop().expect("a mail");
    let text = mail["text"].as_str().expect("text").replace('\n', " ");
    assert!(text.contains("This day is for GPs in their first year."), "{text}");

    // A rejection belongs to one booking: the next one is a new request.
    assert_eq!(hub.book(&event, "Cat Cedar").await.text("status"), "approval");
    hub.act(&hub.link("Ann Ash").await, "cancel").await;
    assert_eq!(statuses(&hub, &event, &["Bob Birch", "Cat Cedar"]).await, ["offered", "approval"]);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_people_are_told_once_that_their_event_is_cancelled() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 150, "minimum": 10})).await;
    let people: Vec<String> = (0..200).map(|n| format!("Person Number{n}")).collect();
    for chunk in people.chunks(20) {
        join_all(chunk.iter().map(|name| hub.book(&event, name))).await;
    }
    hub.patch(&event, json!({"summary": "New"})).await;
    let path = format!("/api/v1/events/{event}/cancel");
    for _ in 0..2 {
        let cancelled = hub.as_admin(Method::POST, &path, &json!({"reason": "The trainer is ill."})).await;
        assert_eq!((cancelled.status, cancelled.text("status")), (200, "cancelled"));
    }
    hub.settle().await;
    let inbox = hub.get("/_local/inbox").await;
    let messages = inbox.body["messages"].as_array().expect("messages");
    let told: Vec<&str> = messages
        .iter()
        .filter(|message| message["subject"].as_str().is_some_and(|subject| subject.starts_with("Event cancelled")))
        .map(|message| message["to"][0].as_str().expect("an address"))
        .collect();
    assert_eq!((told.len(), told.iter().collect::<BTreeSet<_>>().len()), (200, 200));
    let trail = hub.as_admin(Method::GET, "/api/v1/audit", &Value::Null).await;
    let entries = trail.body["entries"].as_array().expect("entries");
    let actions: Vec<&str> = entries.iter().map(|entry| entry["action"].as_str().unwrap_or_default()).collect();
    assert_eq!(actions, ["event.create", "event.publish", "event.patch", "event.cancel", "event.cancel"]);
    assert_eq!(entries[3]["reason"], "The trainer is ill.");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_draft_stays_unknown_and_a_cancelled_event_says_so() {
    let hub = TestHub::start().await;
    let published = hub.event(json!({})).await;
    let draft = json!({"title": "Suturing", "programme": "open-doors",
        "sessions": [{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T16:30:00Z"}]});
    let draft = hub.as_admin(Method::POST, "/api/v1/events", &draft).await.text("id").to_owned();
    for (event, status) in [(&draft, 404), (&published, 200)] {
        let path = format!("/api/v1/events/{event}");
        hub.as_admin(Method::POST, &format!("{path}/cancel"), &json!({"reason": "Not now."})).await;
        assert_eq!(hub.get(&path).await.status, status);
        assert_eq!(hub.get(&format!("/events/{event}")).await.status, status);
        assert_eq!(hub.get(&format!("/events/{event}/calendar.ics")).await.status, status);
        assert_eq!(hub.as_admin(Method::GET, &path, &Value::Null).await.text("status"), "cancelled");
    }
    assert_eq!(hub.book(&draft, "Ann Ash").await.code(), "event-not-found");
    assert_eq!(hub.get(&format!("/events/{draft}/register")).await.status, 404);
    assert_eq!(hub.book(&published, "Ann Ash").await.code(), "event-cancelled");
    hub.stop_and_audit().await;
}
