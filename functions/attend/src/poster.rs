//! The poster at the door: people sign themselves in, by reference or by name and address. Whoever is not known adds
//! themselves, and an organiser confirms it. The page says the same to everybody: nobody learns who else is here.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use domain::attendance::{self, Mark, SessionNumber};
use domain::{EmailAddress, FieldError, PersonId, PersonName, Place};
use store::{EventRecord, Unidentified};
use web::components::{Button, ErrorSummary, Field, InputKind, TextInput};
use web::forms::FormData;
use web::page::{Mistake, Page};
use web::{Problem, dates};

use crate::code;
use crate::list_page::is_open;
use crate::roll::{self, Roll};

/// A session, behind its poster's code.
pub struct Session {
    token: String,
    record: EventRecord,
    number: SessionNumber,
}

impl FromRequestParts<Arc<App>> for Session {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let path = Path::<String>::from_request_parts(parts, app).await;
        let Path(token) = path.map_err(|_| Problem::not_found())?;
        let (event, number) = app.identity.poster_of(&token).ok_or_else(Problem::not_found)?;
        let record = app.store.event(event, true).await?.filter(EventRecord::is_public);
        let record = record.filter(|record| attendance::length_of(&record.event, number).is_some());
        Ok(Self { token, record: record.ok_or_else(Problem::not_found)?, number })
    }
}

#[derive(Template)]
#[template(path = "poster.html")]
struct PosterPage<'a> {
    token: &'a str,
    title: &'a str,
    when: String,
    is_open: bool,
    typed: &'a FormData,
    mistakes: Vec<Mistake>,
}

impl PosterPage<'_> {
    fn summary(&self) -> ErrorSummary<'_> {
        ErrorSummary { mistakes: &self.mistakes }
    }

    fn reference(&self) -> TextInput<'_> {
        let field = Field::new("reference", "Booking reference").optional().mistakes(&self.mistakes);
        TextInput { field, value: self.typed.one("reference"), kind: InputKind::Text, autocomplete: "off" }
    }

    fn name(&self) -> TextInput<'_> {
        let field = Field::new("name", "Full name").optional().mistakes(&self.mistakes);
        TextInput { field, value: self.typed.one("name"), kind: InputKind::Text, autocomplete: "name" }
    }

    fn email(&self) -> TextInput<'_> {
        let field = Field::new("email", "Email address").optional().mistakes(&self.mistakes);
        TextInput { field, value: self.typed.one("email"), kind: InputKind::Email, autocomplete: "email" }
    }

    fn button() -> Button<'static> {
        Button::new("Sign in")
    }
}

#[derive(Template)]
#[template(path = "signed_in.html")]
struct SignedInPage<'a> {
    title: &'a str,
}

/// `GET /attend/{token}`
pub async fn show(State(app): State<Arc<App>>, session: Session) -> Result<Response, Rejection> {
    session.page(&app, &FormData::default(), Vec::new()).await
}

/// `GET /attend/{token}/code.svg`: the page's address as a code to print.
pub async fn picture(State(app): State<Arc<App>>, session: Session) -> Result<Response, Rejection> {
    let address = format!("{}/attend/{}", app.config.base_url, session.token);
    code::picture(address)
}

/// `POST /attend/{token}`
pub async fn sign_in(State(app): State<Arc<App>>, session: Session, typed: FormData) -> Result<Response, Rejection> {
    if !session.is_open(&app) {
        return session.page(&app, &typed, Vec::new()).await;
    }
    match Said::read(&typed) {
        Ok(said) => session.take(&app, said).await?,
        Err(errors) => return session.page(&app, &typed, Mistake::of(&errors)).await,
    }
    let content = SignedInPage { title: &session.record.event.title };
    Ok(Page::new("Thank you", &app.hub().await?).show(&content))
}

/// What somebody said of themselves.
enum Said {
    Reference(String),
    Name(PersonName, EmailAddress),
}

impl Said {
    fn read(typed: &FormData) -> Result<Self, Vec<FieldError>> {
        let reference: String = typed.one("reference").to_uppercase().split_whitespace().collect();
        if !reference.is_empty() {
            return Ok(Self::Reference(reference));
        }
        let refused = |name: &str, detail: String| FieldError { pointer: format!("/{name}"), detail };
        let name = PersonName::parse(typed.one("name")).map_err(|error| refused("name", error.to_string()));
        let email = EmailAddress::parse(typed.one("email")).map_err(|error| refused("email", error.to_string()));
        match (name, email) {
            (Ok(name), Ok(email)) => Ok(Self::Name(name, email)),
            (name, email) => Err([name.err(), email.err()].into_iter().flatten().collect()),
        }
    }
}

impl Session {
    /// From half an hour before the session until it ends, by the hub's clock.
    fn is_open(&self, app: &App) -> bool {
        let ends = self.record.event.sessions.get(usize::from(self.number) - 1).map(|session| session.ends);
        let now = app.clock.now();
        is_open(&self.record, self.number, now) && ends.is_some_and(|ends| now < ends)
    }

    async fn page(&self, app: &App, typed: &FormData, mistakes: Vec<Mistake>) -> Result<Response, Rejection> {
        let is_again = !mistakes.is_empty();
        let event = &self.record.event;
        let content = PosterPage {
            token: &self.token,
            title: &event.title,
            when: dates::session(&event.sessions[usize::from(self.number) - 1]),
            is_open: self.is_open(app),
            typed,
            mistakes,
        };
        let hub = app.hub().await?;
        let frame = Page::new("Sign in", &hub);
        Ok(if is_again { frame.show_again(&content) } else { frame.show(&content) })
    }

    /// Whoever has a place is here; anybody else waits for an organiser.
    async fn take(&self, app: &App, said: Said) -> Result<(), Rejection> {
        let roll = Roll::call(app, &self.record).await?;
        let person = match &said {
            Said::Reference(reference) => reference.parse().ok().and_then(|reference| roll.person(reference)),
            Said::Name(name, email) => Some(app.identity.person(email, name)),
        };
        let has_place = |person: &PersonId| roll.ledger.place(*person) == Some(Place::Confirmed);
        let length = attendance::length_of(&self.record.event, self.number);
        if let Some(person) = person.filter(has_place) {
            if roll.attendance.recorded(self.number, person).unwrap_or(0) == 0 {
                roll.store_marks(app, &[Mark { session: self.number, person, minutes: length }]).await?;
            }
        } else if let Said::Name(name, email) = said {
            let who = app.identity.person(&email, &name);
            let stranger = Unidentified {
                entry: roll::entry_of(self.number, app.identity.reference(self.record.id, who)),
                name: name.as_str().to_owned(),
                email: Some(email.as_str().to_owned()),
                minutes: vec![(self.number, length.unwrap_or(0))],
            };
            if roll.attendance.recorded(self.number, who).is_none() {
                app.store.keep_unidentified(self.record.id, &[stranger], app.clock.now()).await?;
            }
        }
        Ok(())
    }
}
