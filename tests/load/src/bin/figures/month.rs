//! A month of many events, counted by a hub.
//!
//! One event is made, booked and attended through the front door. Its items are then copied, past the door, under other
//! identifiers: what lies in the table is what a hub writes, without the hours that writing it through the door would take.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::EventId;
use jiff::Timestamp;
use local::{Engine, Hub, Operation, Options, Template};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::used::Used;
use crate::{Error, say};

/// People of each event.
const PEOPLE: u32 = 25;
/// Those of them who came.
const CAME: u32 = 18;
/// Circles of people who go to the same events, so that many go to several.
const CIRCLES: u32 = 2_500;
const DURING: &str = "2026-11-20T12:00:00Z";
const REPORT: &str = "/api/v1/reports/2026-11.json";
/// Lines of the report on standard output that say what the figures came to.
const FIGURES: [&str; 4] = ["events_held", "places_booked", "attended", "people"];

/// Counts a month of so many events.
pub async fn measure(events: u32) -> Result<(), Error> {
    let folder = tempfile::tempdir()?;
    let event = front_door(folder.path()).await?;
    let copied = copy(folder.path(), &event, events).await?;
    say(&format!("{} items of {events} events with {} registrations lie in the table", copied, events * PEOPLE));
    let hub = Hub::start(options(folder.path())).await?;
    let guest = Guest::of(&hub).await?;
    guest.call(Method::DELETE, "/_local/usage", Value::Null).await?;
    let before = Used::so_far();
    let report = guest.call(Method::GET, REPORT, Value::Null).await?;
    let spent = before.since();
    let used = guest.call(Method::GET, "/_local/usage", Value::Null).await?;
    let used = &used["functions"]["report"];
    say(&format!("the month's figures, table, engine and HTTP included: {spent}"));
    say(&format!("read units {}, requests {}", used["read_units"], used["requests"]));
    let figures = FIGURES.map(|name| format!("{name} {}", report["totals"][name]));
    say(&figures.join(", "));
    let expected = u64::from(events * PEOPLE);
    if report["totals"]["places_booked"].as_u64() != Some(expected) {
        return Err(format!("{expected} places were booked").into());
    }
    hub.stop().await;
    Ok(())
}

fn options(folder: &Path) -> Options {
    Options { data: folder.into(), port: 0, clock: DURING.parse().ok(), empty: true, kms: false }
}

/// Somebody at the hub's door.
struct Guest {
    http: Client,
    url: String,
    token: String,
}

