//! The embedded engine: DynamoDB's API over one SQLite file in the data folder.
//!
//! What was answered is on disk. The engine commits to its journal without waiting for the disk, and the thread that
//! makes its calls waits once for all that have come meanwhile.

mod commits;
mod due;
#[cfg(test)]
mod facts;
mod operation;
mod record;
mod stream;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dynoxide::{Database, DynoxideError};
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};

use crate::template::Table;
use commits::{Commits, Journal};

pub use operation::{Answer, Operation};
pub use record::Record;
pub use stream::Position;

/// The engine over one data folder.
#[derive(Debug)]
pub struct Engine {
    inner: Arc<Inner>,
    commits: Commits<Inner>,
}

struct Inner {
    database: Database,
    /// A second connection to the engine's file, for what its API has no call for.
    beside: Mutex<rusqlite::Connection>,
    table: Table,
    /// SQLite's write-ahead log, of which it never lets go while it is open.
    log: File,
    /// Answers wait for no disk.
    is_write_behind: AtomicBool,
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
    /// Its journal cannot be opened, or its thread not be started.
    #[error("the engine cannot be opened")]
    Io(#[from] std::io::Error),
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
        // It would sync each commit: here `commits` does, for many at once. Checkpoints it goes on syncing itself.
        database.disable_bulk_loading()?;
        if database.get_table_metadata(&table.name)?.is_none() {
            create(&database, table)?;
        }
        check_shape(&database, table)?;
        let beside = rusqlite::Connection::open(file)?;
        stream::add_index(&beside)?;
        let inner = Arc::new(Inner {
            database,
            beside: Mutex::new(beside),
            log: File::open(log_of(file))?,
            table: table.clone(),
            is_write_behind: AtomicBool::new(false),
            last_read: Mutex::default(),
            writes: watch::Sender::new(0),
        });
        Ok(Self { commits: Commits::start(&inner)?, inner })
    }

    /// From here on a write is answered before it is on the disk, until the engine is opened again. For what can be made
    /// anew: the file is sound again only once it has been closed and synced.
    pub fn write_behind(&self) -> Result<(), EngineError> {
        self.inner.is_write_behind.store(true, Ordering::SeqCst);
        Ok(self.inner.database.enable_bulk_loading()?)
    }

    /// Answers one request of DynamoDB's API, in JSON.
    pub async fn call(&self, operation: Operation, request: Vec<u8>) -> Result<Answer, EngineError> {
        self.run(move |inner| Ok(operation.run(&inner.database, &request, || inner.wrote()))).await
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
        self.commits.run(call, |outcome| drop(reply.send(outcome)));
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

impl Journal for Inner {
    fn written(&self) -> u64 {
        if self.is_write_behind.load(Ordering::SeqCst) { 0 } else { *self.writes.borrow() }
    }

    fn sync(&self) -> std::io::Result<()> {
        self.log.sync_data()
    }
}

/// Where SQLite keeps its write-ahead log (<https://www.sqlite.org/wal.html>).
fn log_of(file: &Path) -> PathBuf {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    log.into()
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
