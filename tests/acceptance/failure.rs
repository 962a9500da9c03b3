//! What breaks: the store, the mail, the machine. Nothing that was answered is lost, nothing is told twice.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use futures::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::hub::{CREATED, MONDAY, Reply, TestHub, address, audit, form, send};

#[tokio::test(flavor = "multi_thread")]
async fn a_faulty_store_changes_no_count() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 30, "waiting_list": {"limit": 20, "offer_hours": null}})).await;
    hub.faults(json!({"store": {"throttle": 0.08, "error": 0.06, "lost_reply": 0.06}, "seed": 7})).await;
    let patient = |n: usize| {
        let (hub, event) = (&hub, event.as_str());
        async move {
            loop {
                let reply = hub.book(event, &format!("Person Number{n}")).await;
                if reply.status != 503 && reply.status != 500 {
                    return reply;
                }
            }
        }
    };
    let replies: Vec<Reply> = stream::iter(0..80).map(patient).buffer_unordered(16).collect().await;
    hub.no_faults().await;
    let count = |outcome: &str| replies.iter().filter(|r| r.text("status") == outcome || r.code() == outcome).count();
    assert_eq!((count("confirmed"), count("waiting"), count("event-full")), (30, 20, 30));
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_outage_delays_mail_and_nothing_else() {
    let hub = TestHub::start().await;
    // The reminder of the day before falls into the outage, and is stale when mail is back.
    let soon = json!([{"starts": "2026-11-03T09:05:00Z", "ends": "2026-11-03T10:00:00Z"}]);
    let event = hub.event(json!({"capacity": 1, "sessions": soon, "format": "in-person"})).await;
    hub.book(&event, "Ann Ash").await;
    hub.settle().await;
    hub.faults(json!({"mail": "down"})).await;
    let names: Vec<String> = (0..10).map(|n| format!("Person Number{n}")).collect();
    for name in &names {
        assert_eq!(hub.book(&event, name).await.status, CREATED);
    }
    hub.advance("PT10M").await;
    assert!(hub.inbox(&address(&names[0])).await.is_empty());
    hub.no_faults().await;
    hub.advance("PT2H").await;
    for name in &names {
        assert_eq!(hub.subjects(name).await, ["On the waiting list"], "{name}");
    }
    hub.stop_and_audit().await;
}

/// The program itself, in a process of its own.
struct Program {
    child: Child,
    url: String,
}

