//! What a mailbox will not have: any mail (it bounced, or was complained of), or mail that nobody needs.

use std::collections::BTreeSet;

use domain::MailboxId;
use jiff::Timestamp;

use crate::Store;
use crate::failure::Failure;
use crate::item::{number, text};
use crate::keys::Key;
use crate::taken::Taken;

/// What some mailboxes will not have.
#[derive(Debug, Default)]
pub struct Wishes(Taken);

impl Wishes {
    /// Whether nothing may be sent to this mailbox, which must have been asked about.
    pub fn is_suppressed(&self, mailbox: MailboxId) -> bool {
        self.0.has(&Key::Suppressed(mailbox))
    }

    /// Whether the people of this mailbox, which must have been asked about, want no mail but what their bookings need.
    pub fn is_unsubscribed(&self, mailbox: MailboxId) -> bool {
        self.0.has(&Key::Unsubscribed(mailbox))
    }
}

impl Store {
    /// What mailboxes will not have, read together: any mail, or mail that their bookings do not need.
    pub async fn wishes(&self, any: &BTreeSet<MailboxId>, optional: &BTreeSet<MailboxId>) -> Result<Wishes, Failure> {
        let suppressed = any.iter().copied().map(Key::Suppressed);
        let keys = suppressed.chain(optional.iter().copied().map(Key::Unsubscribed));
        self.taken(keys).await.map(Wishes)
    }

    /// Whether nothing may be sent to this mailbox.
    pub async fn is_suppressed(&self, mailbox: MailboxId) -> Result<bool, Failure> {
        let key = Key::Suppressed(mailbox).attributes();
        let reply = self.client.get_item().table_name(&self.table).set_key(Some(key)).send().await?;
        Ok(reply.item.is_some())
    }

    /// Sends nothing to this mailbox any more; whether it is new.
    pub async fn suppress(&self, mailbox: MailboxId, why: &str, now: Timestamp) -> Result<bool, Failure> {
        let mut item = Key::Suppressed(mailbox).attributes();
        item.insert("why".to_owned(), text(why));
        item.insert("at".to_owned(), number(now.as_millisecond()));
        self.put_if_absent(item).await
    }

    /// Sends to this mailbox again.
    pub async fn lift_suppression(&self, mailbox: MailboxId) -> Result<(), Failure> {
        self.delete(&Key::Suppressed(mailbox)).await
    }

    /// Sends this mailbox only what its bookings need.
    pub async fn unsubscribe(&self, mailbox: MailboxId, now: Timestamp) -> Result<(), Failure> {
        let mut item = Key::Unsubscribed(mailbox).attributes();
        item.insert("at".to_owned(), number(now.as_millisecond()));
        self.put_if_absent(item).await.map(drop)
    }
}
