//! Who took part: recorded by reference or by name, shown wherever a booking is, corrected later.

use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{Reply, TestHub, send};

/// After the start of the event that [`event`] makes.
const DURING: &str = "2026-12-01T10:00:00Z";

async fn event(hub: &TestHub, names: &[&str]) -> String {
    let event = hub.event(json!({"capacity": 2, "certificate": {"minimum_minutes": 330}})).await;
    for name in names {
        assert_eq!(hub.book(&event, name).await.status, 201);
    }
    event
}

async fn record(hub: &TestHub, event: &str, records: Value) -> Reply {
    let path = format!("/api/v1/events/{event}/attendance");
    hub.as_admin(Method::POST, &path, &json!({"records": records})).await
}

/// Name, status and minutes of every row.
async fn rows(hub: &TestHub, event: &str, query: &str) -> Vec<(String, String, Option<u64>)> {
    let path = format!("/api/v1/events/{event}/registrations{query}");
    let reply = hub.as_admin(Method::GET, &path, &Value::Null).await;
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let row = |row: &Value| (text(row, "name"), text(row, "status"), row["minutes"].as_u64());
    reply.body["registrations"].as_array().expect("rows").iter().map(row).collect()
}

async fn reference(hub: &TestHub, event: &str, name: &str) -> String {
    let path = format!("/api/v1/events/{event}/registrations");
    let reply = hub.as_admin(Method::GET, &path, &Value::Null).await;
    let rows = reply.body["registrations"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["name"] == name).expect("a row");
    row["reference"].as_str().expect("a reference").to_owned()
}

