//! An organisation that the list does not have is noted, whoever said it, for an organiser to match it once.

use domain::Organisation;
use jiff::Timestamp;
use store::{Failure, Unmatched};

use crate::App;

impl App {
    /// Notes what a form said of an organisation, unless the list has it; what is noted already stays.
    pub async fn note_organisation(&self, given: Option<&Organisation>, since: Timestamp) -> Result<(), Failure> {
        let Some((given, key)) = given.and_then(|given| Some((given, given.key()?))) else { return Ok(()) };
        if self.store.is_listed(&key).await? {
            return Ok(());
        }
        self.store.note_unmatched(&Unmatched { given: given.clone(), since }).await
    }
}
