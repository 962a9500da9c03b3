//! How far an event's personal data has been purged.

use std::collections::BTreeMap;

use domain::EventId;
use domain::hub::Purge;

use crate::Store;
use crate::events::event_of;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item, text};
use crate::keys::Key;

impl Store {
    /// How far these events have been purged; one that was not is left out.
    pub async fn purged(&self, events: impl IntoIterator<Item = EventId>) -> Result<BTreeMap<EventId, Purge>, Failure> {
        let items = self.batch(events.into_iter().map(Key::Purged).collect()).await?;
        let purge = |item: &Item| serde_json::from_str(item.text("d")?).map_err(Failure::unreadable);
        items.iter().map(|item| Ok((event_of(item)?, purge(item)?))).collect()
    }

    /// Keeps how far an event has been purged.
    pub async fn keep_purged(&self, event: EventId, purge: Purge) -> Result<(), Failure> {
        let mut item = Key::Purged(event).attributes();
        item.insert("d".to_owned(), text(serde_json::to_string(&purge).map_err(Failure::unreadable)?));
        self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        Ok(())
    }
}
