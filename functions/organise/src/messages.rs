//! An organiser writes to a group of those who booked. Stored once and answered; the mails follow within the minute.

use std::sync::Arc;

use app::{App, Rejection, audiences};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::audience::Audience;
use domain::{Fields, Refusal, text};
use serde_json::{Value, json};
use store::{Bulletin, EventRecord};
use web::{Problem, body, page};

use crate::access::ManagedEvent;
use crate::asked;
use crate::trail::{self, Deed};

/// The longest subject, in characters.
const SUBJECT_MAX: usize = 200;
/// The longest message, in characters.
const BODY_MAX: usize = 10_000;

/// `{"subject", "body", "to"}`
pub struct Asked {
    /// One line.
    pub subject: String,
    /// Several.
    pub body: String,
    /// The group.
    pub to: Audience,
}

/// `POST /api/v1/events/{id}/messages`: 202, and to how many people it goes. Everybody of the group gets one, who has an
/// address; two people who share one get one each, with the link of each one's booking.
pub async fn send(
    State(app): State<Arc<App>>,
    managed: ManagedEvent,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let asked = read(body::json(&headers, request, &[]).await?)?;
    Ok(page::accepted(&json!({"recipients": post(&app, &managed, asked).await?})))
}

/// To how many people a message to this group goes.
pub async fn recipients(app: &App, record: &EventRecord, to: Audience) -> Result<usize, Rejection> {
    let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
    let attendance = app.attendance(record).await?;
    let members = audiences::members(&record.event, &ledger, &attendance, to);
    let registrations = app.store.registrations(record.id, members.iter().map(|(person, _)| *person)).await?;
    Ok(registrations.values().filter(|registration| registration.form.email.is_some()).count())
}

/// Stores a message, which goes within the minute; to how many people.
pub async fn post(app: &App, managed: &ManagedEvent, asked: Asked) -> Result<usize, Rejection> {
    let Asked { subject, body, to } = asked;
    let event = managed.record.id;
    let recipients = recipients(app, &managed.record, to).await?;
    // Before the mails: what was sent is in the trail, whatever breaks off here.
    trail::record(app, &managed.organiser, Deed::event("event.message", event).because(Some(subject.clone()))).await?;
    if recipients > 0 {
        let bulletin = Bulletin { id: app.action_id(), at: app.clock.now(), to, subject, body };
        app.store.post_bulletin(event, &bulletin).await?;
    }
    tracing::info!(event.id = %event, to = to.name(), recipients, "message posted");
    Ok(recipients)
}

/// Reads a message from its JSON.
pub fn read(value: Value) -> Result<Asked, Problem> {
    asked::read(value, |fields: &mut Fields| {
        let subject = fields.parse("subject", "Enter a subject", |raw| words(text::line(raw, SUBJECT_MAX), "subject"));
        let body = fields.parse("body", "Enter a message", |raw| words(text::lines(raw, BODY_MAX), "message"));
        let choose = "Select who gets the message: confirmed, waiting, attended, absent or all";
        let to = fields.parse("to", choose, |raw| Audience::from_name(raw).ok_or(choose));
        Some(Asked { subject: subject?, body: body?, to: to? })
    })
}

fn words(read: Result<String, text::InvalidText>, what: &str) -> Result<String, String> {
    read.map_err(|error| match error {
        text::InvalidText::Empty => format!("Enter a {what}"),
        error => format!("The {what} {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_a_subject_of_one_line_a_text_and_a_group() {
        let pointers = |value| read(value).err().map(|problem| problem.errors()[0].pointer.clone());
        assert_eq!(pointers(json!({"subject": " Parking ", "body": "Behind.\r\nFree.", "to": "all"})), None);
        for (value, pointer) in [
            (json!({"subject": "Parking\r\nBcc: x@x.example", "body": "x", "to": "all"}), "/subject"),
            (json!({"subject": "", "body": "x", "to": "all"}), "/subject"),
            (json!({"subject": "x", "body": " ", "to": "all"}), "/body"),
            (json!({"subject": "x", "body": "y".repeat(10_001), "to": "all"}), "/body"),
            (json!({"subject": "x", "body": "y", "to": "everybody"}), "/to"),
            (json!({"subject": "x", "body": "y"}), "/to"),
            (json!({"subject": "x", "body": "y", "to": "all", "cc": "z"}), "/cc"),
        ] {
            assert_eq!(pointers(value).as_deref(), Some(pointer));
        }
    }
}
