//! Handing a booking over to a colleague, who takes ticket and place.

use std::sync::Arc;

use app::{App, HeldBooking, Leaver, Newcomer, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::consequence::HandOver;
use domain::policy::Substitution;
use domain::{FieldError, Hub, Refusal, Role};
use serde_json::{Map, Value};
use web::components::{Button, Choice, ErrorSummary, Field, InputKind, Select, TextInput};
use web::forms::FormData;
use web::page::{Mistake, Page, see_other};

const FIELDS: [&str; 3] = ["name", "email", "role"];

#[derive(Template)]
#[template(path = "substitute.html")]
struct SubstitutePage<'a> {
    token: String,
    title: &'a str,
    typed: &'a FormData,
    mistakes: Vec<Mistake>,
}

impl SubstitutePage<'_> {
    fn summary(&self) -> ErrorSummary<'_> {
        ErrorSummary { mistakes: &self.mistakes }
    }

    fn button() -> Button<'static> {
        Button::new("Hand over")
    }

    fn name(&self) -> TextInput<'_> {
        let field = Field::new("name", "Your colleague’s full name").hint("As it should appear on their certificate");
        self.line(field, "name", InputKind::Text)
    }

    fn email(&self) -> TextInput<'_> {
        let field = Field::new("email", "Your colleague’s email address").hint("We send their booking link here");
        self.line(field, "email", InputKind::Email)
    }

    fn role(&self) -> Select<'_> {
        let field = Field::new("role", "Your colleague’s role").mistakes(&self.mistakes);
        let typed = self.typed.one("role");
        let choice = |role: &Role| Choice::new(role.slug(), role.label(), role.slug() == typed);
        Select { field, empty: "Select a role", choices: Role::ALL.iter().map(choice).collect(), autocomplete: "off" }
    }

    fn line<'f>(&'f self, field: Field<'f>, name: &str, kind: InputKind) -> TextInput<'f> {
        TextInput { field: field.mistakes(&self.mistakes), value: self.typed.one(name), kind, autocomplete: "off" }
    }
}

/// The form; a booking that has ended, or whose event has begun, has its page instead.
pub async fn show(State(app): State<Arc<App>>, held: HeldBooking) -> Result<Response, Rejection> {
    if held.ledger.live(held.link.person).is_none() {
        return Ok(see_other(&app.booking_page(&held)));
    }
    if app.clock.now() >= held.record.event.starts() {
        return Err(Refusal::EventOver.into());
    }
    let nothing = FormData::default();
    let hub = app.hub().await?;
    if hub.policy.substitution == Substitution::ByConsultation {
        return Err(Refusal::AskOrganisers.into());
    }
    let (frame, content) = page(&app, &hub, &held, &nothing, &[]);
    Ok(frame.show(&content))
}

/// Hands over; repeating it changes nothing. A booking that ended otherwise meanwhile says so on its page.
pub async fn submit(State(app): State<Arc<App>>, held: HeldBooking, typed: FormData) -> Result<Response, Rejection> {
    let given: Map<String, Value> = FIELDS.iter().map(|name| ((*name).to_owned(), typed.one(name).into())).collect();
    let hub = app.hub().await?;
    let again = |errors: &[FieldError]| {
        let (frame, content) = page(&app, &hub, &held, &typed, errors);
        frame.show_again(&content)
    };
    let newcomer = match Newcomer::read(Value::Object(given)) {
        Ok(newcomer) => newcomer,
        Err(errors) => return Ok(again(&errors)),
    };
    match hub.policy.hand_over(&held.record.event, held.registration.form.role, newcomer.role()) {
        HandOver::Allowed => {}
        HandOver::ByOrganisers => return Err(Refusal::AskOrganisers.into()),
        HandOver::OtherRoles => {
            let detail = "This place is kept for other roles. Choose a colleague for whom it is meant".to_owned();
            return Ok(again(&[FieldError { pointer: "/role".to_owned(), detail }]));
        }
    }
    let leaver = Leaver { event: held.record.id, person: held.link.person, registration: Some(&held.registration) };
    match app.hand_over(&leaver, newcomer).await {
        Ok(Err(errors)) => Ok(again(&errors)),
        Err(Rejection::Problem(problem)) if problem.code() == Refusal::BookingNotFound.code() => {
            Ok(see_other(&app.booking_page(&held)))
        }
        Ok(Ok(_)) => Ok(see_other(&app.booking_page(&held))),
        Err(rejection) => Err(rejection),
    }
}

fn page<'a>(
    app: &App,
    hub: &'a Hub,
    held: &'a HeldBooking,
    typed: &'a FormData,
    errors: &[FieldError],
) -> (Page<'a>, SubstitutePage<'a>) {
    let frame = Page::new("Hand over to a colleague", hub);
    let frame = frame.back(app.booking_page(held), "Back to your booking");
    let (token, title) = (app.identity.token(&held.link), held.record.event.title.as_str());
    (frame, SubstitutePage { token, title, typed, mistakes: Mistake::of(errors) })
}
