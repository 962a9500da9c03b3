//! Which event a path asks for.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use domain::{EventId, Refusal};

use crate::Rejection;

/// The event of the path's `{id}`. Whatever is no identifier is no event's.
pub struct Asked(pub EventId);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path(text)| text.parse().ok());
        id.map(Self).ok_or_else(|| Refusal::EventNotFound.into())
    }
}
