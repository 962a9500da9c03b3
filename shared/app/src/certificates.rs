//! When certificates are issued: a while after what they depend on was stored, so that a mistake can be put right.

use domain::EventId;
use jiff::SignedDuration;
use store::{CERTIFICATES, Failure, Timer};

use crate::App;

/// How long certificates wait.
const WAIT: SignedDuration = SignedDuration::from_mins(15);

impl App {
    /// Sets an event's certificates to be issued, anew if they were.
    pub async fn set_certificate_timer(&self, event: EventId) -> Result<(), Failure> {
        let at = self.clock.now() + WAIT;
        self.store.set_timer(&Timer { event, kind: CERTIFICATES.to_owned(), at }).await
    }
}
