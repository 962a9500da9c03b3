//! `POST /api/v1/events/{id}/registrations`, for people and, with a token, for organisers on the telephone.

use std::sync::Arc;

use app::{App, Asked, IfSignedIn, Rejection};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::registration::Via;
use domain::{EventId, Fields, Refusal};
use serde_json::{Value, json};
use store::{Action, BookingKey, EventRecord};
use web::sign_in::Organiser;
use web::{Problem, body, page};

use crate::book::{Told, book, recent_event};

/// Books a place.
pub async fn register(
    State(app): State<Arc<App>>,
    IfSignedIn(organiser): IfSignedIn,
    Asked(id): Asked,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let Some(organiser) = organiser else {
        app.admit(&headers)?;
        let record = recent_event(&app, id).await?;
        let value = body::json(&headers, request, &[]).await?;
        let told = book(&app, record, value, Via::Person).await?;
        return Ok(page::created(&answer(&app, &told)));
    };
    if !organiser.may_manage() {
        return Err(Problem::forbidden().into());
    }
    let record = managed_event(&app, id, &organiser).await?;
    let mut value = body::json(&headers, request, &[]).await?;
    let reason = take_reason(&mut value)?;
    let told = book(&app, record, value, Via::Organiser).await?;
    record_action(&app, &organiser, &told, reason).await?;
    Ok(page::created(&answer(&app, &told)))
}

async fn managed_event(app: &App, id: EventId, organiser: &Organiser) -> Result<EventRecord, Rejection> {
    let record = app.store.event(id, true).await?;
    let seen = record.filter(|record| organiser.sees(record.event.programme));
    seen.ok_or(Refusal::EventNotFound.into())
}

/// The reason is the organiser's, not a field of the form.
fn take_reason(value: &mut Value) -> Result<Option<String>, Problem> {
    let Some(reason) = value.as_object_mut().and_then(|fields| fields.remove("reason")) else { return Ok(None) };
    let mut fields = Fields::of(json!({"reason": reason})).map_err(Problem::invalid)?;
    let reason = fields.lines("reason", 2_000);
    fields.finish().map_err(Problem::invalid)?;
    Ok(reason)
}

async fn record_action(app: &App, by: &Organiser, told: &Told, reason: Option<String>) -> Result<(), Rejection> {
    let action = Action {
        at: app.clock.now(),
        by: by.subject.clone(),
        action: "registration.create".to_owned(),
        on: told.record.id.to_string(),
        reference: Some(told.reference.to_string()),
        reason,
        priority: None,
    };
    let booking = BookingKey { person: told.person, event: told.record.id, generation: told.generation, version: 0 };
    app.store.record(&action, &app.action_id(), &[booking]).await?;
    Ok(())
}

fn answer(app: &App, told: &Told) -> Value {
    json!({
        "reference": told.reference, "status": told.standing.status, "position": told.standing.position,
        "event": app.event_brief(told.record.id, &told.record),
    })
}
