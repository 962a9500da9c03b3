//! Who asks, and what they may see.

use std::sync::Arc;

use app::{App, IfSignedIn, Rejection};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::{EventId, Ledger, Refusal};
use store::EventRecord;
use web::sign_in::Organiser;

/// Who reads the API.
pub enum Reader {
    /// Anybody.
    Public,
    /// Somebody signed in.
    Organiser(Organiser),
}

impl FromRequestParts<Arc<App>> for Reader {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let IfSignedIn(organiser) = IfSignedIn::from_request_parts(parts, app).await?;
        Ok(organiser.map_or(Self::Public, Self::Organiser))
    }
}

impl Reader {
    /// Whether this reader may know of an event at its address.
    pub fn sees(&self, record: &EventRecord) -> bool {
        match self {
            Self::Public => record.is_public(),
            Self::Organiser(organiser) => organiser.sees(record.event.programme),
        }
    }
}

/// An event that the public may see.
pub async fn public_event(app: &App, id: EventId) -> Result<(EventRecord, Ledger), Rejection> {
    let found = app.store.event_with_ledger(id, false).await?;
    found.filter(|(record, _)| Reader::Public.sees(record)).ok_or_else(|| Refusal::EventNotFound.into())
}
