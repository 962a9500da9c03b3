//! A stream's records, as Lambda hands them over: the ledgers and registrations behind their images.

use domain::ledger::Ledger;
use domain::{EventId, Generation, PersonId};
use jiff::Timestamp;
use serde::Deserialize;

use crate::failure::Failure;
use crate::image::Image;
use crate::item::Attributes as _;
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
    new_image: Option<Image>,
    old_image: Option<Image>,
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
    /// Whether its form names an organisation.
    pub has_organisation: bool,
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
        let Images { new_image: Some(Image(new)), old_image, .. } = &self.dynamodb else { return Ok(None) };
        let old = old_image.as_ref().map(|Image(old)| old);
        if new.text("SK")? == "C" {
            let Some(old) = old else { return Ok(None) };
            let change = EventChange { old: events::read(old)?, new: events::read(new)? };
            return Ok(Some(Change::Event(Box::new(change))));
        }
        Ok(Some(Change::Ledger(Box::new(LedgerChange {
            event: events::event_of(new)?,
            old: old.map(ledger_item::read).transpose()?,
            new: ledger_item::read(new)?,
        }))))
    }

    /// The registration that was stored by a person, if this is one.
    pub fn registration(&self) -> Result<Option<Stored>, Failure> {
        let Some(Image(new)) = &self.dynamodb.new_image else { return Ok(None) };
        let registration = registrations::read(new)?;
        let by_person = registration.via == domain::registration::Via::Person && !registration.refused;
        let (event, person, generation) = (registration.event, registration.person, registration.generation);
        let has_organisation = registration.form.organisation.is_some();
        Ok(by_person.then_some(Stored { event, person, generation, has_organisation }))
    }
}
