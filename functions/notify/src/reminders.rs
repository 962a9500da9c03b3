//! Reminders: one timer per event and kind, expanded when it rings into a mail for everyone who has a place by then.
//!
//! A timer that an event has outrun (moved, cancelled, begun) rings for nobody.

use app::{App, Failure};
use domain::ledger::{Ledger, State};
use domain::reminders::{self, ReminderKind};
use domain::{EventId, EventStatus, Place};
use jiff::Timestamp;
use store::{Due, DueKind, EventRecord, Message, Timer};

use crate::effects::post;
use crate::subject;

/// Timers per index partition and invocation.
const PAGE: i32 = 100;

/// Expands every reminder that is due. One that fails stays due, and keeps no other from ringing.
pub(crate) async fn expand(app: &App) -> Result<(), Failure> {
    let now = app.clock.now();
    let mut failed = None;
    for due in app.store.due(DueKind::Timer, now, PAGE).await? {
        let Some((event, kind)) = reminder_of(&due) else { continue };
        if let Err(failure) = ring(app, event, kind, due.at, now).await {
            tracing::warn!(event.id = %event, timer = kind.name(), error = failure.chain(), "reminder not expanded");
            failed = Some(failure);
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Events have timers of other functions too.
fn reminder_of(due: &Due) -> Option<(EventId, ReminderKind)> {
    Some((due.event()?, ReminderKind::from_name(due.timer_kind()?)?))
}

async fn ring(app: &App, event: EventId, kind: ReminderKind, rang: Timestamp, now: Timestamp) -> Result<(), Failure> {
    let found = app.store.event_with_ledger(event, true).await?;
    if let Some((record, ledger)) = found.filter(|(record, ledger)| takes_place(record, ledger)) {
        match due_at(&record, kind) {
            // The event has been moved, and its timer not with it.
            Some(at) if at.as_second() > now.as_second() => {
                return Ok(app.store.set_timer(&Timer { event, kind: kind.name().to_owned(), at }).await?);
            }
            Some(_) if reminders::still_useful(kind, &record.event, now) => {
                let messages = one_each(&record, &ledger, kind, now);
                let count = messages.len();
                let posted = post(app, messages, now, false).await;
                posted.failure.map_or(Ok(()), Err)?;
                tracing::info!(event.id = %event, timer = kind.name(), messages = count, "reminder expanded");
            }
            Some(_) | None => tracing::info!(event.id = %event, timer = kind.name(), "reminder too late"),
        }
    }
    Ok(app.store.silence_timer(event, kind.name(), Some(rang)).await?)
}

fn takes_place(record: &EventRecord, ledger: &Ledger) -> bool {
    record.status == EventStatus::Published && ledger.state == State::Open
}

fn due_at(record: &EventRecord, kind: ReminderKind) -> Option<Timestamp> {
    reminders::of(&record.event).into_iter().find(|(found, _)| *found == kind).map(|(_, at)| at)
}

/// One mail for everyone who has a place.
fn one_each(record: &EventRecord, ledger: &Ledger, kind: ReminderKind, now: Timestamp) -> Vec<Message> {
    let has_place = |person| ledger.place(person) == Some(Place::Confirmed);
    let entries = ledger.live_entries().filter(|(person, _)| has_place(*person));
    let starts = record.event.starts();
    entries
        .map(|(person, live)| subject::of_reminder(record.id, (person, live.generation), kind, starts, now))
        .collect()
}
