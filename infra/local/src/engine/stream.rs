//! The table's stream: reading it, and keeping it from slowing the engine down.
//!
//! The engine finds the next sequence number by looking at every record of the table and never removes one. An index
//! on the number, made beside the engine, and the removal of records that are over a day old keep writes quick.

use std::sync::{Arc, MutexGuard, PoisonError};

use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use jiff::Timestamp;
use rusqlite::OptionalExtension as _;
use serde_json::{Value, json};

use super::{Engine, EngineError, Inner};
use crate::template::REGION;

/// How long AWS keeps a record, in seconds.
const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// The expression is the engine's own, to the letter: an index serves no other spelling.
const INDEX: &str = "CREATE INDEX IF NOT EXISTS lectern_stream_sequence \
     ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// A place in the stream: the sequence number of the last record read; `None` before the first.
pub type Position = Option<String>;

/// Some records, and the place after which they are. The stream only grows, so they stay the next ones.
#[derive(Debug, Clone)]
pub(super) struct Page {
    after: Position,
    records: Arc<[Value]>,
}

pub(super) fn add_index(beside: &rusqlite::Connection) -> Result<(), EngineError> {
    Ok(beside.execute_batch(INDEX)?)
}

impl Engine {
    /// Up to `limit` records after `position`, as a stream mapping hands them to a function; fewer than there are, where
    /// another reader has just read fewer.
    pub async fn records(&self, position: Position, limit: usize) -> Result<Arc<[Value]>, EngineError> {
        let last_read = self.inner.last_read().clone();
        if let Some(page) = last_read.filter(|page| page.after == position && page.records.len() <= limit) {
            return Ok(page.records);
        }
        self.run(move |inner| {
            let records = inner.read_stream(position.clone(), limit)?;
            if !records.is_empty() {
                *inner.last_read() = Some(Page { after: position, records: Arc::clone(&records) });
            }
            Ok(records)
        })
        .await
    }

    /// Whether there are records after `position`.
    pub async fn has_records(&self, position: Position) -> Result<bool, EngineError> {
        self.run(move |inner| Ok(!inner.read_stream(position, 1)?.is_empty())).await
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
                 AND CAST(sequence_number AS INTEGER) <= CAST(substr(?3, 2) AS INTEGER)",
                (&inner.table.name, now.as_second() - KEPT_SECONDS, position),
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

    fn read_stream(&self, position: Position, limit: usize) -> Result<Arc<[Value]>, EngineError> {
        let kind = if position.is_some() { "AFTER_SEQUENCE_NUMBER" } else { "TRIM_HORIZON" };
        let arn = format!("{}/stream/local", self.table.arn);
        let start = self.database.get_shard_iterator(GetShardIteratorRequest {
            stream_arn: arn.clone(),
            shard_id: dynoxide::streams::shard_id(&self.table.name),
            shard_iterator_type: kind.into(),
            sequence_number: position,
        })?;
        let shard_iterator = start.shard_iterator.unwrap_or_default();
        let page = self.database.get_records(GetRecordsRequest { shard_iterator, limit: Some(limit) })?;
        page.records.iter().map(|record| Ok(as_event(serde_json::to_value(record)?, &arn))).collect()
    }
}

/// A record in the form of an event: with its source, and the region of every other ARN.
fn as_event(mut record: Value, arn: &str) -> Value {
    record["eventSourceARN"] = json!(arn);
    record["awsRegion"] = json!(REGION);
    record
}
