//! Certificates through the front door: earned, issued once, mailed once, checked by anyone, replaced and taken back.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{TestHub, address, send};

pub const AFTER: &str = "2026-12-01T17:00:00Z";

/// Two people who booked; both have held their links since.
async fn booked(hub: &TestHub, settings: Value) -> String {
    let event = hub.event(settings).await;
    for name in ["Amina Begum", "Bob Birch"] {
        assert_eq!(hub.book(&event, name).await.status, 201);
    }
    event
}

/// Records minutes by name.
pub async fn record(hub: &TestHub, event: &str, minutes: &[(&str, u32)]) {
    let path = format!("/api/v1/events/{event}/registrations");
    let roster = hub.as_admin(Method::GET, &path, &Value::Null).await;
    let records: Vec<Value> = minutes
        .iter()
        .map(|(name, minutes)| {
            let rows = roster.body["registrations"].as_array().expect("rows");
            let row = rows.iter().find(|row| row["name"] == *name).expect("a row");
            json!({"reference": row["reference"], "minutes": minutes})
        })
        .collect();
    let path = format!("/api/v1/events/{event}/attendance");
    let recorded = hub.as_admin(Method::POST, &path, &json!({"records": records})).await;
    assert_eq!(recorded.status, 200, "{recorded:?}");
}

/// Two people who took part, one of them long enough: the event, and her link.
pub async fn attended(hub: &TestHub, settings: Value) -> (String, String) {
    let event = booked(hub, settings).await;
    let link = hub.link("Amina Begum").await;
    hub.set_clock(AFTER).await;
    record(hub, &event, &[("Amina Begum", 400), ("Bob Birch", 20)]).await;
    (event, link)
}

async fn pdf(hub: &TestHub, link: &str) -> Vec<u8> {
    let reply = hub.request(Method::GET, &format!("/bookings/{link}/certificate.pdf")).send().await.expect("an answer");
    assert_eq!(reply.status().as_u16(), 200);
    assert_eq!(reply.headers()["content-type"], "application/pdf");
    reply.bytes().await.expect("bytes").to_vec()
}

pub async fn reference(hub: &TestHub, event: &str, name: &str) -> String {
    let path = format!("/api/v1/events/{event}/registrations");
    let roster = hub.as_admin(Method::GET, &path, &Value::Null).await;
    let rows = roster.body["registrations"].as_array().expect("rows").clone();
    let row = rows.into_iter().find(|row| row["name"] == name).expect("a row");
    row["reference"].as_str().expect("a reference").to_owned()
}

