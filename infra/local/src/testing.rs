//! A ground to test on: a folder, a table, a clock that stands, and functions made of closures.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use app::Failure;
use futures::FutureExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::clock::HubClock;
use crate::engine::Operation;
use crate::folder::{Folder, Hold};
use crate::functions::{Deployed, Functions, Handler};
use crate::stack;
use crate::template::{Schedule, Template, local_values};
use crate::timekeeper::Timekeeper;
use crate::wire::Ground;

pub struct Bench {
    pub folder: Arc<Folder>,
    pub ground: Arc<Ground>,
    pub template: Template,
    _hold: Hold,
    _place: TempDir,
}

impl Bench {
    pub fn at(now: &str) -> Self {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, hold) = Folder::hold(place.path()).expect("free");
        let clock = HubClock::open(Arc::clone(&folder), now.parse().ok()).expect("opens");
        let mut values = local_values();
        values.insert("MailDomain".into(), "hub.example".into());
        let template = Template::load(&values).expect("every construct is known");
        let ground = stack::ground(&folder, &template, Arc::new(clock)).expect("opens");
        Self { folder, ground, template, _hold: hold, _place: place }
    }

    /// A function that is started by events.
    pub fn function<Outcome>(
        &self,
        name: &str,
        handle: impl Fn(Value) -> Outcome + Send + Sync + 'static,
    ) -> Arc<Functions>
    where
        Outcome: Future<Output = Result<Value, Failure>> + Send + 'static,
    {
        let handle = move |payload: String| handle(serde_json::from_str(&payload).expect("JSON")).boxed();
        self.deploy(name, Handler::Event(Arc::new(handle)), Duration::from_secs(5))
    }

    /// The only function of a hub.
    pub fn deploy(&self, name: &str, handler: Handler, timeout: Duration) -> Arc<Functions> {
        let deployed = BTreeMap::from([(name.to_owned(), Deployed { handler, timeout })]);
        Arc::new(Functions::new(Arc::clone(&self.ground), deployed))
    }

    /// A timekeeper of these schedules.
    pub fn timekeeper(&self, functions: Arc<Functions>, schedules: Vec<(String, Schedule)>) -> Timekeeper {
        Timekeeper {
            clock: Arc::clone(&self.ground.clock),
            ground: Arc::clone(&self.ground),
            functions,
            folder: Arc::clone(&self.folder),
            pumps: Vec::new(),
            schedules,
            subscribers: Vec::new(),
            moving: Mutex::new(()),
        }
    }

    /// Stores an item, past every wire.
    pub async fn put(&self, item: Value) {
        put(&self.ground, &self.template.table.name, item).await;
    }
}

pub async fn put(ground: &Ground, table: &str, item: Value) {
    let request = json!({ "TableName": table, "Item": item }).to_string().into_bytes();
    let answer = ground.engine.call(Operation::PutItem, request).await.expect("the engine answers");
    assert_eq!(answer.status, 200, "{}", answer.body);
}
