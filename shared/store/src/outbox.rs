//! Mails to send: each stored once under what it is about, leased while it is being sent, marked when it has gone.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::{EventId, Generation, PersonId};
use jiff::{SignedDuration, Timestamp};

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item, number, seconds, text};
use crate::keys::{DUE_AT, DUE_KIND, Due, DueKind, Key, SK, person_hash};

/// How long a sender may take before another tries.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// The attribute that tells whose lease it is.
const HOLDER: &str = "holder";

/// A mail to one person about one booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// To whom.
    pub person: PersonId,
    /// About which event.
    pub event: EventId,
    /// Which mail.
    pub kind: String,
    /// Which occurrence of it.
    pub mark: String,
    /// Which booking.
    pub generation: Generation,
    /// What happened when; the mail says what is true when it goes.
    pub at: Timestamp,
    /// Attempts so far.
    pub tries: u32,
    /// Facts that only the moment knew.
    pub facts: serde_json::Value,
}

/// How far a mail has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    /// To be sent, or tried again.
    Due,
    /// Accepted by SES.
    Sent,
    /// Overtaken by what happened since, or too late to be of use.
    Dropped,
}

impl Message {
    fn key(&self) -> Key {
        let (kind, mark) = (self.kind.clone(), self.mark.clone());
        Key::Outbox { person: self.person, event: self.event, kind, mark }
    }

    fn write(&self, due: Timestamp) -> Item {
        let mut item = self.key().attributes();
        let mut put = |name: &str, value| drop(item.insert(name.to_owned(), value));
        put("st", text("due"));
        put("g", number(self.generation.0));
        put("at", number(self.at.as_millisecond()));
        put("tries", number(self.tries));
        put("facts", text(self.facts.to_string()));
        put(DUE_KIND, text(DueKind::Outbox.partition(person_hash(self.person))));
        put(DUE_AT, seconds(due));
        item
    }

    pub(crate) fn read(item: &Item) -> Result<Self, Failure> {
        let unreadable = || Failure::unreadable("not the key of a mail");
        let mailbox = item.text("PK")?.strip_prefix("P#").ok_or_else(unreadable)?;
        let parts: Vec<&str> = item.text(SK)?.split('#').collect();
        let [_, tag, event, kind, mark] = parts[..] else { return Err(unreadable()) };
        Ok(Self {
            person: format!("{mailbox}{tag}").parse().map_err(Failure::unreadable)?,
            event: event.parse().map_err(Failure::unreadable)?,
            kind: kind.to_owned(),
            mark: mark.to_owned(),
            generation: Generation(item.number("g")?),
            at: Timestamp::from_millisecond(item.number("at")?).map_err(Failure::unreadable)?,
            tries: item.number("tries")?,
            facts: serde_json::from_str(item.text("facts")?).map_err(Failure::unreadable)?,
        })
    }
}

impl Store {
    /// Stores a mail once, leased to the caller (`lease`) or left for the next sweep; whether it is new.
    ///
    /// A retry by the SDK, after a reply was lost, finds its own mark and counts as the first.
    pub async fn post(&self, message: &Message, now: Timestamp, lease: bool) -> Result<bool, Failure> {
        let holder = (self.entropy)();
        let mut item = message.write(if lease { now + LEASE } else { now });
        item.insert(HOLDER.to_owned(), number(holder));
        let reply = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(PK)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = reply else { return Ok(true) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(found)) => Ok(is_held_by(found.item(), holder)),
            _ => Err(error.into()),
        }
    }

    /// Takes a due mail on, unless another sweep has.
    pub async fn lease(&self, due: &Due, now: Timestamp) -> Result<Option<Message>, Failure> {
        let holder = (self.entropy)();
        let reply = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(due.attributes()))
            .update_expression("SET gD = :until, tries = tries + :one, holder = :holder")
            .condition_expression("gD = :seen")
            .expression_attribute_values(":until", seconds(now + LEASE))
            .expression_attribute_values(":seen", seconds(due.at))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":holder", number(holder))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let error = match reply {
            Ok(reply) => return Message::read(&reply.attributes.unwrap_or_default()).map(Some),
            Err(error) => error,
        };
        match error.as_service_error() {
            // The SDK tried again after a lost reply: the lease is ours.
            Some(UpdateItemError::ConditionalCheckFailedException(found)) if is_held_by(found.item(), holder) => {
                found.item().map(Message::read).transpose()
            }
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(None),
            _ => Err(error.into()),
        }
    }

    /// Records what became of a mail: gone (with SES's identifier), or not needed (with the reason).
    pub async fn close(
        &self,
        message: &Message,
        state: MessageState,
        detail: &str,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let name = match state {
            MessageState::Sent => "sent",
            MessageState::Dropped => "dropped",
            MessageState::Due => return self.retry_at(message, now).await,
        };
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(message.key().attributes()))
            .update_expression("SET st = :st, detail = :detail, ended = :now REMOVE gT, gD")
            .expression_attribute_values(":st", text(name))
            .expression_attribute_values(":detail", text(detail))
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .send()
            .await?;
        Ok(())
    }

    /// Leaves a mail due at another time; one that somebody else has closed meanwhile stays closed.
    pub async fn retry_at(&self, message: &Message, at: Timestamp) -> Result<(), Failure> {
        let reply = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(message.key().attributes()))
            .update_expression("SET gD = :at")
            .condition_expression("attribute_exists(gD)")
            .expression_attribute_values(":at", seconds(at))
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

    /// Whether nothing may be sent to this mailbox.
    pub async fn is_suppressed(&self, person: PersonId) -> Result<bool, Failure> {
        let reply = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(Key::Suppressed(person.mailbox()).attributes()))
            .send()
            .await?;
        Ok(reply.item.is_some())
    }
}

fn is_held_by(item: Option<&Item>, holder: u64) -> bool {
    item.is_some_and(|item| item.number(HOLDER).is_ok_and(|found: u64| found == holder))
}
