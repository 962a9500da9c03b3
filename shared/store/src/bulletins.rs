//! What organisers write to those who booked an event: stored once, mailed to each by way of a timer of the event.

use domain::EventId;
use domain::audience::Audience;
use jiff::Timestamp;

use crate::failure::Failure;
use crate::item::{Attributes as _, Item, number, text};
use crate::keys::Key;
use crate::{Store, Timer};

/// What the names of the timers that send bulletins begin with.
const TIMER: &str = "bulletin-";

/// An organiser's message to a group. Its words are the organiser's, and may name people.
#[derive(Clone, PartialEq, Eq)]
pub struct Bulletin {
    /// Unique within the event.
    pub id: String,
    /// When it was written.
    pub at: Timestamp,
    /// To whom.
    pub to: Audience,
    /// One line.
    pub subject: String,
    /// As typed.
    pub body: String,
}

impl std::fmt::Debug for Bulletin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bulletin").field("id", &self.id).field("to", &self.to).finish_non_exhaustive()
    }
}

impl Bulletin {
    /// The bulletin that a timer of this kind sends.
    pub fn id_of_timer(kind: &str) -> Option<&str> {
        kind.strip_prefix(TIMER)
    }

    /// The kind of the timer that sends a bulletin.
    pub fn timer(id: &str) -> String {
        format!("{TIMER}{id}")
    }

    fn read(id: &str, item: &Item) -> Result<Self, Failure> {
        let to = Audience::from_name(item.text("to")?);
        Ok(Self {
            id: id.to_owned(),
            at: Timestamp::from_millisecond(item.number("at")?).map_err(Failure::unreadable)?,
            to: to.ok_or_else(|| Failure::unreadable("attribute to is no audience"))?,
            subject: item.text("subject")?.to_owned(),
            body: item.text("body")?.to_owned(),
        })
    }
}

impl Store {
    /// Stores a bulletin and sets the timer that sends it.
    pub async fn post_bulletin(&self, event: EventId, bulletin: &Bulletin) -> Result<(), Failure> {
        let mut item = Key::Bulletin(event, bulletin.id.clone()).attributes();
        item.insert("at".to_owned(), number(bulletin.at.as_millisecond()));
        item.insert("to".to_owned(), text(bulletin.to.name()));
        item.insert("subject".to_owned(), text(&bulletin.subject));
        item.insert("body".to_owned(), text(&bulletin.body));
        self.put_if_absent(item).await?;
        self.set_timer(&Timer { event, kind: Bulletin::timer(&bulletin.id), at: bulletin.at }).await
    }

    /// A bulletin, consistently read.
    pub async fn bulletin(&self, event: EventId, id: &str) -> Result<Option<Bulletin>, Failure> {
        let key = Key::Bulletin(event, id.to_owned()).attributes();
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        request.send().await?.item.as_ref().map(|item| Bulletin::read(id, item)).transpose()
    }
}
