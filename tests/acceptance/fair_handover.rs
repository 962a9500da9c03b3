//! A colleague takes over, by the organiser's hand and by the participant's.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::hub::{TestHub, address};

/// A full event with one person in it and one waiting.
async fn full(hub: &TestHub) -> String {
    let event = hub.event(json!({"capacity": 1})).await;
    hub.book(&event, "Ann Ash").await;
    hub.book(&event, "Bob Birch").await;
    event
}

async fn ticket_of(hub: &TestHub, event: &str, name: &str) -> Value {
    let roster = hub.as_admin(Method::GET, &format!("/api/v1/events/{event}/registrations"), &Value::Null).await;
    let rows = roster.body["registrations"].as_array().expect("rows");
    rows.iter().find(|row| row["name"] == name).map(|row| row["ticket"].clone()).unwrap_or_default()
}

/// What the roster says after Zoe has Ann's place.
fn handed_over() -> [(String, String, Option<u64>); 3] {
    let row = |name: &str, status: &str, position| (name.to_owned(), status.to_owned(), position);
    [row("Zoe Zelkova", "confirmed", None), row("Bob Birch", "waiting", Some(1)), row("Ann Ash", "cancelled", None)]
}

async fn page(hub: &TestHub, path: &str) -> (u16, String) {
    let reply = hub.request(Method::GET, path).send().await.expect("a reply");
    (reply.status().as_u16(), reply.text().await.expect("a page"))
}

async fn submit(hub: &TestHub, path: &str, fields: &[(&str, &str)]) -> Response {
    hub.request(Method::POST, path).form(fields).send().await.expect("a reply")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organiser_hands_a_place_of_a_full_event_over_and_both_are_told() {
    let hub = TestHub::start().await;
    let event = full(&hub).await;
    let (link, ticket) = (hub.link("Ann Ash").await, ticket_of(&hub, &event, "Ann Ash").await);
    let reference = hub.booking(&link).await.text("reference").to_owned();
    let path = format!("/api/v1/events/{event}/registrations/{reference}/substitute");
    let zoe = json!({"name": "Zoe Zelkova", "email": address("Zoe Zelkova"), "role": "practice-nurse"});
    let first = hub.as_admin(Method::POST, &path, &zoe).await;
    assert_eq!((first.status, first.text("status"), &first.body["ticket"]), (200, "confirmed", &ticket));
    assert_eq!(hub.as_admin(Method::POST, &path, &zoe).await, first);
    assert_eq!(hub.roster(&event).await, handed_over());
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed", "Handed over"]);
    assert_eq!(hub.subjects("Zoe Zelkova").await, ["Confirmed"]);
    assert_eq!(hub.subjects("Bob Birch").await, ["On the waiting list"]);
    assert_eq!(hub.booking(&link).await.text("status"), "cancelled");
    assert!(page(&hub, &format!("/bookings/{link}")).await.1.contains("A colleague has taken over this booking"));

    let zoe = format!("/api/v1/events/{event}/registrations/{}/history", first.text("reference"));
    let history = hub.as_admin(Method::GET, &zoe, &Value::Null).await;
    let what: Vec<&str> =
        history.body["history"].as_array().expect("moments").iter().map(|m| m["what"].as_str().unwrap()).collect();
    // A repeated request is in the trail too.
    assert_eq!(what, ["booked", "registration.substitute", "registration.substitute", "confirmed"]);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_hands_over_with_a_form() {
    let hub = TestHub::start().await;
    let event = full(&hub).await;
    let (link, ticket) = (hub.link("Ann Ash").await, ticket_of(&hub, &event, "Ann Ash").await);
    let booking = format!("/bookings/{link}");
    let path = format!("{booking}/substitute");
    assert!(page(&hub, &booking).await.1.contains(&format!("<a href=\"{path}\">Hand over to a colleague</a>")));
    assert!(page(&hub, &path).await.1.contains("Hand over to a colleague</h1>"));
    let before = hub.booking(&link).await;
    assert_eq!(before.text("status"), "confirmed");

    let wrong = submit(&hub, &path, &[("name", "Zoe Zelkova"), ("email", "zoe"), ("role", "")]).await;
    assert_eq!(wrong.status(), 422);
    let html = wrong.text().await.expect("a page");
    for part in ["There is a problem", "<title>Error: ", "value=\"Zoe Zelkova\"", "value=\"zoe\"", "#email", "#role"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let (bob, ann) = (address("Bob Birch"), address("Ann Ash"));
    for taken in [[("name", "Bob Birch"), ("email", bob.as_str())], [("name", "ann ash"), ("email", ann.as_str())]] {
        let reply = submit(&hub, &path, &[taken.as_slice(), &[("role", "gp")]].concat()).await;
        assert_eq!(reply.status(), 422);
        let html = reply.text().await.expect("a page");
        assert!(html.contains("<a href=\"#email\">This person is already registered for this event</a>"), "{html}");
    }
    assert_eq!(hub.booking(&link).await, before);

    let address = address("Zoe Zelkova");
    let zoe = [("name", "Zoe Zelkova"), ("email", address.as_str()), ("role", "practice-nurse")];
    let other = [("name", "Yan Yew"), ("email", "yan@practice.example"), ("role", "gp")];
    for fields in [&zoe, &zoe, &other] {
        let reply = submit(&hub, &path, fields).await;
        assert_eq!((reply.status().as_u16(), reply.headers()["location"].to_str().ok()), (303, Some(booking.as_str())));
    }
    assert_eq!(hub.roster(&event).await, handed_over());
    assert_eq!(ticket_of(&hub, &event, "Zoe Zelkova").await, ticket);
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed", "Handed over"]);
    assert_eq!(hub.subjects("Zoe Zelkova").await, ["Confirmed"]);
    assert_eq!(hub.booking(&link).await.text("status"), "cancelled");
    let html = page(&hub, &booking).await.1;
    assert!(html.contains("A colleague has taken over this booking") && !html.contains(&path), "{html}");
    assert_eq!(page(&hub, &path).await.0, 303);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_hands_over_once_the_event_has_begun_and_whoever_waits_hands_over_the_wait() {
    let hub = TestHub::start().await;
    let event = full(&hub).await;
    let path = format!("/bookings/{}/substitute", hub.link("Bob Birch").await);
    let yan = [("name", "Yan Yew"), ("email", "yan@practice.example"), ("role", "gp")];
    assert_eq!(submit(&hub, &path, &yan).await.status(), 303);
    assert_eq!(hub.roster(&event).await[1], ("Yan Yew".to_owned(), "waiting".to_owned(), Some(1)));
    hub.set_clock("2026-12-01T09:30:00Z").await;
    let path = format!("/bookings/{}/substitute", hub.link("Ann Ash").await);
    let zoe = [("name", "Zoe Zelkova"), ("email", "zoe@practice.example"), ("role", "gp")];
    assert_eq!(submit(&hub, &path, &zoe).await.status(), 409);
    assert_eq!(page(&hub, &path).await.0, 409);
    assert_eq!(submit(&hub, "/bookings/x/substitute", &zoe).await.status(), 404);
    hub.stop_and_audit().await;
}
