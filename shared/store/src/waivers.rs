//! Charges that an organiser has waived: by event and person, with the reason.

use std::collections::BTreeMap;

use domain::policy::Waiver;
use domain::{EventId, PersonId};

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item, text};
use crate::keys::{Key, SK, WAIVERS};

impl Store {
    /// Waives what somebody's place at an event costs; the last reason stays.
    pub async fn waive(&self, event: EventId, person: PersonId, why: Waiver) -> Result<(), Failure> {
        let mut item = Key::Waiver(event, person).attributes();
        item.insert("d".to_owned(), text(serde_json::to_string(&why).map_err(Failure::unreadable)?));
        self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// What is waived at an event, and why.
    pub async fn waivers(&self, event: EventId) -> Result<BTreeMap<PersonId, Waiver>, Failure> {
        let items = self.query(&Key::Event(event).pk(), WAIVERS, true).await?;
        items.iter().map(read).collect()
    }
}

/// Whose charge is waived, and why.
pub(crate) fn read(item: &Item) -> Result<(PersonId, Waiver), Failure> {
    let person = item.text(SK)?.strip_prefix(WAIVERS).and_then(|person| person.parse().ok());
    let person = person.ok_or_else(|| Failure::unreadable("not the key of a waiver"))?;
    Ok((person, serde_json::from_str(item.text("d")?).map_err(Failure::unreadable)?))
}
