//! A new event: a draft that organisers see. Under one `Idempotency-Key`, the same request is the same event.

use std::sync::Arc;

use app::{App, Rejection};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{Event, EventId, EventStatus, FieldError};
use serde_json::Value;
use store::{Created, EventRecord};
use web::sign_in::Organiser;
use web::{Problem, body};

use crate::access::{Manager, check_programme};
use crate::answer;
use crate::trail::{self, Deed};

/// The longest key, in characters.
const KEY_MAX: usize = 255;

/// `POST /api/v1/events`
pub async fn create(
    State(app): State<Arc<App>>,
    Manager(organiser): Manager,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let value = body::json(&headers, request, &[]).await?;
    let key = idempotency_key(&headers)?;
    let record = create_event(&app, &organiser, value, key).await?;
    answer::created(&app, record.id).await
}

/// Creates a draft, under a key once.
pub async fn create_event(
    app: &App,
    organiser: &Organiser,
    value: Value,
    key: Option<&str>,
) -> Result<EventRecord, Rejection> {
    check_programme(app, organiser, &value).await?;
    let says_who_approves = value.get("approval").is_some_and(Value::is_boolean);
    let mut record = read(app, organiser, key, value)?;
    record.event.approval |= !says_who_approves && app.hub().await?.policy.manager_approves;
    match app.store.create_event(&record, app.clock.now()).await? {
        Created::Conflict => Err(Problem::idempotency_conflict().into()),
        Created::New | Created::Same(_) => {
            tracing::info!(event.id = %record.id, "event created");
            trail::record(app, organiser, Deed::event("event.create", record.id)).await?;
            Ok(record)
        }
    }
}

/// A draft with an identifier of its own.
pub fn draft(app: &App, event: Event) -> EventRecord {
    draft_under(EventId::from_bits(app.random()), event, None)
}

fn draft_under(id: EventId, event: Event, fingerprint: Option<String>) -> EventRecord {
    EventRecord { id, event, status: EventStatus::Draft, version: 1, was_published: false, reason: None, fingerprint }
}

/// The draft that was sent. A key stands for one identifier, and remembers the request.
fn read(app: &App, by: &Organiser, key: Option<&str>, mut value: Value) -> Result<EventRecord, Problem> {
    let Some(key) = key else {
        return Event::parse(value).map(|event| draft(app, event)).map_err(Problem::invalid);
    };
    value.sort_all_objects();
    let fingerprint = app.identity.fingerprint(value.to_string().as_bytes());
    let event = Event::parse(value).map_err(Problem::invalid)?;
    Ok(draft_under(app.identity.event_for(&by.subject, key), event, Some(fingerprint)))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().map(str::trim).filter(|key| (1..=KEY_MAX).contains(&key.len()));
    let detail = format!("Idempotency-Key must be 1 to {KEY_MAX} printable ASCII characters");
    key.map(Some).ok_or_else(|| Problem::invalid(vec![FieldError { pointer: String::new(), detail }]))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_key_is_short_and_printable() {
        let key = |value: &[u8]| {
            let value = HeaderValue::from_bytes(value).expect("a header");
            let headers = HeaderMap::from_iter([("idempotency-key".parse().expect("a name"), value)]);
            idempotency_key(&headers).map(|key| key.map(str::to_owned)).map_err(|problem| problem.code())
        };
        assert_eq!(idempotency_key(&HeaderMap::new()), Ok(None));
        assert_eq!(key(b" 8e03978e-40d5 "), Ok(Some("8e03978e-40d5".to_owned())));
        assert_eq!(key(b""), Err("invalid"));
        assert_eq!(key(&[b'k'; 256]), Err("invalid"));
        assert_eq!(key("kö".as_bytes()), Err("invalid"));
    }
}