impl Program {
    fn start(folder: &tempfile::TempDir) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lectern"))
            .args(["serve", "--port", "0", "--empty", "--clock", MONDAY, "--data"])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let url = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on ").map(str::to_owned))
            .expect("it listens");
        Self { child, url }
    }

    async fn post(&self, http: &reqwest::Client, path: &str, token: &str, body: &Value) -> Option<Reply> {
        let request = http.post(format!("{}{path}", self.url)).bearer_auth(token).json(body);
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        Some(Reply { status, body: response.json().await.ok()? })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_of_five_hundred_it_loses_nothing_that_was_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let http = reqwest::Client::new();
    let mut program = Program::start(&folder);
    let reply = program.post(&http, "/_local/token", "", &json!({"role": "admin", "subject": "dev@hub.example"})).await;
    let token = reply.expect("a reply").text("token").to_owned();
    let settings = json!({"title": "Suturing", "programme": "clinical-updates", "capacity": 100,
        "sessions": [{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T16:30:00Z"}]});
    let event = program.post(&http, "/api/v1/events", &token, &settings).await.expect("a reply").text("id").to_owned();
    program.post(&http, &format!("/api/v1/events/{event}/publish"), &token, &json!({})).await.expect("a reply");
    let path = format!("/api/v1/events/{event}/registrations");
    let book_all = |url: String, at_most: usize| {
        let (http, path) = (http.clone(), path.clone());
        async move {
            let book = |n: usize| {
                let request = http.post(format!("{url}{path}")).json(&form(&format!("Person Number{n}")));
                async move { (n, request.send().await.ok()) }
            };
            let answered = stream::iter(0..500).map(book).buffered(32).filter_map(|(n, response)| async move {
                let response = response.filter(|r| r.status().as_u16() == CREATED)?;
                Some((n, response.json::<Value>().await.ok()?))
            });
            answered.take(at_most).collect::<Vec<(usize, Value)>>().await
        }
    };
    let first = book_all(program.url.clone(), 150).await;
    assert_eq!(first.len(), 150);
    program.child.kill().expect("killed");
    program.child.wait().expect("gone");
    let (code, words) = audit(&folder);
    assert_eq!(code, Some(0), "what its streams have yet to hear of is not lost: {words}");

    let mut program = Program::start(&folder);
    let all: std::collections::BTreeMap<usize, Value> = book_all(program.url.clone(), 500).await.into_iter().collect();
    assert_eq!(all.len(), 500);
    for (n, answer) in first {
        assert_eq!(all[&n], answer, "what was answered stands");
    }
    let settled = program.post(&http, "/_local/settle", &token, &json!({})).await.expect("a reply");
    assert_eq!(settled.status, 200);
    let roster = send(http.get(format!("{}{path}", program.url)).bearer_auth(&token)).await;
    assert_eq!(roster.body["registrations"].as_array().map(Vec::len), Some(500), "no duplicate");
    program.child.kill().expect("killed");
    program.child.wait().expect("gone");
    let (code, words) = audit(&folder);
    assert_eq!(code, Some(0), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_catches_a_corrupted_item() {
    use store::Key;
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1})).await;
    hub.book(&event, "Ann Ash").await;
    hub.book(&event, "Bob Birch").await;
    hub.settle().await;
    let key = Key::Ledger(event.parse().expect("an id"));
    hub.hub()
        .operator()
        .update_item()
        .table_name(hub.hub().table())
        .key("PK", aws_sdk_dynamodb::types::AttributeValue::S(key.pk()))
        .key("SK", aws_sdk_dynamodb::types::AttributeValue::S(key.sk()))
        .update_expression("SET ln.g.i = :one")
        .expression_attribute_values(":one", aws_sdk_dynamodb::types::AttributeValue::N("1".to_owned()))
        .send()
        .await
        .expect("corrupted");
    let folder = hub.stop().await;
    let (code, words) = audit(&folder);
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("has ticket 2 of 1 issued"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_goes_on_where_it_stopped() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1})).await;
    hub.book(&event, "Ann Ash").await;
    hub.advance("PT1H").await;
    let link = hub.link("Ann Ash").await;
    let hub = hub.restart().await;
    assert_eq!(hub.get("/_local/clock").await.text("now"), "2026-11-02T10:00:00Z");
    assert_eq!(hub.booking(&link).await.text("status"), "confirmed");
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed"]);
    let (code, _) = audit(&hub.folder);
    assert_eq!(code, Some(1), "the folder is held");
    hub.stop_and_audit().await;
}

/// Makes the table as if `notify` had broken off after storing somebody's only mail.
async fn leave_in_hand(hub: &TestHub, name: &str) {
    use aws_sdk_dynamodb::types::AttributeValue::S;
    let (client, table) = (hub.hub().operator(), hub.hub().table().to_owned());
    let id = hub.inbox(&address(name)).await[0]["id"].as_str().expect("an id").to_owned();
    let items = client.scan().table_name(&table).send().await.expect("read").items.unwrap_or_default();
    let mail = items.into_iter().find(|item| item.get("detail") == Some(&S(id.clone()))).expect("the mail");
    let key = ["PK", "SK"].map(|name| (name.to_owned(), mail[name].clone()));
    let request = client.update_item().table_name(&table).set_key(Some(key.into()));
    let request = request.update_expression("SET st = :due REMOVE detail, ended");
    request.expression_attribute_values(":due", S("due".to_owned())).send().await.expect("as if");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_its_sender_left_goes_once_when_the_change_is_handed_over_again() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    hub.book(&event, "Ann Ash").await;
    hub.book(&event, "Bob Birch").await;
    hub.settle().await;
    leave_in_hand(&hub, "Ann Ash").await;
    hub.advance("PT1H").await;
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed"], "nobody finds it");
    let folder = hub.stop().await;
    std::fs::remove_file(folder.path().join("checkpoint-notify")).expect("every change is handed over again");
    let hub = TestHub::again(folder).await;
    hub.settle().await;
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed"], "another may be sending it");
    hub.advance("PT2M").await;
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed", "Confirmed"]);
    assert_eq!(hub.subjects("Bob Birch").await, ["Confirmed"]);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repair_recreates_what_a_long_outage_has_lost() {
    use aws_sdk_dynamodb::types::AttributeValue::{N, S};
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1})).await;
    hub.book(&event, "Ann Ash").await;
    hub.settle().await;
    let (client, table) = (hub.hub().operator(), hub.hub().table().to_owned());
    let items = client.scan().table_name(&table).send().await.expect("read").items.unwrap_or_default();
    let is_kind = |item: &&std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>, kind: &str| {
        item["SK"].as_s().is_ok_and(|sk| sk.starts_with(kind))
    };
    // The mail's record is lost, and somebody's registration never reached the ledger.
    let mail = items.iter().find(|item| is_kind(item, "O#")).expect("a mail");
    let key = |name: &str| (name.to_owned(), mail[name].clone());
    client.delete_item().table_name(&table).set_key(Some([key("PK"), key("SK")].into())).send().await.expect("deleted");
    let mut orphan = items.iter().find(|item| is_kind(item, "R#")).expect("a registration").clone();
    let sk = format!("R#AAAA#{event}");
    orphan.insert("SK".to_owned(), S(sk));
    orphan.insert("attempt".to_owned(), N("5".to_owned()));
    // As if the stream had never told of it.
    orphan.insert("via".to_owned(), S("organiser".to_owned()));
    client.put_item().table_name(&table).set_item(Some(orphan)).send().await.expect("stored");
    let other = hub.event(json!({})).await;
    hub.book(&other, "Bob Birch").await;
    hub.settle().await;
    leave_in_hand(&hub, "Bob Birch").await;
    let folder = hub.stop().await;
    let (code, words) = audit(&folder);
    assert_eq!(code, Some(2), "{words}");
    for finding in ["was not told: confirmed", "is in no ledger", "nobody finds a mail to"] {
        assert!(words.contains(finding), "{finding}: {words}");
    }
    let repaired = Command::new(env!("CARGO_BIN_EXE_lectern"))
        .args(["audit", "--repair", "--data"])
        .arg(folder.path())
        .output()
        .expect("the program runs");
    assert_eq!(repaired.status.code(), Some(0), "{}", String::from_utf8_lossy(&repaired.stdout));
    let hub = TestHub::again(folder).await;
    hub.settle().await;
    assert_eq!(hub.subjects("Bob Birch").await, ["Confirmed", "Confirmed"]);
    hub.stop_and_audit().await;
}
