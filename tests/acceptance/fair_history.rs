//! An organiser's hand in the line, and that what happened to somebody can be read afterwards.

use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{Reply, TestHub, address, send};

async fn line(hub: &TestHub, event: &str, reference: &str, verb: &str, body: Value) -> Reply {
    let path = format!("/api/v1/events/{event}/registrations/{reference}/{verb}");
    hub.as_admin(Method::POST, &path, &body).await
}

async fn read(hub: &TestHub, event: &str, reference: &str) -> Value {
    let path = format!("/api/v1/events/{event}/registrations/{reference}/history");
    let reply = hub.as_admin(Method::GET, &path, &Value::Null).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body
}

/// What happened, and how far its mail has got.
fn told(history: &Value) -> Vec<(&str, Option<&str>)> {
    let moments = history["history"].as_array().expect("moments");
    moments.iter().map(|m| (m["what"].as_str().expect("what"), m["mail"]["state"].as_str())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_of_somebody_offered_lapsed_prioritised_and_promoted_reads_right() {
    let hub = TestHub::start().await;
    let closes = json!({"closes": "2026-11-20T09:00:00Z"});
    let event = hub.event(json!({"capacity": 2, "registration": closes, "waiting_list": {"offer_hours": 11}})).await;
    let mut references = Vec::new();
    for name in ["Ann Ash", "Eve Elm", "Bob Birch", "Cat Cedar", "Dan Damson"] {
        references.push(hub.book(&event, name).await.text("reference").to_owned());
    }
    let bob = &references[2];
    hub.act(&hub.link("Ann Ash").await, "cancel").await;
    hub.settle().await;
    hub.advance("PT11H").await;
    hub.act(&hub.link("Cat Cedar").await, "accept").await;
    let moved = line(&hub, &event, bob, "prioritise", json!({"priority": 0, "reason": "Lapsed while on leave."})).await;
    assert_eq!((moved.text("status"), moved.body["position"].as_u64()), ("waiting", Some(1)));
    hub.set_clock("2026-11-20T09:00:00Z").await;
    hub.act(&hub.link("Eve Elm").await, "cancel").await;
    hub.settle().await;

    let history = read(&hub, &event, bob).await;
    let expected = [
        ("booked", None),
        ("waiting", Some("sent")),
        ("offered", Some("sent")),
        ("returned", Some("sent")),
        ("registration.prioritise", None),
        ("promoted", Some("sent")),
    ];
    assert_eq!(told(&history), expected);
    let moved = &history["history"][4];
    assert_eq!(
        *moved,
        json!({"at": "2026-11-02T20:00:00Z", "what": "registration.prioritise", "priority": 0,
        "by": "dev@hub.example", "reason": "Lapsed while on leave.", "mail": null})
    );
    assert_eq!(
        history["history"][2]["mail"],
        json!({"kind": "offered", "state": "sent", "why": null,
        "at": "2026-11-02T09:00:00Z"})
    );
    assert_eq!(
        history["place"],
        json!({"ticket": 6, "lane": null, "priority": 0, "returned": true,
        "approved": false, "admitted_by_name": true, "generation": 1})
    );
    assert_eq!(history["registration"]["status"], "confirmed");
    let path = format!("/api/v1/events/{event}/registrations/{bob}");
    let mut row = hub.as_admin(Method::GET, &path, &Value::Null).await.body;
    assert_eq!(row["history"].take(), history["history"]);
    row.as_object_mut().expect("a row").remove("history");
    assert_eq!(row.as_object_mut().expect("a row").remove("absence_reason"), Some(Value::Null));
    assert_eq!(row, history["registration"]);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_has_both_bookings_in_one_history_and_an_ended_one_holds_nothing() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 3})).await;
    let reference = hub.book(&event, "Ann Ash").await.text("reference").to_owned();
    hub.act(&hub.link("Ann Ash").await, "cancel").await;
    hub.book(&event, "Ann Ash").await;
    hub.settle().await;
    line(&hub, &event, &reference, "cancel", json!({"reason": "Rang us."})).await;
    hub.settle().await;
    let history = read(&hub, &event, &reference).await;
    let what: Vec<&str> = told(&history).into_iter().map(|(what, _)| what).collect();
    let expected =
        ["booked", "confirmed", "cancelled", "booked-again", "confirmed", "registration.cancel", "cancelled"];
    assert_eq!(what, expected);
    assert_eq!(
        history["place"],
        json!({"ticket": null, "lane": null, "priority": null, "returned": null,
        "approved": null, "admitted_by_name": null, "generation": 2})
    );
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organiser_confirms_above_capacity_and_books_by_telephone() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1})).await;
    hub.book(&event, "Ann Ash").await;
    let bob = hub.book(&event, "Bob Birch").await.text("reference").to_owned();
    let admitted = line(&hub, &event, &bob, "admit", json!({"reason": "Speaker."})).await;
    assert_eq!((admitted.status, admitted.text("status")), (200, "confirmed"));
    let places = hub.places(&event).await;
    assert_eq!((&places["confirmed"], &places["over_by"]), (&json!(2), &json!(1)));

    let path = format!("/api/v1/events/{event}/registrations");
    let telephone = json!({"name": "Tom Teak", "role": "gp", "reason": "Rang us."});
    let booked = hub.as_admin(Method::POST, &path, &telephone).await;
    assert_eq!((booked.status, booked.text("status")), (201, "waiting"));
    hub.settle().await;
    let history = read(&hub, &event, booked.text("reference")).await;
    assert_eq!(told(&history), [("booked", None), ("registration.create", None), ("waiting", Some("dropped"))]);
    assert_eq!(history["history"][2]["mail"]["why"], "no-address");
    assert_eq!(history["history"][1]["reason"], "Rang us.");

    let again = format!("/api/v1/events/{event}/duplicate");
    let copy = hub.as_admin(Method::POST, &again, &json!({"starts": "2027-02-02T09:30:00Z"})).await;
    assert_eq!((copy.status, copy.text("status")), (201, "draft"));
    assert_eq!(copy.body["places"]["confirmed"], 0);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_is_for_whoever_may_change_the_line() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"programme": "open-doors"})).await;
    let reference = hub.book(&event, "Ann Ash").await.text("reference").to_owned();
    let asks = [
        (json!({"role": "programme", "subject": "a@hub.example", "programmes": ["open-doors"]}), 200),
        (json!({"role": "programme", "subject": "b@hub.example", "programmes": ["gp-fellowship"]}), 404),
        (json!({"role": "desk", "subject": "c@hub.example"}), 403),
        (json!({"role": "reader", "subject": "d@hub.example"}), 403),
    ];
    let base = format!("/api/v1/events/{event}/registrations");
    for (who, status) in asks {
        let token = hub.token(who).await;
        for path in [format!("{base}/{reference}"), format!("{base}/{reference}/history")] {
            assert_eq!(send(hub.request(Method::GET, &path).bearer_auth(&token)).await.status, status, "{path}");
        }
    }
    assert_eq!(hub.get(&format!("{base}/{reference}/history")).await.status, 401);
    let unknown = hub.as_admin(Method::GET, &format!("{base}/22222222/history"), &Value::Null).await;
    assert_eq!((unknown.status, unknown.code()), (404, "booking-not-found"));
}

