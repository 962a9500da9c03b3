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
use domain::{Fields, PersonId, Reference};
use serde_json::json;
use store::Unidentified;
use web::{Problem, body, page};

use crate::records;
use crate::roll::Roll;

/// An entry of a file, and somebody who may settle it.
pub struct Waiting {
    roster: RosterEvent,
    found: Unidentified,
}

impl FromRequestParts<Arc<App>> for Waiting {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let roster = RosterEvent::from_request_parts(parts, app).await?;
        if roster.is_counts_only() {
            return Err(Problem::forbidden().into());
        }
        let entry = path_part(parts, app, "entry").await;
        let found = app.store.unidentified(roster.record.id).await?.into_iter().find(|one| one.entry == entry);
        Ok(Self { roster, found: found.ok_or_else(Problem::not_found)? })
    }
}

impl Waiting {
    /// Gives the entry's minutes to somebody, and forgets it.
    async fn give(&self, app: &App, roll: &Roll<'_>, person: PersonId) -> Result<Response, Rejection> {
        let marks = self.found.minutes.iter().map(|(session, minutes)| {
            let before = roll.attendance.recorded(*session, person).unwrap_or(0);
            Mark { session: *session, person, minutes: Some(before.max(*minutes)) }
        });
        roll.keep_marks(app, &self.roster.organiser, "attendance.match", &marks.collect::<Vec<_>>()).await?;
        let event = self.roster.record.id;
        app.store.settle_unidentified(event, &self.found.entry).await?;
        Ok(page::ok(&json!({"reference": app.identity.reference(event, person)})))
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
    let reference = fields.parse("reference", wrong, |raw| raw.trim().parse().map_err(|_| wrong));
    fields.finish().map_err(Problem::invalid)?;
    let roll = Roll::call(&app, &waiting.roster.record).await?;
    let person = reference.and_then(|reference: Reference| roll.person(reference));
    let person =
        person.ok_or_else(|| Problem::invalid_field("/reference", "No booking for this event has this reference"))?;
    waiting.give(&app, &roll, person).await
}

/// `POST …/attendance/pending/{entry}/walk-in {"name", "email"?, "role"?, "organisation"?}`
pub async fn walk_in(
    State(app): State<Arc<App>>,
    waiting: Waiting,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let form = records::walk_in_alone(body::json(&headers, request, &[]).await?).map_err(Problem::invalid)?;
    let roll = Roll::call(&app, &waiting.roster.record).await?;
    let (person, newcomer) = roll.arrive(&app, form);
    if let Some(newcomer) = newcomer {
        app.store.add_walk_in(&newcomer).await?;
    }
    waiting.give(&app, &roll, person).await
}

/// `POST …/attendance/pending/{entry}/ignore`
pub async fn ignore(State(app): State<Arc<App>>, waiting: Waiting, _: body::Nothing) -> Result<Response, Rejection> {
    let event = waiting.roster.record.id;
    app.store.settle_unidentified(event, &waiting.found.entry).await?;
    trail::record(&app, &waiting.roster.organiser, Deed::event("attendance.ignore", event)).await?;
    Ok(page::ok(&json!({})))
}
