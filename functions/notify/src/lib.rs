//! Turns what happens to bookings into mail: `notify` reads effects off the stream of ledgers and events, `notify-sweep`
//! sends what is due and expands reminders, `notify-bounce` hears what did not arrive.
//!
//! Every mail is stored once before it is sent, under a key that names the occurrence, so a stream read twice mails
//! once. Just before it is sent the booking is read again: what has been overtaken is dropped, and recorded as such.

mod bookings;
mod bounce;
mod delivery;
mod effects;
mod envelope;
mod managers;
mod notices;
mod overtaken;
mod reminders;
mod subject;
mod sweep;
mod together;

use app::{App, Failure};
use futures::FutureExt as _;
use serde_json::Value;
use store::stream::Batch;

/// Handles a batch of changed ledgers: stores the mails that their effects make, and sends them at once when few.
///
/// The reply names the first record that failed; from there on Lambda hands the batch over again.
pub async fn handle(app: &App, batch: Batch) -> Result<Value, Failure> {
    // Boxed, as below: the types of what it awaits nest deeper than the compiler looks.
    effects::handle(app, batch).boxed().await
}

/// Handles a schedule's tick: expands the reminders that are due, then sends every mail that is.
pub async fn sweep(app: &App, payload: Value) -> Result<Value, Failure> {
    sweep::sweep(app, payload).boxed().await
}

/// Handles a notification of SES: nothing more goes to an address that mail does not reach.
pub async fn bounced(app: &App, payload: Value) -> Result<Value, Failure> {
    bounce::handle(app, payload).boxed().await
}