#[tokio::test(flavor = "multi_thread")]
async fn near_equal_names_at_one_address_are_both_booked_and_flagged() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 9})).await;
    let desk = address("The Desk");
    let mut references = Vec::new();
    for (name, email) in
        [("Amina Begum", &desk), ("A Begum", &desk), ("Carl Khan", &desk), ("Amina Begun", &address("X"))]
    {
        let booked = hub.register(&event, &json!({"name": name, "email": email, "role": "gp"})).await;
        references.push(booked.text("reference").to_owned());
    }
    let path = format!("/api/v1/events/{event}/registrations");
    let flags = async || {
        let roster = hub.as_admin(Method::GET, &path, &Value::Null).await;
        let rows = roster.body["registrations"].as_array().expect("rows").clone();
        rows.into_iter().map(|row| row["possible_duplicate_of"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let (first, second) = (references[0].clone(), references[1].clone());
    assert_eq!(flags().await, [Some(second), Some(first.clone()), None, None]);
    let table = hub.request(Method::GET, &path).bearer_auth(&hub.admin).header("accept", "text/csv").send().await;
    let table = table.expect("a reply").text().await.expect("a table");
    assert!(table.lines().nth(2).is_some_and(|line| line.ends_with(&format!(",{first}"))), "{table}");
    line(&hub, &event, &references[1], "cancel", json!({})).await;
    assert_eq!(flags().await, [None, None, None, None]);
    hub.stop_and_audit().await;
}
