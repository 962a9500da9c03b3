//! `organise-daily`: every morning organisers hear what has moved in their events since the last one, which events have
//! too few people to take place, and which lines are long enough for a second date. Counts, never names; nothing when
//! there is nothing to tell.

mod letters;
mod retention;

use std::collections::BTreeMap;

use app::{App, Failure, Notice};
use domain::movement::{Count, Movement};
use domain::uk_time::uk;
use domain::viability::{is_line_long, is_low};
use domain::{EmailAddress, EventStatus, Hub, Ledger};
use jiff::{SignedDuration, Timestamp};
use mail::Letter;
use serde_json::{Value, json};
use store::EventRecord;

/// How long after its start an event's movements are still told: what moved on its last day is among them.
const TOLD_AFTER_START: SignedDuration = SignedDuration::from_hours(48);

/// An event, and how it stands.
pub(crate) struct Standing {
    /// The event.
    pub record: EventRecord,
    /// Its ledger.
    pub ledger: Ledger,
    /// What has moved, if anything has.
    pub movement: Option<Movement>,
    /// How it stands now.
    pub count: Count,
}

/// Handles a schedule's tick.
pub async fn daily(app: &App, _payload: Value) -> Result<Value, Failure> {
    // Boxed: the types of what it awaits nest deeper than the compiler looks.
    Box::pin(tell(app)).await?;
    Box::pin(retention::apply(app, app.clock.now())).await?;
    Ok(json!({}))
}

async fn tell(app: &App) -> Result<(), Failure> {
    let now = app.clock.now();
    let events = standing(app, now).await?;
    let hub = app.hub().await?;
    warn(app, &hub, &events, now).await?;
    tell_movements(app, &hub, &events, now).await?;
    // Last: whatever breaks off before is told again tomorrow, and nothing is lost.
    for event in events.iter().filter(|event| event.movement.is_some()) {
        app.store.keep_count(event.record.id, &event.count).await?;
    }
    Ok(())
}

/// The events that are to come, or have just been, by start.
async fn standing(app: &App, now: Timestamp) -> Result<Vec<Standing>, Failure> {
    let since = now.saturating_sub(TOLD_AFTER_START).unwrap_or(Timestamp::MIN);
    let ids = app.store.events_from(since).await?;
    let counts = app.store.counts(ids.iter().copied()).await?;
    let found = app.store.events_with_ledgers(&ids, true).await?;
    let is_told = |record: &EventRecord| record.status == EventStatus::Published && record.event.starts() > since;
    let mut events: Vec<Standing> = found
        .into_iter()
        .filter(|(record, _)| is_told(record))
        .map(|(record, ledger)| {
            let before = counts.get(&record.id).copied().unwrap_or(Count::NOTHING);
            let movement = Movement::since(before, &ledger, now);
            let count = Count::of(&ledger, now);
            Standing { record, ledger, movement, count }
        })
        .collect();
    events.sort_by_key(|event| (event.record.event.starts(), event.record.id));
    Ok(events)
}

/// One warning for each event and start, however often it is low or long.
async fn warn(app: &App, hub: &Hub, events: &[Standing], now: Timestamp) -> Result<(), Failure> {
    for standing in events {
        let event = &standing.record.event;
        let mark = format!("{}-{}", standing.record.id, event.starts().as_second());
        if is_low(event, standing.count.confirmed, now) {
            let letter = letters::low_numbers(app, hub, standing, now);
            post_to(app, event.organiser_addresses(), "low-numbers", &mark, &letter).await?;
        }
        if is_line_long(event, standing.ledger.places().waiting, now) {
            let letter = letters::long_line(app, hub, standing);
            post_to(app, event.organiser_addresses(), "long-line", &mark, &letter).await?;
        }
    }
    Ok(())
}

/// One mail for each organiser, about all of the events of that organiser in which something moved; and for those who
/// are told of everything.
async fn tell_movements(app: &App, hub: &Hub, events: &[Standing], now: Timestamp) -> Result<(), Failure> {
    let mut told: BTreeMap<String, (EmailAddress, Vec<&Standing>)> = BTreeMap::new();
    for event in events.iter().filter(|event| event.movement.is_some()) {
        let everybodys = hub.digest_recipients.iter().cloned();
        for organiser in event.record.event.organiser_addresses().into_iter().chain(everybodys) {
            let (_, events) = told.entry(organiser.normalised()).or_insert_with(|| (organiser, Vec::new()));
            // Whoever is named twice is told once.
            if events.last().is_none_or(|last| last.record.id != event.record.id) {
                events.push(event);
            }
        }
    }
    let day = uk().to_datetime(now).date().to_string();
    for (organiser, events) in told.into_values() {
        post_to(app, [organiser], "digest", &day, &letters::digest(app, hub, &events, now)).await?;
    }
    Ok(())
}

async fn post_to(
    app: &App,
    organisers: impl IntoIterator<Item = EmailAddress>,
    kind: &'static str,
    mark: &str,
    letter: &Letter,
) -> Result<(), Failure> {
    for to in organisers {
        let notice = Notice { to: &to, kind, mark: mark.to_owned(), letter: letter.clone(), enclosures: Vec::new() };
        if app.post(notice).await? {
            tracing::info!(message.kind = kind, "organiser told");
        }
    }
    Ok(())
}
