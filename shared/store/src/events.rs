//! Events as items: the configuration people read, and the directory that finds events by their start.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::event::Event;
use domain::ledger::{Ledger, Rules};
use domain::{Command, EventId, EventStatus};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item, number, text};
use crate::keys::{Key, MONTHS, PK, SK, month};
use crate::ledger_item;

/// An event's configuration as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// Which event.
    pub id: EventId,
    /// What organisers sent.
    pub event: Event,
    /// Where it stands.
    pub status: EventStatus,
    /// Rises with every change; forms are checked against one version.
    pub version: u64,
    /// Whether the public has ever seen it.
    pub was_published: bool,
    /// What an organiser said when cancelling it.
    pub reason: Option<String>,
    /// A keyed hash of the request that created it, to tell a retry from another request under the same key.
    pub fingerprint: Option<String>,
}

/// What creating an event came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// It is there now.
    New,
    /// It was there, from the same request.
    Same(Box<EventRecord>),
    /// The identifier stands for another request's event.
    Conflict,
}

/// Somebody else changed the event first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatchConflict;

fn write(record: &EventRecord) -> Result<Item, Failure> {
    let mut item = Key::Event(record.id).attributes();
    let mut put = |name: &str, value| drop(item.insert(name.to_owned(), value));
    put("ver", number(record.version));
    put("st", text(status_name(record.status)));
    put("d", text(serde_json::to_string(&record.event).map_err(Failure::unreadable)?));
    if record.was_published {
        put("pub", AttributeValue::Bool(true));
    }
    if let Some(reason) = &record.reason {
        put("reason", text(reason));
    }
    if let Some(fingerprint) = &record.fingerprint {
        put("fp", text(fingerprint));
    }
    Ok(item)
}

fn status_name(status: EventStatus) -> &'static str {
    match status {
        EventStatus::Draft => "draft",
        EventStatus::Published => "published",
        EventStatus::Cancelled => "cancelled",
    }
}

/// Of which event an item of an event's partition is.
pub(crate) fn event_of(item: &Item) -> Result<EventId, Failure> {
    let id = item.text(PK)?.strip_prefix("E#").and_then(|id| id.parse().ok());
    id.ok_or_else(|| Failure::unreadable("not the key of an event's item"))
}

pub(crate) fn read(item: &Item) -> Result<EventRecord, Failure> {
    let status = match item.text("st")? {
        "draft" => EventStatus::Draft,
        "published" => EventStatus::Published,
        "cancelled" => EventStatus::Cancelled,
        _ => return Err(Failure::unreadable("attribute st is no status of an event")),
    };
    Ok(EventRecord {
        id: event_of(item)?,
        event: serde_json::from_str(item.text("d")?).map_err(Failure::unreadable)?,
        status,
        version: item.number("ver")?,
        was_published: item.flag("pub") || status == EventStatus::Published,
        reason: item.text("reason").ok().map(str::to_owned),
        fingerprint: item.text("fp").ok().map(str::to_owned),
    })
}

impl EventRecord {
    /// Whether the public may know of it. A draft stays unknown when it is cancelled.
    pub fn is_public(&self) -> bool {
        match self.status {
            EventStatus::Draft => false,
            EventStatus::Published => true,
            EventStatus::Cancelled => self.was_published,
        }
    }

    /// The rules of this version, as the ledger takes them.
    pub fn rules(&self) -> Rules {
        Rules::of(&self.event, self.status, self.version)
    }
}

impl Store {
    /// Stores a new event with its ledger. The configuration is written last: an event that can be read is whole.
    pub async fn create_event(&self, record: &EventRecord, now: Timestamp) -> Result<Created, Failure> {
        // A ledger without rules takes any.
        let ledger = Ledger::empty().step(&Command::Configure(record.rules()), now);
        let ledger = ledger.map_err(|refusal| Failure::unreadable(refusal.code()))?.ledger;
        let is_first = self.put_if_absent(ledger_item::write(record.id, &ledger)).await?;
        self.list_under_month(record).await?;
        // A ledger left by an attempt that broke off may have had other rules: it takes these as a later version.
        let record = &EventRecord { version: record.version + u64::from(!is_first), ..record.clone() };
        if self.put_if_absent(write(record)?).await? {
            if !is_first {
                drop(self.configure(record.id, &record.rules(), now).await?);
            }
            return Ok(Created::New);
        }
        match self.event(record.id, true).await? {
            Some(found) if found.fingerprint == record.fingerprint => Ok(Created::Same(Box::new(found))),
            _ => {
                self.keep_listing(record.id, record.event.starts()).await?;
                Ok(Created::Conflict)
            }
        }
    }