impl Guest {
    async fn of(hub: &Hub) -> Result<Self, Error> {
        let stranger = Self { http: Client::new(), url: hub.url().to_owned(), token: String::new() };
        let who = json!({"role": "admin", "subject": "load@hub.example"});
        let token = stranger.call(Method::POST, "/_local/token", who).await?;
        Ok(Self { token: token["token"].as_str().ok_or("no token")?.to_owned(), ..stranger })
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Result<Value, Error> {
        let request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        let request = if body.is_null() { request } else { request.json(&body) };
        let text = request.send().await?.error_for_status()?.text().await?;
        Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
    }
}

/// An event that people booked and came to; its identifier.
async fn front_door(folder: &Path) -> Result<String, Error> {
    let hub = Hub::start(Options { clock: "2026-11-02T09:00:00Z".parse().ok(), ..options(folder) }).await?;
    let guest = Guest::of(&hub).await?;
    let sessions = json!([{"starts": "2026-11-20T09:30:00Z", "ends": "2026-11-20T11:30:00Z"}]);
    let event = json!({"title": "Suturing", "programme": "clinical-updates", "sessions": sessions, "cpd_minutes": 120});
    let event = guest.call(Method::POST, "/api/v1/events", event).await?["id"].as_str().ok_or("no id")?.to_owned();
    let path = format!("/api/v1/events/{event}");
    guest.call(Method::POST, &format!("{path}/publish"), json!({})).await?;
    for number in 0..PEOPLE {
        let letter = char::from(b'A' + u8::try_from(number)?);
        let organisation = json!({"ods_code": null, "name": format!("Practice {}", number % 9)});
        let form = json!({"name": format!("Person {letter}bel"), "email": format!("person{number}@practice.example"),
                          "role": "gp", "organisation": organisation});
        guest.call(Method::POST, &format!("{path}/registrations"), form).await?;
    }
    guest.call(Method::POST, "/_local/settle", json!({})).await?;
    guest.call(Method::PUT, "/_local/clock", json!({"now": DURING})).await?;
    let roster = guest.call(Method::GET, &format!("{path}/registrations"), Value::Null).await?;
    let rows = roster["registrations"].as_array().ok_or("no roster")?;
    let records = (0_u32..)
        .zip(rows)
        .map(|(number, row)| json!({"reference": row["reference"], "minutes": if number < CAME { 120 } else { 0 }}));
    let records: Vec<Value> = records.collect();
    guest.call(Method::POST, &format!("{path}/attendance"), json!({"records": records})).await?;
    guest.call(Method::POST, "/_local/settle", json!({})).await?;
    hub.stop().await;
    Ok(event)
}

/// Copies the event until there are so many; how many items were written.
async fn copy(folder: &Path, event: &str, events: u32) -> Result<usize, Error> {
    let names = ["BaseUrl", "Issuer", "Audience", "ClientId", "MailDomain", "MailFrom", "OperatorMail"];
    let values: BTreeMap<String, String> = names.into_iter().map(|name| (name.into(), "local".into())).collect();
    let template = Template::load(&values)?;
    let engine = Engine::open(&folder.join("table.sqlite"), &template.table)?;
    let table = template.table.name.as_str();
    let found = call(&engine, Operation::Scan, json!({"TableName": table})).await?;
    let items: Vec<String> = found["Items"].as_array().ok_or("no items")?.iter().filter_map(text_of).collect();
    let items: Vec<&String> = items.iter().filter(|item| item.contains(event)).collect();
    let mailboxes: BTreeSet<&str> = items.iter().filter_map(|item| mailbox_of(item)).collect();
    let mut written = 0;
    for number in 1..events {
        let id = EventId::from_bits(u64::from(number)).to_string();
        let mut batch = Vec::new();
        for item in &items {
            let mut copied = item.replace(event, &id);
            for mailbox in &mailboxes {
                copied = copied.replace(mailbox, &format!("{}{:04}", &mailbox[..8], number % CIRCLES));
            }
            batch.push(json!({"PutRequest": {"Item": serde_json::from_str::<Value>(&copied)?}}));
        }
        written += batch.len();
        for part in batch.chunks(25) {
            call(&engine, Operation::BatchWriteItem, json!({"RequestItems": {table: part}})).await?;
        }
    }
    // Nobody is to be told of the copies.
    engine.prune(format!("1{}", i64::MAX), Timestamp::MAX).await?;
    Ok(written + items.len())
}

/// An item that a report reads; letters and their kind are none.
fn text_of(item: &Value) -> Option<String> {
    let key = item["SK"]["S"].as_str()?;
    let is_read = ["C", "L"].contains(&key) || key.starts_with("A#") || key.starts_with("R#");
    (is_read || item["PK"]["S"].as_str()?.starts_with("M#")).then(|| item.to_string())
}

/// The mailbox of a registration.
fn mailbox_of(item: &str) -> Option<&str> {
    let (_, rest) = item.split_once("\"P#")?;
    rest.get(..12)
}

async fn call(engine: &Engine, operation: Operation, request: Value) -> Result<Value, Error> {
    let answer = engine.call(operation, request.to_string().into_bytes()).await?;
    if answer.status == 200 { Ok(serde_json::from_str(&answer.body)?) } else { Err(answer.body.into()) }
}
