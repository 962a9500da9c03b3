//! An event is made and changed. A change of what is public shows first who will be told what.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::EventStatus;
use domain::event::Event;
use web::components::ErrorSummary;
use web::forms::FormData;
use web::page::{Mistake, see_other};
use web::sign_in::Organiser;

use super::fields::Typed;
use super::form::{Asking, Part};
use super::rows::Rows;
use super::{edit_fields, events_page, mistakes};
use crate::access::{ManagedEvent, Manager};
use crate::consequences::{self, Consequence};
use crate::{change, create};

#[derive(Template)]
#[template(path = "console/edit.html")]
struct EditPage<'a> {
    heading: &'a str,
    summary: ErrorSummary<'a>,
    about: Vec<Part<'a>>,
    places: Vec<Part<'a>>,
    rules: Vec<Part<'a>>,
    certificate: Vec<Part<'a>>,
    /// Sessions, lanes, questions.
    rows: [RowsPart<'a>; 3],
    /// What saving sets off, to be agreed to.
    consequences: &'a [Consequence],
    button: &'a str,
}

/// What there may be several of: its rows, and how to get one more.
struct RowsPart<'a> {
    heading: &'static str,
    hint: &'static str,
    name: &'static str,
    rows: Vec<(String, Vec<Part<'a>>)>,
    more: &'static str,
    /// The field that one more row begins with.
    next: String,
}

/// `GET /organise/events/new`
pub async fn new(State(app): State<Arc<App>>, Manager(organiser): Manager) -> Result<Response, Rejection> {
    let typed = Typed::blank(&app.hub().await?.policy);
    form(&app, &organiser, "New event", &typed, &[], &[]).await
}

/// `POST /organise/events/new`
pub async fn create(
    State(app): State<Arc<App>>,
    Manager(organiser): Manager,
    sent: FormData,
) -> Result<Response, Rejection> {
    let typed = Typed::of_form(sent);
    if typed.form().has("more") {
        return form(&app, &organiser, "New event", &typed, &[], &[]).await;
    }
    let (json, mut wrong) = typed.to_json();
    if wrong.is_empty() {
        match create::create_event(&app, &organiser, json, None).await {
            Ok(record) => return Ok(see_other(&format!("{}/{}", super::EVENTS, record.id))),
            Err(rejection) => wrong = said(rejection, &typed)?,
        }
    } else {
        add_readers_mistakes(&mut wrong, Event::parse(json), &typed);
    }
    form(&app, &organiser, "New event", &typed, &wrong, &[]).await
}

/// `GET /organise/events/{id}/edit`
pub async fn show(State(app): State<Arc<App>>, managed: ManagedEvent) -> Result<Response, Rejection> {
    let typed = Typed::of_event(&managed.record.event);
    form(&app, &managed.organiser, "Change the event", &typed, &[], &[]).await
}

/// `POST /organise/events/{id}/edit`
pub async fn change(State(app): State<Arc<App>>, managed: ManagedEvent, sent: FormData) -> Result<Response, Rejection> {
    let typed = Typed::of_form(sent);
    if typed.form().has("more") {
        return form(&app, &managed.organiser, "Change the event", &typed, &[], &[]).await;
    }
    let (json, mut wrong) = typed.to_json();
    let read = managed.record.event.patched(&json);
    if !wrong.is_empty() || read.is_err() {
        add_readers_mistakes(&mut wrong, read, &typed);
        return form(&app, &managed.organiser, "Change the event", &typed, &wrong, &[]).await;
    }
    if managed.record.status == EventStatus::Published && !typed.form().has("sure") {
        let consequences = consequences::of_change(&app, &managed.record, &json).await?;
        if !consequences.is_empty() {
            return form(&app, &managed.organiser, "Change the event", &typed, &[], &consequences).await;
        }
    }
    match change::patch_event(&app, &managed, &json).await {
        Ok(record) => Ok(see_other(&format!("{}/{}?done=changed", super::EVENTS, record.id))),
        Err(rejection) => {
            form(&app, &managed.organiser, "Change the event", &typed, &said(rejection, &typed)?, &[]).await
        }
    }
}

