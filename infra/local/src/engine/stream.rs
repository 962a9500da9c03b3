//! The table's stream: reading it, and keeping it from slowing the engine down.
//!
//! The engine finds the next sequence number by looking at every record of the table and never removes one. An index
//! on the number, made beside the engine, and the removal of records that are over a day old keep writes quick. Its own
//! reading makes items of all that it reads, so records are read beside it too, as text.

use std::sync::{Arc, MutexGuard, PoisonError};

use jiff::Timestamp;
use rusqlite::OptionalExtension as _;

use super::record::{self, Record};
use super::{Engine, EngineError, Inner};

/// How long AWS keeps a record, in seconds.
const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// The expression is the engine's own, to the letter: an index serves no other spelling.
const INDEX: &str = "CREATE INDEX IF NOT EXISTS lectern_stream_sequence \
     ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// A table's records after a number; what they are ordered by is what is indexed.
const AFTER: &str = "FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) > ?2";

/// A place in the stream: the sequence number of the last record read; `None` before the first.
pub type Position = Option<String>;

/// Some records, and the place after which they are. The stream only grows, so they stay the next ones.
#[derive(Debug, Clone)]
pub(super) struct Page {
    after: Position,
    records: Arc<[Record]>,
}

pub(super) fn add_index(beside: &rusqlite::Connection) -> Result<(), EngineError> {
    Ok(beside.execute_batch(INDEX)?)
}

impl Engine {
    /// Up to `limit` records after `position`, as a stream mapping reads them; fewer than there are, where another reader has
    /// just read fewer.
    pub async fn records(&self, position: Position, limit: usize) -> Result<Arc<[Record]>, EngineError> {
        let last_read = self.inner.last_read().clone();
        if let Some(page) = last_read.filter(|page| page.after == position && page.records.len() <= limit) {
            return Ok(page.records);
        }
        self.run(move |inner| {
            let records = inner.read_stream(position.as_deref(), limit)?;
            if !records.is_empty() {
                *inner.last_read() = Some(Page { after: position, records: Arc::clone(&records) });
            }
            Ok(records)
        })
        .await
    }

    /// Whether there are records after `position`.
    pub async fn has_records(&self, position: Position) -> Result<bool, EngineError> {
        self.run(move |inner| {
            let beside = inner.beside();
            let mut after = beside.prepare_cached(&format!("SELECT EXISTS (SELECT 1 {AFTER})"))?;
            Ok(after.query_row((&inner.table.name, record::stored(position.as_deref())), |row| row.get(0))?)
        })
        .await
    }

    /// When the newest record was written, by the machine's clock, to the second.
    pub async fn last_write(&self) -> Result<Option<Timestamp>, EngineError> {
        self.run(|inner| {
            let beside = inner.beside();
            let newest = "SELECT created_at FROM _stream_records ORDER BY id DESC LIMIT 1";
            let second: Option<i64> = beside.query_row(newest, [], |row| row.get(0)).optional()?;
            Ok(second.and_then(|second| Timestamp::from_second(second).ok()))
        })
        .await
    }

    /// Removes records over a day old, up to and with the one at `position`.
    pub async fn prune(&self, position: String, now: Timestamp) -> Result<usize, EngineError> {
        self.run(move |inner| {
            let beside = inner.beside();
            let removed = beside.execute(
                "DELETE FROM _stream_records WHERE table_name = ?1 AND created_at < ?2 \
                 AND CAST(sequence_number AS INTEGER) <= ?3",
                (&inner.table.name, now.as_second() - KEPT_SECONDS, record::stored(Some(&position))),
            )?;
            Ok(removed)
        })
        .await
    }
}

impl Inner {
    fn last_read(&self) -> MutexGuard<'_, Option<Page>> {
        // Nothing panics while the lock is held.
        self.last_read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_stream(&self, position: Option<&str>, limit: usize) -> Result<Arc<[Record]>, EngineError> {
        let beside = self.beside();
        let columns = record::COLUMNS;
        let mut after = beside.prepare_cached(&format!(
            "SELECT {columns} {AFTER} ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT {limit}"
        ))?;
        let mut rows = after.query((&self.table.name, record::stored(position)))?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.push(record::read(row, &self.table)?);
        }
        Ok(records.into())
    }
}