fn row(name: &str, status: &str, minutes: impl Into<Option<u64>>) -> (String, String, Option<u64>) {
    (name.to_owned(), status.to_owned(), minutes.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn minutes_say_who_attended_and_who_did_not() {
    let hub = TestHub::start().await;
    let event = event(&hub, &["Ann Ash", "Bob Birch", "Cat Cedar"]).await;
    let (ann, bob) = (reference(&hub, &event, "Ann Ash").await, reference(&hub, &event, "Bob Birch").await);
    let link = hub.link("Ann Ash").await;
    let records = json!([{"reference": ann, "minutes": 390}, {"reference": bob, "minutes": 0}]);
    let early = record(&hub, &event, records.clone()).await;
    assert_eq!((early.status, early.code()), (409, "not-started"));
    hub.set_clock(DURING).await;
    assert_eq!(hub.booking(&link).await.text("status"), "confirmed");
    let recorded = record(&hub, &event, records.clone()).await;
    assert_eq!((recorded.status, recorded.body), (200, json!({"recorded": 2})));
    let expected = [row("Ann Ash", "attended", 390), row("Bob Birch", "absent", 0), row("Cat Cedar", "waiting", None)];
    assert_eq!(rows(&hub, &event, "").await, expected);
    assert_eq!(rows(&hub, &event, "?status=attended").await, expected[..1]);
    assert_eq!(rows(&hub, &event, "?status=absent").await, expected[1..2]);
    assert_eq!(hub.booking(&link).await.text("status"), "attended");
    let repeated = hub.act(&link, "accept").await;
    assert_eq!((repeated.status, repeated.code()), (409, "no-offer"));
    // A colleague records the same at the same time: nothing changes.
    assert_eq!(record(&hub, &event, records).await.status, 200);
    assert_eq!(rows(&hub, &event, "").await, expected);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_reference_leaves_everything_as_it_was() {
    let hub = TestHub::start().await;
    let event = event(&hub, &["Ann Ash"]).await;
    hub.set_clock(DURING).await;
    let ann = reference(&hub, &event, "Ann Ash").await;
    let sent = json!([{"reference": ann, "minutes": 60}, {"name": "Wim Willow", "minutes": 60},
        {"reference": "22222222", "minutes": 60}]);
    let refused = record(&hub, &event, sent).await;
    assert_eq!((refused.status, refused.code()), (422, "invalid"));
    assert_eq!(refused.body["errors"][0]["pointer"], "/records/2/reference");
    assert_eq!(rows(&hub, &event, "").await, [row("Ann Ash", "confirmed", None)]);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_came_without_a_booking_is_in_the_roster_and_not_in_the_ledger() {
    let hub = TestHub::start().await;
    let event = event(&hub, &["Ann Ash", "Cat Cedar"]).await;
    let link = hub.link("Cat Cedar").await;
    hub.act(&link, "cancel").await;
    hub.set_clock(DURING).await;
    let before = hub.places(&event).await;
    let sent = json!([
        {"name": "Wim Willow", "email": "wim@practice.example", "role": "gp", "minutes": 390},
        {"name": "Una Umber", "minutes": 30},
        // Booked under this name and address, and cancelled: it is still one person.
        {"name": "cat  cedar", "email": "Cat.Cedar@practice.example", "minutes": 100}
    ]);
    for _ in 0..2 {
        assert_eq!(record(&hub, &event, sent.clone()).await.body, json!({"recorded": 3}));
    }
    let mut found = rows(&hub, &event, "").await;
    found.sort();
    let expected = [
        row("Ann Ash", "confirmed", None),
        row("Cat Cedar", "attended", 100),
        row("Una Umber", "attended", 30),
        row("Wim Willow", "attended", 390),
    ];
    assert_eq!(found, expected);
    assert_eq!(hub.places(&event).await, before);
    assert_eq!(hub.booking(&link).await.text("status"), "attended");
    let wim = reference(&hub, &event, "Wim Willow").await;
    assert_eq!(record(&hub, &event, json!([{"reference": wim, "minutes": 0}])).await.status, 200);
    assert_eq!(rows(&hub, &event, "?status=absent").await, [row("Wim Willow", "absent", 0)]);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_recorded_one_by_one_and_add_up() {
    let hub = TestHub::start().await;
    let sessions = json!([{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T12:30:00Z"},
        {"starts": "2026-12-02T09:30:00Z", "ends": "2026-12-02T11:30:00Z"}]);
    let event = hub.event(json!({"sessions": sessions})).await;
    hub.book(&event, "Ann Ash").await;
    hub.set_clock("2026-12-03T09:00:00Z").await;
    let ann = reference(&hub, &event, "Ann Ash").await;
    for (session, minutes) in [(1, 100), (2, 500)] {
        record(&hub, &event, json!([{"reference": ann, "minutes": minutes, "session": session}])).await;
    }
    // No session counts for more than its length.
    assert_eq!(rows(&hub, &event, "").await, [row("Ann Ash", "attended", 220)]);
    record(&hub, &event, json!([{"reference": ann, "minutes": 200}])).await;
    assert_eq!(rows(&hub, &event, "").await, [row("Ann Ash", "attended", 200)]);
    let third = record(&hub, &event, json!([{"reference": ann, "minutes": 1, "session": 3}])).await;
    assert_eq!((third.status, &third.body["errors"][0]["pointer"]), (422, &json!("/records/0/session")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_stands_in_the_trail_beside_the_booking() {
    let hub = TestHub::start().await;
    let event = event(&hub, &["Ann Ash", "Bob Birch"]).await;
    hub.set_clock(DURING).await;
    let ann = reference(&hub, &event, "Ann Ash").await;
    for minutes in [0, 45] {
        record(&hub, &event, json!([{"reference": ann, "minutes": minutes}])).await;
    }
    let history = format!("/api/v1/events/{event}/registrations/{ann}");
    let reply = hub.as_admin(Method::GET, &history, &Value::Null).await;
    let moments = reply.body["history"].as_array().expect("a history").iter();
    let what: Vec<&str> = moments.filter_map(|moment| moment["what"].as_str()).collect();
    assert!(what.contains(&"attendance.correct"), "{what:?}");
    let trail = hub.as_admin(Method::GET, "/api/v1/audit", &Value::Null).await;
    let actions = trail.body["entries"].as_array().expect("entries").iter();
    let actions: Vec<&str> = actions.filter_map(|entry| entry["action"].as_str()).collect();
    assert_eq!(actions, ["attendance.record", "attendance.correct"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_takes_attendance_and_a_reader_does_not() {
    let hub = TestHub::start().await;
    let event = event(&hub, &["Ann Ash"]).await;
    hub.set_clock(DURING).await;
    let ann = reference(&hub, &event, "Ann Ash").await;
    let path = format!("/api/v1/events/{event}/attendance");
    let body = json!({"records": [{"reference": ann, "minutes": 60}]});
    for (role, status) in [("desk", 200), ("reader", 403), ("programme", 404)] {
        let who = json!({"role": role, "subject": "a@hub.example", "programmes": ["open-doors"]});
        let token = hub.token(who).await;
        let reply = send(hub.request(Method::POST, &path).bearer_auth(token).json(&body)).await;
        assert_eq!(reply.status, status, "{role}");
    }
    assert_eq!(hub.post(&path, &body).await.status, 401);
}
