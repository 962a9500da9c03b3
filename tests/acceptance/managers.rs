//! Copies to managers, where the booking policy says that they are told: of late cancellations and absences, once, a day
//! later, if it is still so and nothing excuses it; never of a confidential programme.

use reqwest::Method;
use serde_json::{Value, json};

use crate::console::Desk;
use crate::hub::{TestHub, address, form, send};

const MANAGER: &str = "manager@practice.example";

/// A hub whose policy tells practice managers, a practice on its list, and an event on Tuesday 8 December.
async fn start(programme: &str) -> (TestHub, String) {
    let hub = TestHub::start().await;
    let policy = json!({"policy": {"notice": {"n": 2, "unit": "working_day"}, "waivers": ["sickness"],
        "charge": [{"gbp": 60}], "told": ["practice_manager"]}});
    assert_eq!(hub.as_admin(Method::PATCH, "/api/v1/hub", &policy).await.status, 200);
    let practice = json!({"code": "X99001", "name": "Example Street Practice", "type": "practice", "manager": MANAGER});
    let list = json!({"organisations": [practice, {"code": "X99002", "name": "Nobody Told Surgery"}]});
    assert_eq!(hub.as_admin(Method::PUT, "/api/v1/organisations", &list).await.status, 200);
    let sessions = json!([{"starts": "2026-12-08T09:30:00Z", "ends": "2026-12-08T12:30:00Z"}]);
    let event = hub.event(json!({"sessions": sessions, "programme": programme, "title": "Suturing"})).await;
    (hub, event)
}

async fn book(hub: &TestHub, event: &str, name: &str, organisation: Value) -> (String, String) {
    let mut form = form(name);
    form["organisation"] = organisation;
    let booked = hub.register(event, &form).await;
    assert_eq!(booked.status, 201, "{booked:?}");
    (booked.text("reference").to_owned(), hub.link(name).await)
}

fn practice() -> Value {
    json!({"ods_code": "X99001"})
}

/// Records minutes by reference.
async fn record(hub: &TestHub, event: &str, minutes: &[(&str, u32)]) {
    let records: Vec<Value> =
        minutes.iter().map(|(reference, minutes)| json!({"reference": reference, "minutes": minutes})).collect();
    let path = format!("/api/v1/events/{event}/attendance");
    assert_eq!(hub.as_admin(Method::POST, &path, &json!({"records": records})).await.status, 200);
}

async fn page(hub: &TestHub, path: &str) -> String {
    send(hub.request(Method::GET, path)).await.body.as_str().expect("a page").to_owned()
}

/// The mails to a person's manager, as the registration's history has them: which, and how far each has got.
async fn copies(hub: &TestHub, event: &str, reference: &str) -> Vec<(String, String)> {
    hub.settle().await;
    let path = format!("/api/v1/events/{event}/registrations/{reference}");
    let found = hub.as_admin(Method::GET, &path, &Value::Null).await;
    let mails = found.body["history"].as_array().expect("a history").iter().map(|moment| &moment["mail"]);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told = mails.map(|mail| (text(&mail["kind"]), text(&mail["state"])));
    told.filter(|(kind, _)| kind.starts_with("manager-")).collect()
}

