//! Mails on their way, whatever they are about: leased while they are being sent, marked when they have gone.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::MailboxId;
use jiff::{SignedDuration, Timestamp};

use crate::failure::Failure;
use crate::item::{Attributes as _, Item, number, seconds, text};
use crate::keys::{Due, DueKind, Key, SK, is_notice, mailbox_hash};
use crate::{Message, Notice, Store};

/// How long a sender may take before another tries.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// The attribute that tells whose lease it is.
const HOLDER: &str = "holder";

/// Who sends a mail that is being stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Whoever finds it due.
    Nobody,
    /// The caller; whoever finds it due, should the caller not have sent it within a minute.
    Lease,
    /// The caller, who is called again, and stores it again, until it has been seen to. It needs no place in the index,
    /// which is half of what a mail writes.
    Hand,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended<'a> {
    /// SES took it, under this identifier.
    Sent {
        /// SES's.
        id: &'a str,
        /// Where an event was its news: as of which version it told it.
        told: Option<u64>,
    },
    /// It was not needed, for this reason.
    Dropped(&'a str),
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
    /// Sent, and not delivered: it bounced, or was complained of.
    Bounced,
}

/// A mail of either sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// About a booking; what it says is decided when it goes.
    Booking(Message),
    /// About none; what it says was stored with it.
    Notice(Notice),
}

impl Outgoing {
    /// Under which it is stored.
    pub fn key(&self) -> Key {
        match self {
            Self::Booking(message) => message.key(),
            Self::Notice(notice) => notice.key(),
        }
    }

    /// Which mail.
    pub fn kind(&self) -> &str {
        match self {
            Self::Booking(message) => &message.kind,
            Self::Notice(notice) => &notice.kind,
        }
    }

    /// When it was stored.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Booking(message) => message.at,
            Self::Notice(notice) => notice.at,
        }
    }

    /// Attempts so far.
    pub fn tries(&self) -> u32 {
        match self {
            Self::Booking(message) => message.tries,
            Self::Notice(notice) => notice.tries,
        }
    }

    fn mailbox(&self) -> MailboxId {
        match self {
            Self::Booking(message) => message.person.mailbox(),
            Self::Notice(notice) => notice.mailbox,
        }
    }

    pub(crate) fn read(item: &Item) -> Result<Self, Failure> {
        if is_notice(item.text(SK)?) {
            Notice::read(item).map(Self::Notice)
        } else {
            Message::read(item).map(Self::Booking)
        }
    }
}

impl Store {
    /// Stores a mail; what is there instead, if its key is taken.
    pub(crate) async fn put_mail(&self, mut item: Item) -> Result<Option<Item>, Failure> {
        let holder = (self.entropy)();
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
        let Err(error) = reply else { return Ok(None) };
        if !error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) {
            return Err(error.into());
        }
        match error.into_service_error() {
            PutItemError::ConditionalCheckFailedException(found) if is_held_by(found.item(), holder) => Ok(None),
            // It may have gone between the condition and the reply.
            PutItemError::ConditionalCheckFailedException(found) => found.item.ok_or_else(Failure::contended).map(Some),
            other => Err(Failure::Failed(Box::new(other))),
        }
    }

    /// Takes a due mail on, unless another sweep has.
    pub async fn lease(&self, due: &Due, now: Timestamp) -> Result<Option<Outgoing>, Failure> {
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
            Ok(reply) => return Outgoing::read(&reply.attributes.unwrap_or_default()).map(Some),
            Err(error) => error,
        };
        match error.as_service_error() {
            // The SDK tried again after a lost reply: the lease is ours.
            Some(UpdateItemError::ConditionalCheckFailedException(found)) if is_held_by(found.item(), holder) => {
                found.item().map(Outgoing::read).transpose()
            }
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(None),
            _ => Err(error.into()),
        }
    }

    /// Records what became of a mail. One that has been forgotten meanwhile, with the person, stays so.
    pub async fn close(&self, mail: &Key, ended: Ended<'_>, now: Timestamp) -> Result<(), Failure> {
        let (name, detail, told) = match ended {
            Ended::Sent { id, told } => ("sent", id, told),
            Ended::Dropped(reason) => ("dropped", reason, None),
        };
        let telling = if told.is_some() { ", told = :told" } else { "" };
        // Nobody needs the words of a notice once it has gone, and they may name somebody.
        let words = if matches!(mail, Key::Notice(..)) { ", d" } else { "" };
        let mut request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(mail.attributes()))
            .update_expression(format!("SET st = :st, detail = :detail, ended = :now{telling} REMOVE gT, gD{words}"))
            .condition_expression("attribute_exists(PK)")
            .expression_attribute_values(":st", text(name))
            .expression_attribute_values(":detail", text(detail))
            .expression_attribute_values(":now", number(now.as_millisecond()));
        if let Some(told) = told {
            request = request.expression_attribute_values(":told", number(told));
        }
        unless_gone(request.send().await)
    }

    /// Leaves a mail due at another time to whoever finds it; one that somebody else has closed meanwhile stays closed.
    pub async fn retry_at(&self, mail: &Outgoing, at: Timestamp) -> Result<(), Failure> {
        let reply = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(mail.key().attributes()))
            .update_expression("SET gT = :partition, gD = :at")
            .condition_expression("st = :due")
            .expression_attribute_values(":partition", text(DueKind::Outbox.partition(mailbox_hash(mail.mailbox()))))
            .expression_attribute_values(":at", seconds(at))
            .expression_attribute_values(":due", text("due"))
            .send()
            .await;
        unless_gone(reply)
    }
}

/// What an update came to; that its item, or what it was to change, has gone is no failure.
pub(crate) fn unless_gone<T, R>(reply: Result<T, SdkError<UpdateItemError, R>>) -> Result<(), Failure>
where
    Failure: From<SdkError<UpdateItemError, R>>,
{
    match reply {
        Err(error) if !error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) => {
            Err(error.into())
        }
        _ => Ok(()),
    }
}

fn is_held_by(item: Option<&Item>, holder: u64) -> bool {
    item.is_some_and(|item| item.number(HOLDER).is_ok_and(|found: u64| found == holder))
}