/// What an event's reader says of all that is typed.
fn said(rejection: Rejection, typed: &Typed) -> Result<Vec<Mistake>, Rejection> {
    Ok(mistakes(rejection)?.into_iter().map(|mistake| placed(mistake, typed.form())).collect())
}

/// What the event's reader says, besides what could not even be read. Of sessions it says nothing as long as some of
/// them are missing to it.
fn add_readers_mistakes(wrong: &mut Vec<Mistake>, read: Result<Event, Vec<domain::FieldError>>, typed: &Typed) {
    let lacks_sessions = wrong.iter().any(|mistake| mistake.field.starts_with("sessions"));
    for mistake in Mistake::of(&read.err().unwrap_or_default()) {
        let is_said = wrong.iter().any(|known| known.field.starts_with(&mistake.field));
        let is_of_what_is_missing = lacks_sessions && mistake.field.starts_with("sessions");
        if !(is_said || is_of_what_is_missing) {
            wrong.push(placed(mistake, typed.form()));
        }
    }
}

async fn form(
    app: &App,
    organiser: &Organiser,
    title: &str,
    typed: &Typed,
    wrong: &[Mistake],
    consequences: &[Consequence],
) -> Result<Response, Rejection> {
    let (programmes, hub) = (app.programmes().await?, app.hub().await?);
    let ask = Asking { typed: typed.form(), wrong };
    let content = EditPage {
        heading: title,
        summary: ErrorSummary { mistakes: wrong },
        about: edit_fields::about(&ask, organiser, &programmes),
        places: edit_fields::places(&ask),
        rules: edit_fields::rules(&ask, hub.policy.manager_approves),
        certificate: edit_fields::certificate(&ask),
        rows: Rows::ALL.map(|rows| rows_part(rows, &ask)),
        consequences,
        button: if consequences.is_empty() { "Save" } else { "Save and tell them" },
    };
    let page = events_page(&hub, organiser, title).back(super::EVENTS, "Events");
    Ok(if wrong.is_empty() { page.show(&content) } else { page.show_again(&content) })
}

/// What the event's reader says, at a field that the form has.
fn placed(mistake: Mistake, typed: &FormData) -> Mistake {
    let field = match mistake.field.as_str() {
        "registration" => "registration.opens".to_owned(),
        "cancellation" => "cancellation.notice_days".to_owned(),
        field if field.starts_with("organisers") => "organisers".to_owned(),
        field => Rows::ALL.iter().find_map(|rows| rows.placed(field, typed)).unwrap_or_else(|| field.to_owned()),
    };
    Mistake { detail: mistake.detail, field }
}

fn rows_part<'a>(rows: Rows, ask: &Asking<'a>) -> RowsPart<'a> {
    let shown = rows.shown(ask.typed);
    let (heading, hint, legend, more) = match rows {
        Rows::Sessions => (
            "When it is",
            "UK time. Dates like 1/12/2026, times like 09:30. What is left empty is no session.",
            "Session",
            "Add another session",
        ),
        Rows::Lanes => (
            "Places reserved for roles",
            "A lane takes its places out of all places. Whoever has one of its roles gets one of them, or waits for them.",
            "Lane",
            "Add a lane",
        ),
        Rows::Questions => (
            "Questions",
            "What the form asks besides name, email address, role and access needs.",
            "Question",
            "Add a question",
        ),
    };
    let fields = |row: usize| {
        let parts = match rows {
            Rows::Sessions => edit_fields::session(ask, row),
            Rows::Lanes => edit_fields::lane(ask, row),
            Rows::Questions => edit_fields::question(ask, row),
        };
        (format!("{legend} {}", row + 1), parts)
    };
    RowsPart {
        heading,
        hint,
        name: rows.name(),
        rows: (0..shown).map(fields).collect(),
        more,
        next: rows.field(shown, rows.first()),
    }
}
