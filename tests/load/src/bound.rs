//! What the engine alone does on this machine: the two writes of a registration through its own API, without the SDK,
//! HTTP, mail or streams' readers. No hub over it can be faster.

use std::collections::BTreeMap;
use std::time::Instant;

use futures::{StreamExt as _, TryStreamExt as _};
use local::{Engine, Operation, Template};
use serde_json::{Value, json};

use crate::process;
use crate::report::Error;

/// People of one ledger.
const PEOPLE_A_LEDGER: usize = 30;

/// What the engine alone does.
pub struct Bound {
    /// Registrations a second, on disk.
    pub rate: f64,
    /// Milliseconds of CPU for each.
    pub cpu: f64,
}

/// Measures the engine alone, with as many calls at once as a hub is given.
pub async fn measure(people: usize, at_once: usize) -> Result<Bound, Error> {
    let folder = tempfile::tempdir()?;
    let names = ["BaseUrl", "Issuer", "Audience", "ClientId", "MailDomain", "MailFrom", "OperatorMail"];
    let values: BTreeMap<String, String> = names.into_iter().map(|name| (name.into(), "local".into())).collect();
    let template = Template::load(&values)?;
    let engine = Engine::open(&folder.path().join("bound.sqlite"), &template.table)?;
    let table = template.table.name.as_str();
    let cpu = || process::used(std::process::id()).map_or(0.0, |used| used.cpu);
    let (begun, before) = (Instant::now(), cpu());
    for n in (0..people).step_by(PEOPLE_A_LEDGER) {
        call(&engine, Operation::PutItem, ledger(table, &event_of(n))).await?;
    }
    let engine = &engine;
    let registrations = (0..people).map(|n| async move {
        call(engine, Operation::PutItem, registration(table, n)).await?;
        call(engine, Operation::UpdateItem, draw(table, &event_of(n), n)).await
    });
    futures::stream::iter(registrations).buffer_unordered(at_once).try_collect::<()>().await?;
    #[expect(clippy::cast_precision_loss, reason = "people are few")]
    let people = people as f64;
    Ok(Bound { rate: people / begun.elapsed().as_secs_f64(), cpu: (cpu() - before) * 1_000.0 / people })
}

fn event_of(person: usize) -> String {
    format!("E#{}", person / PEOPLE_A_LEDGER)
}

async fn call(engine: &Engine, operation: Operation, request: Value) -> Result<(), Error> {
    let answer = engine.call(operation, request.to_string().into_bytes()).await?;
    if answer.status == 200 { Ok(()) } else { Err(answer.body.into()) }
}

fn ledger(table: &str, event: &str) -> Value {
    let lane = json!({"M": {"i": {"N": "0"}, "x": {"N": "1048575"}, "h": {"N": "30"}, "c": {"N": "30"}}});
    json!({"TableName": table, "Item": {
        "PK": {"S": event}, "SK": {"S": "L"}, "st": {"S": "open"}, "ln": {"M": {"g": lane}}, "m": {"M": {}}}})
}

fn registration(table: &str, n: usize) -> Value {
    let form = json!({"name": format!("Person Number{n}"), "email": format!("p{n}@practice.example"), "role": "gp"});
    json!({"TableName": table, "ConditionExpression": "attribute_not_exists(PK)", "Item": {
        "PK": {"S": format!("P#{n:012}")}, "SK": {"S": "R#AAAA#2222222222"}, "g": {"N": "1"},
        "d": {"S": form.to_string()}}})
}

fn draw(table: &str, event: &str, n: usize) -> Value {
    json!({"TableName": table, "Key": {"PK": {"S": event}, "SK": {"S": "L"}}, "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET m.#p = ln.#k.i + :base, ln.#k.i = ln.#k.i + :1",
        "ConditionExpression": "st = :open AND ln.#k.i < ln.#k.x AND attribute_not_exists(m.#p)",
        "ExpressionAttributeNames": {"#p": format!("{n:016}"), "#k": "g"},
        "ExpressionAttributeValues": {":base": {"N": "17364418561"}, ":1": {"N": "1"}, ":open": {"S": "open"}}})
}
