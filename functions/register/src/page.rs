//! The booking form as a page: shown, submitted, shown again with what was typed.

use std::sync::Arc;

use app::{App, Asked, Rejection};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::consequence::Booked;
use domain::registration::Via;
use domain::{FieldError, Hub, Refusal};
use store::EventRecord;
use web::forms::FormData;
use web::page;
use web::page::{Mistake, Page};

use crate::book::{book, check, public_event, recent_event};
use crate::form_page::FormPage;
use crate::organisation::{self, Found};
use crate::typed::{self, HONEYPOT, STARTED};

/// The form.
pub async fn show(State(app): State<Arc<App>>, Asked(id): Asked) -> Result<Response, Rejection> {
    let record = public_event(&app, id, false).await?;
    let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
    if let Some(refusal) = closed(&ledger, app.clock.now()) {
        return Err(refusal.into());
    }
    let is_full = is_full(&record, &ledger);
    let nothing = FormData::default();
    let hub = app.hub().await?;
    let policy = policy_words(&app, &hub, &record).await?;
    let content = FormPage { policy, ..form_page(&app, &record, &nothing, &[], is_full) };
    Ok(frame(&hub, &record, &title(&record)).show(&content))
}

fn is_full(record: &EventRecord, ledger: &domain::Ledger) -> bool {
    record.event.capacity.is_some() && ledger.places().free == 0
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
    app.admit(&headers)?;
    let mut record = recent_event(&app, id).await?;
    let typed = FormData::read(&headers, request).await?;
    let mut value = read(&typed, &record);
    if value.is_err() {
        // This may be an event that it was not filled in for.
        record = public_event(&app, id, true).await?;
        value = read(&typed, &record);
    }
    let value = match value {
        Ok(value) => value,
        Err(errors) => return ask_again(&app, &record, &typed, &errors, Vec::new()).await,
    };
    let value = match organisation::find(&app, &typed, value).await.map_err(Rejection::Failure)? {
        Found::Settled(value) => value,
        Found::Several(organisations) => {
            let errors = mistake("organisation/choice", "Select your organisation, or that it is not listed");
            return ask_again(&app, &record, &typed, &errors, organisations).await;
        }
    };
    let told = book(&app, record, value, Via::Person).await?;
    Ok(page::see_other(&format!("/events/{}/booked?ref={}", told.record.id, told.reference)))
}

/// The form as it was filled in, with what is wrong and the organisations that may be meant.
async fn ask_again(
    app: &App,
    record: &EventRecord,
    typed: &FormData,
    errors: &[FieldError],
    organisations: Vec<(String, String)>,
) -> Result<Response, Rejection> {
    let mistakes = Mistake::of(errors);
    let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
    let content = form_page(app, record, typed, &mistakes, is_full(record, &ledger));
    let hub = app.hub().await?;
    let policy = policy_words(app, &hub, record).await?;
    let content = FormPage { policy, organisations, ..content };
    Ok(frame(&hub, record, &title(record)).show_again(&content))
}

/// What the booking policy asks of those who book this event.
async fn policy_words(app: &App, hub: &Hub, record: &EventRecord) -> Result<Vec<String>, Rejection> {
    let confidential = app.programmes().await?.is_confidential(record.event.programme);
    Ok(hub.policy.words_on_booking(Booked { event: &record.event, confidential, has_organisation: true }))
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

fn frame<'a>(hub: &'a Hub, record: &'a EventRecord, title: &'a str) -> Page<'a> {
    Page::new(title, hub).back(format!("/events/{}", record.id), "Back to the event")
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
    FormPage {
        event: &record.event,
        id: record.id.to_string(),
        is_full,
        typed,
        mistakes,
        started,
        policy: Vec::new(),
        organisations: Vec::new(),
    }
}
