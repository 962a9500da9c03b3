//! The audit trail: everything an organiser got a yes for, a repeated request too.

use domain::{EventId, Ledger, Reference};
use store::{Action, BookingKey};
use web::sign_in::Organiser;

use crate::{App, Rejection};

/// What was done to what.
pub struct Deed {
    action: &'static str,
    on: String,
    reference: Option<Reference>,
    reason: Option<String>,
    priority: Option<u8>,
    concerned: Vec<BookingKey>,
}

impl Deed {
    /// Something done to whatever goes by this identifier.
    pub fn of(action: &'static str, on: String) -> Self {
        Self { action, on, reference: None, reason: None, priority: None, concerned: Vec::new() }
    }

    /// Something done to an event.
    pub fn event(action: &'static str, event: EventId) -> Self {
        Self::of(action, event.to_string())
    }

    /// Something done to a registration.
    pub fn registration(action: &'static str, booking: BookingKey, reference: Reference) -> Self {
        Self { reference: Some(reference), concerned: vec![booking], ..Self::event(action, booking.event) }
    }

    /// The same, as it concerns another registration too.
    #[must_use]
    pub fn about(mut self, booking: BookingKey) -> Self {
        self.concerned.push(booking);
        self
    }

    /// The same, as this ledger shows it.
    #[must_use]
    pub fn seen_in(mut self, ledger: &Ledger) -> Self {
        self.concerned.iter_mut().for_each(|booking| booking.version = ledger.version);
        self
    }

    /// The same, and the priority that was given.
    #[must_use]
    pub fn with_priority(self, priority: u8) -> Self {
        Self { priority: Some(priority), ..self }
    }

    /// The same, and why.
    #[must_use]
    pub fn because(self, reason: Option<String>) -> Self {
        Self { reason, ..self }
    }
}

/// Records what an organiser did.
pub async fn record(app: &App, by: &Organiser, deed: Deed) -> Result<(), Rejection> {
    let action = Action {
        at: app.clock.now(),
        by: by.subject.clone(),
        action: deed.action.to_owned(),
        on: deed.on,
        reference: deed.reference.map(|reference| reference.to_string()),
        reason: deed.reason,
        priority: deed.priority,
    };
    app.store.record(&action, &app.action_id(), &deed.concerned).await?;
    Ok(())
}
