//! Correcting what was filled in: spelling of the name, organisation, registration number, access needs.

use std::sync::Arc;

use app::{App, HeldBooking, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::{FieldError, Fields, Hub, Organisation, PersonName, Refusal, RegistrationForm};
use serde_json::{Map, Value};
use web::components::{Button, ErrorSummary, Field, InputKind, TextInput, Textarea};
use web::forms::FormData;
use web::page::{Mistake, Page, see_other};

/// Attempts to put a booking right that changes all the time.
const ATTEMPTS: usize = 5;

const FIELDS: [&str; 4] = ["name", "organisation", "registration_number", "access_needs"];

#[derive(Template)]
#[template(path = "details.html")]
struct DetailsPage<'a> {
    token: &'a str,
    typed: [String; 4],
    mistakes: Vec<Mistake>,
}

impl DetailsPage<'_> {
    fn summary(&self) -> ErrorSummary<'_> {
        ErrorSummary { mistakes: &self.mistakes }
    }

    fn lines(&self) -> [TextInput<'_>; 3] {
        let line = |index: usize, label, autocomplete| TextInput {
            field: Field::new(FIELDS[index], label).required(index == 0).mistakes(&self.mistakes),
            value: &self.typed[index],
            kind: InputKind::Text,
            autocomplete,
        };
        [
            line(0, "Full name, as it should appear on your certificate", "name"),
            line(1, "Practice, school or organisation", "organization"),
            line(2, "Professional registration number", "off"),
        ]
    }

    fn button() -> Button<'static> {
        Button::new("Save")
    }

    fn access_needs(&self) -> Textarea<'_> {
        let field = Field::new(FIELDS[3], "Access needs").optional().mistakes(&self.mistakes);
        Textarea { field, value: &self.typed[3], rows: 3 }
    }
}

/// The form, filled with what is known.
pub async fn show(State(app): State<Arc<App>>, held: HeldBooking) -> Result<Response, Rejection> {
    let token = app.identity.token(&held.link);
    let form = &held.registration.form;
    let organisation = form.organisation.as_ref().and_then(|o| o.name.clone().or_else(|| o.ods_code.clone()));
    let typed = [
        form.name.as_str().to_owned(),
        organisation.unwrap_or_default(),
        form.registration_number.clone().unwrap_or_default(),
        form.access_needs.clone().unwrap_or_default(),
    ];
    let content = DetailsPage { token: &token, typed, mistakes: Vec::new() };
    Ok(frame(&app.hub().await?, &token).show(&content))
}

fn frame<'a>(hub: &'a Hub, token: &str) -> Page<'a> {
    Page::new("Correct your details", hub).back(format!("/bookings/{token}"), "Back to your booking")
}

/// Keeps the corrections.
pub async fn submit(State(app): State<Arc<App>>, held: HeldBooking, typed: FormData) -> Result<Response, Rejection> {
    let token = app.identity.token(&held.link);
    let mut held = held;
    for _ in 0..ATTEMPTS {
        let corrected = match corrected(&held, &typed) {
            Ok(corrected) => held.registration.corrected(corrected),
            Err(errors) => {
                let typed = FIELDS.map(|field| typed.one(field).to_owned());
                let content = DetailsPage { token: &token, typed, mistakes: Mistake::of(&errors) };
                return Ok(frame(&app.hub().await?, &token).show_again(&content));
            }
        };
        if app.store.correct(&held.registration, &corrected).await? {
            return Ok(see_other(&format!("/bookings/{token}")));
        }
        // An organiser has answered this moment, or there is another booking by now.
        held = app.booking(&token).await?;
    }
    Err(Refusal::BookingNotFound.into())
}

/// The form with the corrections in it. An organisation that is counted by a limit stays as it was booked.
fn corrected(held: &HeldBooking, typed: &FormData) -> Result<RegistrationForm, Vec<FieldError>> {
    let given: Map<String, Value> = typed.names().map(|name| (name.to_owned(), typed.one(name).into())).collect();
    let mut fields = Fields::of(Value::Object(given))?;
    let missing = "Enter your full name, as it should appear on your certificate";
    let name = fields.parse("name", missing, PersonName::parse);
    let organisation = fields.line("organisation", 200);
    let registration_number = fields.line("registration_number", 50);
    let access_needs = fields.lines("access_needs", 2_000);
    fields.finish()?;
    let mut form = held.registration.form.clone();
    if let Some(name) = name {
        form.name = name;
    }
    if held.record.event.organisation_limit.is_none() {
        let ods_code = form.organisation.and_then(|known| known.ods_code);
        let is_code = ods_code.as_deref() == organisation.as_deref();
        form.organisation = match (organisation, ods_code) {
            (None, None) => None,
            (name, ods_code) => Some(Organisation { ods_code, name: name.filter(|_| !is_code) }),
        };
    }
    Ok(RegistrationForm { registration_number, access_needs, ..form })
}
