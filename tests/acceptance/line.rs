//! The line: offers, lapses, cancelling, coming back.

use serde_json::json;

use crate::hub::{CREATED, TestHub};

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_lapses_to_the_end_of_the_line_and_a_second_one_ends_it() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1, "waiting_list": {"offer_hours": 11}})).await;
    for name in ["Ann Ash", "Bob Birch", "Cat Cedar"] {
        hub.book(&event, name).await;
    }
    let ann = hub.link("Ann Ash").await;
    assert_eq!(hub.act(&ann, "cancel").await.text("status"), "cancelled");
    let bob = hub.link("Bob Birch").await;
    let offered = hub.booking(&bob).await;
    assert_eq!((offered.text("status"), offered.text("offer_until")), ("offered", "2026-11-02T20:00:00Z"));
    hub.advance("PT11H").await;
    let returned = hub.booking(&bob).await;
    assert_eq!((returned.text("status"), returned.body["position"].as_u64()), ("waiting", Some(1)));
    assert_eq!(hub.act(&bob, "accept").await.code(), "offer-expired");
    let cat = hub.link("Cat Cedar").await;
    assert_eq!(hub.act(&cat, "decline").await.text("status"), "cancelled");
    assert_eq!(hub.act(&cat, "decline").await.text("status"), "cancelled");
    assert_eq!(hub.booking(&bob).await.text("status"), "offered");
    hub.advance("P2D").await;
    assert_eq!(hub.booking(&bob).await.text("status"), "expired");
    let told = [
        "On the waiting list",
        "Accept your place",
        "Offer ended, back on the waiting list",
        "Last chance to accept your place",
        "Offer ended",
    ];
    assert_eq!(hub.subjects("Bob Birch").await, told);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accepting_is_raced_against_the_lapse_and_nobody_is_lost() {
    let hub = TestHub::start().await;
    for round in 0..15 {
        let event = hub.event(json!({"capacity": 1, "waiting_list": {"offer_hours": 11}})).await;
        let names = [format!("Ann Round{round}"), format!("Bob Round{round}"), format!("Cat Round{round}")];
        for name in &names {
            assert_eq!(hub.book(&event, name).await.status, CREATED);
        }
        let ann = hub.link(&names[0]).await;
        hub.act(&ann, "cancel").await;
        let bob = hub.link(&names[1]).await;
        // The sweep and the person meet at the very deadline.
        let (accepted, ()) = futures::join!(hub.act(&bob, "accept"), hub.advance("PT11H"));
        let places = hub.places(&event).await;
        let (bob, cat) = (hub.booking(&bob).await, hub.booking(&hub.link(&names[2]).await).await);
        if accepted.status == 200 {
            assert_eq!((bob.text("status"), cat.text("status")), ("confirmed", "waiting"));
            assert_eq!((places["confirmed"].as_u64(), places["waiting"].as_u64()), (Some(1), Some(1)));
        } else {
            assert_eq!(accepted.code(), "offer-expired");
            assert_eq!((bob.text("status"), cat.text("status")), ("waiting", "offered"));
            assert_eq!((places["offered"].as_u64(), places["waiting"].as_u64()), (Some(1), Some(1)));
        }
        hub.set_clock(crate::hub::MONDAY).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_twice_frees_one_place_and_coming_back_goes_to_the_end() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1, "waiting_list": {"offer_hours": null}})).await;
    let first = hub.book(&event, "Ann Ash").await;
    hub.book(&event, "Bob Birch").await;
    hub.book(&event, "Cat Cedar").await;
    let old = hub.link("Ann Ash").await;
    for _ in 0..2 {
        let cancelled = hub.act(&old, "cancel").await;
        assert_eq!((cancelled.status, cancelled.text("status")), (200, "cancelled"));
    }
    let roster = hub.roster(&event).await;
    let confirmed: Vec<&str> = roster.iter().filter(|row| row.1 == "confirmed").map(|row| row.0.as_str()).collect();
    assert_eq!(confirmed, ["Bob Birch"]);
    let again = hub.book(&event, "Ann Ash").await;
    assert_eq!(again.text("reference"), first.text("reference"));
    assert_eq!((again.text("status"), again.body["position"].as_u64()), ("waiting", Some(2)));
    let gone = hub.booking(&old).await;
    assert_eq!((gone.status, gone.code()), (404, "booking-not-found"));
    assert_eq!(hub.booking(&hub.link("Ann Ash").await).await.text("status"), "waiting");
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed", "Cancelled", "On the waiting list"]);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accept_without_an_offer_is_refused_and_repeating_an_acceptance_is_not() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1})).await;
    hub.book(&event, "Ann Ash").await;
    hub.book(&event, "Bob Birch").await;
    let (ann, bob) = (hub.link("Ann Ash").await, hub.link("Bob Birch").await);
    assert_eq!(hub.act(&ann, "accept").await.code(), "no-offer");
    assert_eq!(hub.act(&bob, "accept").await.code(), "no-offer");
    hub.act(&ann, "cancel").await;
    let first = hub.act(&bob, "accept").await;
    assert_eq!((first.status, first.text("status")), (200, "confirmed"));
    assert_eq!(hub.act(&bob, "accept").await, first);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_link_that_does_not_lead_anywhere_is_the_same_refusal() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1})).await;
    hub.book(&event, "Ann Ash").await;
    let link = hub.link("Ann Ash").await;
    let altered = format!("{}{}", &link[..51], if link.ends_with('A') { 'B' } else { 'A' });
    let mut bodies = Vec::new();
    for token in ["x", &altered, &link[..51], &format!("{link}A"), &link.to_lowercase()] {
        let reply =
            hub.request(reqwest::Method::GET, &format!("/api/v1/bookings/{token}")).send().await.expect("a reply");
        assert_eq!(reply.status(), 404, "{token}");
        bodies.push(reply.bytes().await.expect("a body"));
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_promoted_once_the_event_has_begun_and_the_line_is_told() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1})).await;
    hub.book(&event, "Ann Ash").await;
    hub.book(&event, "Bob Birch").await;
    let ann = hub.link("Ann Ash").await;
    hub.set_clock("2026-12-01T09:30:00Z").await;
    assert_eq!(hub.act(&ann, "cancel").await.code(), "event-over");
    assert_eq!(hub.subjects("Bob Birch").await, ["On the waiting list", "Waiting list ended"]);
    assert_eq!(hub.book(&event, "Cat Cedar").await.code(), "registration-closed");
    hub.stop_and_audit().await;
}
