//! Attendance as items, one a session: person → minutes. Writers touch the people they name and nobody else, so two at
//! once merge, and repeating a write changes nothing but the version.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::attendance::{Attendance, Mark, SessionNumber};
use domain::{EventId, PersonId, Registration};

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item, number};
use crate::keys::{ATTENDANCE, Key, SK};
use crate::registrations;

/// People in one update: its expression may be 4 KB long.
const PEOPLE: usize = 100;

/// Which session an item is of, and what it holds.
pub(crate) fn read(item: &Item) -> Result<(SessionNumber, BTreeMap<PersonId, u32>, u64), Failure> {
    let unreadable = || Failure::unreadable("not the attendance of a session");
    let session = item.text(SK)?.strip_prefix(ATTENDANCE).and_then(|number| number.parse().ok());
    let minutes = |(person, minutes): (&String, &AttributeValue)| {
        let minutes = minutes.as_n().ok().and_then(|digits| digits.parse().ok()).ok_or_else(unreadable)?;
        Ok((person.parse().map_err(|_| unreadable())?, minutes))
    };
    let people = item.map("m")?.iter().map(minutes).collect::<Result<_, Failure>>()?;
    Ok((session.ok_or_else(unreadable)?, people, item.number("v")?))
}

impl Store {
    /// What is recorded about an event, consistently read.
    pub async fn attendance(&self, event: EventId) -> Result<Attendance, Failure> {
        let mut attendance = Attendance::default();
        for item in self.query(&Key::Event(event).pk(), ATTENDANCE, true).await? {
            let (session, people, version) = read(&item)?;
            attendance.version += version;
            attendance.sessions.insert(session, people);
        }
        Ok(attendance)
    }

    /// Records marks, each on its own: of two that name one person in one session at once, either may stay.
    pub async fn record_attendance(&self, event: EventId, marks: &[Mark]) -> Result<(), Failure> {
        let mut sessions: BTreeMap<SessionNumber, Vec<Mark>> = BTreeMap::new();
        for mark in marks {
            sessions.entry(mark.session).or_default().push(*mark);
        }
        for (session, marks) in sessions {
            for part in marks.chunks(PEOPLE) {
                if !self.mark(event, session, part).await? {
                    self.begin_session(event, session).await?;
                    self.mark(event, session, part).await?;
                }
            }
        }
        Ok(())
    }

    /// Stores somebody who came without a booking; whoever has a registration keeps it. Whether it was stored.
    pub async fn add_walk_in(&self, registration: &Registration) -> Result<bool, Failure> {
        self.put_if_absent(registrations::write(registration)?).await
    }

    /// An item for a session that has none.
    async fn begin_session(&self, event: EventId, session: SessionNumber) -> Result<(), Failure> {
        let mut item = Key::Attendance(event, session).attributes();
        item.insert("m".to_owned(), AttributeValue::M(Item::new()));
        item.insert("v".to_owned(), number(0));
        self.put_if_absent(item).await.map(drop)
    }

    /// Writes marks of one session; `false` where the session has no item yet.
    async fn mark(&self, event: EventId, session: SessionNumber, marks: &[Mark]) -> Result<bool, Failure> {
        let (mut set, mut remove) = ("SET v = v + :one".to_owned(), String::new());
        let mut request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::Attendance(event, session).attributes()))
            .condition_expression("attribute_exists(m)")
            .expression_attribute_values(":one", number(1));
        for (index, mark) in marks.iter().enumerate() {
            request = request.expression_attribute_names(format!("#p{index}"), mark.person.to_string());
            // Writing to a string cannot fail.
            let _ = match mark.minutes {
                Some(minutes) => {
                    request = request.expression_attribute_values(format!(":m{index}"), number(minutes));
                    write!(set, ", m.#p{index} = :m{index}")
                }
                None => write!(remove, "{} m.#p{index}", if remove.is_empty() { " REMOVE" } else { "," }),
            };
        }
        match request.update_expression(set + &remove).send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }
}
