//! What is left of an imported attendance file: that it was imported, and who in it waits for a human.

use domain::EventId;
use domain::attendance::SessionNumber;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item, seconds, text};
use crate::keys::{Key, SK, UNIDENTIFIED};

/// How long somebody in a file waits for a human.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Somebody in a file of whom it is not sure who they are. Prints redacted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unidentified {
    /// Tells it from the others of the event: the file's digest, and a number.
    #[serde(skip)]
    pub entry: String,
    /// As the meeting showed it.
    pub name: String,
    /// Where the meeting knew it.
    pub email: Option<String>,
    /// Whole minutes by session.
    pub minutes: Vec<(SessionNumber, u32)>,
}

impl std::fmt::Debug for Unidentified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unidentified").field("entry", &self.entry).finish_non_exhaustive()
    }
}

fn read(item: &Item) -> Result<Unidentified, Failure> {
    let entry =
        item.text(SK)?.strip_prefix(UNIDENTIFIED).ok_or_else(|| Failure::unreadable("not an entry of a file"))?;
    let found: Unidentified = serde_json::from_str(item.text("d")?).map_err(Failure::unreadable)?;
    Ok(Unidentified { entry: entry.to_owned(), ..found })
}

impl Store {
    /// Whether a file with this digest has been imported for an event.
    pub async fn is_imported(&self, event: EventId, digest: &str) -> Result<bool, Failure> {
        let key = Key::Import(event, digest.to_owned());
        Ok(!self.query(&key.pk(), &key.sk(), true).await?.is_empty())
    }

    /// Notes that a file has been imported.
    pub async fn note_import(&self, event: EventId, digest: &str) -> Result<(), Failure> {
        self.put_if_absent(Key::Import(event, digest.to_owned()).attributes()).await.map(drop)
    }

    /// Keeps people of a file for a human; those that are kept already stay as they are.
    pub async fn keep_unidentified(
        &self,
        event: EventId,
        people: &[Unidentified],
        now: Timestamp,
    ) -> Result<(), Failure> {
        for one in people {
            let mut item = Key::Unidentified(event, one.entry.clone()).attributes();
            item.insert("d".to_owned(), text(serde_json::to_string(one).map_err(Failure::unreadable)?));
            item.insert("ttl".to_owned(), seconds(now + KEPT));
            self.put_if_absent(item).await?;
        }
        Ok(())
    }

    /// Everybody of an event's files who waits for a human.
    pub async fn unidentified(&self, event: EventId) -> Result<Vec<Unidentified>, Failure> {
        self.query(&Key::Event(event).pk(), UNIDENTIFIED, true).await?.iter().map(read).collect()
    }

    /// Forgets somebody who waited for a human.
    pub async fn settle_unidentified(&self, event: EventId, entry: &str) -> Result<(), Failure> {
        self.delete(&Key::Unidentified(event, entry.to_owned())).await
    }
}
