//! What happens later: the sparse index of due items, and the timers of events.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use domain::EventId;
use jiff::Timestamp;

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item, seconds, text};
use crate::keys::{DUE_AT, DUE_INDEX, DUE_KIND, Due, DueKind, Key, PK, SK, event_hash};

/// The kind of timer that issues an event's certificates.
pub const CERTIFICATES: &str = "certificates";

/// The kind of timer that writes to those who did not come.
pub const ABSENCES_TOLD: &str = "absent";

/// Something an event does at a time: a reminder, …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// Which event.
    pub event: EventId,
    /// What.
    pub kind: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Items of one kind that are due at `now`, at most `limit` from each of the index's partitions, oldest first.
    ///
    /// The index lags behind the table: whoever acts on an item must check that it is still due.
    pub async fn due(&self, kind: DueKind, now: Timestamp, limit: i32) -> Result<Vec<Due>, Failure> {
        let queries = kind.partitions().map(|partition| async move {
            self.client
                .query()
                .table_name(&self.table)
                .index_name(DUE_INDEX)
                .key_condition_expression("gT = :partition AND gD <= :now")
                .expression_attribute_values(":partition", text(partition))
                .expression_attribute_values(":now", seconds(now))
                .limit(limit)
                .send()
                .await
        });
        let mut due = Vec::new();
        for reply in futures::future::join_all(queries).await {
            for item in reply?.items.unwrap_or_default() {
                due.push(read(&item)?);
            }
        }
        due.sort_by_key(|due: &Due| due.at);
        Ok(due)
    }

    /// Sets an event's timer, or moves it; one that has rung rings again only if it is set to another time.
    pub async fn set_timer(&self, timer: &Timer) -> Result<(), Failure> {
        let reply = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::Timer(timer.event, timer.kind.clone()).attributes()))
            .update_expression("SET gT = :partition, gD = :at, set_to = :at")
            .condition_expression("attribute_not_exists(set_to) OR set_to <> :at")
            .expression_attribute_values(
                ":partition",
                text(DueKind::of_timer(&timer.kind).partition(event_hash(timer.event))),
            )
            .expression_attribute_values(":at", seconds(timer.at))
            .send()
            .await;
        match reply {
            Err(error)
                if !error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Err(error.into())
            }
            _ => Ok(()),
        }
    }

    /// Silences an event's timer, if it is still set to the time at which it rang (whatever it is set to, where `None`:
    /// then it may be set to the same time again).
    pub async fn silence_timer(&self, event: EventId, kind: &str, rang: Option<Timestamp>) -> Result<(), Failure> {
        let mut request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::Timer(event, kind.to_owned()).attributes()))
            .update_expression(if rang.is_some() { "REMOVE gT, gD" } else { "REMOVE gT, gD, set_to" });
        request = match rang {
            Some(at) => request.condition_expression("gD = :at").expression_attribute_values(":at", seconds(at)),
            None => request.condition_expression("attribute_exists(PK)"),
        };
        match request.send().await {
            Err(error)
                if !error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Err(error.into())
            }
            _ => Ok(()),
        }
    }
}

fn read(item: &Item) -> Result<Due, Failure> {
    item.text(DUE_KIND)?;
    Ok(Due { pk: item.text(PK)?.to_owned(), sk: item.text(SK)?.to_owned(), at: item.seconds(DUE_AT)? })
}
