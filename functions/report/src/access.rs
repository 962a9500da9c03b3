//! Who may read reports: administrators and readers all of them, programme organisers their own programmes, the desk
//! none. Registrations, which name people, are for those who may see rosters of whole programmes.

use std::sync::Arc;

use app::{App, Rejection};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use web::Problem;
use web::sign_in::{Organiser, OrganiserRole};

/// Somebody who may read reports.
pub struct Reader(pub Organiser);

/// Somebody who may take the registrations of a period away.
pub struct Exporter(pub Organiser);

impl Reader {
    /// Whether reports are of some programmes only.
    pub fn is_of_some_programmes(&self) -> bool {
        self.0.role == OrganiserRole::Programme
    }
}

impl FromRequestParts<Arc<App>> for Reader {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        organiser(parts, app, |role| role != OrganiserRole::Desk).await.map(Self)
    }
}

impl FromRequestParts<Arc<App>> for Exporter {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        organiser(parts, app, |role| matches!(role, OrganiserRole::Admin | OrganiserRole::Programme)).await.map(Self)
    }
}

async fn organiser(parts: &Parts, app: &App, may: fn(OrganiserRole) -> bool) -> Result<Organiser, Rejection> {
    let organiser = app.organiser(parts).await?;
    if may(organiser.role) { Ok(organiser) } else { Err(Problem::forbidden().into()) }
}
