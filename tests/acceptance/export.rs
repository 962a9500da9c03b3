//! The export of a period's registrations: in parts, each of which a Lambda may answer.

use std::collections::BTreeSet;
use std::ops::Range;

use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::TestHub;
use crate::reports::on;

/// Bytes of an answer at which a Lambda's ends, written into the JSON that carries it.
const ANSWER_MAX: usize = 6 * 1_024 * 1_024;
/// Events, and the people of each: more together than one part takes.
const EVENTS: usize = 6;
const PEOPLE: usize = 210;
/// People in one request, whose body ends at 64 KiB.
const AT_ONCE: usize = 35;

/// As many bytes as so many letters can be: four each, or a quote, which is escaped twice.
fn longest(letters: usize) -> String {
    format!("{}{}", "\"".repeat(letters / 2), "\u{1d49c}".repeat(letters - letters / 2))
}

/// People who came without booking, with as long names as there are.
async fn came(hub: &TestHub, event: &str, numbers: Range<usize>) {
    let organisation = json!({"ods_code": null, "name": longest(200)});
    let record = |number: usize| {
        let name = format!("{}{number:04}", longest(196));
        json!({"name": name, "role": "gp", "organisation": organisation, "minutes": 90})
    };
    let records: Vec<Value> = numbers.map(record).collect();
    let path = format!("/api/v1/events/{event}/attendance");
    let reply = hub.as_admin(Method::POST, &path, &json!({"records": records})).await;
    assert_eq!((reply.status, &reply.body["recorded"]), (200, &json!(records.len())), "{reply:?}");
}

/// A file of the month, and where the next part is.
async fn file(hub: &TestHub, name: &str) -> (String, Option<String>) {
    let path = format!("/api/v1/reports/2026-11/{name}");
    let reply = hub.request(Method::GET, &path).bearer_auth(&hub.admin).send().await.expect("an answer");
    let link = reply.headers().get("link").map(|link| link.to_str().expect("text").to_owned());
    let body = reply.text().await.expect("text");
    assert!(carried(&body) < ANSWER_MAX, "{} bytes", carried(&body));
    (body, link)
}

/// Bytes of an answer's body inside the JSON that carries it.
fn carried(body: &str) -> usize {
    Value::from(body).to_string().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_an_answer_holds_comes_in_parts() {
    let hub = TestHub::start().await;
    let event = json!({"title": longest(200), "sessions": on("2026-11-20"), "programme": "open-doors"});
    let mut made = Vec::new();
    for _ in 0..EVENTS {
        made.push(hub.event(event.clone()).await);
    }
    hub.set_clock("2026-11-20T12:00:00Z").await;
    for event in &made {
        for first in (0..PEOPLE).step_by(AT_ONCE) {
            came(&hub, event, first..first + AT_ONCE).await;
        }
    }
    let (mut parts, mut events, mut seen, mut cursor) = (0, BTreeSet::new(), BTreeSet::new(), String::new());
    loop {
        // As a table the same part is the same rows, and no longer.
        let (table, _) = file(&hub, &format!("registrations.csv?cursor={cursor}")).await;
        let (body, link) = file(&hub, &format!("registrations.json?cursor={cursor}")).await;
        let part: Value = serde_json::from_str(&body).expect("JSON");
        for event in part["events"].as_array().expect("events") {
            assert!(events.insert(event["id"].to_string()), "each event is told once");
        }
        let rows = part["registrations"].as_array().map_or(0, Vec::len);
        assert_eq!(table.lines().count(), rows + 1);
        for row in part["registrations"].as_array().expect("rows") {
            assert!(seen.insert(format!("{}{}", row["event"], row["person"])), "each row is told once");
        }
        parts += 1;
        let Some(next) = part["next"].as_str() else {
            assert_eq!(link, None);
            break;
        };
        assert!(link.is_some_and(|link| link.contains(next) && link.ends_with("rel=\"next\"")));
        cursor = next.to_owned();
    }
    assert_eq!((parts, events.len(), seen.len()), (2, EVENTS, EVENTS * PEOPLE));
}
