//! Who is who, and what a booking says to whom.

use serde_json::json;

use crate::hub::{CREATED, TestHub, form};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_details_stay_and_a_reference_is_stable() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    let first = hub.book(&event, "Ann Ash").await;
    let mut other = form("Ann Ash");
    other["role"] = json!("pharmacist");
    let again = hub.register(&event, &other).await;
    assert_eq!((again.status, again.text("reference")), (CREATED, first.text("reference")));
    let path = format!("/api/v1/events/{event}/registrations");
    let roster = hub.as_admin(reqwest::Method::GET, &path, &serde_json::Value::Null).await;
    assert_eq!(roster.body["registrations"][0]["role"], "gp");
    let elsewhere = hub.event(json!({"title": "Another"})).await;
    assert_ne!(hub.book(&elsewhere, "Ann Ash").await.text("reference"), first.text("reference"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_keeps_the_booking() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    hub.book(&event, "Ann Ash").await;
    let link = hub.link("Ann Ash").await;
    let fields = [("name", "Anne Ash"), ("organisation", "Example Street Practice")];
    let saved = hub.request(reqwest::Method::POST, &format!("/bookings/{link}/details")).form(&fields);
    assert_eq!(saved.send().await.expect("a reply").status(), 303);
    let roster = hub.roster(&event).await;
    assert_eq!(roster, [("Anne Ash".to_owned(), "confirmed".to_owned(), None)]);
    assert_eq!(hub.booking(&link).await.text("status"), "confirmed");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_has_no_more_than_its_limit() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"organisation_limit": 2})).await;
    let colleague = |n: usize| {
        let mut form = form(&format!("Person Number{n}"));
        form["organisation"] = json!({"ods_code": "x99001", "name": format!("Spelling {n}")});
        form
    };
    let forms: Vec<_> = (0..10).map(colleague).collect();
    let replies = futures::future::join_all(forms.iter().map(|form| hub.register(&event, form))).await;
    let refused = replies.iter().filter(|reply| reply.code() == "organisation-limit").count();
    assert_eq!(refused, 8);
    let winner = replies.iter().position(|reply| reply.status == CREATED).expect("somebody");
    let loser = replies.iter().position(|reply| reply.status != CREATED).expect("somebody");
    let link = hub.link(&format!("Person Number{winner}")).await;
    hub.act(&link, "cancel").await;
    assert_eq!(hub.register(&event, &colleague(loser)).await.status, CREATED);
    assert_eq!(hub.register(&event, &colleague(11)).await.code(), "organisation-limit");
    assert_eq!(hub.book(&event, "Without Organisation").await.code(), "invalid");
    hub.stop_and_audit().await;
}
