//! What people do beside their booking: press *Join*, and say why they did not come. Neither decides about a place.

use std::collections::BTreeMap;

use domain::absence::AbsenceReason;
use domain::{EventId, PersonId};
use jiff::Timestamp;

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item, seconds, text};
use crate::keys::{ABSENCES, JOINS, Key, SK};

impl Store {
    /// Notes that somebody pressed *Join*; the last time stays.
    pub async fn note_join(&self, event: EventId, person: PersonId, at: Timestamp) -> Result<(), Failure> {
        let mut item = Key::Join(event, person).attributes();
        item.insert("at".to_owned(), seconds(at));
        self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Who pressed *Join* for an event, and when last.
    pub async fn joins(&self, event: EventId) -> Result<BTreeMap<PersonId, Timestamp>, Failure> {
        let items = self.query(&Key::Event(event).pk(), JOINS, true).await?;
        items.iter().map(|item| Ok((person(item, JOINS)?, item.seconds("at")?))).collect()
    }

    /// Keeps why somebody did not come; the last word counts.
    pub async fn say_absent(&self, event: EventId, person: PersonId, why: AbsenceReason) -> Result<(), Failure> {
        let mut item = Key::Absence(event, person).attributes();
        item.insert("d".to_owned(), text(serde_json::to_string(&why).map_err(Failure::unreadable)?));
        self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Why people of an event did not come, as far as they said.
    pub async fn absences(&self, event: EventId) -> Result<BTreeMap<PersonId, AbsenceReason>, Failure> {
        let items = self.query(&Key::Event(event).pk(), ABSENCES, true).await?;
        let why = |item: &Item| serde_json::from_str(item.text("d")?).map_err(Failure::unreadable);
        items.iter().map(|item| Ok((person(item, ABSENCES)?, why(item)?))).collect()
    }

    /// Why somebody did not come, if they said.
    pub async fn absence(&self, event: EventId, person: PersonId) -> Result<Option<AbsenceReason>, Failure> {
        let key = Key::Absence(event, person).attributes();
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let Some(item) = request.send().await?.item else { return Ok(None) };
        serde_json::from_str(item.text("d")?).map(Some).map_err(Failure::unreadable)
    }
}

fn person(item: &Item, prefix: &str) -> Result<PersonId, Failure> {
    let person = item.text(SK)?.strip_prefix(prefix).and_then(|person| person.parse().ok());
    person.ok_or_else(|| Failure::unreadable("not a key of this kind"))
}
