//! A stream's records, as Lambda hands them over: the ledgers and registrations behind their images.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::ledger::Ledger;
use domain::{EventId, Generation, PersonId};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::failure::Failure;
use crate::item::{Attributes as _, Item};
use crate::{EventRecord, events, ledger_item, registrations};

/// A batch of records (AWS Lambda, "Using Lambda with DynamoDB").
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Batch {
    /// In order of their shard.
    pub records: Vec<Record>,
}

/// One change of one item.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// `INSERT`, `MODIFY` or `REMOVE`.
    pub event_name: String,
    dynamodb: Images,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Images {
    sequence_number: String,
    approximate_creation_date_time: Option<f64>,
    new_image: Option<Value>,
    old_image: Option<Value>,
}

/// A ledger before and after a write.
#[derive(Debug)]
pub struct LedgerChange {
    /// Which event.
    pub event: EventId,
    /// `None` for a new one.
    pub old: Option<Ledger>,
    /// As it was written.
    pub new: Ledger,
}

/// An event's configuration before and after a write.
#[derive(Debug)]
pub struct EventChange {
    /// As it was.
    pub old: EventRecord,
    /// As it was written.
    pub new: EventRecord,
}

/// What one record shows.
#[derive(Debug)]
pub enum Change {
    /// A ledger was written.
    Ledger(Box<LedgerChange>),
    /// An event's configuration was replaced.
    Event(Box<EventChange>),
}

/// A registration that was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Which event.
    pub event: EventId,
    /// Who.
    pub person: PersonId,
    /// Which booking.
    pub generation: Generation,
}

impl Record {
    /// What a partial-batch response names (`itemIdentifier`).
    pub fn sequence_number(&self) -> &str {
        &self.dynamodb.sequence_number
    }

    /// When the write happened, in real time, to the second.
    pub fn written_at(&self) -> Option<Timestamp> {
        #[expect(clippy::cast_possible_truncation, reason = "epoch seconds; the fraction does not matter")]
        self.dynamodb.approximate_creation_date_time.and_then(|at| Timestamp::from_second(at as i64).ok())
    }

    /// The ledger, or the event, before and after.
    pub fn change(&self) -> Result<Option<Change>, Failure> {
        let Some(new) = self.new_image()? else { return Ok(None) };
        let old = self.dynamodb.old_image.as_ref().map(image).transpose()?;
        if new.text("SK")? == "C" {
            let Some(old) = old else { return Ok(None) };
            let change = EventChange { old: events::read(&old)?, new: events::read(&new)? };
            return Ok(Some(Change::Event(Box::new(change))));
        }
        Ok(Some(Change::Ledger(Box::new(LedgerChange {
            event: events::event_of(&new)?,
            old: old.as_ref().map(ledger_item::read).transpose()?,
            new: ledger_item::read(&new)?,
        }))))
    }

    /// The registration that was stored by a person, if this is one.
    pub fn registration(&self) -> Result<Option<Stored>, Failure> {
        let Some(new) = self.new_image()? else { return Ok(None) };
        let registration = registrations::read(&new)?;
        let by_person = registration.via == domain::registration::Via::Person && !registration.refused;
        let (event, person, generation) = (registration.event, registration.person, registration.generation);
        Ok(by_person.then_some(Stored { event, person, generation }))
    }

    fn new_image(&self) -> Result<Option<Item>, Failure> {
        self.dynamodb.new_image.as_ref().map(image).transpose()
    }
}

fn image(value: &Value) -> Result<Item, Failure> {
    let fields = value.as_object().ok_or_else(|| Failure::unreadable("an image is not an object"))?;
    fields.iter().map(|(name, value)| Ok((name.clone(), attribute(value)?))).collect()
}

fn attribute(value: &Value) -> Result<AttributeValue, Failure> {
    let unreadable = || Failure::unreadable("not an attribute value");
    let (kind, value) = value.as_object().and_then(|map| map.iter().next()).ok_or_else(unreadable)?;
    let text = || value.as_str().map(str::to_owned).ok_or_else(unreadable);
    Ok(match kind.as_str() {
        "S" => AttributeValue::S(text()?),
        "N" => AttributeValue::N(text()?),
        "B" => AttributeValue::B(Blob::new(text()?)),
        "BOOL" => AttributeValue::Bool(value.as_bool().ok_or_else(unreadable)?),
        "NULL" => AttributeValue::Null(true),
        "M" => AttributeValue::M(image(value)?),
        "L" => {
            let items = value.as_array().ok_or_else(unreadable)?;
            AttributeValue::L(items.iter().map(attribute).collect::<Result<_, _>>()?)
        }
        _ => return Err(unreadable()),
    })
}
