//! The list to tick at the door, a session at a time, and the code on somebody's confirmation.
//!
//! A tick is full attendance of the session. What is sent names who is ticked and who was ticked when the page was made:
//! only what changed on the page changes, so that two volunteers with two phones do not undo each other, and a form that
//! is sent twice is harmless.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::access::RosterEvent;
use app::{App, Rejection};
use askama::Template;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use domain::attendance::{self, Mark, SessionNumber};
use domain::{EventId, PersonId, Place, Reference, Refusal};
use jiff::{SignedDuration, Timestamp};
use store::EventRecord;
use web::components::{Button, Checkboxes, Choice, Field, InputKind, TextInput};
use web::forms::FormData;
use web::{Problem, dates, page};

use crate::records;
use crate::roll::Roll;

/// The list opens so long before a session starts.
pub const OPENS: SignedDuration = SignedDuration::from_mins(30);

/// Somebody on the list.
struct Entry {
    reference: Reference,
    name: String,
    is_here: bool,
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage<'a> {
    event: EventId,
    title: &'a str,
    session: SessionNumber,
    when: String,
    others: Vec<(SessionNumber, String)>,
    entries: Vec<Entry>,
    poster: String,
    is_open: bool,
}

impl ListPage<'_> {
    fn here(&self) -> usize {
        self.entries.iter().filter(|entry| entry.is_here).count()
    }

    fn boxes(&self) -> Checkboxes<'_> {
        let choice = |entry: &Entry| Choice::new(entry.reference.to_string(), entry.name.clone(), entry.is_here);
        Checkboxes { field: Field::new("here", "Who is here"), choices: self.entries.iter().map(choice).collect() }
    }

    fn save() -> Button<'static> {
        Button::new("Save")
    }

    fn name() -> TextInput<'static> {
        TextInput { field: Field::new("name", "Full name"), value: "", kind: InputKind::Text, autocomplete: "off" }
    }

    fn email() -> TextInput<'static> {
        let field = Field::new("email", "Email address").optional();
        TextInput { field, value: "", kind: InputKind::Email, autocomplete: "off" }
    }

    fn add() -> Button<'static> {
        Button::new("Add")
    }
}

/// An event's list, for somebody who may see names.
pub struct ListEvent(pub RosterEvent);

impl FromRequestParts<Arc<App>> for ListEvent {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let roster = RosterEvent::from_request_parts(parts, app).await?;
        if roster.is_counts_only() { Err(Problem::forbidden().into()) } else { Ok(Self(roster)) }
    }
}

/// `GET /organise/events/{id}/attendance/{session}`
pub async fn show(
    State(app): State<Arc<App>>,
    ListEvent(roster): ListEvent,
    Path((_, session)): Path<(String, String)>,
) -> Result<Response, Rejection> {
    let record = &roster.record;
    let session = session_of(record, &session)?;
    let roll = Roll::call(&app, record).await?;
    let entries = entries(&app, record, &roll, session).await?;
    let of = |number: SessionNumber| dates::session(&record.event.sessions[usize::from(number) - 1]);
    let content = ListPage {
        event: record.id,
        title: &record.event.title,
        session,
        when: of(session),
        others: attendance::sessions(&record.event).filter(|(n, _)| *n != session).map(|(n, _)| (n, of(n))).collect(),
        entries,
        poster: app.identity.poster(record.id, session),
        is_open: is_open(record, session, app.clock.now()),
    };
    let back = format!("/organise/events/{}", record.id);
    let hub = app.hub().await?;
    let page = web::console::page("Attendance", &hub, &roster.organiser, "/organise/events");
    Ok(page.back(back, record.event.title.as_str()).show(&content))
}

/// `GET /organise/events/{id}/attendance`: the list of the session that is on, or comes next.
pub async fn first(State(app): State<Arc<App>>, ListEvent(roster): ListEvent) -> Response {
    let now = app.clock.now();
    let mut sessions = attendance::sessions(&roster.record.event);
    let next = sessions.find(|(_, session)| now < session.ends).map_or(1, |(number, _)| number);
    page::see_other(&format!("/organise/events/{}/attendance/{next}", roster.record.id))
}

