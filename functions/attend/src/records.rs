//! Attendance as it is sent: by reference, or by name for people who came without a booking.

use std::collections::BTreeMap;

use domain::attendance::{MINUTES_MAX, SessionNumber};
use domain::event::Event;
use domain::{EmailAddress, FieldError, Fields, Organisation, PersonName, Reference, RegistrationForm, Role};
use serde_json::Value;

/// Records in one request; more do not fit into a body.
const RECORDS_MAX: usize = 10_000;

/// Minutes in a session, or in the whole event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minutes {
    /// How many.
    pub minutes: u32,
    /// In which session; `None` for all of them together.
    pub session: Option<SessionNumber>,
}

/// Minutes of somebody who booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfBooking {
    /// Whose.
    pub reference: Reference,
    /// How many, where.
    pub minutes: Minutes,
    /// Where in the request it stands.
    pub pointer: String,
}

/// Somebody who came without a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalkIn {
    /// What they said of themselves.
    pub form: RegistrationForm,
    /// How many, where.
    pub minutes: Minutes,
}

/// What was sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// By reference.
    pub of_bookings: Vec<OfBooking>,
    /// By name.
    pub walk_ins: Vec<WalkIn>,
}

/// Reads `{"records": [{"reference", "minutes", "session"?} | {"name", "email"?, "role"?, "organisation"?, "minutes",
/// "session"?}]}`.
pub fn read(value: Value, event: &Event) -> Result<Records, Vec<FieldError>> {
    let mut fields = Fields::of(value)?;
    let mut records = Records::default();
    if fields.is_null("records") || !fields.names_left().iter().any(|name| name == "records") {
        fields.refuse("records", "List who was there and for how many minutes");
    }
    fields.objects("records", RECORDS_MAX, |record| {
        let pointer = record.pointer("reference");
        if record.names_left().iter().any(|name| name == "reference") {
            let wrong = "Enter the reference of a booking for this event";
            let reference = record.parse("reference", wrong, |raw| raw.trim().parse().map_err(|_| wrong));
            let minutes = minutes(record, event);
            records.of_bookings.push(OfBooking { reference: reference?, minutes: minutes?, pointer });
        } else {
            let form = walk_in(record);
            let minutes = minutes(record, event);
            records.walk_ins.push(WalkIn { form: form?, minutes: minutes? });
        }
        Some(())
    });
    fields.finish()?;
    Ok(records)
}

fn minutes(record: &mut Fields, event: &Event) -> Option<Minutes> {
    let is_given = record.names_left().iter().any(|name| name == "minutes") && !record.is_null("minutes");
    let minutes = record.number("minutes", 0, MINUTES_MAX);
    if !is_given {
        record.refuse("minutes", "Enter how many minutes they were there, 0 for somebody who was not");
    }
    let sessions = u32::try_from(event.sessions.len()).unwrap_or(u32::MAX);
    let session = record.number("session", 1, sessions).and_then(|session| SessionNumber::try_from(session).ok());
    Some(Minutes { minutes: minutes?, session })
}

/// Reads `{"name", "email"?, "role"?, "organisation"?}`.
pub fn walk_in_alone(value: Value) -> Result<RegistrationForm, Vec<FieldError>> {
    let mut fields = Fields::of(value)?;
    let form = walk_in(&mut fields);
    fields.finish()?;
    // A missing name has been noted, so `finish` has already returned.
    form.ok_or_else(Vec::new)
}

/// What is known of somebody who just came: a name, and whatever else they said.
fn walk_in(record: &mut Fields) -> Option<RegistrationForm> {
    let name = record.parse("name", "Enter a reference or a name", PersonName::parse);
    let email = record.line("email", 1_000).and_then(|raw| match EmailAddress::parse(&raw) {
        Ok(address) => Some(address),
        Err(error) => {
            record.refuse("email", error.to_string());
            None
        }
    });
    let role = record.line("role", 100).and_then(|slug| {
        let role = Role::from_slug(&slug);
        if role.is_none() {
            record.refuse("role", "Select a role");
        }
        role
    });
    let organisation = record.object("organisation", Organisation::read).filter(|found| found.key().is_some());
    Some(arrival(name?, email, role, organisation))
}

/// The form of somebody who filled in none.
pub fn arrival(
    name: PersonName,
    email: Option<EmailAddress>,
    role: Option<Role>,
    organisation: Option<Organisation>,
) -> RegistrationForm {
    RegistrationForm {
        name,
        email,
        role: role.unwrap_or(Role::Other),
        organisation,
        registration_number: None,
        access_needs: None,
        answers: BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event() -> Event {
        let sessions = json!([{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T12:30:00Z"}]);
        Event::parse(json!({"title": "Suturing", "programme": "clinical-updates", "sessions": sessions})).unwrap()
    }

    fn pointers(value: Value) -> Vec<String> {
        read(value, &event()).err().unwrap_or_default().into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn both_forms_are_read() {
        let sent = json!({"records": [
            {"reference": "22222222", "minutes": 60},
            {"name": "Ann Ash", "email": "ann@practice.example", "role": "gp", "minutes": 0, "session": 1}
        ]});
        let records = read(sent, &event()).unwrap();
        assert_eq!(records.of_bookings[0].minutes, Minutes { minutes: 60, session: None });
        assert_eq!(records.of_bookings[0].pointer, "/records/0/reference");
        assert_eq!(records.walk_ins[0].minutes, Minutes { minutes: 0, session: Some(1) });
        assert_eq!(records.walk_ins[0].form.role, Role::Gp);
    }

    #[test]
    fn every_mistake_is_named() {
        assert_eq!(pointers(json!({})), ["/records"]);
        assert_eq!(pointers(json!({"records": null})), ["/records"]);
        assert_eq!(pointers(json!({"records": [7]})), ["/records/0"]);
        assert_eq!(pointers(json!({"records": [{}]})), ["/records/0/name", "/records/0/minutes"]);
        let one = |record: Value| pointers(json!({"records": [record]}));
        assert_eq!(one(json!({"reference": "x", "minutes": 1})), ["/records/0/reference"]);
        assert_eq!(one(json!({"reference": "22222222", "minutes": null})), ["/records/0/minutes"]);
        assert_eq!(one(json!({"reference": "22222222", "minutes": -1})), ["/records/0/minutes"]);
        assert_eq!(one(json!({"reference": "22222222", "minutes": 1, "session": 2})), ["/records/0/session"]);
        assert_eq!(one(json!({"reference": "22222222", "minutes": 1, "name": "x"})), ["/records/0/name"]);
        assert_eq!(one(json!({"name": "Ann", "email": "x", "minutes": 1})), ["/records/0/email"]);
        assert_eq!(one(json!({"name": "Ann", "role": "x", "minutes": 1})), ["/records/0/role"]);
    }
}
