//! People apart from events: found, shown what is held about them, forgotten.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::Method;
use serde_json::{Value, json};

use crate::certificates::{attended, reference};
use crate::hub::{Reply, TestHub, address, form, send};

async fn find(hub: &TestHub, email: &str) -> Reply {
    hub.as_admin(Method::POST, "/api/v1/people/find", &json!({"email": email})).await
}

async fn person(hub: &TestHub, email: &str) -> String {
    find(hub, email).await.body["people"][0]["person"].as_str().expect("a person").to_owned()
}

/// Everything that the table holds, as one text.
pub async fn everything_stored(hub: &TestHub) -> String {
    let (client, mut start) = (hub.hub().operator(), None);
    let mut items: Vec<HashMap<String, AttributeValue>> = Vec::new();
    loop {
        let page = client.scan().table_name(hub.hub().table()).set_exclusive_start_key(start).send().await;
        let page = page.expect("a page");
        items.extend(page.items.unwrap_or_default());
        start = page.last_evaluated_key;
        if start.is_none() {
            return format!("{items:?}").to_lowercase();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_an_address_are_found_and_shown_all_that_is_held_about_them() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    for name in ["Ann Ash", "Bob Birch"] {
        let mut shared = form(name);
        shared["email"] = json!("desk@practice.example");
        shared["access_needs"] = json!("step-free");
        hub.register(&event, &shared).await;
    }
    hub.settle().await;
    assert_eq!(find(&hub, "nobody@practice.example").await.code(), "not-found");
    let found = find(&hub, "DESK@practice.example").await;
    assert_eq!(found.body["people"].as_array().map(Vec::len), Some(2), "{found:?}");
    let one = json!({"email": "desk@practice.example", "name": "bob  birch"});
    let one = hub.as_admin(Method::POST, "/api/v1/people/find", &one).await;
    assert_eq!(one.body["people"][0]["name"], "Bob Birch");
    let path = format!("/api/v1/people/{}/export", one.body["people"][0]["person"].as_str().expect("a person"));
    let export = hub.as_admin(Method::GET, &path, &Value::Null).await;
    assert_eq!((export.status, export.text("name"), export.text("email")), (200, "Bob Birch", "desk@practice.example"));
    let booking = &export.body["registrations"][0];
    assert_eq!((&booking["status"], &booking["form"]["access_needs"]), (&json!("confirmed"), &json!("step-free")));
    assert_eq!(booking["mails"][0]["kind"], "confirmed");
    for role in ["programme", "desk", "reader"] {
        let token = hub.token(json!({"role": role, "subject": "x@hub.example"})).await;
        assert_eq!(send(hub.request(Method::GET, &path).bearer_auth(token)).await.status, 403);
    }
    assert_eq!(hub.get(&path).await.status, 401);
    assert_eq!(
        hub.as_admin(Method::GET, "/api/v1/people/AAAAAAAAAAAAAAAA/export", &Value::Null).await.code(),
        "not-found"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_erased_occurs_nowhere_and_the_line_moves_up() {
    let hub = TestHub::start().await;
    let past =
        hub.event(json!({"sessions": [{"starts": "2026-11-03T09:30:00Z", "ends": "2026-11-03T10:30:00Z"}]})).await;
    let ahead = hub.event(json!({"capacity": 1, "waiting_list": {"offer_hours": null}, "organisation_limit": 1})).await;
    for event in [&past, &ahead] {
        let mut zelda = form("Zelda Quince");
        zelda["organisation"] = json!({"ods_code": "X99001"});
        hub.register(event, &zelda).await;
    }
    let mut bob = form("Bob Birch");
    bob["organisation"] = json!({"ods_code": "X99002"});
    hub.register(&ahead, &bob).await;
    let link = hub.link("Zelda Quince").await;
    let roster = hub.as_admin(Method::GET, &format!("/api/v1/events/{ahead}/registrations"), &Value::Null).await;
    let reference = roster.body["registrations"][0]["reference"].as_str().expect("a reference").to_owned();
    let path = format!("/api/v1/events/{ahead}/registrations/{reference}/prioritise");
    hub.as_admin(Method::POST, &path, &json!({"priority": 1, "reason": "Zelda rang us"})).await;
    hub.set_clock("2026-11-04T09:00:00Z").await;
    hub.settle().await;
    assert!(everything_stored(&hub).await.contains("quince"), "the search finds what is there");
    let id = person(&hub, &address("Zelda Quince")).await;
    let mails = hub.inbox(&address("Zelda Quince")).await.len();
    let erased =
        hub.as_admin(Method::POST, &format!("/api/v1/people/{id}/erase"), &json!({"reason": "Quince wrote"})).await;
    assert_eq!((erased.status, &erased.body["registrations"], &erased.body["ended"]), (200, &json!(2), &json!(1)));
    assert_eq!(hub.inbox(&address("Zelda Quince")).await.len(), mails, "nobody is written to about it");
    let stored = everything_stored(&hub).await;
    for trace in ["quince", "zelda"] {
        assert!(!stored.contains(trace), "{trace}");
    }
    assert_eq!(hub.booking(&link).await.code(), "booking-not-found");
    assert_eq!(find(&hub, &address("Zelda Quince")).await.code(), "not-found");
    let again = hub.as_admin(Method::POST, &format!("/api/v1/people/{id}/erase"), &json!({"reason": "again"})).await;
    assert_eq!((again.status, &again.body["ended"]), (200, &json!(0)));
    let export = hub.as_admin(Method::GET, &format!("/api/v1/people/{id}/export"), &Value::Null).await;
    assert_eq!(export.code(), "not-found");
    assert_eq!(hub.places(&past).await["confirmed"], json!(1), "counts stand");
    let roster = hub.roster(&ahead).await;
    let row = |name: &str, status: &str| (name.to_owned(), status.to_owned(), None);
    assert_eq!(roster, [row("Bob Birch", "confirmed"), row("", "cancelled")]);
    assert_eq!(hub.book(&past, "Zelda Quince").await.text("status"), "confirmed", "what was held is still held");
    assert!(!everything_stored(&hub).await.contains("quince"), "and nothing is stored again");
    let mut zelda = form("Zelda Quince");
    zelda["organisation"] = json!({"ods_code": "X99001"});
    assert_eq!(hub.register(&ahead, &zelda).await.text("status"), "waiting", "who comes back begins anew");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_persons_certificates_lose_the_name_and_keep_their_numbers() {
    let hub = TestHub::start().await;
    let (event, link) = attended(&hub, json!({"cpd_minutes": 390})).await;
    hub.advance("PT16M").await;
    let old = hub.booking(&link).await.text("certificate_number").to_owned();
    let path = format!("/api/v1/events/{event}/certificates/{}/reissue", reference(&hub, &event, "Amina Begum").await);
    let new = hub.as_admin(Method::POST, &path, &json!({"name": "Amina Begum-Khan"})).await.text("number").to_owned();
    hub.settle().await;
    assert!(everything_stored(&hub).await.contains(&format!("certificate-{old}.pdf").to_lowercase()));

    let id = person(&hub, &address("Amina Begum")).await;
    let erase = format!("/api/v1/people/{id}/erase");
    assert_eq!(hub.as_admin(Method::POST, &erase, &json!({"reason": "by letter"})).await.status, 200);
    let stored = everything_stored(&hub).await;
    for trace in ["amina", "begum", "certificate-"] {
        assert!(!stored.contains(trace), "{trace}");
    }
    for (number, status) in [(&old, "replaced"), (&new, "valid")] {
        let shown = hub.get(&format!("/api/v1/certificates/{number}")).await;
        assert_eq!((shown.status, shown.text("status"), shown.text("holder_initials")), (200, status, ""));
        assert_eq!(
            (&shown.body["minutes"], hub.get(&format!("/certificates/{number}")).await.status),
            (&json!(390), 200)
        );
        let credential = hub.get(&format!("/api/v1/certificates/{number}/credential")).await;
        assert_eq!(credential.status, 200, "its signature still holds");
    }
    let zip = hub.as_admin(Method::GET, &format!("/api/v1/events/{event}/certificates.zip"), &Value::Null).await;
    assert_eq!(zip.status, 404, "there is nothing left to print");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_erased_before_certificates_are_issued_gets_none() {
    let hub = TestHub::start().await;
    let (event, _) = attended(&hub, json!({})).await;
    let id = person(&hub, &address("Amina Begum")).await;
    hub.as_admin(Method::POST, &format!("/api/v1/people/{id}/erase"), &json!({"reason": "by letter"})).await;
    hub.advance("PT16M").await;
    let list = hub.as_admin(Method::GET, &format!("/api/v1/events/{event}/certificates"), &Value::Null).await;
    assert_eq!((list.status, &list.body["certificates"]), (200, &json!([])));
}
