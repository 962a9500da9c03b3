//! Who asks, and what they may see.

use app::{App, Rejection};
use axum::http::HeaderMap;
use domain::{EventId, Ledger, Refusal};
use store::EventRecord;
use web::sign_in::Organiser;

/// Who reads the API.
pub enum Reader {
    /// Anybody.
    Public,
    /// Somebody with a valid token.
    Organiser(Organiser),
}

impl Reader {
    /// Who a request is from; a token that does not hold is refused.
    pub fn of(app: &App, headers: &HeaderMap) -> Result<Self, Rejection> {
        let organiser = app.sign_in.organiser_if_any(headers, app.clock.now())?;
        Ok(organiser.map_or(Self::Public, Self::Organiser))
    }

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
