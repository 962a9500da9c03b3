//! How events stood when their organisers were last told.

use std::collections::BTreeMap;

use domain::EventId;
use domain::movement::Count;

use crate::Store;
use crate::events::event_of;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item, text};
use crate::keys::Key;

impl Store {
    /// The last counts of these events; one that was never counted is left out.
    pub async fn counts(&self, events: impl IntoIterator<Item = EventId>) -> Result<BTreeMap<EventId, Count>, Failure> {
        let items = self.batch(events.into_iter().map(Key::Count).collect()).await?;
        let count = |item: &Item| serde_json::from_str(item.text("d")?).map_err(Failure::unreadable);
        items.iter().map(|item| Ok((event_of(item)?, count(item)?))).collect()
    }

    /// Keeps a count in place of the last one.
    pub async fn keep_count(&self, event: EventId, count: &Count) -> Result<(), Failure> {
        let mut item = Key::Count(event).attributes();
        item.insert("d".to_owned(), text(serde_json::to_string(count).map_err(Failure::unreadable)?));
        self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        Ok(())
    }
}
