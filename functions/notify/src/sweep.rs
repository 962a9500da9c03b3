//! `notify-sweep`: on every tick, reminders that ring become mails, and every mail that is due is sent.

use std::collections::BTreeSet;
use std::time::Duration;

use app::{App, Clock, Failure};
use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::{Due, DueKind, Outgoing};

use crate::delivery::{AT_ONCE, Outcome, deliver};
use crate::reminders;

/// Mails per index partition and look at the index.
const PAGE: i32 = 50;
/// Real time after which nothing more is begun; the next tick goes on. With the time that one round may take, should
/// SES not answer, it stays within the function's timeout.
const BUDGET: SignedDuration = SignedDuration::from_secs(4);
/// Looks that may find nothing new, because the index lags behind the table.
const STALE_LOOKS: u32 = 3;
/// How long the index gets to catch up.
const CATCH_UP: Duration = Duration::from_millis(100);

/// Handles a schedule's tick.
pub(crate) async fn sweep(app: &App, _payload: Value) -> Result<Value, Failure> {
    let ends = Clock::real() + BUDGET;
    // First, so that the mails they become go with this tick; whatever fails there keeps no mail back.
    let expanded = reminders::expand(app, ends).await;
    send_due(app, ends).await?;
    expanded.map(|()| json!({}))
}

/// Sends what is due until nothing is left, time is up, or no mail goes at all.
async fn send_due(app: &App, ends: Timestamp) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    let mut stale = 0;
    while stale < STALE_LOOKS {
        let now = app.clock.now();
        let mut due = app.store.due(DueKind::Outbox, now, PAGE).await?;
        // No partition was full.
        let is_all = due.len() < PAGE.unsigned_abs() as usize;
        // Each mail is tried once a tick.
        due.retain(|due| seen.insert((due.pk.clone(), due.sk.clone())));
        if due.is_empty() && !is_all {
            stale += 1;
            tokio::time::sleep(CATCH_UP).await;
        }
        for round in due.chunks(AT_ONCE) {
            if Clock::real() >= ends || !is_mail_going(&deliver(app, lease(app, round, now).await).await) {
                return Ok(());
            }
        }
        if is_all {
            break;
        }
    }
    Ok(())
}

/// Whether, as this round went, there is a point in another.
pub(crate) fn is_mail_going(outcomes: &[Outcome]) -> bool {
    let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
    let (sent, dropped) = (count(Outcome::Sent), count(Outcome::Dropped));
    let put_off = outcomes.len() - sent - dropped;
    tracing::debug!(sent, dropped, put_off, "round swept");
    put_off == 0 || sent > 0
}

/// Takes mails on; those that another sweep has taken, or that fail, are left out.
async fn lease(app: &App, due: &[Due], now: Timestamp) -> Vec<Outgoing> {
    let leases = due.iter().cloned().map(|due| async move {
        let leased = app.store.lease(&due, now).await;
        leased.unwrap_or_else(|failure| {
            tracing::warn!(error = Failure::from(failure).chain(), "mail not leased, stays due");
            None
        })
    });
    futures::stream::iter(leases).buffered(AT_ONCE).filter_map(|leased| async move { leased }).collect().await
}
