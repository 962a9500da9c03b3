//! The booking form as a page: shown, submitted, shown again with what was typed, and what follows.

use std::sync::Arc;

use app::views::Standing;
use app::{App, Asked, Rejection};
use askama::Template;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::registration::Via;
use domain::{FieldError, Reference, Refusal};
use store::EventRecord;
use web::forms::FormData;
use web::page::{Mistake, Page};
use web::{dates, page};

use crate::book::{book, check, public_event};
use crate::form_page::FormPage;
use crate::typed::{self, HONEYPOT, STARTED};

/// The form.
pub async fn show(State(app): State<Arc<App>>, Asked(id): Asked) -> Result<Response, Rejection> {
    let record = public_event(&app, id, false).await?;
    let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
    if let Some(refusal) = closed(&ledger, app.clock.now()) {
        return Err(refusal.into());
    }
    let is_full = record.event.capacity.is_some() && ledger.places().free == 0;
    let nothing = FormData::default();
    let content = form_page(&app, &record, &nothing, &[], is_full);
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
    Asked(id): Asked,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let record = public_event(&app, id, false).await?;
    let typed = FormData::read(&headers, request).await?;
    let value = match read(&typed, &record) {
        Ok(value) => value,
        Err(errors) => {
            let mistakes = Mistake::of(&errors);
            let content = form_page(&app, &record, &typed, &mistakes, false);
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
    mistakes: &'a [Mistake],
    is_full: bool,
) -> FormPage<'a> {
    let started = app.clock.now().as_second();
    FormPage { event: &record.event, id: record.id.to_string(), is_full, typed, mistakes, started }
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

/// What follows a booking: the reference, where it stands, and that a mail is on its way.
pub async fn booked(
    State(app): State<Arc<App>>,
    Asked(id): Asked,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let record = public_event(&app, id, true).await?;
    let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let reference: Option<Reference> = query.one("ref").parse().ok();
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
