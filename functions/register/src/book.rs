//! The one way to book, for the form and for the API: check what was sent, draw the ticket, say where it stands.

use app::views::Standing;
use app::{App, Rejection};
use domain::ledger::{Place, State};
use domain::registration::Via;
use domain::{EventId, FieldError, Generation, PersonId, Reference, Refusal, RegistrationForm};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use store::{Booked, Booking, EventRecord, Hold, Message, RegisterOutcome, Unmatched};
use web::Problem;

/// How often the event may change under the form before we ask for patience.
const ATTEMPTS: usize = 5;

/// A mail with the same link is enough for this long.
const LINK_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// A booking as it is told to whoever made it.
pub struct Told {
    /// The event.
    pub record: EventRecord,
    /// Whose.
    pub person: PersonId,
    /// Which booking.
    pub generation: Generation,
    /// What to quote.
    pub reference: Reference,
    /// Where it stands.
    pub standing: Standing,
}

/// The event as it was a moment ago, for [`book`], unless the public may not see it.
pub async fn recent_event(app: &App, id: EventId) -> Result<EventRecord, Rejection> {
    app.recent_event(id).await?.ok_or(Refusal::EventNotFound.into())
}

/// The event, unless the public may not see it.
pub async fn public_event(app: &App, id: EventId, consistent: bool) -> Result<EventRecord, Rejection> {
    let record = app.store.event(id, consistent).await?;
    record.filter(EventRecord::is_public).ok_or(Refusal::EventNotFound.into())
}

/// Reads what was sent against what the event asks.
pub fn check(value: Value, record: &EventRecord, via: Via) -> Result<RegistrationForm, Vec<FieldError>> {
    RegistrationForm::parse(value, &record.event, via == Via::Person)
}

/// Books. The event is read again, and the form checked again, when it changed meanwhile; and before the form is sent
/// back, as this may be an event that it was not filled in for.
pub async fn book(app: &App, mut record: EventRecord, value: Value, via: Via) -> Result<Told, Rejection> {
    let at = app.clock.now();
    for attempt in 0..ATTEMPTS {
        let form = match check(value.clone(), &record, via) {
            Ok(form) => form,
            Err(_) if attempt == 0 && via == Via::Person => {
                record = public_event(app, record.id, true).await?;
                continue;
            }
            Err(errors) => return Err(Problem::invalid(errors).into()),
        };
        let person = person_of(app, record.id, &form);
        let booking = Booking {
            id: record.id,
            event: &record.event,
            status: record.status,
            version: record.version,
            person,
            form,
            at,
            attempt: app.random(),
            via,
        };
        match app.store.register(&booking).await? {
            RegisterOutcome::Booked(booked) => {
                // Of what people book themselves the stream tells `register-settle`.
                if via == Via::Organiser {
                    let given = booking.form.organisation.clone();
                    let unmatched = given.map(|given| Unmatched { given, since: at });
                    app.store.note_unmatched(unmatched.as_slice()).await?;
                }
                return tell(app, record, person, booked, at).await;
            }
            RegisterOutcome::Refused(refusal) => return Err(refusal.into()),
            RegisterOutcome::Stale => record = public_event(app, record.id, true).await?,
        }
    }
    Err(Problem::unavailable().into())
}

fn person_of(app: &App, event: EventId, form: &RegistrationForm) -> PersonId {
    match &form.email {
        Some(email) => app.identity.person(email, &form.name),
        None => app.identity.person_without_address(event, &form.name),
    }
}

async fn tell(
    app: &App,
    record: EventRecord,
    person: PersonId,
    booked: Booked,
    now: Timestamp,
) -> Result<Told, Rejection> {
    if matches!(booked.place, Place::Ended(_)) {
        return Err(Refusal::EventCancelled.into());
    }
    if !booked.is_new {
        send_link_again(app, record.id, person, &booked, now).await?;
    }
    let reference = app.identity.reference(record.id, person);
    let standing = Standing::of_place(booked.place, State::Open);
    tracing::info!(event.id = %record.id, registration.reference = %reference, status = standing.status, "booked");
    Ok(Told { record, person, generation: booked.generation, reference, standing })
}

/// Whoever books what they have already may have lost the mail: one more, unless one went within the hour.
async fn send_link_again(
    app: &App,
    event: EventId,
    person: PersonId,
    booked: &Booked,
    now: Timestamp,
) -> Result<(), Rejection> {
    let since = now - LINK_AGAIN_AFTER;
    let generation: Generation = booked.generation;
    if booked.at > since || app.store.has_mail_since(person, event, generation, since).await? {
        return Ok(());
    }
    let message = Message {
        person,
        event,
        kind: "link-again".to_owned(),
        mark: format!("{}-{}", generation.0, now.as_second() / LINK_AGAIN_AFTER.as_secs()),
        generation,
        at: now,
        tries: 0,
        facts: Value::Object(serde_json::Map::new()),
    };
    app.store.post(&message, now, Hold::Nobody).await?;
    Ok(())
}
