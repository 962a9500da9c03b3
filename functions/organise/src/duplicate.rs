//! The last event once more, on another date: a draft copy whose sessions keep their distance and their time of day.

use std::sync::Arc;

use app::{App, Rejection};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::event::{Opening, Session};
use domain::material::MaterialKind;
use domain::uk_time::uk;
use domain::{Event, EventId};
use jiff::Timestamp;
use store::EventRecord;
use web::{Problem, body};

use crate::access::ManagedEvent;
use crate::create::draft;
use crate::trail::{self, Deed};
use crate::{answer, asked};

/// `POST /api/v1/events/{id}/duplicate {"starts"}`
pub async fn duplicate(
    State(app): State<Arc<App>>,
    managed: ManagedEvent,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let starts = asked::starts(body::json_or_nothing(&headers, request).await?)?;
    let record = duplicate_event(&app, &managed, starts).await?;
    answer::created(&app, record.id).await
}

/// A draft copy whose first session starts then.
pub async fn duplicate_event(app: &App, managed: &ManagedEvent, starts: Timestamp) -> Result<EventRecord, Rejection> {
    let event = moved(&managed.record.event, starts);
    let event = event.ok_or_else(|| Problem::invalid_field("/starts", "Enter a date on which every session fits"))?;
    let record = draft(app, event);
    app.store.create_event(&record, app.clock.now()).await?;
    copy_materials(app, managed.record.id, record.id).await?;
    tracing::info!(event.id = %record.id, event.original = %managed.record.id, "event duplicated");
    trail::record(app, &managed.organiser, Deed::event("event.duplicate", record.id)).await?;
    Ok(record)
}

/// The copy has the materials of the event that it is of.
async fn copy_materials(app: &App, from: EventId, to: EventId) -> Result<(), Rejection> {
    for material in app.store.materials(from).await? {
        let content = match material.kind {
            MaterialKind::File { .. } => app.store.material_content(from, &material.id).await?,
            MaterialKind::Link { .. } => None,
        };
        app.store.add_material(to, &material, content.as_deref()).await?;
    }
    Ok(())
}

/// The event with its first session at `starts`. Everything else keeps its distance from that by the calendar and clocks
/// of the UK, so that half past nine stays half past nine across a clock change; a session keeps its length.
///
/// `None` where that leaves the calendar, or a clock change would make sessions overlap.
fn moved(event: &Event, starts: Timestamp) -> Option<Event> {
    let zone = uk();
    let (from, to) = (zone.to_datetime(event.starts()), zone.to_datetime(starts));
    let at = |old: Timestamp| {
        if old == event.starts() {
            return Some(starts);
        }
        let distance = zone.to_datetime(old).duration_since(from);
        zone.to_timestamp(to.checked_add(distance).ok()?).ok()
    };
    let session = |old: &Session| {
        let starts = at(old.starts)?;
        Some(Session { starts, ends: starts.checked_add(old.ends.duration_since(old.starts)).ok()? })
    };
    let sessions: Vec<Session> = event.sessions.iter().map(session).collect::<Option<_>>()?;
    let is_in_order = sessions.windows(2).all(|pair| pair[0].ends <= pair[1].starts);
    // The outer option says whether the time can be moved, the inner one whether there is any.
    let opening = |old: Option<Timestamp>| old.map_or(Some(None), |old| at(old).map(Some));
    let registration =
        Opening { opens: opening(event.registration.opens)?, closes: opening(event.registration.closes)? };
    is_in_order.then(|| Event { sessions, registration, ..event.clone() })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn event(sessions: Value, registration: Value) -> Event {
        let value = json!({"title": "Suturing", "programme": "clinical-updates", "capacity": 8,
                           "sessions": sessions, "registration": registration});
        Event::parse(value).expect("an event")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn sessions_and_booking_times_keep_their_distance() {
        let sessions = json!([{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T12:30:00Z"},
                              {"starts": "2026-12-08T13:00:00Z", "ends": "2026-12-08T16:00:00Z"}]);
        let old = event(sessions, json!({"opens": "2026-11-01T08:00:00Z"}));
        let new = moved(&old, at("2027-01-12T10:00:00Z")).expect("a copy");
        let times: Vec<String> = new.sessions.iter().flat_map(|s| [s.starts.to_string(), s.ends.to_string()]).collect();
        assert_eq!(
            times,
            ["2027-01-12T10:00:00Z", "2027-01-12T13:00:00Z", "2027-01-19T13:30:00Z", "2027-01-19T16:30:00Z"]
        );
        assert_eq!(new.registration, Opening { opens: Some(at("2026-12-13T08:30:00Z")), closes: None });
        assert_eq!(Event { sessions: old.sessions.clone(), registration: old.registration.clone(), ..new }, old);
    }

    #[test]
    fn half_past_nine_stays_half_past_nine_across_a_clock_change() {
        // 09:30 in London twice; the clocks go back on 25 October 2026.
        let sessions = json!([{"starts": "2026-06-09T08:30:00Z", "ends": "2026-06-09T11:30:00Z"},
                              {"starts": "2026-06-16T08:30:00Z", "ends": "2026-06-16T11:30:00Z"}]);
        let old = event(sessions, json!({"closes": "2026-06-08T16:00:00Z"}));
        let new = moved(&old, at("2026-10-20T08:30:00Z")).expect("a copy");
        assert_eq!(new.sessions[1].starts, at("2026-10-27T09:30:00Z"));
        assert_eq!(new.sessions[1].ends, at("2026-10-27T12:30:00Z"));
        assert_eq!(new.registration.closes, Some(at("2026-10-19T16:00:00Z")));
    }

    #[test]
    fn what_leaves_the_calendar_cannot_be_moved() {
        let sessions = json!([{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T12:30:00Z"}]);
        assert_eq!(moved(&event(sessions, Value::Null), Timestamp::MAX), None);
    }
}