fn one(kind: &str, state: &str) -> Vec<(String, String)> {
    vec![(kind.to_owned(), state.to_owned())]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_is_told_once_a_day_later_and_of_nothing_but_that() {
    let (hub, event) = start("clinical-updates").await;
    let (ann, ann_link) = book(&hub, &event, "Ann Ash", practice()).await;
    let (bob, bob_link) = book(&hub, &event, "Bob Birch", json!({"name": "example street practice"})).await;
    let (cat, _) = book(&hub, &event, "Cat Cedar", practice()).await;
    let (dan, _) = book(&hub, &event, "Dan Damson", json!({"ods_code": "X99002"})).await;
    hub.set_clock("2026-12-04T10:00:00Z").await;
    hub.act(&ann_link, "cancel").await;
    assert_eq!(copies(&hub, &event, &ann).await, one("manager-late", "due"));
    hub.set_clock("2026-12-05T09:59:00Z").await;
    assert_eq!(hub.inbox(MANAGER).await.len(), 0, "so long can Ann say why");
    hub.advance("PT2M").await;
    let mails = hub.inbox(MANAGER).await;
    assert_eq!((mails.len(), mails[0]["subject"].as_str()), (1, Some("Cancelled late: Suturing")));
    let text = mails[0]["text"].as_str().expect("text");
    for said in
        ["Ann Ash had a place on Suturing", "Example Street Practice is charged £60", &ann, "Tuesday 8 December"]
    {
        assert!(text.contains(said), "{said} in {text}");
    }
    assert!(!text.contains("/bookings/") && !text.contains(&address("Ann Ash")), "{text}");
    hub.set_clock("2026-12-08T12:40:00Z").await;
    record(&hub, &event, &[(&bob, 0), (&cat, 180), (&dan, 0)]).await;
    hub.advance("PT20M").await;
    let asked = hub.inbox(&address("Bob Birch")).await;
    let asked = asked.last().and_then(|mail| mail["text"].as_str()).expect("a mail");
    let said = "A day later we tell your practice manager, where your organisation has given us an address for that, \
                unless you have told us by then that it is because of illness. We do not say why.";
    assert!(asked.contains(said), "{asked}");
    hub.advance("PT25H").await;
    record(&hub, &event, &[(&bob, 10)]).await;
    record(&hub, &event, &[(&bob, 0)]).await;
    hub.advance("P3D").await;
    let mails = hub.inbox(MANAGER).await;
    let subjects: Vec<_> = mails.iter().filter_map(|mail| mail["subject"].as_str()).collect();
    assert_eq!(subjects, ["Cancelled late: Suturing", "Did not come: Suturing"], "Bob's, once");
    assert!(
        mails[1]["text"].as_str().is_some_and(|text| text.contains("Bob Birch had a place on Suturing and did not"))
    );
    assert_eq!(copies(&hub, &event, &bob).await, one("manager-absent", "sent"));
    assert_eq!(copies(&hub, &event, &cat).await, []);
    assert_eq!(copies(&hub, &event, &dan).await, one("manager-absent", "dropped"), "nobody's address is known");
    let desk = Desk::of(&hub, "admin").await;
    let shown = desk.get(&format!("/organise/events/{event}/registrations/{bob}")).await.html;
    assert!(shown.contains("To their manager: did not come"), "{shown}");
    assert_eq!(hub.act(&bob_link, "cancel").await.status, 409);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_excused_or_put_right_within_the_day_is_told_to_nobody() {
    let (hub, event) = start("clinical-updates").await;
    let names = ["Ann Ash", "Bob Birch", "Cat Cedar", "Dan Damson", "Eve Elder"];
    let mut booked = Vec::new();
    for name in names {
        booked.push(book(&hub, &event, name, practice()).await);
    }
    // The manager, who books for herself.
    let own = json!({"name": "May Maple", "email": MANAGER, "role": "practice-manager", "organisation": practice()});
    let own = hub.register(&event, &own).await.text("reference").to_owned();
    hub.set_clock("2026-12-07T10:00:00Z").await;
    let late = |token: String| format!("/bookings/{token}/absence");
    let said = |token: &str, reason: &'static str| {
        send(hub.request(Method::POST, &late(token.to_owned())).form(&[("reason", reason)]))
    };
    assert!(page(&hub, &late(booked[0].1.clone())).await.contains("nothing to tell us"), "Ann has her place");
    hub.act(&booked[0].1, "cancel").await;
    let mail = hub.inbox(&address("Ann Ash")).await;
    let mail = mail.last().and_then(|mail| mail["text"].as_str()).expect("a mail");
    assert!(mail.contains(&late(booked[0].1.clone())), "the way to say why: {mail}");
    assert!(page(&hub, &format!("/bookings/{}", booked[0].1)).await.contains("Tell us why you could not come"));
    assert_eq!(said(&booked[0].1, "sickness").await.status, 303);
    hub.set_clock("2026-12-08T12:40:00Z").await;
    let everybody: Vec<(&str, u32)> =
        booked[1..].iter().map(|(reference, _)| (reference.as_str(), 0)).chain([(own.as_str(), 0)]).collect();
    record(&hub, &event, &everybody).await;
    hub.advance("PT1H").await;
    // Bob was ill; Cat was there, she says; Dan's minutes are put right; an organiser waives Eve's.
    said(&booked[1].1, "sickness").await;
    said(&booked[2].1, "was_there").await;
    record(&hub, &event, &[(&booked[3].0, 180)]).await;
    let waive = format!("/api/v1/events/{event}/registrations/{}/waive", booked[4].0);
    assert_eq!(hub.as_admin(Method::POST, &waive, &json!({"reason": "sickness"})).await.status, 200);
    hub.advance("P2D").await;
    let subjects: Vec<Value> = hub.inbox(MANAGER).await.iter().map(|mail| mail["subject"].clone()).collect();
    let told: Vec<_> =
        subjects.iter().filter(|subject| !subject.as_str().unwrap_or_default().contains("We missed")).collect();
    assert!(!told.iter().any(|subject| subject.as_str().is_some_and(|s| s.starts_with("Did") || s.contains("late"))));
    let late = one("manager-late", "dropped");
    assert_eq!(copies(&hub, &event, &booked[0].0).await, late);
    for (reference, _) in &booked[1..] {
        assert_eq!(copies(&hub, &event, reference).await, one("manager-absent", "dropped"));
    }
    assert_eq!(copies(&hub, &event, &own).await, one("manager-absent", "dropped"), "she has a mail of her own");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_excuse_that_the_policy_does_not_know_keeps_nothing_back() {
    let (hub, event) = start("clinical-updates").await;
    let (ann, link) = book(&hub, &event, "Ann Ash", practice()).await;
    hub.set_clock("2026-12-08T12:40:00Z").await;
    record(&hub, &event, &[(&ann, 0)]).await;
    hub.advance("PT1H").await;
    let path = format!("/bookings/{link}/absence");
    send(hub.request(Method::POST, &path).form(&[("reason", "bereavement")])).await;
    hub.advance("P2D").await;
    assert_eq!(hub.inbox(MANAGER).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_confidential_programme_nobody_is_told_and_everybody_else_reads_who_is() {
    let (hub, event) = start("staff-wellbeing").await;
    let (ann, link) = book(&hub, &event, "Ann Ash", practice()).await;
    let (bob, _) = book(&hub, &event, "Bob Birch", practice()).await;
    let told = "we tell your practice manager";
    for path in [format!("/events/{event}/register"), format!("/bookings/{link}")] {
        assert!(!page(&hub, &path).await.contains(told), "{path}");
    }
    hub.set_clock("2026-12-07T10:00:00Z").await;
    assert!(!page(&hub, &format!("/bookings/{link}")).await.contains(told));
    hub.act(&link, "cancel").await;
    hub.set_clock("2026-12-08T12:40:00Z").await;
    record(&hub, &event, &[(&bob, 0)]).await;
    hub.advance("P3D").await;
    assert_eq!(hub.inbox(MANAGER).await.len(), 0);
    assert_eq!((copies(&hub, &event, &ann).await, copies(&hub, &event, &bob).await), (vec![], vec![]));
    let sessions = json!([{"starts": "2026-12-15T09:30:00Z", "ends": "2026-12-15T12:30:00Z"}]);
    let open = hub.event(json!({"sessions": sessions, "programme": "clinical-updates"})).await;
    let (_, link) = book(&hub, &open, "Cat Cedar", practice()).await;
    assert!(page(&hub, &format!("/events/{open}/register")).await.contains(told));
    hub.set_clock("2026-12-14T10:00:00Z").await;
    assert!(page(&hub, &format!("/bookings/{link}")).await.contains(told));
    assert!(page(&hub, "/privacy").await.contains(told));
    hub.as_admin(Method::PATCH, "/api/v1/hub", &json!({"policy": {"told": []}})).await;
    assert!(!page(&hub, "/privacy").await.contains(told));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_waits_goes_with_the_person() {
    let (hub, event) = start("clinical-updates").await;
    let (_, link) = book(&hub, &event, "Ann Ash", practice()).await;
    hub.set_clock("2026-12-07T10:00:00Z").await;
    hub.act(&link, "cancel").await;
    hub.settle().await;
    let found = json!({"email": address("Ann Ash")});
    let found = hub.as_admin(Method::POST, "/api/v1/people/find", &found).await;
    let person = found.body["people"][0]["person"].as_str().expect("a person").to_owned();
    let erase = format!("/api/v1/people/{person}/erase");
    assert_eq!(hub.as_admin(Method::POST, &erase, &json!({"reason": "Asked for it"})).await.status, 200);
    hub.advance("P2D").await;
    assert_eq!(hub.inbox(MANAGER).await.len(), 0);
    hub.stop_and_audit().await;
}