/// `POST /organise/events/{id}/attendance/{session}`: `here` is ticked, `shown` was when the page was made.
pub async fn tick(
    State(app): State<Arc<App>>,
    ListEvent(roster): ListEvent,
    Path((_, session)): Path<(String, String)>,
    typed: FormData,
) -> Result<Response, Rejection> {
    let record = &roster.record;
    let session = session_of(record, &session)?;
    check_open(record, session, app.clock.now())?;
    let roll = Roll::call(&app, record).await?;
    let people = |name: &str| -> BTreeSet<PersonId> {
        typed.all(name).iter().filter_map(|text| roll.person(text.parse().ok()?)).collect()
    };
    let (here, shown) = (people("here"), people("shown"));
    let length = attendance::length_of(&record.event, session);
    let arrived =
        here.difference(&shown).filter(|person| roll.attendance.recorded(session, **person).unwrap_or(0) == 0);
    let arrived = arrived.map(|person| Mark { session, person: *person, minutes: length });
    // Ticked by mistake: as if nobody had said anything.
    let undone = shown.difference(&here).map(|person| Mark { session, person: *person, minutes: None });
    let marks: Vec<Mark> = arrived.chain(undone).collect();
    roll.keep_marks(&app, &roster.organiser, "attendance.record", &marks).await?;
    Ok(page::see_other(&format!("/organise/events/{}/attendance/{session}", record.id)))
}

/// `POST /organise/events/{id}/attendance/{session}/walk-in {name, email?}`
pub async fn walk_in(
    State(app): State<Arc<App>>,
    ListEvent(roster): ListEvent,
    Path((_, session)): Path<(String, String)>,
    typed: FormData,
) -> Result<Response, Rejection> {
    let record = &roster.record;
    let session = session_of(record, &session)?;
    check_open(record, session, app.clock.now())?;
    let email = Some(typed.one("email")).filter(|email| !email.trim().is_empty());
    let sent = serde_json::json!({"name": typed.one("name"), "email": email});
    let form = records::walk_in_alone(sent).map_err(Problem::invalid)?;
    let roll = Roll::call(&app, record).await?;
    let (person, newcomer) = roll.arrive(&app, form);
    if let Some(newcomer) = newcomer {
        app.store.add_walk_in(&newcomer).await?;
    }
    let mark = Mark { session, person, minutes: attendance::length_of(&record.event, session) };
    roll.keep_marks(&app, &roster.organiser, "attendance.record", &[mark]).await?;
    Ok(page::see_other(&format!("/organise/events/{}/attendance/{session}", record.id)))
}

/// Everybody with a place, and everybody who came, by name.
async fn entries(
    app: &App,
    record: &EventRecord,
    roll: &Roll<'_>,
    session: SessionNumber,
) -> Result<Vec<Entry>, Rejection> {
    let known = roll.known(app).await?;
    let came = roll.attendance.people();
    let is_on_list = |person: PersonId| roll.ledger.place(person) == Some(Place::Confirmed) || came.contains(&person);
    let mut entries: Vec<Entry> = known
        .into_iter()
        .filter(|one| is_on_list(one.person))
        .map(|one| Entry {
            reference: app.identity.reference(record.id, one.person),
            name: one.name.as_str().to_owned(),
            is_here: roll.attendance.recorded(session, one.person).is_some_and(|minutes| minutes > 0),
        })
        .collect();
    entries.sort_by_key(|entry| (entry.name.to_lowercase(), entry.reference));
    Ok(entries)
}

/// A session of an event by its number in a path.
pub fn session_of(record: &EventRecord, text: &str) -> Result<SessionNumber, Problem> {
    let number: SessionNumber = text.parse().map_err(|_| Problem::not_found())?;
    let is_there = attendance::length_of(&record.event, number).is_some() && number.to_string() == text;
    if is_there { Ok(number) } else { Err(Problem::not_found()) }
}

/// Whether people can be ticked: from half an hour before the session starts.
pub fn is_open(record: &EventRecord, session: SessionNumber, now: Timestamp) -> bool {
    let starts = record.event.sessions.get(usize::from(session) - 1).map(|session| session.starts);
    starts.is_some_and(|starts| starts - OPENS <= now)
}

fn check_open(record: &EventRecord, session: SessionNumber, now: Timestamp) -> Result<(), Rejection> {
    if is_open(record, session, now) { Ok(()) } else { Err(Refusal::NotStarted.into()) }
}
