//! An event changes: patched, published, cancelled. Its ledger follows in one write, so that the answer already says who
//! got a place.

use std::sync::Arc;

use app::{App, Rejection};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::reminders::{self, ReminderKind};
use domain::{EventStatus, Refusal};
use serde_json::Value;
use store::{EventRecord, PatchConflict, Timer};
use web::{Problem, body};

use crate::access::{ManagedEvent, check_programme};
use crate::trail::{self, Deed};
use crate::{answer, asked};

/// How often others may be quicker before we ask for patience.
const ATTEMPTS: usize = 60;

/// `PATCH /api/v1/events/{id}` (RFC 7396)
pub async fn patch(
    State(app): State<Arc<App>>,
    managed: ManagedEvent,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let patch = body::json(&headers, request, &["application/merge-patch+json"]).await?;
    let changed = patch_event(&app, &managed, &patch).await?;
    answer::changed(&app, changed.id).await
}

/// `POST /api/v1/events/{id}/publish`
pub async fn publish(
    State(app): State<Arc<App>>,
    managed: ManagedEvent,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    asked::nothing(body::json_or_nothing(&headers, request).await?)?;
    let published = publish_event(&app, &managed).await?;
    answer::changed(&app, published.id).await
}

/// `POST /api/v1/events/{id}/cancel {"reason"}`; the first reason stays.
pub async fn cancel(
    State(app): State<Arc<App>>,
    managed: ManagedEvent,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let reason = asked::reason(body::json_or_nothing(&headers, request).await?)?;
    let cancelled = cancel_event(&app, &managed, reason).await?;
    answer::changed(&app, cancelled.id).await
}

/// Changes an event by a merge patch.
pub async fn patch_event(app: &App, managed: &ManagedEvent, patch: &Value) -> Result<EventRecord, Rejection> {
    check_programme(app, &managed.organiser, patch).await?;
    let changed = commit(app, &managed.record, |record| {
        let event = record.event.patched(patch).map_err(Problem::invalid)?;
        match record.status {
            EventStatus::Cancelled => Err(Refusal::EventCancelled.into()),
            EventStatus::Draft | EventStatus::Published => Ok(EventRecord { event, ..record.clone() }),
        }
    });
    finish(app, managed, changed.await?, Deed::event("event.patch", managed.record.id)).await
}

/// Opens an event to the public.
pub async fn publish_event(app: &App, managed: &ManagedEvent) -> Result<EventRecord, Rejection> {
    let published = commit(app, &managed.record, |record| match record.status {
        EventStatus::Cancelled => Err(Refusal::EventCancelled.into()),
        EventStatus::Draft | EventStatus::Published => {
            Ok(EventRecord { status: EventStatus::Published, was_published: true, ..record.clone() })
        }
    });
    finish(app, managed, published.await?, Deed::event("event.publish", managed.record.id)).await
}

/// Cancels an event, whoever is in it with it.
pub async fn cancel_event(app: &App, managed: &ManagedEvent, reason: String) -> Result<EventRecord, Rejection> {
    let cancelled = commit(app, &managed.record, |record| {
        Ok(match record.status {
            EventStatus::Cancelled => record.clone(),
            EventStatus::Draft | EventStatus::Published => {
                EventRecord { status: EventStatus::Cancelled, reason: Some(reason.clone()), ..record.clone() }
            }
        })
    });
    let deed = Deed::event("event.cancel", managed.record.id).because(Some(reason.clone()));
    finish(app, managed, cancelled.await?, deed).await
}

async fn finish(app: &App, managed: &ManagedEvent, changed: EventRecord, deed: Deed) -> Result<EventRecord, Rejection> {
    set_reminders(app, &managed.record, &changed).await?;
    tracing::info!(event.id = %changed.id, status = ?changed.status, "event changed");
    trail::record(app, &managed.organiser, deed).await?;
    Ok(changed)
}

/// Replaces the event by what `change` makes of it, and again of what it finds when somebody was quicker. Where nothing
/// changes, the ledger is still brought after the event, in case an earlier attempt broke off between the two.
async fn commit(
    app: &App,
    found: &EventRecord,
    change: impl Fn(&EventRecord) -> Result<EventRecord, Rejection>,
) -> Result<EventRecord, Rejection> {
    let now = app.clock.now();
    let mut record = found.clone();
    for _ in 0..ATTEMPTS {
        let mut next = change(&record)?;
        if next == record {
            app.store.configure(record.id, &record.rules(), now).await??;
            return Ok(record);
        }
        next.version += 1;
        match app.store.replace_event(&record, &next, now).await? {
            Ok(()) => return Ok(next),
            Err(PatchConflict) => record = app.store.event(record.id, true).await?.ok_or(Refusal::EventNotFound)?,
        }
    }
    Err(Problem::unavailable().into())
}

/// Sets the timers of a published event's reminders. What is due by now is left to whoever sends it, unless the event
/// was moved or cancelled: then it is silenced.
async fn set_reminders(app: &App, before: &EventRecord, after: &EventRecord) -> Result<(), Rejection> {
    let due = match after.status {
        EventStatus::Draft => return Ok(()),
        EventStatus::Published => reminders::of(&after.event),
        EventStatus::Cancelled => Vec::new(),
    };
    let is_overtaken = after.status == EventStatus::Cancelled || reminders::of(&before.event) != due;
    let now = app.clock.now();
    for kind in ReminderKind::ALL {
        let (event, name) = (after.id, kind.name());
        match due.iter().find(|(known, at)| *known == kind && *at > now) {
            Some((_, at)) => app.store.set_timer(&Timer { event, kind: name.to_owned(), at: *at }).await?,
            None if is_overtaken => app.store.silence_timer(event, name, None).await?,
            None => {}
        }
    }
    Ok(())
}
