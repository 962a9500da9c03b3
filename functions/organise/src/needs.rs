//! What people need to take part: read by those who see to it, and answered. Whoever is at the door sees what has been
//! agreed or arranged, from the day before, and never what the person wrote.

use std::sync::Arc;

use app::{App, Rejection};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::access::{Answered, Step, is_told_at_the_door};
use domain::{EventStatus, Fields, Ledger, PersonName, Reference, Refusal, Registration, RegistrationForm, text};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use store::{EventRecord, Hold, Message};
use web::{Problem, body, page};

use crate::access::RosterEvent;
use crate::asked;
use crate::line::Concerned;
use crate::trail;

/// The longest reply, in characters.
const REPLY_MAX: usize = 2_000;
/// The longest need, in characters, as in the form of a booking.
const NEEDS_MAX: usize = 2_000;
/// Attempts to answer a need that changes all the time.
const ATTEMPTS: usize = 5;

/// A need of somebody who is in, its fields in the order of the API.
#[derive(Serialize)]
pub struct Need {
    /// Of the registration.
    pub reference: Reference,
    /// Whose it is.
    pub name: PersonName,
    /// In the person's words; nobody's at the door.
    pub needs: Option<String>,
    /// `new`, `agreed` or `arranged`.
    pub state: &'static str,
    /// The last answer.
    pub reply: Option<String>,
    /// When that was.
    pub answered_at: Option<Timestamp>,
}

impl Need {
    fn of(app: &App, registration: &Registration) -> Option<Self> {
        let needs = registration.form.access_needs.clone()?;
        let answered = registration.access.answered.as_ref();
        Some(Self {
            reference: app.identity.reference(registration.event, registration.person),
            name: registration.form.name.clone(),
            needs: Some(needs),
            state: registration.access.state(),
            reply: answered.map(|answered| answered.reply.clone()),
            answered_at: answered.map(|answered| answered.at),
        })
    }
}

/// How many needs are in each state: `new`, `agreed`, `arranged`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Nobody has answered.
    pub new: usize,
    /// Answered, and yet to be done.
    pub agreed: usize,
    /// Done.
    pub arranged: usize,
}

impl Counts {
    /// Of these needs.
    pub fn of(needs: &[Need]) -> Self {
        let of = |state| needs.iter().filter(|need| need.state == state).count();
        Self { new: of("new"), agreed: of("agreed"), arranged: of("arranged") }
    }
}

/// The needs of everybody who is in, the unanswered first.
pub async fn of_event(app: &App, record: &EventRecord, ledger: &Ledger) -> Result<Vec<Need>, Rejection> {
    let people = ledger.live_entries().map(|(person, _)| person);
    let registrations = app.store.registrations(record.id, people).await?;
    let mut needs: Vec<Need> = registrations.values().filter_map(|registration| Need::of(app, registration)).collect();
    let rank = |need: &Need| ["new", "agreed", "arranged"].iter().position(|state| *state == need.state);
    needs.sort_by_cached_key(|need| (rank(need), text::fold(need.name.as_str()), need.reference));
    Ok(needs)
}

/// What an organiser sees of an event's needs, and how many there are.
pub async fn seen(app: &App, roster: &RosterEvent) -> Result<(Vec<Need>, Counts), Rejection> {
    let ledger = app.store.ledger(roster.record.id).await?.ok_or(Refusal::EventNotFound)?;
    let mut needs = of_event(app, &roster.record, &ledger).await?;
    let counts = Counts::of(&needs);
    if !roster.organiser.may_manage() {
        let is_told = is_told_at_the_door(&roster.record.event, app.clock.now()) && !roster.is_counts_only();
        needs.retain(|_| is_told);
        for need in &mut needs {
            need.needs = None;
        }
    }
    Ok((needs, counts))
}

/// `GET /api/v1/events/{id}/access`
pub async fn read(State(app): State<Arc<App>>, roster: RosterEvent) -> Result<Response, Rejection> {
    let (needs, counts) = seen(&app, &roster).await?;
    Ok(page::ok(&json!({"access": needs, "counts": counts})))
}

/// `POST …/{reference}/access {"state", "reply"}`
pub async fn answer(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let (step, reply) = asked(body::json(&headers, request, &[]).await?)?;
    Ok(page::ok(&json!(give(&app, &concerned, step, &reply).await?)))
}

/// Reads an answer from its JSON.
pub fn asked(value: Value) -> Result<(Step, String), Problem> {
    asked::read(value, |fields: &mut Fields| {
        let choose = "Select agreed or arranged";
        let step = fields.parse("state", choose, |name| Step::from_name(name).ok_or(choose));
        let reply = fields.parse("reply", "Enter a reply", |raw| {
            text::lines(raw, REPLY_MAX).map_err(|error| match error {
                text::InvalidText::Empty => "Enter a reply".to_owned(),
                error => format!("The reply {error}"),
            })
        });
        Some((step?, reply?))
    })
}

