//! The first start on an empty folder: the demo year.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use local::Options;
use reqwest::Method;
use serde_json::Value;

use crate::hub::{MONDAY, TestHub, audit};

#[tokio::test]
async fn an_empty_hub_starts_with_a_year_behind_it_and_twenty_events_ahead() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = Some(MONDAY.parse().expect("a time"));
    let options = Options { data: folder.path().into(), port: 0, clock, empty: false };
    let hub = TestHub::over(folder, options).await;
    assert_eq!(hub.get("/_local/clock").await.text("now"), MONDAY);
    assert_eq!(hub.hub().denials(), []);

    let mut held = 0;
    let mut called_off = 0;
    let mut places = 0;
    let mut schools = BTreeSet::new();
    for event in events_of_the_year(&hub).await {
        let event = hub.as_admin(Method::GET, &format!("/api/v1/events/{event}"), &Value::Null).await.body;
        if event["status"] == "cancelled" {
            called_off += 1;
            continue;
        }
        held += 1;
        places += event["places"]["confirmed"].as_u64().expect("a count");
        if event["programme"] == "mhfa-schools" {
            let path = format!("/api/v1/events/{}/registrations", event["id"].as_str().expect("an id"));
            let roster = hub.as_admin(Method::GET, &path, &Value::Null).await.body;
            let rows = roster["registrations"].as_array().expect("rows").clone();
            let has_place = |row: &&Value| matches!(row["status"].as_str(), Some("confirmed" | "attended" | "absent"));
            schools.extend(
                rows.iter()
                    .filter(has_place)
                    .map(|row| row["organisation"]["name"].as_str().expect("a school").to_owned()),
            );
        }
    }
    assert_eq!((held, called_off), (120, 2));
    assert!((3_000..=3_400).contains(&places), "{places} places");
    assert!(schools.len() >= 40, "{} schools", schools.len());

    let ahead = hub.get("/api/v1/events").await.body["events"].as_array().expect("events").clone();
    assert_eq!(ahead.len(), 20);
    let full = |event: &&Value| event["places"]["free"] == 0 && event["places"]["waiting"] != 0;
    assert!(ahead.iter().any(|event| full(&event)), "one is full, with a line");

    let mails = crate::inbox::check(&hub, MONDAY.parse().expect("a time")).await;
    assert!(mails > 12_000, "{mails} mails");

    let folder = hub.stop().await;
    let (code, words) = audit(&folder);
    assert_eq!(code, Some(0), "{words}");
    assert!(!folder.path().join("demo-loading").exists() && !folder.path().join("failures.jsonl").exists());
}

/// The events whose first session starts from April 2020 to March 2021, from the hub's directory.
async fn events_of_the_year(hub: &TestHub) -> Vec<String> {
    let mut pages = hub.hub().operator().scan().table_name(hub.hub().table()).into_paginator().items().send();
    let mut events = Vec::new();
    while let Some(item) = pages.next().await {
        let item = item.expect("an item");
        let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
        let Some(id) = text("PK").and_then(|pk| pk.strip_prefix("E#")) else { continue };
        let Some(event) = text("d").filter(|_| item.get("SK") == Some(&AttributeValue::S("C".into()))) else {
            continue;
        };
        let event: Value = serde_json::from_str(event).expect("an event");
        let starts = event["sessions"][0]["starts"].as_str().expect("a start");
        // Clocks go forward on 29 March 2020 and 28 March 2021: both ends are in summer time.
        if ("2020-03-31T23:00:00Z".."2021-03-31T23:00:00Z").contains(&starts) {
            events.push(id.to_owned());
        }
    }
    events
}
