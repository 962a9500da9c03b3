//! Mails to send about a booking: each stored once, under what it is about. Those about none are in [`crate::notices`].

use domain::{EventId, Generation, PersonId};
use jiff::Timestamp;

use crate::failure::Failure;
use crate::item::{Attributes as _, Item, number, seconds, text};
use crate::keys::{DUE_AT, DUE_KIND, DueKind, Key, SK, mailbox_hash};
use crate::sending::{Hold, LEASE};
use crate::{Outgoing, Store};

/// How the kinds begin of mails about a booking that go to a manager, and not to the person.
pub const TO_MANAGER: &str = "manager-";

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

impl Message {
    /// Under which it is stored.
    pub fn key(&self) -> Key {
        let (kind, mark) = (self.kind.clone(), self.mark.clone());
        Key::Outbox { person: self.person, event: self.event, kind, mark }
    }

    fn write(&self, due: Option<Timestamp>) -> Item {
        let mut item = self.key().attributes();
        let mut put = |name: &str, value| drop(item.insert(name.to_owned(), value));
        put("st", text("due"));
        put("g", number(self.generation.0));
        put("at", number(self.at.as_millisecond()));
        put("tries", number(self.tries));
        put("facts", text(self.facts.to_string()));
        if let Some(due) = due {
            put(DUE_KIND, text(DueKind::Outbox.partition(mailbox_hash(self.person.mailbox()))));
            put(DUE_AT, seconds(due));
        }
        item
    }

    /// Names of the files that go along.
    pub fn enclosures(&self) -> impl Iterator<Item = &str> {
        self.facts["enclosures"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str)
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
    /// Stores a mail once; whether it is new. One that somebody left in their hand is due to everybody in a while.
    ///
    /// A retry by the SDK, after a reply was lost, finds its own mark and counts as the first.
    pub async fn post(&self, message: &Message, now: Timestamp, hold: Hold) -> Result<bool, Failure> {
        let due = match hold {
            Hold::Nobody => Some(now),
            Hold::Lease => Some(now + LEASE),
            Hold::Hand => None,
        };
        let Some(found) = self.put_mail(message.write(due)).await? else { return Ok(true) };
        if is_in_hand(&found)? {
            self.retry_at(&Outgoing::Booking(message.clone()), now + LEASE).await?;
        }
        Ok(false)
    }

    /// Stores a mail as one that another says too; whether that other is to say it, as it is unless a mail is there that
    /// was stored for itself or for a third.
    pub async fn post_merged(&self, message: &Message, into: &Message, now: Timestamp) -> Result<bool, Failure> {
        let mut item = message.write(None);
        let into = into.key().sk();
        for (name, value) in [("st", "dropped"), ("detail", "merged"), ("into", into.as_str())] {
            item.insert(name.to_owned(), text(value));
        }
        item.insert("ended".to_owned(), number(now.as_millisecond()));
        let found = self.put_mail(item).await?;
        Ok(found.is_none_or(|found| found.text("into").is_ok_and(|found| found == into)))
    }
}

/// Whether a mail is due, and nobody finds it.
pub(crate) fn is_in_hand(item: &Item) -> Result<bool, Failure> {
    Ok(item.text("st")? == "due" && !item.contains_key(DUE_AT))
}
