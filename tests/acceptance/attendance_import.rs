//! A meeting's report becomes attendance: who is sure is recorded, who is not waits for a human, and the same file again
//! changes nothing.

use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{Reply, TestHub, form, send};

/// After the event of the files, whose session is on 1 December from 09:30 to 12:30.
const AFTER: &str = "2026-12-01T15:00:00Z";

fn file(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/shared/meeting/tests/fixtures");
    std::fs::read(format!("{folder}/{name}")).expect("a fixture")
}

async fn event(hub: &TestHub) -> String {
    let sessions = json!([{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T12:30:00Z"}]);
    let event = hub.event(json!({"sessions": sessions})).await;
    for name in ["Ann Ash", "Bob Birch", "Cat Cedar", "Dan Damson"] {
        assert_eq!(hub.register(&event, &form(name)).await.status, 201);
    }
    event
}

async fn import(hub: &TestHub, token: &str, event: &str, query: &str, bytes: Vec<u8>) -> Reply {
    let path = format!("/api/v1/events/{event}/attendance/import{query}");
    send(hub.request(Method::POST, &path).bearer_auth(token).header("content-type", "text/csv").body(bytes)).await
}

/// Name and minutes of the rows of one list.
fn people(reply: &Reply, list: &str) -> Vec<(String, u64)> {
    let rows = reply.body[list].as_array().unwrap_or_else(|| panic!("{reply:?}"));
    let row = |row: &Value| (row["name"].as_str().unwrap_or_default().to_owned(), row["minutes"].as_u64().unwrap_or(0));
    rows.iter().map(row).collect()
}

/// Name, status and minutes of everybody, by name.
async fn roster(hub: &TestHub, event: &str) -> Vec<(String, String, Option<u64>)> {
    let path = format!("/api/v1/events/{event}/registrations");
    let reply = hub.as_admin(Method::GET, &path, &Value::Null).await;
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let row = |row: &Value| (text(row, "name"), text(row, "status"), row["minutes"].as_u64());
    let mut rows: Vec<_> = reply.body["registrations"].as_array().expect("rows").iter().map(row).collect();
    rows.sort();
    rows
}

fn row(name: &str, status: &str, minutes: impl Into<Option<u64>>) -> (String, String, Option<u64>) {
    (name.to_owned(), status.to_owned(), minutes.into())
}

async fn settle(hub: &TestHub, event: &str, name: &str, verb: &str, body: Value) -> Reply {
    let path = format!("/api/v1/events/{event}/attendance/pending");
    let pending = hub.as_admin(Method::GET, &path, &Value::Null).await;
    let rows = pending.body["pending"].as_array().expect("rows");
    let entry = rows.iter().find(|row| row["name"] == name).expect("a row")["entry"].as_str().expect("an entry");
    hub.as_admin(Method::POST, &format!("{path}/{entry}/{verb}"), &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_teams_report_is_shown_first_then_recorded_once() {
    let hub = TestHub::start().await;
    let event = event(&hub).await;
    hub.set_clock(AFTER).await;
    let before = roster(&hub, &event).await;
    let shown = import(&hub, &hub.admin, &event, "?dry_run=true", file("teams.csv")).await;
    assert_eq!(shown.status, 200, "{shown:?}");
    let pair = |name: &str, minutes| (name.to_owned(), minutes);
    let mut matched = people(&shown, "matched");
    matched.sort();
    // Bob joined under another address, and as BIRCH, Bob; Cat as a guest.
    assert_eq!(matched, [pair("Ann Ash", 161), pair("Bob Birch", 90), pair("Cat Cedar", 90)]);
    assert_eq!(people(&shown, "ambiguous"), []);
    assert_eq!(people(&shown, "unmatched"), [pair("+44 7700 ***123", 60), pair("iPhone", 180)]);
    assert_eq!(roster(&hub, &event).await, before, "a dry run keeps nothing");
    let recorded = import(&hub, &hub.admin, &event, "", file("teams.csv")).await;
    assert_eq!(recorded, shown);
    let after = [
        row("Ann Ash", "attended", 161),
        row("Bob Birch", "attended", 90),
        row("Cat Cedar", "attended", 90),
        row("Dan Damson", "confirmed", None),
    ];
    assert_eq!(roster(&hub, &event).await, after);
    // An organiser knows better; the same file again does not.
    let ann = shown.body["matched"].as_array().and_then(|rows| rows.iter().find(|row| row["name"] == "Ann Ash"));
    let records = json!({"records": [{"reference": ann.expect("Ann")["reference"], "minutes": 20}]});
    let path = format!("/api/v1/events/{event}/attendance");
    assert_eq!(hub.as_admin(Method::POST, &path, &records).await.status, 200);
    assert_eq!(import(&hub, &hub.admin, &event, "", file("teams.csv")).await, shown);
    assert_eq!(roster(&hub, &event).await[0], row("Ann Ash", "attended", 20));
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_sure_waits_for_a_human() {
    let hub = TestHub::start().await;
    let event = event(&hub).await;
    hub.set_clock(AFTER).await;
    let shown = import(&hub, &hub.admin, &event, "?others=absent", file("zoom.csv")).await;
    assert_eq!(people(&shown, "ambiguous"), [("iPhone (Cat)".to_owned(), 120)]);
    assert_eq!(shown.body["ambiguous"][0]["candidates"][0]["name"], "Cat Cedar");
    // Dan is nowhere in the file; Cat may be.
    assert_eq!(roster(&hub, &event).await[2..], [row("Cat Cedar", "confirmed", None), row("Dan Damson", "absent", 0)]);
    let cat = &shown.body["ambiguous"][0]["candidates"][0]["reference"];
    let wrong = settle(&hub, &event, "iPhone (Cat)", "match", json!({"reference": "22222222"})).await;
    assert_eq!((wrong.status, &wrong.body["errors"][0]["pointer"]), (422, &json!("/reference")));
    let settled = settle(&hub, &event, "iPhone (Cat)", "match", json!({"reference": cat})).await;
    assert_eq!((settled.status, settled.body), (200, json!({"reference": cat})));
    assert_eq!(roster(&hub, &event).await[2], row("Cat Cedar", "attended", 120));
    import(&hub, &hub.admin, &event, "", file("teams.csv")).await;
    let newcomer = json!({"name": "Pip Poplar", "role": "gp"});
    assert_eq!(settle(&hub, &event, "iPhone", "walk-in", newcomer).await.status, 200);
    assert_eq!(settle(&hub, &event, "+44 7700 ***123", "ignore", json!({})).await.status, 200);
    let pending = format!("/api/v1/events/{event}/attendance/pending");
    assert_eq!(hub.as_admin(Method::GET, &pending, &Value::Null).await.body, json!({"pending": [], "count": 0}));
    // Zoom had Ann in for all of it; Teams takes nothing away.
    let after = [
        row("Ann Ash", "attended", 180),
        row("Bob Birch", "attended", 90),
        row("Cat Cedar", "attended", 120),
        row("Dan Damson", "absent", 0),
        row("Pip Poplar", "attended", 180),
    ];
    assert_eq!(roster(&hub, &event).await, after);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_refused_and_nothing_recorded() {
    let hub = TestHub::start().await;
    let event = event(&hub).await;
    let early = import(&hub, &hub.admin, &event, "", file("teams.csv")).await;
    assert_eq!((early.status, early.code()), (409, "not-started"));
    hub.set_clock(AFTER).await;
    let before = roster(&hub, &event).await;
    let mut half = file("zoom.csv");
    half.truncate(half.len() - 40);
    let cases = [Vec::new(), b"PK\x03\x04\x00".to_vec(), b"Product,Price\nTea,3\n".to_vec(), half];
    for bytes in cases {
        let refused = import(&hub, &hub.admin, &event, "", bytes).await;
        assert_eq!((refused.status, refused.code()), (422, "invalid"));
        assert!(refused.text("detail").len() > 15, "{refused:?}");
    }
    let long = import(&hub, &hub.admin, &event, "", vec![b'a'; 4 * 1024 * 1024 + 1]).await;
    assert_eq!((long.status, long.code()), (413, "too-large"));
    let most = import(&hub, &hub.admin, &event, "", vec![b'a'; 4 * 1024 * 1024]).await;
    assert_eq!((most.status, most.code()), (422, "invalid"));
    let unclear = import(&hub, &hub.admin, &event, "?dry_run=perhaps", file("teams.csv")).await;
    assert_eq!((unclear.status, &unclear.body["errors"][0]["pointer"]), (422, &json!("/dry_run")));
    assert_eq!(roster(&hub, &event).await, before);
    let reader = hub.token(json!({"role": "reader", "subject": "r@hub.example"})).await;
    assert_eq!(import(&hub, &reader, &event, "", file("teams.csv")).await.status, 403);
    assert_eq!(import(&hub, "x.y.z", &event, "", file("teams.csv")).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_reads_counts_only_where_the_programme_is_confidential() {
    let hub = TestHub::start().await;
    let sessions = json!([{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T12:30:00Z"}]);
    let event = hub.event(json!({"sessions": sessions, "programme": "staff-wellbeing"})).await;
    hub.register(&event, &form("Ann Ash")).await;
    hub.set_clock(AFTER).await;
    let desk = hub.token(json!({"role": "desk", "subject": "d@hub.example"})).await;
    let shown = import(&hub, &desk, &event, "?dry_run=true", file("teams.csv")).await;
    let counts = json!({"matched": 1, "ambiguous": 0, "unmatched": 4});
    assert_eq!(shown.body, json!({"matched": [], "ambiguous": [], "unmatched": [], "counts": counts}));
}
