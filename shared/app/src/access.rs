//! Who may do what. Each handler takes one of these as its first argument, so that nothing of a request is looked at
//! before it: 401 without a valid token, then 403 for a role that may not, then 404 where there is no such event or it
//! is another programme's.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use domain::{EventId, ProgrammeId, Refusal};
use serde_json::Value;
use store::EventRecord;
use web::Problem;
use web::sign_in::{Organiser, OrganiserRole};

pub use crate::sign_in::SignedIn;
use crate::{App, Rejection};

/// Who may see what organisers do, and change what the hub is.
pub struct Admin(pub Organiser);

/// Who may create events.
pub struct Manager(pub Organiser);

/// Who may see what is charged.
pub struct ChargesReader(pub Organiser);

/// Who may see which events there are, and how full they are.
pub struct RosterReader(pub Organiser);

/// An event, and somebody who may change it and its line.
pub struct ManagedEvent {
    /// Who asks.
    pub organiser: Organiser,
    /// The event, consistently read.
    pub record: EventRecord,
}

/// An event, and somebody who may see its roster.
#[derive(Clone)]
pub struct RosterEvent {
    /// Who asks.
    pub organiser: Organiser,
    /// The event, consistently read.
    pub record: EventRecord,
    /// Whether its programme keeps confidences.
    pub confidential: bool,
}

impl RosterEvent {
    /// Whether this organiser may see how many there are, but not who.
    pub fn is_counts_only(&self) -> bool {
        self.organiser.role == OrganiserRole::Desk && self.confidential
    }
}

impl FromRequestParts<Arc<App>> for Admin {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        organiser(parts, app, |organiser| organiser.role == OrganiserRole::Admin).await.map(Self)
    }
}

impl FromRequestParts<Arc<App>> for Manager {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        organiser(parts, app, Organiser::may_manage).await.map(Self)
    }
}

impl FromRequestParts<Arc<App>> for RosterReader {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        organiser(parts, app, Organiser::may_see_roster).await.map(Self)
    }
}

impl FromRequestParts<Arc<App>> for ChargesReader {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        organiser(parts, app, Organiser::may_read_reports).await.map(Self)
    }
}

impl FromRequestParts<Arc<App>> for ManagedEvent {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let organiser = organiser(parts, app, Organiser::may_manage).await?;
        let record = event(parts, app, &organiser).await?;
        Ok(Self { organiser, record })
    }
}

impl FromRequestParts<Arc<App>> for RosterEvent {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let organiser = organiser(parts, app, Organiser::may_see_roster).await?;
        let record = event(parts, app, &organiser).await?;
        let confidential = app.programmes().await?.is_confidential(record.event.programme);
        Ok(Self { organiser, record, confidential })
    }
}

async fn organiser(parts: &Parts, app: &App, may: fn(&Organiser) -> bool) -> Result<Organiser, Rejection> {
    let organiser = app.organiser(parts).await?;
    if may(&organiser) { Ok(organiser) } else { Err(Problem::forbidden().into()) }
}

async fn event(parts: &mut Parts, app: &Arc<App>, organiser: &Organiser) -> Result<EventRecord, Rejection> {
    let id: EventId = path_part(parts, app, "id").await.parse().map_err(|_| Refusal::EventNotFound)?;
    let record = app.store.event(id, true).await?;
    let seen = record.filter(|record| organiser.sees(record.event.programme));
    seen.ok_or_else(|| Refusal::EventNotFound.into())
}

/// A named part of the path; empty where it does not decode, which is nothing's identifier.
pub async fn path_part(parts: &mut Parts, app: &Arc<App>, name: &str) -> String {
    let Ok(found) = RawPathParams::from_request_parts(parts, app).await else { return String::new() };
    found.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned()).unwrap_or_default()
}

/// An event may only be put under a programme that the hub has and its organiser sees.
pub async fn check_programme(app: &App, organiser: &Organiser, sent: &Value) -> Result<(), Rejection> {
    let programme = sent.get("programme").and_then(Value::as_str).and_then(ProgrammeId::from_slug);
    // What is no identifier at all is refused where the event is read.
    let Some(programme) = programme else { return Ok(()) };
    if !ProgrammeId::OF_THE_START.contains(&programme) && app.programme(programme).await?.is_none() {
        return Err(Problem::invalid_field("/programme", "Select a programme").into());
    }
    if organiser.sees(programme) { Ok(()) } else { Err(Problem::forbidden().into()) }
}
