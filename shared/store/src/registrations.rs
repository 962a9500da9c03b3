//! Registrations as items: what was filled in, under the mailbox it belongs to.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::registration::Via;
use domain::{EventId, Generation, PersonId, Registration};
use jiff::Timestamp;

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item, number, text};
use crate::keys::{Key, SK, mailbox};
use crate::needs;

/// The attribute with an organiser's words for not approving.
const REJECTION: &str = "rejection";

pub(crate) fn write(registration: &Registration) -> Result<Item, Failure> {
    let mut item = Key::Registration(registration.person, registration.event).attributes();
    let mut put = |name: &str, value| drop(item.insert(name.to_owned(), value));
    put("g", number(registration.generation.0));
    put("at", number(registration.at.as_millisecond()));
    put("via", text(via_name(registration.via)));
    put("attempt", number(registration.attempt));
    put("d", text(serde_json::to_string(&registration.form).map_err(Failure::unreadable)?));
    if registration.refused {
        put("refused", AttributeValue::Bool(true));
    }
    if let Some(words) = &registration.rejection {
        put(REJECTION, text(words));
    }
    needs::write(&registration.access, &mut item)?;
    Ok(item)
}

fn via_name(via: Via) -> &'static str {
    match via {
        Via::Person => "self",
        Via::Organiser => "organiser",
        Via::WalkIn => "walk-in",
    }
}

fn via_of(name: &str) -> Result<Via, Failure> {
    let known = [Via::Person, Via::Organiser, Via::WalkIn].into_iter().find(|via| via_name(*via) == name);
    known.ok_or_else(|| Failure::unreadable("attribute via is no way to book"))
}

pub(crate) fn read(item: &Item) -> Result<Registration, Failure> {
    let (person, event) = read_key(item)?;
    Ok(Registration {
        event,
        person,
        generation: Generation(item.number("g")?),
        at: Timestamp::from_millisecond(item.number("at")?).map_err(Failure::unreadable)?,
        via: via_of(item.text("via")?)?,
        attempt: item.number("attempt")?,
        refused: item.flag("refused"),
        rejection: item.text(REJECTION).ok().map(str::to_owned),
        access: needs::read(item)?,
        form: serde_json::from_str(item.text("d")?).map_err(Failure::unreadable)?,
    })
}

/// Whose registration for which event an item is.
pub(crate) fn read_key(item: &Item) -> Result<(PersonId, EventId), Failure> {
    let unreadable = || Failure::unreadable("not the key of a registration");
    let mailbox = item.text("PK")?.strip_prefix("P#").ok_or_else(unreadable)?;
    let (tag, event) = item.text(SK)?.strip_prefix("R#").and_then(|sk| sk.split_once('#')).ok_or_else(unreadable)?;
    let person = format!("{mailbox}{tag}").parse().map_err(Failure::unreadable)?;
    Ok((person, event.parse().map_err(Failure::unreadable)?))
}

impl Store {
    /// One registration, consistently read.
    pub async fn registration(&self, person: PersonId, event: EventId) -> Result<Option<Registration>, Failure> {
        let reply = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(Key::Registration(person, event).attributes()))
            .consistent_read(true)
            .send()
            .await?;
        reply.item.as_ref().map(read).transpose()
    }

    /// The registrations of many people for one event, consistently read; whoever has none is left out.
    pub async fn registrations(
        &self,
        event: EventId,
        people: impl IntoIterator<Item = PersonId>,
    ) -> Result<BTreeMap<PersonId, Registration>, Failure> {
        let bookings = people.into_iter().map(|person| (person, event)).collect();
        let found = self.registrations_at(bookings).await?;
        Ok(found.into_iter().map(|registration| (registration.person, registration)).collect())
    }

    /// The registrations of these people for these events, consistently read, in no particular order.
    pub async fn registrations_at(&self, at: BTreeSet<(PersonId, EventId)>) -> Result<Vec<Registration>, Failure> {
        let keys = at.into_iter().map(|(person, event)| Key::Registration(person, event)).collect();
        let items = self.batch(keys).await?;
        items.iter().map(read).collect()
    }

    /// Every registration under one mailbox, consistently read.
    pub async fn registrations_of_mailbox(&self, of: domain::MailboxId) -> Result<Vec<Registration>, Failure> {
        let items = self.query(&mailbox(of), "R#", true).await?;
        items.iter().map(read).collect()
    }

    /// Keeps why a registration is about to be rejected, for the mail that says so.
    pub async fn keep_rejection(&self, registration: &Registration, words: &str) -> Result<(), Failure> {
        let reply = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::Registration(registration.person, registration.event).attributes()))
            .update_expression("SET rejection = :words")
            .condition_expression("g = :g")
            .expression_attribute_values(":words", text(words))
            .expression_attribute_values(":g", number(registration.generation.0))
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

    /// Every item of a partition whose sort key begins so, in order.
    pub(crate) async fn query(&self, pk: &str, prefix: &str, consistent: bool) -> Result<Vec<Item>, Failure> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let reply = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("PK = :pk AND begins_with(SK, :prefix)")
                .expression_attribute_values(":pk", text(pk))
                .expression_attribute_values(":prefix", text(prefix))
                .consistent_read(consistent)
                .set_exclusive_start_key(start)
                .send()
                .await?;
            items.extend(reply.items.unwrap_or_default());
            start = reply.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
    }
}
