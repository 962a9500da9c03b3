//! The booking form as a page: shown, submitted, shown again with what was typed, and what follows.

use std::sync::Arc;

use app::views::Standing;
use app::{App, Rejection};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::event::{Event, Question, QuestionKind};
use domain::registration::Via;
use domain::{FieldError, Reference, Refusal, Role};
use serde::Deserialize;
use store::EventRecord;
use web::forms::FormData;
use web::page::{Mistake, Page, mistake_of};
use web::{dates, page};

use crate::book::{book, check, public_event};
use crate::typed::{self, HONEYPOT, STARTED};

#[derive(Template)]
#[template(path = "form.html")]
struct FormPage<'a> {
    event: &'a Event,
    id: String,
    sessions: Vec<String>,
    is_full: bool,
    typed: &'a FormData,
    mistakes: Vec<Mistake>,
    started: i64,
}

impl FormPage<'_> {
    /// The words for a field with a mistake; a group's own field collects those of its parts.
    fn mistake(&self, field: &str) -> Option<&str> {
        mistake_of(&self.mistakes, field)
    }
    fn mistake_in(&self, question: &str) -> Option<&str> {
        self.mistake(&format!("answers.{question}"))
    }
    fn is_chosen(&self, field: &str, value: &str) -> bool {
        self.typed.all(field).iter().any(|chosen| chosen == value)
    }
}

/// Whether more than one option may be ticked.
fn takes_many(question: &Question) -> bool {
    matches!(question.kind, QuestionKind::Choices { .. })
}

/// What may be ticked: value and words.
fn options(question: &Question) -> Vec<(String, String)> {
    match &question.kind {
        QuestionKind::YesNo => vec![("yes".to_owned(), "Yes".to_owned()), ("no".to_owned(), "No".to_owned())],
        QuestionKind::Choice { options } | QuestionKind::Choices { options } => {
            options.iter().map(|option| (option.clone(), option.clone())).collect()
        }
        QuestionKind::Text => Vec::new(),
    }
}

/// The form.
pub async fn show(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Response, Rejection> {
    let record = public_event(&app, &id, false).await?;
    let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
    if let Some(refusal) = closed(&ledger, app.clock.now()) {
        return Err(refusal.into());
    }
    let is_full = record.event.capacity.is_some() && ledger.places().free == 0;
    let nothing = FormData::default();
    let content = form_page(&app, &record, &nothing, Vec::new(), is_full);
    Ok(Page { title: &title(&record), hub: &app.config.hub_name }.show(&content))
}

/// Why nobody can book now, whoever they are.
fn closed(ledger: &domain::Ledger, now: jiff::Timestamp) -> Option<Refusal> {
    use domain::ledger::State as Stage;
    match ledger.state {
        Stage::Draft => Some(Refusal::EventNotFound),
        Stage::Cancelled => Some(Refusal::EventCancelled),
        Stage::Closed => Some(Refusal::RegistrationClosed),
        Stage::Open if now.as_second() < ledger.opens.as_second() => Some(Refusal::RegistrationNotOpen),
        Stage::Open if now.as_second() >= ledger.closes.as_second() => Some(Refusal::RegistrationClosed),
        Stage::Open => None,
    }
}

/// Books; a mistake shows the form again with what was typed.
pub async fn submit(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let record = public_event(&app, &id, false).await?;
    let typed = FormData::read(&headers, request).await?;
    let value = match read(&typed, &record) {
        Ok(value) => value,
        Err(errors) => {
            let content = form_page(&app, &record, &typed, Mistake::of(&errors), false);
            return Ok(Page { title: &title(&record), hub: &app.config.hub_name }.show_again(&content));
        }
    };
    let told = book(&app, record, value, Via::Person).await?;
    Ok(page::see_other(&format!("/events/{}/booked?ref={}", told.record.id, told.reference)))
}

/// The form's own mistakes first; then what only programs do wrong.
fn read(typed: &FormData, record: &EventRecord) -> Result<serde_json::Value, Vec<FieldError>> {
    let value = typed::to_json(typed, &record.event)?;
    check(value.clone(), record, Via::Person)?;
    if typed.one(STARTED).parse::<i64>().is_err() {
        return Err(mistake("name", "Check your answers and send the form again"));
    }
    if !typed.one(HONEYPOT).is_empty() {
        return Err(mistake(HONEYPOT, "Leave the field “Website” empty and send the form again"));
    }
    Ok(value)
}

fn mistake(field: &str, detail: &str) -> Vec<FieldError> {
    vec![FieldError { pointer: format!("/{field}"), detail: detail.to_owned() }]
}

fn title(record: &EventRecord) -> String {
    format!("Book a place: {}", record.event.title)
}

fn form_page<'a>(
    app: &App,
    record: &'a EventRecord,
    typed: &'a FormData,
    mistakes: Vec<Mistake>,
    is_full: bool,
) -> FormPage<'a> {
    FormPage {
        event: &record.event,
        id: record.id.to_string(),
        sessions: record.event.sessions.iter().map(dates::session).collect(),
        is_full,
        typed,
        mistakes,
        started: app.clock.now().as_second(),
    }
}

#[derive(Template)]
#[template(path = "booked.html")]
struct BookedPage<'a> {
    title: &'a str,
    sessions: Vec<String>,
    reference: String,
    status: &'static str,
    position: Option<u32>,
}

/// The page's query.
#[derive(Deserialize)]
pub struct BookedQuery {
    #[serde(rename = "ref")]
    reference: Option<String>,
}

/// What follows a booking: the reference, where it stands, and that a mail is on its way.
pub async fn booked(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(query): Query<BookedQuery>,
) -> Result<Response, Rejection> {
    let record = public_event(&app, &id, true).await?;
    let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
    let reference: Option<Reference> = query.reference.and_then(|text| text.parse().ok());
    let is_meant = |person: &&domain::PersonId| Some(app.identity.reference(record.id, **person)) == reference;
    let person = ledger.members.keys().find(is_meant).copied().ok_or(Refusal::BookingNotFound)?;
    let standing = Standing::of(&ledger, person).ok_or(Refusal::BookingNotFound)?;
    let content = BookedPage {
        title: &record.event.title,
        sessions: record.event.sessions.iter().map(dates::session).collect(),
        reference: app.identity.reference(record.id, person).to_string(),
        status: standing.status,
        position: standing.position,
    };
    Ok(Page { title: "Booking received", hub: &app.config.hub_name }.show(&content))
}
