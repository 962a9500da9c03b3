use std::sync::{Arc, Mutex as Log};
use std::time::Instant;

use app::Failure;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Timekeeper;
use crate::template::Schedule;
use crate::testing::{Bench, put};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// An item that is due at `time`.
fn due(key: &str, time: &str) -> Value {
    let second = at(time).as_second().to_string();
    json!({"PK": {"S": key}, "SK": {"S": "-"}, "gT": {"S": "T#0"}, "gD": {"N": second}})
}

fn schedule(expression: &str) -> Schedule {
    serde_json::from_value(json!({
        "ScheduleExpression": expression,
        "Input": "{\"scheduled_at\":\"<aws.scheduler.scheduled-time>\"}",
        "OmitName": true, "FlexibleTimeWindow": {}, "RetryPolicy": {}, "DeadLetterConfig": {},
    }))
    .expect("a schedule")
}

/// A timekeeper whose one function notes when it was started, and puts what is due off to the times given, or away.
fn timekeeper(bench: &Bench, expressions: &[&str], later: &[&str]) -> (Timekeeper, Arc<Log<Vec<String>>>) {
    let seen = Arc::new(Log::new(Vec::new()));
    let (log, ground) = (Arc::clone(&seen), Arc::clone(&bench.ground));
    let table = bench.template.table.name.clone();
    let later = Log::new(later.iter().rev().map(|time| due("item", time)).collect::<Vec<Value>>());
    let functions = bench.function("sweep", move |tick| {
        log.lock().expect("no panic").push(tick["scheduled_at"].as_str().expect("a time").to_owned());
        let next = later.lock().expect("no panic").pop();
        let (ground, table) = (Arc::clone(&ground), table.clone());
        async move {
            let done = json!({"PK": {"S": "item"}, "SK": {"S": "-"}});
            put(&ground, &table, next.unwrap_or(done)).await;
            Ok(Value::Null)
        }
    });
    let schedules = expressions.iter().map(|expression| ("sweep".to_owned(), schedule(expression))).collect();
    (bench.timekeeper(functions, schedules), seen)
}

#[tokio::test]
async fn time_stops_at_every_due_instant_and_nowhere_else() {
    let bench = Bench::at("2026-11-02T08:00:00Z");
    bench.put(due("item", "2026-11-02T09:00:00Z")).await;
    let later = ["2026-11-02T09:00:00Z", "2026-11-05T12:00:30Z", "2026-12-24T18:00:00Z"];
    let (keeper, seen) = timekeeper(&bench, &["rate(1 minute)"], &later);
    keeper.settle().await.expect("settled");
    assert!(seen.lock().expect("no panic").is_empty(), "nothing is due yet");
    keeper.advance(at("2027-01-01T00:00:00Z")).await.expect("moved");
    let seen = seen.lock().expect("no panic").clone();
    assert_eq!(
        seen,
        ["2026-11-02T09:00:00Z", "2026-11-02T09:00:00Z", "2026-11-05T12:00:30Z", "2026-12-24T18:00:00Z"],
        "once more where the first sweep left it due"
    );
    assert_eq!(keeper.clock.now(), at("2027-01-01T00:00:00Z"));
}

#[tokio::test]
async fn moving_back_runs_nothing() {
    let bench = Bench::at("2026-11-02T10:00:00Z");
    bench.put(due("item", "2026-11-02T09:00:00Z")).await;
    let (keeper, seen) = timekeeper(&bench, &["rate(1 minute)", "cron(0 * * * ? *)"], &[]);
    keeper.advance(at("2026-11-01T10:00:00Z")).await.expect("moved");
    assert_eq!(keeper.clock.now(), at("2026-11-01T10:00:00Z"));
    assert!(seen.lock().expect("no panic").is_empty());
}

#[tokio::test]
async fn the_calendar_fires_at_its_times() {
    let bench = Bench::at("2026-11-02T09:00:00Z");
    let (keeper, seen) = timekeeper(&bench, &["cron(0 6 1 * ? *)"], &["2030-01-01T00:00:00Z"; 9]);
    keeper.advance(at("2027-01-01T06:00:00Z")).await.expect("moved");
    assert_eq!(*seen.lock().expect("no panic"), ["2026-12-01T06:00:00Z", "2027-01-01T06:00:00Z"]);
}

#[tokio::test]
async fn six_empty_months_take_no_time() {
    let bench = Bench::at("2026-11-02T09:00:00Z");
    let (keeper, seen) = timekeeper(&bench, &["rate(1 minute)", "cron(0 6 * * ? *)"], &["2030-01-01T00:00:00Z"; 999]);
    let start = Instant::now();
    keeper.advance(at("2027-05-02T09:00:00Z")).await.expect("moved");
    assert_eq!(seen.lock().expect("no panic").len(), 181, "one a day");
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

#[tokio::test]
async fn what_no_sweep_can_move_does_not_stop_the_clock() {
    let bench = Bench::at("2026-11-02T09:00:00Z");
    bench.put(due("item", "2026-11-02T09:00:00Z")).await;
    let functions = bench.function("sweep", |_| async { Err(Failure::new("not today")) });
    let keeper = bench.timekeeper(functions, vec![("sweep".to_owned(), schedule("rate(1 minute)"))]);
    keeper.advance(at("2026-11-02T11:00:00Z")).await.expect("moved");
    assert_eq!(keeper.clock.now(), at("2026-11-02T11:00:00Z"));
    let failures = bench.folder.read(crate::pump::FAILURES).expect("reads").expect("written");
    assert!(String::from_utf8_lossy(&failures).starts_with("{\"function\":\"sweep\""));
}
