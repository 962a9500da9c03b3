//! What the ledger's protocol relies on, seen of the engine at its pinned version.

use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use serde_json::{Value, json};

use super::{Answer, Engine, EngineError, Operation, Record};
use crate::template::{REGION, Template};

async fn call(engine: &Engine, operation: Operation, mut request: Value) -> (u16, Value, f64) {
    request["TableName"] = json!(engine.inner.table.name);
    let request = request.to_string().into_bytes();
    let Answer { status, body, units } = engine.call(operation, request).await.expect("the engine answers");
    (status, serde_json::from_str(&body).expect("JSON"), units)
}

fn opened() -> (tempfile::TempDir, Engine) {
    let folder = tempfile::tempdir().expect("a folder");
    let template = Template::load(&crate::template::local_values()).expect("every construct is known");
    let engine = Engine::open(&folder.path().join("table.sqlite"), &template.table).expect("opens");
    (folder, engine)
}

async fn with_ledger() -> (tempfile::TempDir, Engine) {
    let (folder, engine) = opened();
    let lane = json!({"M": {"i": {"N": "4"}, "x": {"N": "5"}}});
    let item = json!({"PK": {"S": "E#1"}, "SK": {"S": "L"}, "v": {"N": "1"}, "m": {"M": {}}, "ln": {"M": {"g": lane}}});
    assert_eq!(call(&engine, Operation::PutItem, json!({ "Item": item })).await.0, 200);
    (folder, engine)
}

fn draw(person: &str) -> Value {
    json!({
        "Key": {"PK": {"S": "E#1"}, "SK": {"S": "L"}},
        "UpdateExpression": "SET m.#p = ln.#k.i + :base, ln.#k.i = ln.#k.i + :one",
        "ConditionExpression": "attribute_not_exists(m.#p) AND ln.#k.i < ln.#k.x",
        "ExpressionAttributeNames": {"#p": person, "#k": "g"},
        "ExpressionAttributeValues": {":base": {"N": "1"}, ":one": {"N": "1"}},
        "ReturnValues": "ALL_NEW",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    })
}

#[tokio::test]
async fn the_right_hand_side_of_set_reads_the_old_item_along_nested_paths() {
    let (_folder, engine) = with_ledger().await;
    let (status, reply, units) = call(&engine, Operation::UpdateItem, draw("ann")).await;
    assert_eq!(status, 200);
    assert_eq!(reply["Attributes"]["m"]["M"]["ann"]["N"], "5", "the old counter plus one");
    assert_eq!(reply["Attributes"]["ln"]["M"]["g"]["M"]["i"]["N"], "5");
    assert!((units - 1.0).abs() < f64::EPSILON, "{units}");
}

#[tokio::test]
async fn a_condition_that_fails_changes_nothing_returns_the_old_item_and_costs_its_units() {
    let (_folder, engine) = with_ledger().await;
    call(&engine, Operation::UpdateItem, draw("ann")).await;
    for person in ["ann", "bob"] {
        let (status, reply, units) = call(&engine, Operation::UpdateItem, draw(person)).await;
        assert_eq!(status, 400);
        assert!(reply["__type"].as_str().is_some_and(|kind| kind.ends_with("#ConditionalCheckFailedException")));
        assert_eq!(reply["Item"]["ln"]["M"]["g"]["M"]["i"]["N"], "5", "{person}: the item as it stands");
        assert!((units - 1.0).abs() < f64::EPSILON, "{units}");
    }
}

fn event_of(record: &Record) -> Value {
    serde_json::to_value(record.event().expect("JSON")).expect("JSON")
}

#[tokio::test]
async fn the_stream_carries_both_images_in_order_and_can_be_resumed() {
    let (_folder, engine) = with_ledger().await;
    call(&engine, Operation::UpdateItem, draw("ann")).await;
    let records = engine.records(None, 10).await.expect("the stream reads");
    let events: Vec<Value> = records.iter().map(event_of).collect();
    let names: Vec<&str> = events.iter().filter_map(|event| event["eventName"].as_str()).collect();
    assert_eq!(names, ["INSERT", "MODIFY"]);
    assert_eq!(events[1]["dynamodb"]["OldImage"]["v"]["N"], "1");
    assert_eq!(events[1]["dynamodb"]["NewImage"]["m"]["M"]["ann"]["N"], "5");
    assert_eq!(events[1]["dynamodb"]["Keys"], json!({"PK": {"S": "E#1"}, "SK": {"S": "L"}}));
    assert_eq!(events[1]["dynamodb"]["StreamViewType"], "NEW_AND_OLD_IMAGES");
    assert!(records[0].sequence_number() < records[1].sequence_number());
    for (place, left) in [(&records[0], 1), (&records[1], 0)] {
        let place = Some(place.sequence_number().to_owned());
        assert_eq!(engine.records(place.clone(), 10).await.expect("resumes").len(), left);
        assert_eq!(engine.has_records(place).await.expect("resumes"), left > 0);
    }
}

