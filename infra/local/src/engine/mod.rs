//! The embedded engine: DynamoDB's API over one SQLite file in the data folder.
//!
//! What was answered is on disk (the engine commits before it answers). Calls block, so threads of its own make them, one
//! after the other as they come.

mod due;
#[cfg(test)]
mod facts;
mod operation;
mod stream;
mod threads;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dynoxide::{Database, DynoxideError};
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};

use crate::template::Table;
use threads::Threads;

pub use operation::{Answer, Operation};
pub use stream::Position;

/// The engine over one data folder.
#[derive(Debug)]
pub struct Engine {
    inner: Arc<Inner>,
    threads: Threads<Inner>,
}

struct Inner {
    database: Database,
    /// A second connection to the engine's file, for what its API has no call for.
    beside: Mutex<rusqlite::Connection>,
    table: Table,
    /// The last records read: each reader of the stream comes by the same place.
    last_read: Mutex<Option<stream::Page>>,
    /// Counts writes, so that whoever reads the stream can wait for the next.
    writes: watch::Sender<u64>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner").field("table", &self.table.name).finish_non_exhaustive()
    }
}

/// Why the engine cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The engine said no.
    #[error("the engine failed")]
    Engine(#[from] DynoxideError),
    /// SQLite said no.
    #[error("the engine's file failed")]
    File(#[from] rusqlite::Error),
    /// A thread cannot be started.
    #[error("the engine's threads cannot be started")]
    Thread(#[from] std::io::Error),
    /// The engine speaks another dialect than expected.
    #[error("the engine's message cannot be read")]
    Message(#[from] serde_json::Error),
    /// The folder was made by another version of the template.
    #[error("the table in the data folder has another shape than the template's; start with an empty folder")]
    Shape,
    /// A call never came back.
    #[error("a call of the engine broke off")]
    Broken,
}

impl Engine {
    /// Opens the file, or makes it, with the template's table.
    pub fn open(file: &Path, table: &Table) -> Result<Self, EngineError> {
        let database = Database::new(&file.to_string_lossy())?;
        if database.get_table_metadata(&table.name)?.is_none() {
            create(&database, table)?;
        }
        check_shape(&database, table)?;
        let beside = rusqlite::Connection::open(file)?;
        stream::add_index(&beside)?;
        let writes = watch::Sender::new(0);
        let inner =
            Inner { database, beside: Mutex::new(beside), table: table.clone(), last_read: Mutex::default(), writes };
        let inner = Arc::new(inner);
        Ok(Self { threads: Threads::start(&inner)?, inner })
    }

    /// From here on a write is answered before it is on the disk, until the engine is opened again. For what can be made
    /// anew: the file is sound again only once it has been closed and synced.
    pub fn write_behind(&self) -> Result<(), EngineError> {
        Ok(self.inner.database.enable_bulk_loading()?)
    }

    /// Answers one request of DynamoDB's API.
    pub async fn call(&self, operation: Operation, request: Value) -> Result<Answer, EngineError> {
        self.run(move |inner| Ok(operation.run(&inner.database, request, || inner.wrote()))).await
    }

    /// Changes when something was written.
    pub fn writes(&self) -> watch::Receiver<u64> {
        self.inner.writes.subscribe()
    }

    /// Removes items whose time to live has passed, by the real clock.
    pub async fn remove_lapsed(&self) -> Result<usize, EngineError> {
        self.run(|inner| {
            let removed = inner.database.sweep_ttl()?;
            inner.wrote();
            Ok(removed)
        })
        .await
    }

    /// Runs a blocking call.
    async fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Inner) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let (reply, answer) = oneshot::channel();
        // Whoever asked may have gone.
        self.threads.run(move |inner| drop(reply.send(call(inner))));
        answer.await.map_err(|_| EngineError::Broken)?
    }
}

impl Inner {
    fn beside(&self) -> MutexGuard<'_, rusqlite::Connection> {
        // A panic while the lock is held ends a call, not the connection.
        self.beside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wrote(&self) {
        self.writes.send_modify(|count| *count = count.wrapping_add(1));
    }
}

fn create(database: &Database, table: &Table) -> Result<(), EngineError> {
    database.create_table(serde_json::from_value(table.creation.clone())?)?;
    let lapse = json!({
        "TableName": table.name,
        "TimeToLiveSpecification": { "AttributeName": table.lapse, "Enabled": true },
    });
    database.update_time_to_live(serde_json::from_value(lapse)?)?;
    Ok(())
}

/// Whether the table is keyed and indexed as the template says.
fn check_shape(database: &Database, table: &Table) -> Result<(), EngineError> {
    let described = database.describe_table(serde_json::from_value(json!({ "TableName": table.name }))?)?;
    let described = serde_json::to_value(described)?;
    let shape = |table: &Value| {
        let index = &table["GlobalSecondaryIndexes"][0];
        (table["KeySchema"].clone(), index["IndexName"].clone(), index["KeySchema"].clone())
    };
    if shape(&described["Table"]) == shape(&table.creation) { Ok(()) } else { Err(EngineError::Shape) }
}
