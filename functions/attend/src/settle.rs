//! Whoever in a file waits for a human: looked at, and settled: it is somebody who booked, somebody who did not, or
//! nobody at all.

use std::sync::Arc;

use app::access::{RosterEvent, path_part};
use app::trail::{self, Deed};
use app::{App, Rejection};
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use domain::attendance::Mark;
use domain::{Fields, PersonId, Reference, RegistrationForm};
use serde_json::json;
use store::Unidentified;
use web::{Problem, body, page};

use crate::records;
use crate::roll::Roll;

/// An entry of a file, and somebody who may settle it.
pub struct Waiting {
    roster: RosterEvent,
    /// The entry.
    pub found: Unidentified,
}

impl FromRequestParts<Arc<App>> for Waiting {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let roster = RosterEvent::from_request_parts(parts, app).await?;
        if roster.is_counts_only() {
            return Err(Problem::forbidden().into());
        }
        let entry = path_part(parts, app, "entry").await;
        Self::find(app, roster, &entry).await
    }
}

impl Waiting {
    /// One of the entries that wait.
    pub async fn find(app: &App, roster: RosterEvent, entry: &str) -> Result<Self, Rejection> {
        let found = app.store.unidentified(roster.record.id).await?.into_iter().find(|one| one.entry == entry);
        Ok(Self { roster, found: found.ok_or_else(Problem::not_found)? })
    }

    /// It is somebody of the event.
    pub async fn is_person(&self, app: &App, reference: Reference) -> Result<Reference, Rejection> {
        let roll = Roll::call(app, &self.roster.record).await?;
        let unknown = || Problem::invalid_field("/reference", "No booking for this event has this reference");
        let person = roll.person(reference).ok_or_else(unknown)?;
        self.give(app, &roll, person).await
    }

    /// It is somebody who had not booked.
    pub async fn came(&self, app: &App, form: RegistrationForm) -> Result<Reference, Rejection> {
        let roll = Roll::call(app, &self.roster.record).await?;
        let (person, newcomer) = roll.arrive(app, form);
        if let Some(newcomer) = newcomer {
            app.store.add_walk_in(&newcomer).await?;
        }
        self.give(app, &roll, person).await
    }

    /// It is nobody who counts.
    pub async fn is_nobody(&self, app: &App) -> Result<(), Rejection> {
        let event = self.roster.record.id;
        app.store.settle_unidentified(event, &self.found.entry).await?;
        trail::record(app, &self.roster.organiser, Deed::event("attendance.ignore", event)).await
    }

    /// Gives the entry's minutes to somebody, and forgets it.
    async fn give(&self, app: &App, roll: &Roll<'_>, person: PersonId) -> Result<Reference, Rejection> {
        let marks = self.found.minutes.iter().map(|(session, minutes)| {
            let before = roll.attendance.recorded(*session, person).unwrap_or(0);
            Mark { session: *session, person, minutes: Some(before.max(*minutes)) }
        });
        roll.keep_marks(app, &self.roster.organiser, "attendance.match", &marks.collect::<Vec<_>>()).await?;
        let event = self.roster.record.id;
        app.store.settle_unidentified(event, &self.found.entry).await?;
        Ok(app.identity.reference(event, person))
    }
}

/// `GET …/attendance/pending`: everybody who waits.
pub async fn list(State(app): State<Arc<App>>, roster: RosterEvent) -> Result<Response, Rejection> {
    let waiting = app.store.unidentified(roster.record.id).await?;
    if roster.is_counts_only() {
        return Ok(page::ok(&json!({"pending": [], "count": waiting.len()})));
    }
    let row = |one: &Unidentified| {
        let minutes: u32 = one.minutes.iter().map(|(_, minutes)| minutes).sum();
        json!({"entry": one.entry, "name": one.name, "email": one.email, "minutes": minutes})
    };
    let rows: Vec<_> = waiting.iter().map(row).collect();
    Ok(page::ok(&json!({"pending": rows, "count": rows.len()})))
}

/// `POST …/attendance/pending/{entry}/match {"reference"}`
pub async fn match_to(
    State(app): State<Arc<App>>,
    waiting: Waiting,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let mut fields = Fields::of(body::json(&headers, request, &[]).await?).map_err(Problem::invalid)?;
    let wrong = "Enter the reference of a booking for this event";
    let reference = fields.parse("reference", wrong, |raw| raw.trim().parse::<Reference>().map_err(|_| wrong));
    fields.finish().map_err(Problem::invalid)?;
    // What is missing has been noted, so `finish` has already refused.
    let reference = reference.ok_or_else(|| Problem::invalid(Vec::new()))?;
    Ok(page::ok(&json!({"reference": waiting.is_person(&app, reference).await?})))
}

/// `POST …/attendance/pending/{entry}/walk-in {"name", "email"?, "role"?, "organisation"?}`
pub async fn walk_in(
    State(app): State<Arc<App>>,
    waiting: Waiting,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let form = records::walk_in_alone(body::json(&headers, request, &[]).await?).map_err(Problem::invalid)?;
    Ok(page::ok(&json!({"reference": waiting.came(&app, form).await?})))
}

/// `POST …/attendance/pending/{entry}/ignore`
pub async fn ignore(State(app): State<Arc<App>>, waiting: Waiting, _: body::Nothing) -> Result<Response, Rejection> {
    waiting.is_nobody(&app).await?;
    Ok(page::ok(&json!({})))
}
