//! What a mailbox will not have: any mail (it bounced, or was complained of), or mail that nobody needs.

use domain::MailboxId;
use jiff::Timestamp;

use crate::Store;
use crate::failure::Failure;
use crate::item::{number, text};
use crate::keys::Key;

impl Store {
    /// Whether nothing may be sent to this mailbox.
    pub async fn is_suppressed(&self, mailbox: MailboxId) -> Result<bool, Failure> {
        self.is_there(&Key::Suppressed(mailbox)).await
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

    /// Whether the people of this mailbox asked for no mail but what their bookings need.
    pub async fn is_unsubscribed(&self, mailbox: MailboxId) -> Result<bool, Failure> {
        self.is_there(&Key::Unsubscribed(mailbox)).await
    }

    /// Sends this mailbox only what its bookings need.
    pub async fn unsubscribe(&self, mailbox: MailboxId, now: Timestamp) -> Result<(), Failure> {
        let mut item = Key::Unsubscribed(mailbox).attributes();
        item.insert("at".to_owned(), number(now.as_millisecond()));
        self.put_if_absent(item).await.map(drop)
    }

    async fn is_there(&self, key: &Key) -> Result<bool, Failure> {
        let reply = self.client.get_item().table_name(&self.table).set_key(Some(key.attributes())).send().await?;
        Ok(reply.item.is_some())
    }
}