#[tokio::test]
async fn a_record_read_beside_the_engine_is_the_one_of_its_api() {
    let (_folder, engine) = with_ledger().await;
    call(&engine, Operation::UpdateItem, draw("ann")).await;
    let lapsed = json!({"PK": {"S": "E#2"}, "SK": {"S": "L"}, "ttl": {"N": "1"}});
    call(&engine, Operation::PutItem, json!({ "Item": lapsed })).await;
    engine.remove_lapsed().await.expect("swept");
    let read = engine.records(None, 10).await.expect("the stream reads");
    let read: Vec<Value> = read.iter().map(event_of).collect();
    let told = engine.run(|inner| Ok(inner.told_by_api())).await.expect("the stream reads");
    assert_eq!(told.len(), 4, "an insertion, a change, another insertion, and its removal");
    assert_eq!(read, told);
    assert_eq!(told[3]["userIdentity"]["type"], "Service");
}

impl super::Inner {
    /// The stream as the engine's own API tells it, in the template's region.
    fn told_by_api(&self) -> Vec<Value> {
        let arn = format!("{}/stream/local", self.table.arn);
        let start = self.database.get_shard_iterator(GetShardIteratorRequest {
            stream_arn: arn.clone(),
            shard_id: dynoxide::streams::shard_id(&self.table.name),
            shard_iterator_type: "TRIM_HORIZON".into(),
            sequence_number: None,
        });
        let shard_iterator = start.expect("an iterator").shard_iterator.expect("an iterator");
        let page = self.database.get_records(GetRecordsRequest { shard_iterator, limit: None }).expect("records");
        let event = |record| {
            let mut event = serde_json::to_value(record).expect("JSON");
            event["eventSourceARN"] = json!(arn);
            event["awsRegion"] = json!(REGION);
            event
        };
        page.records.into_iter().map(event).collect()
    }
}

#[tokio::test]
async fn a_write_and_a_read_of_the_stream_search_an_index() {
    let (_folder, engine) = opened();
    let plan = |query: &'static str| {
        engine.run(move |inner| {
            let beside = inner.beside();
            let mut plan = beside.prepare(&format!("EXPLAIN QUERY PLAN {query}"))?;
            let steps = plan.query_map([], |row| row.get::<_, String>(3))?.collect::<Result<Vec<_>, _>>();
            Ok::<_, EngineError>(steps?.join("; "))
        })
    };
    // The engine's own statement and ours, with values for their parameters.
    let next = "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records \
                WHERE table_name = 't'";
    let read = "SELECT event_name FROM _stream_records WHERE table_name = 't' \
                AND CAST(sequence_number AS INTEGER) > 5 ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT 9";
    for query in [next, read] {
        let plan = plan(query).await.expect("a plan");
        assert!(plan.starts_with("SEARCH _stream_records USING") && plan.contains("lectern_stream_sequence"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[tokio::test]
async fn only_what_is_old_and_read_is_pruned() {
    let (_folder, engine) = with_ledger().await;
    let first = engine.records(None, 1).await.expect("reads")[0].sequence_number().to_owned();
    call(&engine, Operation::UpdateItem, draw("ann")).await;
    let record = engine.records(None, 1).await.expect("reads")[0].outline().clone();
    let written = record["dynamodb"]["ApproximateCreationDateTime"].as_f64().expect("a number");
    #[expect(clippy::cast_possible_truncation, reason = "whole epoch seconds")]
    let written = jiff::Timestamp::from_second(written as i64).expect("in range");
    let day = jiff::SignedDuration::from_hours(24);
    assert_eq!(engine.prune(first.clone(), written + day).await.expect("prunes"), 0, "not yet a day old");
    assert_eq!(engine.prune(first, written + day * 2).await.expect("prunes"), 1, "the second was not read");
}

#[tokio::test]
async fn a_folder_with_another_table_is_refused() {
    let (folder, engine) = opened();
    let mut other = engine.inner.table.clone();
    drop(engine);
    other.creation["GlobalSecondaryIndexes"][0]["IndexName"] = json!("later");
    let refusal = Engine::open(&folder.path().join("table.sqlite"), &other).expect_err("refused");
    assert!(matches!(refusal, EngineError::Shape), "{refusal}");
}
