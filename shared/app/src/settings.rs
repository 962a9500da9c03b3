//! The hub's settings and programmes, as every function reads them: fresh, since a confidence that was asked for a minute
//! ago is to be kept now. Each is half a read unit.

use domain::{Hub, Programme, ProgrammeId, Programmes};

use store::Failure;

use crate::App;

impl App {
    /// The hub's settings; until an organiser sets any, those that the template names.
    pub async fn hub(&self) -> Result<Hub, Failure> {
        let stored = self.store.hub().await?;
        Ok(stored.unwrap_or_else(|| Hub::named(&self.config.hub_name)))
    }

    /// The hub's programmes.
    pub async fn programmes(&self) -> Result<Programmes, Failure> {
        self.store.programmes().await
    }

    /// One of the hub's programmes.
    pub async fn programme(&self, id: ProgrammeId) -> Result<Option<Programme>, Failure> {
        Ok(self.programmes().await?.find(id).cloned())
    }
}
