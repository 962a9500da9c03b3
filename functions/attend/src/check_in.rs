//! The code on somebody's confirmation: any phone's camera opens it, only an organiser who is signed in sees whose it is,
//! and only the button acts.

use std::sync::Arc;

use app::access::RosterEvent;
use app::{App, Rejection};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::attendance::{self, Mark, SessionNumber};
use domain::{EventId, PersonId, Place, Reference, Refusal};
use web::components::Button;
use web::forms::FormData;
use web::{Problem, page};

use crate::list_page::is_open;
use crate::roll::Roll;

#[derive(Template)]
#[template(path = "check_in.html")]
struct CheckInPage<'a> {
    event: EventId,
    reference: Reference,
    title: &'a str,
    name: &'a str,
    has_place: bool,
    is_here: bool,
    is_open: bool,
}

impl CheckInPage<'_> {
    fn button() -> Button<'static> {
        Button::new("Check in")
    }
}

/// `GET /organise/check-in/{id}/{reference}`
pub async fn show(
    State(app): State<Arc<App>>,
    roster: RosterEvent,
    Path((_, reference)): Path<(String, String)>,
) -> Result<Response, Rejection> {
    let record = &roster.record;
    let roll = Roll::call(&app, record).await?;
    let (reference, person) = found(&roster, &roll, &reference)?;
    roll.known(&app).await?;
    let session = now_on(&app, &roster);
    let content = CheckInPage {
        event: record.id,
        reference,
        title: &record.event.title,
        name: roll.name(person).map_or("—", |name| name.as_str()),
        has_place: roll.ledger.place(person) == Some(Place::Confirmed),
        is_here: session.is_some_and(|number| roll.attendance.recorded(number, person).unwrap_or(0) > 0),
        is_open: session.is_some(),
    };
    let hub = app.hub().await?;
    let page = web::console::page("Check in", &hub, &roster.organiser, "/organise/events");
    Ok(page.back(format!("/organise/events/{}/attendance", record.id), "Everybody on the list").show(&content))
}

/// `POST /organise/check-in/{id}/{reference}`; again is harmless.
pub async fn check_in(
    State(app): State<Arc<App>>,
    roster: RosterEvent,
    Path((id, reference)): Path<(String, String)>,
    _: FormData,
) -> Result<Response, Rejection> {
    let record = &roster.record;
    let roll = Roll::call(&app, record).await?;
    let (reference, person) = found(&roster, &roll, &reference)?;
    let session = now_on(&app, &roster).ok_or(Refusal::NotStarted)?;
    if roll.attendance.recorded(session, person).unwrap_or(0) == 0 {
        let mark = Mark { session, person, minutes: attendance::length_of(&record.event, session) };
        roll.keep_marks(&app, &roster.organiser, "attendance.record", &[mark]).await?;
    }
    Ok(page::see_other(&format!("/organise/check-in/{id}/{reference}")))
}

fn found(roster: &RosterEvent, roll: &Roll<'_>, reference: &str) -> Result<(Reference, PersonId), Rejection> {
    if roster.is_counts_only() {
        return Err(Problem::forbidden().into());
    }
    let reference: Reference = reference.parse().map_err(|_| Refusal::BookingNotFound)?;
    let person = roll.person(reference).ok_or(Refusal::BookingNotFound)?;
    Ok((reference, person))
}

/// The session that is on: from half an hour before it starts until it ends.
fn now_on(app: &App, roster: &RosterEvent) -> Option<SessionNumber> {
    let now = app.clock.now();
    let mut sessions = attendance::sessions(&roster.record.event);
    let on = sessions.find(|(number, session)| is_open(&roster.record, *number, now) && now < session.ends);
    on.map(|(number, _)| number)
}
