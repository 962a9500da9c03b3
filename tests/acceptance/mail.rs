//! The right mail at the right time, once.

use reqwest::Method;
use serde_json::json;

use crate::hub::{TestHub, address};

#[tokio::test(flavor = "multi_thread")]
async fn every_mail_begins_with_the_link_that_manages_the_booking() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1})).await;
    hub.book(&event, "Ann Ash").await;
    let inbox = hub.inbox(&address("Ann Ash")).await;
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0]["subject"], "Confirmed: Mental Health First Aid");
    assert_eq!(inbox[0]["to"], json!([address("Ann Ash")]));
    let link = hub.link("Ann Ash").await;
    assert_eq!(hub.booking(&link).await.text("status"), "confirmed");
    let html = inbox[0]["html"].as_str().expect("html");
    assert!(html.contains(&link), "text and HTML say the same");
    let eml = hub.request(Method::GET, &format!("/_local/inbox/{}.eml", inbox[0]["id"].as_str().unwrap_or_default()));
    let eml = eml.send().await.expect("a reply").text().await.expect("text");
    assert!(eml.contains("Auto-Submitted: auto-generated"), "{eml}");
}

#[tokio::test(flavor = "multi_thread")]
async fn booking_again_mails_the_link_again_once_an_hour() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 5})).await;
    hub.book(&event, "Ann Ash").await;
    hub.settle().await;
    hub.book(&event, "Ann Ash").await;
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed"]);
    hub.advance("PT61M").await;
    for _ in 0..3 {
        hub.book(&event, "Ann Ash").await;
    }
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed", "Your booking link"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_booker_gets_only_the_reminders_that_still_make_sense() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"joining_url": "https://teams.example/meet"})).await;
    hub.book(&event, "Early Ash").await;
    hub.set_clock("2026-11-28T09:00:00Z").await;
    hub.book(&event, "Late Birch").await;
    hub.set_clock("2026-12-01T09:00:00Z").await;
    hub.book(&event, "Last Cedar").await;
    assert_eq!(hub.subjects("Early Ash").await, ["Confirmed", "In a week", "Tomorrow", "In an hour"]);
    assert_eq!(hub.subjects("Late Birch").await, ["Confirmed", "Tomorrow", "In an hour"]);
    assert_eq!(hub.subjects("Last Cedar").await, ["Confirmed"]);
    let last = &hub.inbox(&address("Last Cedar")).await[0]["text"];
    assert!(last.as_str().is_some_and(|text| text.contains("https://teams.example/meet")), "how to join: {last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_cancelled_hears_nothing_more_and_reminders_move_with_the_event() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"format": "in-person"})).await;
    hub.book(&event, "Ann Ash").await;
    hub.book(&event, "Bob Birch").await;
    let bob = hub.link("Bob Birch").await;
    hub.act(&bob, "cancel").await;
    let later = json!([{"starts": "2026-12-08T09:30:00Z", "ends": "2026-12-08T16:30:00Z"}]);
    assert_eq!(hub.patch(&event, json!({"sessions": later})).await.status, 200);
    hub.set_clock("2026-11-30T12:00:00Z").await;
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed", "Changed"]);
    hub.set_clock("2026-12-08T12:00:00Z").await;
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed", "Changed", "In a week", "Tomorrow"]);
    assert_eq!(hub.subjects("Bob Birch").await, ["Confirmed", "Cancelled"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_event_tells_everybody_once_with_the_reason() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 2})).await;
    for name in ["Ann Ash", "Bob Birch", "Cat Cedar"] {
        hub.book(&event, name).await;
    }
    hub.settle().await;
    let path = format!("/api/v1/events/{event}/cancel");
    for _ in 0..2 {
        let reply = hub.as_admin(Method::POST, &path, &json!({"reason": "The trainer is ill."})).await;
        assert_eq!((reply.status, reply.text("status")), (200, "cancelled"), "{reply:?}");
    }
    for name in ["Ann Ash", "Bob Birch", "Cat Cedar"] {
        let inbox = hub.inbox(&address(name)).await;
        let told: Vec<bool> =
            inbox.iter().map(|m| m["text"].as_str().unwrap_or_default().contains("The trainer is ill.")).collect();
        assert_eq!(told, [false, true], "{name}");
    }
    assert_eq!(hub.book(&event, "Dan Damson").await.code(), "event-cancelled");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_mailed_again_on_request_and_a_stranger_learns_nothing() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    hub.book(&event, "Ann Ash").await;
    hub.settle().await;
    let ask = |email: &'static str| {
        let request = hub.request(Method::POST, "/bookings/resend").form(&[("email", email), ("started", "1")]);
        async move { request.send().await.expect("a reply").text().await.expect("a page") }
    };
    let known = ask("ann.ash@practice.example").await;
    let unknown = ask("nobody@practice.example").await;
    assert_eq!(known, unknown);
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed", "Your booking link"]);
    assert!(hub.inbox("nobody@practice.example").await.is_empty());
}
