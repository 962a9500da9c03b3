//! The audit trail: what organisers did, by day.

use domain::working_hours::uk;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, text};
use crate::keys::Key;

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
}

impl Store {
    /// Records an action under its day (UK time); `id` orders those of one instant and makes a retry harmless.
    pub async fn record(&self, action: &Action, id: &str) -> Result<(), Failure> {
        let day = uk().to_datetime(action.at).date();
        let mut item = Key::Action(day, format!("{:.9}#{id}", action.at)).attributes();
        item.insert("d".to_owned(), text(serde_json::to_string(action).map_err(Failure::unreadable)?));
        self.put_if_absent(item).await.map(drop)
    }

    /// A day's actions (UK time), in order.
    pub async fn actions(&self, day: Date) -> Result<Vec<Action>, Failure> {
        let items = self.query(&Key::Action(day, String::new()).pk(), "", true).await?;
        items.iter().map(|item| serde_json::from_str(item.text("d")?).map_err(Failure::unreadable)).collect()
    }
}