    /// One event's configuration.
    pub async fn event(&self, id: EventId, consistent: bool) -> Result<Option<EventRecord>, Failure> {
        let reply = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(Key::Event(id).attributes()))
            .consistent_read(consistent)
            .send()
            .await?;
        reply.item.as_ref().map(read).transpose()
    }

    /// Configurations and ledgers of several events, in no particular order; one without either is left out.
    pub async fn events_with_ledgers(
        &self,
        ids: &[EventId],
        consistent: bool,
    ) -> Result<Vec<(EventRecord, Ledger)>, Failure> {
        let keys = ids.iter().flat_map(|id| [Key::Event(*id).attributes(), Key::Ledger(*id).attributes()]);
        let keys: Vec<Item> = keys.collect();
        let mut records = Vec::new();
        let mut ledgers = BTreeMap::new();
        for item in self.batch_as(&keys, |request| request.consistent_read(consistent)).await? {
            if item.text(SK)? == "C" {
                records.push(read(&item)?);
            } else {
                ledgers.insert(event_of(&item)?, ledger_item::read(&item)?);
            }
        }
        Ok(records.into_iter().filter_map(|r: EventRecord| Some((r.clone(), ledgers.remove(&r.id)?))).collect())
    }

    /// One event's configuration and ledger, read side by side; `None` without either.
    pub async fn event_with_ledger(
        &self,
        id: EventId,
        consistent: bool,
    ) -> Result<Option<(EventRecord, Ledger)>, Failure> {
        let (record, ledger) =
            futures::future::try_join(self.event(id, consistent), self.ledger_read(id, consistent)).await?;
        Ok(record.zip(ledger))
    }

    /// Replaces an event's configuration, if nobody was quicker, then brings the ledger after it.
    ///
    /// Should the second write never happen, whoever next books or sweeps brings it in.
    pub async fn replace_event(
        &self,
        old: &EventRecord,
        new: &EventRecord,
        now: Timestamp,
    ) -> Result<Result<(), PatchConflict>, Failure> {
        let (left, begins) = (old.event.starts(), new.event.starts());
        let is_moved = left.as_second() != begins.as_second();
        if is_moved {
            self.list_under_month(new).await?;
        }
        let is_replaced = self.put_after(new, old.version).await?;
        if is_moved {
            self.keep_listing(new.id, left).await?;
            self.keep_listing(new.id, begins).await?;
        }
        if !is_replaced {
            return Ok(Err(PatchConflict));
        }
        drop(self.configure(new.id, &new.rules(), now).await?);
        Ok(Ok(()))
    }

    /// Stores a configuration, if the one before it is the stored one; whether it is stored.
    async fn put_after(&self, record: &EventRecord, version: u64) -> Result<bool, Failure> {
        let reply = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(write(record)?))
            .condition_expression("ver = :ver")
            .expression_attribute_values(":ver", number(version))
            .send()
            .await;
        match reply {
            Ok(_) => Ok(true),
            // Somebody else's, or our own whose reply was lost.
            Err(error) if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) => {
                Ok(self.event(record.id, true).await?.as_ref() == Some(record))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Identifiers of the events that start in the months from `from` on, by start.
    pub async fn events_from(&self, from: Timestamp) -> Result<Vec<EventId>, Failure> {
        Ok(self.starts_from(from).await?.into_iter().map(|(_, id)| id).collect())
    }

    /// The same with their starts, to the second. An event that is just being moved stands where it starts first.
    pub async fn starts_from(&self, from: Timestamp) -> Result<Vec<(Timestamp, EventId)>, Failure> {
        let first = month(from);
        let listed = self.query(MONTHS, "", false).await?;
        let months = listed.iter().filter_map(|item| item.text(SK).ok()).filter(|month| *month >= first.as_str());
        let queries = months.map(|month| async move { self.query(month, "", false).await });
        let pages = futures::future::try_join_all(queries).await?;
        let start_of = |item: &Item| {
            let (start, id) = item.text(SK).ok()?.rsplit_once('#')?;
            Some((start.parse().ok()?, id.parse().ok()?))
        };
        let mut seen = BTreeSet::new();
        Ok(pages.iter().flatten().filter_map(start_of).filter(|(_, id)| seen.insert(*id)).collect())
    }

    /// First days of the months (UTC) in which events start, in order.
    pub async fn months_of_events(&self) -> Result<Vec<Date>, Failure> {
        let listed = self.query(MONTHS, "", false).await?;
        let first = |item: &Item| {
            let month = item.text(SK)?.strip_prefix("M#").and_then(|month| format!("{month}-01").parse().ok());
            month.ok_or_else(|| Failure::unreadable("not the key of a month"))
        };
        listed.iter().map(first).collect()
    }

    async fn list_under_month(&self, record: &EventRecord) -> Result<(), Failure> {
        let starts = record.event.starts();
        self.put_if_absent(Key::MonthListed(starts).attributes()).await?;
        self.put_if_absent(Key::Month(starts, record.id).attributes()).await.map(drop)
    }

    /// Makes the directory right about one start of an event, whoever moves it there or away meanwhile.
    async fn keep_listing(&self, id: EventId, starts: Timestamp) -> Result<(), Failure> {
        let mut kept = None;
        loop {
            let found = self.event(id, true).await?;
            let there = found.filter(|record| record.event.starts().as_second() == starts.as_second());
            if kept == Some(there.is_some()) {
                return Ok(());
            }
            kept = Some(there.is_some());
            match there {
                Some(record) => self.list_under_month(&record).await?,
                None => self.delete(&Key::Month(starts, id)).await?,
            }
        }
    }

    /// Stores an item unless its key is taken; whether it was stored.
    pub(crate) async fn put_if_absent(&self, item: Item) -> Result<bool, Failure> {
        let reply = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(PK)")
            .send()
            .await;
        match reply {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) => {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) async fn delete(&self, key: &Key) -> Result<(), Failure> {
        self.client.delete_item().table_name(&self.table).set_key(Some(key.attributes())).send().await?;
        Ok(())
    }
}
