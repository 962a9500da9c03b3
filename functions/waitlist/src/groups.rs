//! Groups whose time to name people is over: what has no name goes to the line, in order, place by place.

use app::{App, Failure};
use domain::{Command, EventId, Organisation, PersonId};
use jiff::Timestamp;
use store::{DueKind, Group};

/// Timers per index partition and invocation.
const PAGE: i32 = 100;

/// Ends every group that is due. One that fails stays due, and keeps no other from ending.
pub(crate) async fn lapse_due(app: &App, now: Timestamp) -> Result<(), Failure> {
    let mut failed = None;
    for due in app.store.due(DueKind::Timer, now, PAGE).await? {
        // Events have timers of other functions too.
        let Some((event, kind)) = due.event().zip(due.timer_kind()) else { continue };
        let Some(id) = Group::of_timer(kind) else { continue };
        if let Err(failure) = lapse(app, event, id, now).await {
            tracing::error!(event.id = %event, error = failure.chain(), "group not ended");
            failed = Some(failure);
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn lapse(app: &App, event: EventId, id: PersonId, now: Timestamp) -> Result<(), Failure> {
    let Some(group) = app.store.group(event, id).await? else {
        return Ok(app.store.silence_timer(event, &format!("group-{id}"), None).await?);
    };
    let organisation = Organisation::key(&group.organisation);
    let mut freed = 0;
    for place in &group.places {
        let command = Command::Cancel { person: *place, organisation: organisation.clone(), late: false };
        let Some(ledger) = app.store.ledger(event).await? else { break };
        if ledger.live(*place).is_none() {
            continue;
        }
        // The event has been cancelled, or has begun: then nothing is left to give away.
        let Ok(_) = app.store.change(event, now, |_| command.clone()).await? else { break };
        freed += 1;
    }
    tracing::info!(event.id = %event, freed, "group ended");
    Ok(app.store.silence_timer(event, &group.timer(), None).await?)
}
