//! Mails found again under a booking: which, and what has become of them.

use domain::{EventId, Generation, PersonId};
use jiff::Timestamp;

use crate::failure::Failure;
use crate::item::{Attributes as _, Item};
use crate::keys::{mailbox, outbox_prefix};
use crate::outbox::TO_MANAGER;
use crate::{Message, MessageState, Store};

/// A mail found under a booking: which, how far it has got, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// Which mail.
    pub kind: String,
    /// About which booking.
    pub generation: Generation,
    /// The version of the ledger that shows what it tells; `None` where it tells no change of the ledger.
    pub version: Option<u64>,
    /// The version of the event as of which it told it, where that was its news.
    pub told: Option<u64>,
    /// When what it tells happened.
    pub at: Timestamp,
    /// How far it has got.
    pub state: MessageState,
    /// Since when; a mail that is due has been since it was made.
    pub since: Timestamp,
    /// Why it was dropped, or did not arrive.
    pub why: Option<String>,
}

impl Filed {
    /// Whether it goes to the person, and not to a manager.
    pub fn is_to_person(&self) -> bool {
        !self.kind.starts_with(TO_MANAGER)
    }
}

impl Store {
    /// Whether a mail with this booking's link is on its way, or went at or after `since`.
    pub async fn has_mail_since(
        &self,
        person: PersonId,
        event: EventId,
        generation: Generation,
        since: Timestamp,
    ) -> Result<bool, Failure> {
        let counts = |m: &Filed| m.state == MessageState::Due || (m.state == MessageState::Sent && m.since >= since);
        let filed = self.filed(person, event).await?;
        Ok(filed.iter().any(|mail| mail.is_to_person() && mail.generation == generation && counts(mail)))
    }

    /// Every mail about one booking.
    pub async fn filed(&self, person: PersonId, event: EventId) -> Result<Vec<Filed>, Failure> {
        let pk = mailbox(person.mailbox());
        let items = self.query(&pk, &outbox_prefix(person, event), true).await?;
        items.iter().map(read_filed).collect()
    }
}

/// A mail, and whose and about what it is.
pub(crate) fn read_filed_of(item: &Item) -> Result<(EventId, PersonId, Filed), Failure> {
    let message = Message::read(item)?;
    Ok((message.event, message.person, read_filed(item)?))
}

fn read_filed(item: &Item) -> Result<Filed, Failure> {
    let message = Message::read(item)?;
    let state = match item.text("st")? {
        "due" => MessageState::Due,
        "sent" => MessageState::Sent,
        "bounced" => MessageState::Bounced,
        _ => MessageState::Dropped,
    };
    let ended = item.number_or_none("ended")?.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let reason = match state {
        MessageState::Dropped => item.text("detail").ok(),
        MessageState::Bounced => item.text("why").ok(),
        MessageState::Due | MessageState::Sent => None,
    };
    let why = reason.map(str::to_owned);
    let Message { kind, generation, at, facts, .. } = message;
    let version = facts["version"].as_u64();
    let told = item.number_or_none("told")?;
    Ok(Filed { kind, generation, version, told, at, state, since: ended.unwrap_or(at), why })
}
