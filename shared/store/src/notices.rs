//! Mails about no booking (to an organiser, to whoever receives the report), and the files that go along with mails.
//!
//! What a notice says is decided by whoever posts it, and stored with it: the sender needs to know nothing of reports.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{EmailAddress, MailboxId};
use jiff::{SignedDuration, Timestamp};

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item, number, seconds, text};
use crate::keys::{DUE_AT, DUE_KIND, DueKind, Key, SK, mailbox_hash};

/// The largest file that goes along with a mail, in bytes: an item holds 400 KB.
const ENCLOSURE_BYTES_MAX: usize = 350 * 1024;
/// How long a file is kept: longer than a mail may be tried again.
const ENCLOSURE_KEPT: SignedDuration = SignedDuration::from_hours(72);

/// A mail about no booking. Prints redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    /// The mailbox of `to`.
    pub mailbox: MailboxId,
    /// To whom.
    pub to: EmailAddress,
    /// Which mail.
    pub kind: String,
    /// Which occurrence of it: with the kind, what makes it the same mail again.
    pub mark: String,
    /// When it was posted.
    pub at: Timestamp,
    /// Attempts so far.
    pub tries: u32,
    /// What it says; nothing once it has gone.
    pub letter: serde_json::Value,
    /// Names of the files that go along, kept for the same mailbox.
    pub enclosures: Vec<String>,
}

impl std::fmt::Debug for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notice").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A file that goes along with a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Enclosure {
    /// The file's name, and what it is kept under.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// Its content, 350 KB at most.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Enclosure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enclosure").field("content_type", &self.content_type).finish_non_exhaustive()
    }
}

impl Notice {
    /// Under which it is stored.
    pub fn key(&self) -> Key {
        Key::Notice(self.mailbox, self.kind.clone(), self.mark.clone())
    }

    fn write(&self) -> Item {
        let mut item = self.key().attributes();
        let mut put = |name: &str, value| drop(item.insert(name.to_owned(), value));
        put("st", text("due"));
        put("to", text(self.to.as_str()));
        put("at", number(self.at.as_millisecond()));
        put("tries", number(self.tries));
        put("d", text(self.letter.to_string()));
        put("files", AttributeValue::L(self.enclosures.iter().map(text).collect()));
        put(DUE_KIND, text(DueKind::Outbox.partition(mailbox_hash(self.mailbox))));
        put(DUE_AT, seconds(self.at));
        item
    }

    pub(crate) fn read(item: &Item) -> Result<Self, Failure> {
        let unreadable = || Failure::unreadable("not the key of a notice");
        let mailbox = item.text("PK")?.strip_prefix("P#").and_then(|mailbox| mailbox.parse().ok());
        let parts: Vec<&str> = item.text(SK)?.splitn(3, '#').collect();
        let [_, kind, mark] = parts[..] else { return Err(unreadable()) };
        let words = item.get("d").and_then(|words| words.as_s().ok());
        let letter = words.map(|words| serde_json::from_str(words)).transpose().map_err(Failure::unreadable)?;
        let files = item.get("files").and_then(|files| files.as_l().ok());
        Ok(Self {
            mailbox: mailbox.ok_or_else(unreadable)?,
            to: EmailAddress::parse(item.text("to")?).map_err(Failure::unreadable)?,
            kind: kind.to_owned(),
            mark: mark.to_owned(),
            at: Timestamp::from_millisecond(item.number("at")?).map_err(Failure::unreadable)?,
            tries: item.number("tries")?,
            letter: letter.unwrap_or_default(),
            enclosures: files.into_iter().flatten().filter_map(|name| name.as_s().ok().cloned()).collect(),
        })
    }
}

impl Store {
    /// Stores a notice once, for the next sweep; whether it is new.
    pub async fn post_notice(&self, notice: &Notice) -> Result<bool, Failure> {
        Ok(self.put_mail(notice.write()).await?.is_none())
    }

    /// Whether there is such a notice, on its way or gone.
    pub async fn has_notice(&self, of: MailboxId, kind: &str, mark: &str) -> Result<bool, Failure> {
        let key = Key::Notice(of, kind.to_owned(), mark.to_owned()).attributes();
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        Ok(request.send().await?.item.is_some())
    }

    /// Keeps a file until the mails that it goes along with have gone; the mails name it. The same name again replaces
    /// it.
    pub async fn keep_enclosure(&self, of: MailboxId, file: &Enclosure, now: Timestamp) -> Result<(), Failure> {
        if file.bytes.len() > ENCLOSURE_BYTES_MAX {
            return Err(Failure::unreadable("a file of over 350 KB does not go along with a mail"));
        }
        let mut item = Key::Enclosure(of, file.name.clone()).attributes();
        item.insert("type".to_owned(), text(&file.content_type));
        item.insert("bytes".to_owned(), AttributeValue::B(Blob::new(file.bytes.clone())));
        item.insert("ttl".to_owned(), seconds(now + ENCLOSURE_KEPT));
        self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Drops a file that would have gone along with a mail.
    pub async fn drop_enclosure(&self, of: MailboxId, name: &str) -> Result<(), Failure> {
        let key = Key::Enclosure(of, name.to_owned()).attributes();
        self.client.delete_item().table_name(&self.table).set_key(Some(key)).send().await?;
        Ok(())
    }

    /// A file that goes along with a mail; `None` once it has gone.
    pub async fn enclosure(&self, of: MailboxId, name: &str) -> Result<Option<Enclosure>, Failure> {
        let key = Key::Enclosure(of, name.to_owned()).attributes();
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let Some(item) = request.send().await?.item else { return Ok(None) };
        let bytes = item.get("bytes").and_then(|bytes| bytes.as_b().ok());
        Ok(Some(Enclosure {
            name: name.to_owned(),
            content_type: item.text("type")?.to_owned(),
            bytes: bytes.ok_or_else(|| Failure::unreadable("a file without content"))?.clone().into_inner(),
        }))
    }
}
