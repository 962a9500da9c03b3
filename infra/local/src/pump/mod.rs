//! The stream pump: what a stream mapping is on AWS. One for each function that reads the stream.
//!
//! A pump reads after its own checkpoint, which is kept in the data folder, and so goes on where it stopped; what it
//! had not confirmed is delivered again. It waits for writes and never polls.

mod delivery;
#[cfg(test)]
mod tests;
pub mod unread;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use tokio::sync::watch;

use crate::engine::{EngineError, Position, Record};
use crate::folder::Folder;
use crate::functions::Functions;
use crate::template::StreamMapping;
use crate::wire::Ground;

use delivery::{Delivery, Outcome};

/// The most records read at once.
const READ_MAX: usize = 250;
/// Real time before a pump that could not read tries again.
const PAUSE: Duration = Duration::from_secs(1);
/// Where records and ticks that were given up are written down.
pub const FAILURES: &str = "failures.jsonl";

/// One function's reading of the stream.
pub struct Pump {
    ground: Arc<Ground>,
    functions: Arc<Functions>,
    folder: Arc<Folder>,
    function: String,
    mapping: StreamMapping,
    position: watch::Sender<Position>,
}

/// How far a pump has come, for those who wait for it.
#[derive(Debug, Clone)]
pub struct Progress(watch::Receiver<Position>);

/// Why a pump stops.
#[derive(Debug, thiserror::Error)]
pub enum PumpError {
    /// The engine.
    #[error("the stream cannot be read")]
    Engine(#[from] EngineError),
    /// A file.
    #[error("the checkpoint cannot be kept")]
    Folder(#[from] std::io::Error),
}

impl Pump {
    /// A pump that goes on from its checkpoint.
    pub fn new(
        ground: Arc<Ground>,
        functions: Arc<Functions>,
        folder: Arc<Folder>,
        function: &str,
        mapping: StreamMapping,
    ) -> std::io::Result<Self> {
        let position = watch::Sender::new(folder.marked(&checkpoint(function))?);
        Ok(Self { ground, functions, folder, function: function.to_owned(), mapping, position })
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        Progress(self.position.subscribe())
    }

    /// Delivers what there is, then whatever is written, until it is dropped.
    pub async fn run(self) {
        let mut writes = self.ground.engine.writes();
        loop {
            writes.borrow_and_update();
            while !self.drain().await {
                tokio::time::sleep(PAUSE).await;
            }
            if writes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Delivers until nothing is left; whether it could.
    async fn drain(&self) -> bool {
        loop {
            match self.pass().await {
                Ok(true) => {}
                Ok(false) => return true,
                Err(error) => {
                    tracing::error!(function = self.function, error = &error as &dyn std::error::Error, "pump failed");
                    return false;
                }
            }
        }
    }

    /// Delivers what one reading gives; whether there may be more.
    async fn pass(&self) -> Result<bool, PumpError> {
        let position = self.position.borrow().clone();
        let records = self.ground.engine.records(position, READ_MAX).await?;
        let Some(last) = records.last() else { return Ok(false) };
        let wanted = |record: &&Record| self.mapping.filters().any(|pattern| pattern.matches(record.outline()));
        let wanted: Vec<&Record> = records.iter().filter(wanted).collect();
        for batch in wanted.chunks(self.mapping.batch_size) {
            self.deliver(batch).await?;
        }
        self.confirm(last)?;
        Ok(true)
    }

    async fn deliver(&self, batch: &[&Record]) -> Result<(), PumpError> {
        let mut delivery = Delivery::new(batch, self.mapping.maximum_retry_attempts);
        while let Some(records) = delivery.next() {
            let events = records.iter().map(|record| record.event()).collect::<Result<Vec<_>, _>>()?;
            let payload = serde_json::to_string(&BTreeMap::from([("Records", events)])).map_err(EngineError::from)?;
            let outcome = match self.functions.event(&self.function, payload).await {
                Ok(reply) => Outcome::read(&reply, records),
                Err(error) => {
                    tracing::warn!(function = self.function, error = &error as &dyn std::error::Error, "batch failed");
                    Outcome::Failed
                }
            };
            if let Some(record) = delivery.record(outcome) {
                self.give_up(record)?;
            }
            if let Some(pause) = delivery.pause() {
                tokio::time::sleep(pause).await;
            }
        }
        batch.last().map_or(Ok(()), |last| self.confirm(last))
    }

    fn give_up(&self, record: &Record) -> Result<(), PumpError> {
        tracing::error!(function = self.function, record = record.sequence_number(), "record given up");
        let failure = json!({ "function": self.function, "record": record.event()? });
        Ok(self.folder.append(FAILURES, &failure.to_string())?)
    }

    fn confirm(&self, record: &Record) -> Result<(), PumpError> {
        self.folder.mark(&checkpoint(&self.function), record.sequence_number())?;
        self.position.send_replace(Some(record.sequence_number().to_owned()));
        Ok(())
    }
}

/// Waits until every pump has delivered all that is in the stream.
pub async fn drained(ground: &Ground, pumps: &[Progress]) -> Result<(), EngineError> {
    for Progress(position) in pumps {
        let mut position = position.clone();
        loop {
            let reached = position.borrow_and_update().clone();
            if !ground.engine.has_records(reached).await? {
                break;
            }
            // A pump ends only when its hub does.
            position.changed().await.map_err(|_| EngineError::Broken)?;
        }
    }
    Ok(())
}

/// Removes the records that every pump has confirmed and that AWS would no longer keep either.
pub async fn prune(ground: &Ground, pumps: &[Progress], now: Timestamp) -> Result<usize, EngineError> {
    let positions: Vec<Position> = pumps.iter().map(|Progress(position)| position.borrow().clone()).collect();
    match positions.into_iter().min().flatten() {
        Some(position) => ground.engine.prune(position, now).await,
        None => Ok(0),
    }
}

fn checkpoint(function: &str) -> String {
    format!("checkpoint-{function}")
}
