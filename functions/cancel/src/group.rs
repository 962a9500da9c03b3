//! A group's places: whoever has the link from the mail names the people, one at a time, until the deadline.

use std::sync::Arc;

use app::{App, Leaver, Link, Newcomer, Rejection};
use askama::Template;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use domain::{FieldError, Generation, Ledger, Refusal, Role};
use serde_json::{Map, Value};
use store::{EventRecord, Group};
use web::components::{Button, Choice, ErrorSummary, Field, InputKind, Select, TextInput};
use web::forms::FormData;
use web::page::{Mistake, Page, see_other};
use web::{Problem, dates};

const FIELDS: [&str; 3] = ["name", "email", "role"];

/// A group behind its link, as read for one request.
pub struct HeldGroup {
    link: Link,
    record: EventRecord,
    ledger: Ledger,
    group: Group,
}

impl FromRequestParts<Arc<App>> for HeldGroup {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let token = Path::<String>::from_request_parts(parts, app).await.map_err(|_| Refusal::BookingNotFound)?;
        let link = app.identity.link(&token).filter(|link| link.generation == Generation(0));
        let link = link.ok_or(Refusal::BookingNotFound)?;
        let group = app.store.group(link.event, link.person).await?.ok_or(Refusal::BookingNotFound)?;
        let found = app.store.event_with_ledger(link.event, true).await?;
        let (record, ledger) = found.ok_or(Refusal::BookingNotFound)?;
        Ok(Self { link, record, ledger, group })
    }
}

impl HeldGroup {
    /// The roles whose people these places are for; empty for everyone whose role has no lane of its own.
    fn roles(&self) -> &[Role] {
        let lane = self.record.event.lanes.iter().find(|lane| lane.key == self.group.lane);
        lane.map_or(&[], |lane| &lane.roles)
    }

    fn is_for(&self, role: Role) -> bool {
        let lane_now = |lane| self.ledger.lane_now(lane);
        lane_now(self.record.event.lane_of(role)) == lane_now(self.group.lane)
    }
}

#[derive(Template)]
#[template(path = "group.html")]
struct GroupPage<'a> {
    token: String,
    title: &'a str,
    sessions: Vec<String>,
    places: usize,
    named: usize,
    deadline: String,
    is_open: bool,
    roles: Vec<Role>,
    typed: &'a FormData,
    mistakes: Vec<Mistake>,
}

impl GroupPage<'_> {
    fn summary(&self) -> ErrorSummary<'_> {
        ErrorSummary { mistakes: &self.mistakes }
    }

    fn button() -> Button<'static> {
        Button::new("Name this person")
    }

    fn name(&self) -> TextInput<'_> {
        let field = Field::new("name", "Full name").hint("As it should appear on their certificate");
        self.line(field, "name", InputKind::Text)
    }

    fn email(&self) -> TextInput<'_> {
        self.line(
            Field::new("email", "Email address").hint("We send their booking link here"),
            "email",
            InputKind::Email,
        )
    }

    fn role(&self) -> Select<'_> {
        let field = Field::new("role", "Role").mistakes(&self.mistakes);
        let typed = self.typed.one("role");
        let choice = |role: &Role| Choice::new(role.slug(), role.label(), role.slug() == typed);
        Select { field, empty: "Select a role", choices: self.roles.iter().map(choice).collect(), autocomplete: "off" }
    }

    fn line<'f>(&'f self, field: Field<'f>, name: &str, kind: InputKind) -> TextInput<'f> {
        TextInput { field: field.mistakes(&self.mistakes), value: self.typed.one(name), kind, autocomplete: "off" }
    }
}

/// `GET /groups/{token}`
pub async fn show(State(app): State<Arc<App>>, held: HeldGroup) -> Result<Response, Rejection> {
    let nothing = FormData::default();
    Ok(Page::new("Name your group", &app.hub().await?).show(&page(&app, &held, &nothing, &[])))
}

/// `POST /groups/{token}`: names somebody, who has then a booking of their own.
pub async fn name(State(app): State<Arc<App>>, held: HeldGroup, typed: FormData) -> Result<Response, Rejection> {
    let hub = app.hub().await?;
    let again =
        |errors: &[FieldError]| Page::new("Name your group", &hub).show_again(&page(&app, &held, &typed, errors));
    let mistake = |field: &str, detail: &str| [FieldError { pointer: format!("/{field}"), detail: detail.to_owned() }];
    if app.clock.now() >= held.group.name_by {
        return Ok(again(&mistake(
            "name",
            "The time to name people is over: what had no name has gone to the waiting list",
        )));
    }
    let given: Map<String, Value> = FIELDS.iter().map(|name| ((*name).to_owned(), typed.one(name).into())).collect();
    let newcomer = match Newcomer::read(Value::Object(given)) {
        Ok(newcomer) => newcomer,
        Err(errors) => return Ok(again(&errors)),
    };
    if Role::from_slug(typed.one("role").trim()).is_some_and(|role| !held.is_for(role)) {
        return Ok(again(&mistake("role", "These places are for other roles: select one from the list")));
    }
    let Some(place) = held.group.unnamed(&held.ledger).next() else {
        return Ok(again(&mistake("name", "Every place has a name already")));
    };
    let registration = app.store.registration(place, held.record.id).await?;
    let leaver = Leaver { event: held.record.id, person: place, registration: registration.as_ref() };
    match app.hand_over(&leaver, newcomer).await {
        Ok(Err(errors)) => Ok(again(&errors)),
        Ok(Ok(_)) => Ok(see_other(&format!("/groups/{}", app.identity.token(&held.link)))),
        // Somebody else with the link took this place a moment ago.
        Err(Rejection::Problem(problem)) if problem.code() == Refusal::BookingNotFound.code() => {
            Err(Problem::unavailable().into())
        }
        Err(rejection) => Err(rejection),
    }
}

fn page<'a>(app: &App, held: &'a HeldGroup, typed: &'a FormData, errors: &[FieldError]) -> GroupPage<'a> {
    let unnamed = held.group.unnamed(&held.ledger).count();
    let roles = if held.roles().is_empty() { Role::ALL } else { held.roles() };
    let roles = roles.iter().copied().filter(|role| held.is_for(*role)).collect();
    GroupPage {
        token: app.identity.token(&held.link),
        title: &held.record.event.title,
        sessions: held.record.event.sessions.iter().map(dates::session).collect(),
        places: held.group.places.len(),
        named: held.group.places.len() - unnamed,
        deadline: dates::moment(held.group.name_by),
        is_open: unnamed > 0 && app.clock.now() < held.group.name_by,
        roles,
        typed,
        mistakes: Mistake::of(errors),
    }
}
