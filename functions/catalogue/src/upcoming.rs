//! What is still ahead: events whose last session has not ended, by start.

use app::{App, Rejection};
use domain::{EventStatus, Ledger};
use jiff::{SignedDuration, Timestamp};
use store::EventRecord;

/// Events are found by their first session. One that began this long ago is no longer looked for, though a last
/// session be ahead: nobody can book it any more, and every month looked at is read for every visitor.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24 * 184);

/// Drafts and published events. A cancelled one is found at its address only.
pub async fn upcoming(app: &App, now: Timestamp, consistent: bool) -> Result<Vec<(EventRecord, Ledger)>, Rejection> {
    // An event that is being moved stands under both its months.
    let mut ids = app.store.events_from(now - LOOK_BACK).await?;
    ids.sort_unstable();
    ids.dedup();
    let mut found = app.store.events_with_ledgers(&ids, consistent).await?;
    found.retain(|(record, _)| record.status != EventStatus::Cancelled && record.event.ends() > now);
    found.sort_by_key(|(record, _)| (record.event.starts(), record.id));
    Ok(found)
}

/// Published events alone.
pub async fn public(app: &App, now: Timestamp) -> Result<Vec<(EventRecord, Ledger)>, Rejection> {
    let mut found = upcoming(app, now, false).await?;
    found.retain(|(record, _)| record.status == EventStatus::Published);
    Ok(found)
}
