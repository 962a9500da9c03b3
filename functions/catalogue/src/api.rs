//! The API's reading half: what is on, and one event.

use std::sync::Arc;

use app::views::{Audience, event_json};
use app::{App, Asked, Rejection};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{EventId, Ledger, Refusal};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::EventRecord;
use web::forms::FormData;
use web::{Problem, page};

use crate::KEPT_SECONDS;
use crate::asked::Reader;
use crate::upcoming::{self, upcoming};

/// Events of one answer.
const PAGE: usize = 100;

/// `GET /api/v1/events`
pub async fn list(
    State(app): State<Arc<App>>,
    reader: Reader,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let after = after(&query.unwrap_or_default())?;
    let now = app.clock.now();
    let mut found = match &reader {
        Reader::Public => upcoming::public(&app, now).await?,
        Reader::Organiser(_) => upcoming(&app, now, true).await?,
    };
    found.retain(|(record, _)| reader.sees(record) && after.is_none_or(|after| place(record) > after));
    Ok(answer(&reader, &one_page(&found, &reader)))
}

/// `GET /api/v1/events/{id}`
pub async fn one(
    State(app): State<Arc<App>>,
    reader: Reader,
    asked: Result<Asked, Rejection>,
) -> Result<Response, Rejection> {
    let consistent = matches!(reader, Reader::Organiser(_));
    let found = app.store.event_with_ledger(asked?.0, consistent).await?;
    let (record, ledger) = found.filter(|(record, _)| reader.sees(record)).ok_or(Refusal::EventNotFound)?;
    Ok(answer(&reader, &event_json(&record, &ledger, reader.audience())))
}

impl Reader {
    fn audience(&self) -> Audience {
        match self {
            Self::Public => Audience::Public,
            Self::Organiser(_) => Audience::Organiser,
        }
    }
}

/// Only what is the same for everyone may be kept.
fn answer(reader: &Reader, body: &Value) -> Response {
    match reader {
        Reader::Public => page::for_whoever_asks(page::keep(page::ok(body), KEPT_SECONDS)),
        Reader::Organiser(_) => page::ok(body),
    }
}

fn one_page(found: &[(EventRecord, Ledger)], reader: &Reader) -> Value {
    let shown = &found[..found.len().min(PAGE)];
    let events: Vec<Value> = shown.iter().map(|(r, ledger)| event_json(r, ledger, reader.audience())).collect();
    let last = shown.last().filter(|_| found.len() > PAGE);
    json!({"events": events, "next": last.map(|(record, _)| cursor(record))})
}

/// Where an event stands in the list.
type Place = (Timestamp, EventId);

fn place(record: &EventRecord) -> Place {
    (record.event.starts(), record.id)
}

fn cursor(record: &EventRecord) -> String {
    let (starts, id) = place(record);
    URL_SAFE_NO_PAD.encode(format!("{starts} {id}"))
}

/// The place after which a query goes on.
fn after(query: &str) -> Result<Option<Place>, Problem> {
    let query = FormData::parse(query.as_bytes())?;
    if query.one("cursor").is_empty() {
        return Ok(None);
    }
    let read = |cursor: &str| {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let (starts, id) = text.split_once(' ')?;
        Some((starts.parse().ok()?, id.parse().ok()?))
    };
    let unknown = || Problem::invalid_field("/cursor", "Use the cursor of an answer, as it is");
    read(query.one("cursor")).map(Some).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use domain::{Event, EventStatus};

    use super::*;

    /// A hundred and one events at the same time.
    fn events() -> Vec<(EventRecord, Ledger)> {
        let event = Event::parse(json!({"title": "Suturing", "programme": "open-doors",
            "sessions": [{"starts": "2026-12-01T09:30:00.5Z", "ends": "2026-12-01T16:30:00Z"}]}));
        let event = event.unwrap();
        let record = |bits| EventRecord {
            id: EventId::from_bits(bits),
            event: event.clone(),
            status: EventStatus::Published,
            version: 1,
            was_published: true,
            reason: None,
            fingerprint: None,
        };
        (0..=PAGE as u64).map(|bits| (record(bits), Ledger::empty())).collect()
    }

    #[test]
    fn a_cursor_goes_on_after_the_last_event_of_the_page() {
        let events = events();
        let first = one_page(&events, &Reader::Public);
        assert_eq!(first["events"].as_array().map(Vec::len), Some(PAGE));
        let cursor = first["next"].as_str().unwrap();
        let after = after(&format!("cursor={cursor}")).unwrap().unwrap();
        let rest: Vec<_> = events.into_iter().filter(|(record, _)| place(record) > after).collect();
        assert_eq!(rest.len(), 1);
        assert_eq!(one_page(&rest, &Reader::Public)["next"], Value::Null);
    }

    #[test]
    fn a_cursor_of_somebody_elses_is_refused() {
        assert_eq!(after("cursor="), Ok(None));
        for query in ["cursor=abc", "cursor=*", "cursor=MjAyNi0xMi0wMVQwOTozMDowMFo"] {
            assert_eq!(after(query).map_err(|problem| problem.code()), Err("invalid"), "{query}");
        }
    }
}
