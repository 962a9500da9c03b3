use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::RawMessage;

use super::faults::{Mail, Plan, Store};
use super::{Denial, Wire, clients};
use crate::testing::Bench;

const NOW: &str = "2026-11-02T09:00:00Z";

fn wire_of(bench: &Bench, function: &str) -> Wire {
    let function = bench.template.functions.iter().find(|one| one.name == function).expect("in the template");
    Wire::of_function(Arc::clone(&bench.ground), &function.name, &function.statements)
}

fn store_of(bench: &Bench, function: &str) -> Client {
    clients::dynamodb(&wire_of(bench, function), function)
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

async fn put(client: &Client, bench: &Bench, body: &str) -> Result<(), Option<String>> {
    let request = client.put_item().table_name(&bench.template.table.name).item("PK", text("p")).item("SK", text("s"));
    let request = request.item("body", text(body)).condition_expression("attribute_not_exists(PK)");
    request.send().await.map(drop).map_err(|error| error.code().map(str::to_owned))
}

#[tokio::test]
async fn a_function_may_do_what_its_policy_says_and_nothing_else() {
    let bench = Bench::at(NOW);
    let denied = put(&store_of(&bench, "catalogue"), &bench, "x").await;
    assert_eq!(denied, Err(Some("AccessDeniedException".to_owned())));
    let resource = bench.template.table.arn.clone();
    let denial = Denial { function: "catalogue".into(), action: "dynamodb:PutItem".into(), resource };
    assert_eq!(bench.ground.denials.all(), [denial]);
    assert_eq!(put(&store_of(&bench, "register"), &bench, "x").await, Ok(()), "nothing was stored before");
}

#[tokio::test]
async fn an_index_is_for_those_who_are_allowed_it() {
    let bench = Bench::at(NOW);
    for (function, allowed) in [("notify-sweep", true), ("notify", false)] {
        let query = store_of(&bench, function).query().table_name(&bench.template.table.name).index_name("due");
        let query = query.key_condition_expression("gT = :kind").expression_attribute_values(":kind", text("L#0"));
        assert_eq!(query.send().await.is_ok(), allowed, "{function}");
    }
}

#[tokio::test]
async fn usage_is_counted_by_function_and_a_failed_condition_costs_too() {
    let bench = Bench::at(NOW);
    let client = store_of(&bench, "register");
    put(&client, &bench, &"x".repeat(1_500)).await.expect("stored");
    put(&client, &bench, "again").await.expect_err("it is there");
    let key = [("PK".to_owned(), text("p")), ("SK".to_owned(), text("s"))].into();
    let get = client.get_item().table_name(&bench.template.table.name).set_key(Some(key)).consistent_read(true);
    get.send().await.expect("read");
    let usage = serde_json::to_value(bench.ground.usage.all()).expect("JSON");
    assert_eq!(
        usage["register"],
        serde_json::json!({"invocations": 0, "requests": {"GetItem": 1, "PutItem": 2}, "write_units": 3.0, "read_units": 1.0})
    );
    assert_eq!(usage["register-settle"]["write_units"], 0.0);
    bench.ground.usage.reset();
    assert_eq!(bench.ground.usage.all()["register"], super::usage::Used::default());
}

#[tokio::test]
async fn a_lost_reply_was_carried_out_and_the_sdk_tries_again() {
    let bench = Bench::at(NOW);
    // The first draw of this seed is below one half, the second is not.
    let store = Store { lost_reply: 0.5, ..Store::default() };
    bench.ground.faults.set(Plan { store, seed: 3, ..Plan::default() }).expect("a plan");
    let outcome = put(&store_of(&bench, "register"), &bench, "x").await;
    assert_eq!(outcome, Err(Some("ConditionalCheckFailedException".to_owned())), "the second attempt found the first");
    assert_eq!(bench.ground.usage.all()["register"].requests.values().sum::<u64>(), 2);
}

#[tokio::test]
async fn what_stays_throttled_is_said_to_be() {
    let bench = Bench::at(NOW);
    let client = store_of(&bench, "register");
    for (store, code) in [
        (Store { throttle: 1.0, ..Store::default() }, "ProvisionedThroughputExceededException"),
        (Store { error: 1.0, ..Store::default() }, "InternalServerError"),
    ] {
        bench.ground.faults.set(Plan { store, ..Plan::default() }).expect("a plan");
        assert_eq!(put(&client, &bench, "x").await, Err(Some(code.to_owned())));
    }
    assert!(bench.ground.usage.all()["register"].requests.is_empty(), "nothing reached the store");
    bench.ground.faults.clear();
    assert_eq!(put(&client, &bench, "x").await, Ok(()));
}

async fn send(bench: &Bench, function: &str, from: &str) -> Result<String, String> {
    let message = format!("From: {from}\r\nTo: ann@example.org\r\nSubject: s\r\n\r\nx");
    let raw = RawMessage::builder().data(Blob::new(message)).build().expect("complete");
    let sent = clients::ses(&wire_of(bench, function)).send_raw_email().raw_message(raw).send().await;
    sent.map(|sent| sent.message_id).map_err(|error| error.code().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn mail_goes_to_the_inbox_from_those_who_may_send_it() {
    let bench = Bench::at(NOW);
    let id = send(&bench, "notify", "Hub <events@hub.example>").await.expect("sent");
    assert_eq!(bench.ground.inbox.messages(Some("ann@example.org"))[0].id, id);
    assert_eq!(send(&bench, "register", "events@hub.example").await, Err("AccessDenied".to_owned()));
    assert_eq!(send(&bench, "notify", "events@elsewhere.example").await, Err("AccessDenied".to_owned()));
    bench.ground.faults.set(Plan { mail: Mail::Down, ..Plan::default() }).expect("a plan");
    assert_eq!(send(&bench, "notify", "events@hub.example").await, Err("AccountSendingPausedException".to_owned()));
    assert_eq!(bench.ground.inbox.messages(None).len(), 1);
}