/// The mails that carry a certificate, with the name of what is attached.
async fn certificate_mails(hub: &TestHub, name: &str) -> Vec<String> {
    let attached = |message: &Value| {
        let attachments = message["attachments"].as_array().cloned().unwrap_or_default();
        attachments.iter().find(|one| one["content_type"] == "application/pdf").map(|one| one["name"].to_string())
    };
    hub.inbox(&address(name)).await.iter().filter_map(attached).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_took_part_long_enough_gets_one_by_mail_and_whoever_did_not_does_not() {
    let hub = TestHub::start().await;
    let event = booked(&hub, json!({"cpd_minutes": 390})).await;
    let (amina, bob) = (hub.link("Amina Begum").await, hub.link("Bob Birch").await);
    let before = hub.get(&format!("/bookings/{amina}/certificate.pdf")).await;
    assert_eq!(before.status, 409);
    assert_eq!(hub.booking(&amina).await.body["certificate_number"], Value::Null);
    hub.set_clock(AFTER).await;
    record(&hub, &event, &[("Amina Begum", 400), ("Bob Birch", 20)]).await;
    assert!(
        certificate_mails(&hub, "Amina Begum").await.is_empty(),
        "a mis-tick can be undone for a quarter of an hour"
    );
    hub.advance("PT16M").await;
    assert_eq!(certificate_mails(&hub, "Amina Begum").await.len(), 1);
    assert!(certificate_mails(&hub, "Bob Birch").await.is_empty());
    assert_eq!(hub.get(&format!("/bookings/{bob}/certificate.pdf")).await.status, 409);

    let booking = hub.booking(&amina).await;
    let number = booking.text("certificate_number").to_owned();
    let shown = hub.get(&format!("/api/v1/certificates/{number}")).await;
    let expected = json!({"number": number, "status": "valid", "minutes": 390, "issued_on": "2026-12-01",
        "event": {"title": "Mental Health First Aid", "held_on": "2026-12-01"}, "holder_initials": "AB",
        "replaced_on": null});
    assert_eq!((shown.status, shown.body), (200, expected));
    assert!(pdf(&hub, &amina).await.starts_with(b"%PDF"));

    record(&hub, &event, &[("Amina Begum", 390)]).await;
    hub.advance("PT16M").await;
    assert_eq!(certificate_mails(&hub, "Amina Begum").await.len(), 1, "once");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_at_once_get_one_number_one_mail_and_equal_bytes() {
    let hub = TestHub::start().await;
    let (_, link) = attended(&hub, json!({})).await;
    let first = pdf(&hub, &link).await;
    let all = futures::future::join_all((0..20).map(|_| pdf(&hub, &link))).await;
    let distinct: BTreeSet<Vec<u8>> = all.into_iter().collect();
    assert_eq!(distinct.len(), 1);
    hub.advance("PT16M").await;
    assert_eq!(certificate_mails(&hub, "Amina Begum").await.len(), 1);
    hub.advance("P400D").await;
    assert_eq!(pdf(&hub, &link).await, first, "the same a year later");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_off_goes_on_with_the_same_number_and_one_mail() {
    let hub = TestHub::start().await;
    let (_, link) = attended(&hub, json!({})).await;
    let number = {
        pdf(&hub, &link).await;
        hub.booking(&link).await.text("certificate_number").to_owned()
    };
    hub.faults(json!({"store": {"error": 0.3, "lost_reply": 0.2}, "seed": 11})).await;
    hub.advance("PT30M").await;
    hub.no_faults().await;
    hub.advance("PT1H").await;
    assert_eq!(certificate_mails(&hub, "Amina Begum").await.len(), 1);
    assert_eq!(hub.booking(&link).await.text("certificate_number"), number);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_mistyped_and_unknown_numbers_are_the_same_no() {
    let hub = TestHub::start().await;
    let (_, link) = attended(&hub, json!({})).await;
    pdf(&hub, &link).await;
    let number = hub.booking(&link).await.text("certificate_number").to_owned();
    let mistyped: String = number.chars().rev().collect();
    let mut replies = Vec::new();
    for wrong in [mistyped.as_str(), "2222222222", "K7M2Q9XH4", "nonsense", &number.to_lowercase()] {
        let reply = hub.get(&format!("/api/v1/certificates/{wrong}")).await;
        assert_eq!((reply.status, reply.code()), (404, "certificate-not-found"), "{wrong}");
        assert_eq!(hub.get(&format!("/certificates/{wrong}")).await.status, 404);
        replies.push(reply.body.to_string());
    }
    replies.dedup();
    assert_eq!(replies.len(), 1);
    let typed = hub.request(Method::GET, "/certificates").query(&[("number", number.to_lowercase())]);
    assert_eq!(send(typed).await.status, 303, "the form reads what people type");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_is_for_whoever_types_it_or_holds_the_paper() {
    let hub = TestHub::start().await;
    let (_, link) = attended(&hub, json!({})).await;
    pdf(&hub, &link).await;
    let number = hub.booking(&link).await.text("certificate_number").to_owned();
    let path = format!("/certificates/{number}");
    let page = hub.get(&path).await.body.to_string();
    assert!(page.contains("AB") && !page.contains("Amina"), "initials only");
    let ask = |name: &'static str| send(hub.request(Method::POST, &path).form(&[("name", name)]));
    assert!(!ask("Anna Brown").await.body.to_string().contains("Amina Begum"));
    assert!(ask(" amina BEGUM ").await.body.to_string().contains("Amina Begum"));
    for _ in 0..8 {
        assert_eq!(ask("Anna Brown").await.status, 200);
    }
    assert_eq!(ask("Amina Begum").await.status, 429);
    let open = hub.get(&format!("/api/v1/certificates/{number}/credential")).await;
    assert!(!open.body.to_string().contains("Amina"), "the open credential names nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_tries_numbers_and_names_from_one_network_is_slowed_down_in_words() {
    let hub = TestHub::start().await;
    let (_, link) = attended(&hub, json!({})).await;
    pdf(&hub, &link).await;
    let number = hub.booking(&link).await.text("certificate_number").to_owned();
    let limits = hub.request(Method::PUT, "/_local/limits").json(&json!({"network_per_minute": 2}));
    assert!(limits.send().await.expect("a reply").status().is_success());
    let ask = |number: &str| {
        let request = hub.request(Method::POST, &format!("/certificates/{number}")).header("accept", "text/html");
        send(request.form(&[("name", "Amina Begum")]))
    };
    assert_eq!(ask(&number).await.status, 200);
    assert_eq!(ask("2222222222").await.status, 404, "a number that there is not counts too");
    let refused = ask(&number).await;
    assert_eq!(refused.status, 429);
    assert!(refused.body.to_string().contains("Please wait a moment and try again"), "{refused:?}");
    assert_eq!(hub.get(&format!("/certificates/{number}")).await.status, 200, "to look is always free");
    hub.advance("PT1M").await;
    assert_eq!(ask(&number).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_name_replaces_the_number_and_a_revoked_one_says_so() {
    let hub = TestHub::start().await;
    let (event, link) = attended(&hub, json!({})).await;
    hub.advance("PT16M").await;
    let old = hub.booking(&link).await.text("certificate_number").to_owned();
    let reference = reference(&hub, &event, "Amina Begum").await;
    let path = |verb: &str| format!("/api/v1/events/{event}/certificates/{reference}/{verb}");
    let new_name = json!({"name": "Amina Begum-Khan", "reason": "married"});
    let again = hub.as_admin(Method::POST, &path("reissue"), &new_name).await;
    assert_eq!((again.status, again.text("status")), (200, "valid"), "{again:?}");
    let new = again.text("number").to_owned();
    assert_ne!(new, old);
    assert_eq!(hub.as_admin(Method::POST, &path("reissue"), &new_name).await.text("number"), new, "repeated");
    let replaced = hub.get(&format!("/api/v1/certificates/{old}")).await;
    assert_eq!((replaced.text("status"), replaced.text("replaced_on")), ("replaced", "2026-12-01"));
    assert!(!replaced.body.to_string().contains(&new), "no way from the old number to the new");
    assert_eq!(hub.booking(&link).await.text("certificate_number"), new);
    assert_eq!(certificate_mails(&hub, "Amina Begum").await.len(), 2);

    assert_eq!(hub.as_admin(Method::POST, &path("revoke"), &json!({})).await.status, 422);
    let revoked = hub.as_admin(Method::POST, &path("revoke"), &json!({"reason": "Issued in error."})).await;
    assert_eq!((revoked.status, revoked.text("status")), (200, "revoked"));
    assert_eq!(hub.get(&format!("/api/v1/certificates/{new}")).await.text("status"), "revoked");
    assert_eq!(hub.get(&format!("/bookings/{link}/certificate.pdf")).await.status, 409);
    let trail = hub.as_admin(Method::GET, "/api/v1/audit", &Value::Null).await.body.to_string();
    assert!(trail.contains("certificate.reissue") && trail.contains("certificate.revoke"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_issued_stays_as_it_was_when_the_event_changes() {
    let hub = TestHub::start().await;
    let (event, link) = attended(&hub, json!({"cpd_minutes": 390})).await;
    let before = pdf(&hub, &link).await;
    assert_eq!(hub.patch(&event, json!({"title": "Another title", "cpd_minutes": 10})).await.status, 200);
    assert_eq!(pdf(&hub, &link).await, before);
    let number = hub.booking(&link).await.text("certificate_number").to_owned();
    let shown = hub.get(&format!("/api/v1/certificates/{number}")).await;
    assert_eq!(shown.body["event"]["title"], "Mental Health First Aid");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_session_and_the_evaluation_are_needed_where_the_event_says_so() {
    let hub = TestHub::start().await;
    let sessions = json!([{"starts": "2026-12-01T09:00:00Z", "ends": "2026-12-01T10:00:00Z"},
        {"starts": "2026-12-01T11:00:00Z", "ends": "2026-12-01T16:00:00Z"}]);
    let certificate = json!({"minimum_minutes": 60, "every_session": true, "needs_evaluation": true,
        "objectives": ["Listen without judgement"]});
    let event = booked(&hub, json!({"sessions": sessions, "certificate": certificate})).await;
    let links = [hub.link("Amina Begum").await, hub.link("Bob Birch").await];
    hub.set_clock(AFTER).await;
    let rows = [
        (reference(&hub, &event, "Amina Begum").await, 1),
        (reference(&hub, &event, "Amina Begum").await, 2),
        (reference(&hub, &event, "Bob Birch").await, 2),
    ];
    let records: Vec<Value> =
        rows.iter().map(|(who, session)| json!({"reference": who, "session": session, "minutes": 60})).collect();
    let path = format!("/api/v1/events/{event}/attendance");
    assert_eq!(hub.as_admin(Method::POST, &path, &json!({"records": records})).await.status, 200);
    hub.advance("PT16M").await;
    assert!(certificate_mails(&hub, "Amina Begum").await.is_empty(), "the evaluation is missing");
    let scores = [("useful", "5"), ("clear", "4"), ("led", "5"), ("better", "More time.")];
    for link in &links {
        let path = format!("/bookings/{link}/evaluation");
        let incomplete = send(hub.request(Method::POST, &path).form(&[("useful", "9")])).await;
        assert_eq!(incomplete.status, 422);
        for _ in 0..2 {
            assert_eq!(send(hub.request(Method::POST, &path).form(&scores)).await.status, 303);
        }
    }
    hub.advance("PT16M").await;
    assert_eq!(certificate_mails(&hub, "Amina Begum").await.len(), 1);
    assert!(certificate_mails(&hub, "Bob Birch").await.is_empty(), "a session is missing");
    let figures = hub.as_admin(Method::GET, &format!("/api/v1/events/{event}/evaluation"), &Value::Null).await;
    assert_eq!(figures.body["first"]["responses"], 2, "one a registration");
    assert_eq!(figures.body["first"]["questions"][0]["mean"], 5.0);
    assert!(!figures.body.to_string().contains("More time"), "words from five answers on");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_back_is_issued_once_released() {
    let hub = TestHub::start().await;
    let (event, link) = attended(&hub, json!({})).await;
    let reference = reference(&hub, &event, "Amina Begum").await;
    let path = |verb: &str| format!("/api/v1/events/{event}/certificates/{reference}/{verb}");
    let withheld = hub.as_admin(Method::POST, &path("withhold"), &json!({"reason": "Fees unpaid."})).await;
    assert_eq!((withheld.status, withheld.text("status")), (200, "withheld"));
    hub.advance("PT16M").await;
    assert_eq!(hub.get(&format!("/bookings/{link}/certificate.pdf")).await.status, 409);
    assert_eq!(hub.as_admin(Method::POST, &path("release"), &json!({})).await.status, 200);
    hub.advance("PT16M").await;
    assert_eq!(certificate_mails(&hub, "Amina Begum").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_somebodys_certificates_are_on_one_page_and_one_statement() {
    let hub = TestHub::start().await;
    let (event, link) = attended(&hub, json!({"cpd_minutes": 390})).await;
    hub.advance("PT16M").await;
    let page = hub.get(&format!("/bookings/{link}/certificates")).await.body.to_string();
    assert!(page.contains("2026: 390 minutes of CPD"), "{page}");
    let statement = format!("/bookings/{link}/certificates/statement.pdf");
    let statement = hub.request(Method::GET, &statement).send().await.expect("an answer");
    assert!(statement.bytes().await.expect("bytes").starts_with(b"%PDF"));
    let list = hub.as_admin(Method::GET, &format!("/api/v1/events/{event}/certificates"), &Value::Null).await;
    assert_eq!((list.body["zips"].as_u64(), list.body["certificates"].as_array().map(Vec::len)), (Some(1), Some(1)));
    let zip = hub.request(Method::GET, &format!("/api/v1/events/{event}/certificates.zip")).bearer_auth(&hub.admin);
    assert!(zip.send().await.expect("an answer").bytes().await.expect("bytes").starts_with(b"PK"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_came_without_booking_gets_one_where_the_hub_says_so_and_an_address_is_known() {
    let hub = TestHub::start().await;
    let came = json!({"records": [
        {"name": "Wim Willow", "email": address("Wim Willow"), "role": "gp", "minutes": 400},
        {"name": "Nora Nettle", "role": "gp", "minutes": 400},
    ]});
    let events = [hub.event(json!({})).await, hub.event(json!({})).await];
    hub.set_clock(AFTER).await;
    for (event, is_agreed) in events.iter().zip([false, true]) {
        let agreed = json!({"walk_in_certificates": is_agreed});
        assert_eq!(hub.as_admin(Method::PATCH, "/api/v1/hub", &agreed).await.status, 200);
        let path = format!("/api/v1/events/{event}/attendance");
        assert_eq!(hub.as_admin(Method::POST, &path, &came).await.status, 200);
        hub.advance("PT16M").await;
        let path = format!("/api/v1/events/{event}/certificates");
        let list = hub.as_admin(Method::GET, &path, &Value::Null).await.body["certificates"].clone();
        let names: Vec<&str> = list.as_array().expect("rows").iter().filter_map(|row| row["name"].as_str()).collect();
        assert_eq!(names, if is_agreed { vec!["Wim Willow"] } else { Vec::new() });
    }
    assert_eq!(certificate_mails(&hub, "Wim Willow").await.len(), 1);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cancelled_and_came_all_the_same_is_thanked_asked_and_certified_like_anybody_who_came() {
    let hub = TestHub::start().await;
    let policy = json!({"walk_in_certificates": true,
        "policy": {"charge": [{"gbp": 60}], "notice": {"n": 52, "unit": "week"}}});
    assert_eq!(hub.as_admin(Method::PATCH, "/api/v1/hub", &policy).await.status, 200);
    let event = hub.event(json!({"capacity": 1})).await;
    for name in ["Amina Begum", "Bob Birch", "Cat Cedar"] {
        hub.book(&event, name).await;
    }
    // Amina and Bob cancel; Cat never got a place. Amina and Cat come.
    hub.act(&hub.link("Amina Begum").await, "cancel").await;
    let link = hub.link("Amina Begum").await;
    hub.act(&hub.link("Bob Birch").await, "cancel").await;
    hub.settle().await;
    hub.set_clock(AFTER).await;
    record(&hub, &event, &[("Amina Begum", 400), ("Bob Birch", 0)]).await;
    hub.advance("PT16M").await;
    assert_eq!(
        (certificate_mails(&hub, "Amina Begum").await.len(), certificate_mails(&hub, "Bob Birch").await.len()),
        (1, 0)
    );
    hub.advance("P1D").await;
    let thanks = hub.inbox(&address("Amina Begum")).await;
    let thanks = thanks.iter().find(|mail| mail["subject"].as_str().is_some_and(|s| s.starts_with("Thank you")));
    assert!(thanks.is_some_and(|mail| mail["text"].as_str().is_some_and(|text| text.contains("/evaluation"))));
    assert_eq!(hub.get(&format!("/bookings/{link}/evaluation")).await.status, 200);
    assert!(!hub.subjects("Bob Birch").await.iter().any(|subject| subject == "Thank you"));
    let charges = hub.as_admin(Method::GET, "/api/v1/charges/2026-27-Q3.json", &Value::Null).await;
    assert_eq!(
        charges.body["total_gbp"],
        json!(0),
        "who came used what was given up; who waited had nothing to give up"
    );
    hub.stop_and_audit().await;
}