/// Answers what somebody needs, who is told by mail; the same answer again changes nothing. There is nothing to answer
/// where nothing was asked for, or the event is over.
pub async fn give(app: &App, concerned: &Concerned, step: Step, reply: &str) -> Result<Need, Rejection> {
    let record = &concerned.managed.record;
    let mut found = concerned.registration.clone();
    for _ in 0..ATTEMPTS {
        let mut registration =
            found.filter(|found| found.form.access_needs.is_some()).ok_or_else(Problem::not_found)?;
        if record.status == EventStatus::Cancelled {
            return Err(Refusal::EventCancelled.into());
        }
        if app.clock.now() >= record.event.ends() {
            return Err(Refusal::EventOver.into());
        }
        let access = registration.access.answer(step, reply, app.clock.now());
        let is_kept = access == registration.access || app.store.keep_access(&registration, &access).await?;
        if is_kept {
            registration.access = access;
            tell(app, concerned, &registration).await?;
            return Need::of(app, &registration).ok_or_else(|| Problem::not_found().into());
        }
        let seen = registration.form.access_needs.clone();
        found = app.store.registration(registration.person, registration.event).await?;
        if found.as_ref().is_some_and(|found| found.form.access_needs != seen) {
            // The answer was to something else.
            let words = "What this person needs has changed. Read it again before you answer";
            return Err(Problem::invalid_field("/reply", words).into());
        }
    }
    Err(Problem::unavailable().into())
}

/// Reads what somebody has told an organiser that they need, as a form gives it.
pub fn told(value: Value) -> Result<String, Problem> {
    asked::read(value, |fields: &mut Fields| {
        fields.parse("needs", "Enter what they need", |raw| {
            text::lines(raw, NEEDS_MAX).map_err(|error| match error {
                text::InvalidText::Empty => "Enter what they need".to_owned(),
                error => format!("What they need {error}"),
            })
        })
    })
}

/// Notes what somebody has told an organiser that they need; what is known already changes nothing. Another need is
/// nobody's answer yet. There is nothing to note of a booking that has ended, or once the event is over.
pub async fn note(app: &App, concerned: &Concerned, needs: &str) -> Result<(), Rejection> {
    let record = &concerned.managed.record;
    if record.status == EventStatus::Cancelled {
        return Err(Refusal::EventCancelled.into());
    }
    if app.clock.now() >= record.event.ends() {
        return Err(Refusal::EventOver.into());
    }
    let mut found = concerned.registration.clone();
    for _ in 0..ATTEMPTS {
        let registration = found.filter(|_| can_note(concerned)).ok_or_else(Problem::not_found)?;
        let form = RegistrationForm { access_needs: Some(needs.to_owned()), ..registration.form.clone() };
        let is_known = registration.form.access_needs.as_deref() == Some(needs);
        if is_known || app.store.correct(&registration, &registration.corrected(form)).await? {
            // Without the words, which go with the need.
            return trail::record(app, &concerned.managed.organiser, concerned.deed("access.note")).await;
        }
        found = app.store.registration(registration.person, registration.event).await?;
    }
    Err(Problem::unavailable().into())
}

/// Whether a need can be noted: of somebody who is in, and known.
pub fn can_note(concerned: &Concerned) -> bool {
    let is_known = concerned.registration.as_ref().is_some_and(|found| !found.form.is_without_person());
    is_known && concerned.ledger.live(concerned.person).is_some()
}

/// Stores the mail that says it, once however often this is done, and what was done: without the words, which go
/// with the need.
async fn tell(app: &App, concerned: &Concerned, registration: &Registration) -> Result<(), Rejection> {
    let Some(Answered { step, .. }) = &registration.access.answered else { return Ok(()) };
    let (now, version) = (app.clock.now(), registration.access.version);
    let message = Message {
        person: registration.person,
        event: registration.event,
        kind: "access".to_owned(),
        mark: format!("{}-{version}", registration.generation.0),
        generation: registration.generation,
        at: now,
        tries: 0,
        facts: json!({"version": version}),
    };
    app.store.post(&message, now, Hold::Nobody).await?;
    let action = match step {
        Step::Agreed => "access.agree",
        Step::Arranged => "access.arrange",
    };
    trail::record(app, &concerned.managed.organiser, concerned.deed(action)).await?;
    tracing::info!(
        event.id = %registration.event, registration.reference = %concerned.reference, state = step.name(),
        "access need answered"
    );
    Ok(())
}

/// How a registration's need stands, and what was answered; `null` where nothing was asked for.
pub fn state(registration: &Registration) -> Value {
    let Some(needs) = &registration.form.access_needs else { return Value::Null };
    let answered = registration.access.answered.as_ref();
    json!({
        "needs": needs,
        "state": registration.access.state(),
        "reply": answered.map(|answered| &answered.reply),
        "answered_at": answered.map(|answered| answered.at),
    })
}

/// The same, of a place that may be nobody's.
pub fn state_if_any(registration: Option<&Registration>) -> Value {
    registration.map_or(Value::Null, state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_how_far_it_is_and_what_the_person_is_told() {
        let read = |value| asked(value).map_err(|problem| problem.errors()[0].pointer.clone());
        let said = (Step::Agreed, "Room 2.\nStep-free.".to_owned());
        assert_eq!(read(json!({"state": "agreed", "reply": " Room 2.\r\nStep-free. "})), Ok(said));
        for (value, pointer) in [
            (json!({"state": "new", "reply": "x"}), "/state"),
            (json!({"reply": "x"}), "/state"),
            (json!({"state": "arranged", "reply": " "}), "/reply"),
            (json!({"state": "arranged", "reply": "x".repeat(2_001)}), "/reply"),
            (json!({"state": "arranged", "reply": "x", "needs": "y"}), "/needs"),
        ] {
            assert_eq!(read(value), Err(pointer.to_owned()));
        }
    }
}
