//! The audit trail: everything an organiser got a yes for, a repeated request too.

use std::sync::Arc;

use app::{App, Rejection};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::working_hours::uk;
use domain::{EventId, Ledger, Reference};
use jiff::civil::Date;
use serde_json::json;
use store::{Action, BookingKey};
use web::forms::FormData;
use web::sign_in::Organiser;
use web::{Problem, page};

use crate::access::Admin;

/// What was done to what.
pub struct Deed {
    action: &'static str,
    event: EventId,
    reference: Option<Reference>,
    reason: Option<String>,
    priority: Option<u8>,
    concerned: Vec<BookingKey>,
}

impl Deed {
    /// Something done to an event.
    pub fn event(action: &'static str, event: EventId) -> Self {
        Self { action, event, reference: None, reason: None, priority: None, concerned: Vec::new() }
    }

    /// Something done to a registration.
    pub fn registration(action: &'static str, booking: BookingKey, reference: Reference) -> Self {
        Self { reference: Some(reference), concerned: vec![booking], ..Self::event(action, booking.event) }
    }

    /// The same, as it concerns another registration too.
    pub fn about(mut self, booking: BookingKey) -> Self {
        self.concerned.push(booking);
        self
    }

    /// The same, as this ledger shows it.
    pub fn seen_in(mut self, ledger: &Ledger) -> Self {
        self.concerned.iter_mut().for_each(|booking| booking.version = ledger.version);
        self
    }

    /// The same, and the priority that was given.
    pub fn with_priority(self, priority: u8) -> Self {
        Self { priority: Some(priority), ..self }
    }

    /// The same, and why.
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
        on: deed.event.to_string(),
        reference: deed.reference.map(|reference| reference.to_string()),
        reason: deed.reason,
        priority: deed.priority,
    };
    app.store.record(&action, &app.action_id(), &deed.concerned).await?;
    Ok(())
}

/// `GET /api/v1/audit?date=`
pub async fn read(State(app): State<Arc<App>>, _: Admin, RawQuery(query): RawQuery) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let day = match query.one("date") {
        "" => uk().to_datetime(app.clock.now()).date(),
        text => date(text).ok_or_else(|| Problem::invalid_field("/date", "Enter a date like 2026-12-01"))?,
    };
    let entries = app.store.actions(day).await?;
    Ok(page::ok(&json!({"entries": entries, "next": null})))
}

/// A day in its one text.
fn date(text: &str) -> Option<Date> {
    text.parse().ok().filter(|date: &Date| date.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_one_text() {
        assert_eq!(date("2026-12-01"), Some(jiff::civil::date(2026, 12, 1)));
        for text in ["20261201", "2026-12-01T09:00:00", "2026-13-01", "2026-02-29", "today"] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
