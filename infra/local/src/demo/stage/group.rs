//! A group of the demo year: seated by an organiser, named by its contact through the link in the mail.

use axum::http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{DemoError, Running, Stage, Who, first_link};
use crate::demo::calendar;
use crate::inbox::Message;

/// Working days that a contact has to name people.
const TIME_TO_NAME: i32 = 11;
/// How soon the mail with the link is there.
const MAIL_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// A group that was seated: who names its people, and since when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seated {
    contact: Who,
    at: Timestamp,
}

impl Stage {
    /// Books several places for an organisation.
    pub(super) async fn seat_group(&self, running: &mut Running, contact: Who, places: usize) -> Result<(), DemoError> {
        let (person, now) = (&self.people[contact], self.front.timekeeper.clock.now());
        let name_by = calendar::working_days_from(calendar::day_of(now), TIME_TO_NAME);
        let asked = json!({
            "organisation": {"name": person.place.name}, "places": places, "name_by": name_by,
            "contact": {"name": person.name, "email": person.email},
        });
        let seated = self.organise(Method::POST, &running.path("/groups"), &asked).await?;
        seated.expect(StatusCode::CREATED)?;
        running.group = Some(Seated { contact, at: now });
        Ok(())
    }

    /// Names somebody under the group's link.
    pub(super) async fn name(&self, running: &Running, who: Who) -> Result<(), DemoError> {
        let Some(Seated { contact, at }) = running.group else { return Ok(()) };
        let sent = at..at + MAIL_WITHIN;
        let is_it = |message: &Message| {
            message.at.is_some_and(|at| sent.contains(&at)) && message.subject.starts_with("Name your group")
        };
        let letter = self.front.ground.inbox.latest(&self.people[contact].email, is_it);
        let token = letter.as_ref().and_then(first_link).ok_or_else(|| DemoError::NoLink(running.path("/groups")))?;
        let person = &self.people[who];
        let form = [("name", person.name.as_str()), ("email", &person.email), ("role", person.role.slug())];
        self.send_form(&format!("/groups/{token}"), &form).await?.expect(StatusCode::SEE_OTHER).map(drop)
    }
}
