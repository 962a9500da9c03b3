use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use app::Failure;
use serde_json::{Value, json};

use super::{FAILURES, Pump, drained};
use crate::testing::Bench;

const NOW: &str = "2026-11-02T09:00:00Z";

fn keys(batch: &Value) -> Vec<String> {
    let records = batch["Records"].as_array().expect("records");
    records.iter().map(|record| record["dynamodb"]["Keys"]["PK"]["S"].as_str().expect("a key").to_owned()).collect()
}

/// A pump of the ledgers' changes into a function that fails its first batches, and what that function was given.
fn pump(bench: &Bench, failures: u32) -> (Pump, Arc<Mutex<Vec<Vec<String>>>>) {
    let (seen, left) = (Arc::new(Mutex::new(Vec::new())), AtomicU32::new(failures));
    let log = Arc::clone(&seen);
    let functions = bench.function("notify", move |batch| {
        log.lock().expect("no panic").push(keys(&batch));
        let fails = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        async move { if fails { Err(Failure::new("not now")) } else { Ok(Value::Null) } }
    });
    let notify = bench.template.functions.iter().find(|one| one.name == "notify").expect("in the template");
    let mut mapping = notify.streams[0].clone();
    mapping.maximum_retry_attempts = 2;
    let pump = Pump::new(Arc::clone(&bench.ground), functions, Arc::clone(&bench.folder), "notify", mapping);
    (pump.expect("no checkpoint, or a good one"), seen)
}

async fn run_until_drained(bench: &Bench, pump: Pump) {
    let progress = [pump.progress()];
    tokio::select! {
        () = pump.run() => panic!("it ended"),
        drained = drained(&bench.ground, &progress) => drained.expect("the stream reads"),
    }
}

fn ledger(event: &str) -> Value {
    json!({"PK": {"S": event}, "SK": {"S": "L"}})
}

#[tokio::test]
async fn what_the_filter_names_is_delivered_in_order_and_not_again_after_a_restart() {
    let bench = Bench::at(NOW);
    bench.put(ledger("E#1")).await;
    bench.put(json!({"PK": {"S": "P#1"}, "SK": {"S": "R#1"}})).await;
    bench.put(ledger("E#2")).await;
    let (first, seen) = pump(&bench, 0);
    run_until_drained(&bench, first).await;
    assert_eq!(*seen.lock().expect("no panic"), [["E#1", "E#2"]]);
    bench.put(ledger("E#3")).await;
    let (second, seen) = pump(&bench, 0);
    run_until_drained(&bench, second).await;
    assert_eq!(*seen.lock().expect("no panic"), [["E#3"]]);
}

#[tokio::test]
async fn what_fails_is_delivered_again_and_what_never_works_is_written_down() {
    let bench = Bench::at(NOW);
    bench.put(ledger("E#1")).await;
    let (passing, seen) = pump(&bench, 2);
    run_until_drained(&bench, passing).await;
    assert_eq!(seen.lock().expect("no panic").len(), 3);
    assert_eq!(bench.folder.read(FAILURES).expect("reads"), None);
    bench.put(ledger("E#2")).await;
    let (lasting, seen) = pump(&bench, 3);
    run_until_drained(&bench, lasting).await;
    assert_eq!(*seen.lock().expect("no panic"), [["E#2"], ["E#2"], ["E#2"]]);
    let failures = bench.folder.read(FAILURES).expect("reads").expect("written");
    let failure: Value = serde_json::from_slice(&failures).expect("one line");
    assert_eq!(failure["record"]["dynamodb"]["Keys"]["PK"]["S"], "E#2");
}

#[tokio::test]
async fn a_write_wakes_it() {
    let bench = Bench::at(NOW);
    let (pump, seen) = pump(&bench, 0);
    let progress = [pump.progress()];
    let running = tokio::spawn(pump.run());
    drained(&bench.ground, &progress).await.expect("empty");
    bench.put(ledger("E#1")).await;
    drained(&bench.ground, &progress).await.expect("delivered");
    assert_eq!(*seen.lock().expect("no panic"), [["E#1"]]);
    running.abort();
}
