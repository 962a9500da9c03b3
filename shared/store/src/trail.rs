//! The audit trail: what organisers did, by day; and what they did about one registration, beside that registration.

use domain::uk_time::uk;
use domain::{EventId, Generation, PersonId};
use futures::future::try_join_all;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item, number, text};
use crate::keys::{Key, deed_prefix, mailbox};

/// Something an organiser did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// When.
    pub at: Timestamp,
    /// Who, as the token says.
    pub by: String,
    /// What, as `event.publish`.
    pub action: String,
    /// Identifier of what it was done to.
    pub on: String,
    /// Reference of the registration concerned, if one was.
    pub reference: Option<String>,
    /// Why, in the organiser's words.
    pub reason: Option<String>,
    /// The priority that was given, where one was.
    #[serde(default)]
    pub priority: Option<u8>,
}

/// A booking that an action concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookingKey {
    /// Whose.
    pub person: PersonId,
    /// For which event.
    pub event: EventId,
    /// Which booking.
    pub generation: Generation,
    /// The first version of the ledger that shows what was done; 0 where it is not known.
    pub version: u64,
}

/// An action, as it concerned one of a person's bookings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// Which booking.
    pub generation: Generation,
    /// The first version of the ledger that shows it.
    pub version: u64,
    /// What was done.
    pub action: Action,
}

impl Store {
    /// Records an action under its day (UK time); `id` orders those of one instant and makes a retry harmless.
    /// What concerned bookings is recorded beside each of them too.
    pub async fn record(&self, action: &Action, id: &str, concerned: &[BookingKey]) -> Result<(), Failure> {
        let day = uk().to_datetime(action.at).date();
        let time_and_id = format!("{:.9}#{id}", action.at);
        let words = text(serde_json::to_string(action).map_err(Failure::unreadable)?);
        let mut item = Key::Action(day, time_and_id.clone()).attributes();
        item.insert("d".to_owned(), words.clone());
        self.put_if_absent(item).await?;
        let beside = concerned.iter().map(|of| {
            let mut item = Key::Deed(of.person, of.event, time_and_id.clone()).attributes();
            item.insert("d".to_owned(), words.clone());
            item.insert("g".to_owned(), number(of.generation.0));
            item.insert("v".to_owned(), number(of.version));
            self.put_if_absent(item)
        });
        try_join_all(beside).await.map(drop)
    }

    /// What organisers did about somebody's bookings for an event, in order.
    pub async fn deeds(&self, person: PersonId, event: EventId) -> Result<Vec<Deed>, Failure> {
        let items = self.query(&mailbox(person.mailbox()), &deed_prefix(person, event), true).await?;
        items.iter().map(read_deed).collect()
    }

    /// A day's actions (UK time), in order.
    pub async fn actions(&self, day: Date) -> Result<Vec<Action>, Failure> {
        let items = self.query(&Key::Action(day, String::new()).pk(), "", true).await?;
        items.iter().map(|item| serde_json::from_str(item.text("d")?).map_err(Failure::unreadable)).collect()
    }
}

fn read_deed(item: &Item) -> Result<Deed, Failure> {
    let action = serde_json::from_str(item.text("d")?).map_err(Failure::unreadable)?;
    Ok(Deed { generation: Generation(item.number("g")?), version: item.number("v")?, action })
}
