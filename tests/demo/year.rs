//! The first start on an empty folder: the demo year.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use local::Options;
use reqwest::Method;
use serde_json::Value;

use crate::hub::{MONDAY, TestHub, audit};

#[tokio::test]
async fn an_empty_hub_starts_with_a_year_behind_it_and_twenty_events_ahead() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = Some(MONDAY.parse().expect("a time"));
    let options = Options { data: folder.path().into(), port: 0, clock, empty: false, kms: false };
    let hub = TestHub::over(folder, options).await;
    assert_eq!(hub.get("/_local/clock").await.text("now"), MONDAY);
    assert_eq!(hub.hub().denials(), []);

    let year = Year::of(&hub).await;
    let mut held = 0;
    let mut called_off = 0;
    let mut places = 0;
    let mut schools = BTreeSet::new();
    let mut after = After::default();
    for event in &year.events {
        let event = hub.as_admin(Method::GET, &format!("/api/v1/events/{event}"), &Value::Null).await.body;
        if event["status"] == "cancelled" {
            called_off += 1;
            continue;
        }
        held += 1;
        places += event["places"]["confirmed"].as_u64().expect("a count");
        after.add(&hub, &event).await;
        if event["programme"] == "mhfa-schools" {
            schools.extend(schools_at(&hub, &event).await);
        }
    }
    assert_eq!((held, called_off), (120, 2));
    assert!((3_000..=3_400).contains(&places), "{places} places");
    assert!(schools.len() >= 40, "{} schools", schools.len());
    assert!(year.groups >= 12, "{} groups", year.groups);
    assert!((2_350..=2_650).contains(&after.valid), "{after:?}");
    assert_eq!((after.revoked, after.corrected), (1, 1), "{after:?}");
    assert!((900..=1_500).contains(&after.opinions) && after.with_words >= 60, "{after:?}");
    assert!((40..=140).contains(&after.looking_back), "{after:?}");
    let charges = hub.as_admin(Method::GET, "/api/v1/charges/2020-21-Q3.json", &Value::Null).await;
    assert!(charges.body["total_gbp"].as_u64().is_some_and(|pounds| pounds > 0), "{charges:?}");

    let unmatched = hub.as_admin(Method::GET, "/api/v1/organisations/unmatched", &Value::Null).await.body;
    assert_eq!(unmatched["unmatched"].as_array().map(Vec::len), Some(9), "colleges and charities: {unmatched}");
    let reach = hub.as_admin(Method::GET, "/api/v1/reports/2020-21.json", &Value::Null).await.body;
    assert!(reach["totals"]["organisations_reached"].as_u64().is_some_and(|count| count >= 90), "{}", reach["totals"]);

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

/// What came after the events.
#[derive(Debug, Default)]
struct After {
    /// Certificates that hold.
    valid: usize,
    /// Those that were taken back.
    revoked: usize,
    /// Those that took another's place.
    corrected: usize,
    /// Answers to evaluations.
    opinions: u64,
    /// Answers three months later.
    looking_back: u64,
    /// Events whose words are shown.
    with_words: usize,
}

impl After {
    async fn add(&mut self, hub: &TestHub, event: &Value) {
        let path = format!("/api/v1/events/{}", event["id"].as_str().expect("an id"));
        let list = hub.as_admin(Method::GET, &format!("{path}/certificates"), &Value::Null).await.body;
        for certificate in list["certificates"].as_array().expect("certificates") {
            self.valid += usize::from(certificate["status"] == "valid");
            self.revoked += usize::from(certificate["status"] == "revoked");
            self.corrected += usize::from(certificate["version"] == 2);
        }
        let evaluation = hub.as_admin(Method::GET, &format!("{path}/evaluation"), &Value::Null).await.body;
        self.opinions += evaluation["first"]["responses"].as_u64().expect("a count");
        self.looking_back += evaluation["follow_up"]["responses"].as_u64().unwrap_or_default();
        let questions = evaluation["first"]["questions"].as_array().expect("questions");
        let has_words = |question: &Value| question["texts"].as_array().is_some_and(|texts| !texts.is_empty());
        self.with_words += usize::from(questions.iter().any(has_words));
    }
}

/// The schools that had a place at an event.
async fn schools_at(hub: &TestHub, event: &Value) -> Vec<String> {
    let path = format!("/api/v1/events/{}/registrations", event["id"].as_str().expect("an id"));
    let roster = hub.as_admin(Method::GET, &path, &Value::Null).await.body;
    let rows = roster["registrations"].as_array().expect("rows");
    let has_place = |row: &&Value| matches!(row["status"].as_str(), Some("confirmed" | "attended" | "absent"));
    let name = |row: &Value| row["organisation"]["name"].as_str().expect("a school").to_owned();
    rows.iter().filter(has_place).map(name).collect()
}

/// The events whose first session starts from April 2020 to March 2021, and how many groups were seated at any.
#[derive(Default)]
struct Year {
    events: Vec<String>,
    groups: usize,
}

impl Year {
    async fn of(hub: &TestHub) -> Self {
        let mut year = Self::default();
        let mut pages = hub.hub().operator().scan().table_name(hub.hub().table()).into_paginator().items().send();
        while let Some(item) = pages.next().await {
            year.read(&item.expect("an item"));
        }
        year
    }

    fn read(&mut self, item: &HashMap<String, AttributeValue>) {
        let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
        let Some(id) = text("PK").and_then(|pk| pk.strip_prefix("E#")) else { return };
        if text("SK").is_some_and(|sk| sk.starts_with("G#")) {
            self.groups += 1;
        }
        let Some(event) = text("d").filter(|_| text("SK").is_some_and(|sk| sk == "C")) else { return };
        let event: Value = serde_json::from_str(event).expect("an event");
        let starts = event["sessions"][0]["starts"].as_str().expect("a start");
        // Clocks go forward on 29 March 2020 and 28 March 2021: both ends are in summer time.
        if ("2020-03-31T23:00:00Z".."2021-03-31T23:00:00Z").contains(&starts) {
            self.events.push(id.to_owned());
        }
    }
}
