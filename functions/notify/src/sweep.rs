//! `notify-sweep`: on every tick, reminders that ring become mails, and every mail that is due is sent.

use std::collections::BTreeSet;
use std::time::Duration;

use app::{App, Clock, Failure};
use futures::{FutureExt as _, StreamExt as _};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::{Due, DueKind, Message};

use crate::delivery::{AT_ONCE, Outcome, deliver};
use crate::reminders;

/// Mails per index partition and round.
const PAGE: i32 = 50;
/// Real time after which no round is begun; the next tick goes on. With a round it stays within the timeout of 10 s.
const BUDGET: SignedDuration = SignedDuration::from_secs(5);
/// Rounds that may find nothing new, because the index lags behind the table.
const STALE_ROUNDS: u32 = 3;
/// How long the index gets to catch up.
const CATCH_UP: Duration = Duration::from_millis(100);

/// Handles a schedule's tick.
pub async fn sweep(app: &App, _payload: Value) -> Result<Value, Failure> {
    // First, so that the mails they become go with this tick; whatever fails there keeps no mail back.
    let expanded = reminders::expand(app).await;
    send_due(app).await?;
    expanded.map(|()| json!({}))
}

/// Sends what is due, round by round, until nothing is left, time is up, or no mail goes at all.
async fn send_due(app: &App) -> Result<(), Failure> {
    let begun = Clock::real();
    let mut seen = BTreeSet::new();
    let mut stale = 0;
    while Clock::real().duration_since(begun) < BUDGET && stale < STALE_ROUNDS {
        let now = app.clock.now();
        let mut due = app.store.due(DueKind::Outbox, now, PAGE).await?;
        if due.is_empty() {
            break;
        }
        // Each mail is tried once a tick.
        due.retain(|due| seen.insert((due.pk.clone(), due.sk.clone())));
        if due.is_empty() {
            stale += 1;
            tokio::time::sleep(CATCH_UP).await;
            continue;
        }
        let outcomes = deliver(app, lease(app, due, now).await).await;
        let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
        let (sent, dropped, put_off) = (count(Outcome::Sent), count(Outcome::Dropped), count(Outcome::PutOff));
        tracing::info!(sent, dropped, put_off, "outbox swept");
        if put_off > 0 && sent == 0 {
            break;
        }
    }
    Ok(())
}

/// Takes mails on; those that another sweep has taken, or that fail, are left out.
async fn lease(app: &App, due: Vec<Due>, now: Timestamp) -> Vec<Message> {
    let leases = due.into_iter().map(|due| {
        let lease = async move {
            let leased = app.store.lease(&due, now).await;
            leased.unwrap_or_else(|failure| {
                tracing::warn!(error = Failure::from(failure).chain(), "mail not leased, stays due");
                None
            })
        };
        lease.boxed()
    });
    futures::stream::iter(leases).buffered(AT_ONCE).filter_map(|leased| async move { leased }).collect().await
}
