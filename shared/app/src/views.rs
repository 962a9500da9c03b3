//! What the API says of events and places: one shape, whichever function answers.

use domain::ledger::{Ending, Ledger, Place, State};
use domain::{Attendance, EventId, PersonId, Presence};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::EventRecord;

use crate::App;

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Anybody.
    Public,
    /// Somebody signed in who may see the event.
    Organiser,
}

/// An event as the API answers it.
pub fn event_json(record: &EventRecord, ledger: &Ledger, audience: Audience) -> Value {
    let event = &record.event;
    let mut json = event.to_json();
    json["id"] = json!(record.id);
    json["status"] = json!(record.status);
    json["certificate"]["minimum_minutes"] = json!(event.certificate_minutes());
    json["registration"]["closes"] = json!(event.closes());
    if ledger.state != State::Draft {
        json["registration"]["opens"] = json!(ledger.opens);
    }
    if audience == Audience::Public {
        json["joining_url"] = Value::Null;
        json["organisers"] = json!([]);
    }
    json["places"] = places_json(record, ledger, audience);
    json
}

/// How many places there are and how many are taken, as far as the reader may know.
pub fn places_json(record: &EventRecord, ledger: &Ledger, audience: Audience) -> Value {
    let places = ledger.places();
    let (capacity, free) = match record.event.capacity {
        Some(capacity) => (json!(capacity), json!(places.free)),
        None => (Value::Null, Value::Null),
    };
    match audience {
        Audience::Public => json!({"free": free, "waiting": places.waiting}),
        Audience::Organiser => json!({
            "capacity": capacity, "confirmed": places.confirmed, "offered": places.offered,
            "waiting": places.waiting, "free": free, "over_by": places.over_by,
        }),
    }
}

/// Where a registration stands, in the API's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The API's status.
    pub status: &'static str,
    /// In the line, from 1.
    pub position: Option<u32>,
    /// An open offer's deadline.
    pub offer_until: Option<Timestamp>,
}

impl Standing {
    /// The standing of somebody in a ledger; `None` for somebody who is not in it.
    pub fn of(ledger: &Ledger, person: PersonId) -> Option<Self> {
        ledger.place(person).map(|place| Self::of_place(place, ledger.state))
    }

    /// The standing that a place is. An offer that the start of the event has overtaken is an expired one.
    pub fn of_place(place: Place, state: State) -> Self {
        let plain = |status| Self { status, position: None, offer_until: None };
        match place {
            Place::Confirmed => plain("confirmed"),
            Place::Offered { .. } if state == State::Closed => plain("expired"),
            Place::Offered { until } => Self { offer_until: Some(until), ..plain("offered") },
            Place::Waiting { position } => Self { position: Some(position), ..plain("waiting") },
            Place::Approval => plain("approval"),
            Place::Ended(tombstone) if tombstone.ending == Ending::Expired => plain("expired"),
            Place::Ended(_) => plain("cancelled"),
        }
    }

    /// The standing of somebody who came without a booking.
    pub fn of_walk_in() -> Self {
        Self { status: "attended", position: None, offer_until: None }
    }

    /// The same, as attendance has it: whoever came attended, however they stood; of those who had a place and did not
    /// come it says so.
    #[must_use]
    pub fn after(self, presence: Presence) -> Self {
        let plain = |status| Self { status, position: None, offer_until: None };
        match presence {
            Presence::Attended | Presence::AttendedPart => plain("attended"),
            Presence::Absent if matches!(self.status, "confirmed" | "attended") => plain("absent"),
            Presence::Absent | Presence::NotRecorded => self,
        }
    }
}

impl App {
    /// Who took part in an event; nobody is asked for before it begins.
    pub async fn attendance(&self, record: &EventRecord) -> Result<Attendance, store::Failure> {
        if self.clock.now() < record.event.starts() {
            return Ok(Attendance::default());
        }
        self.store.attendance(record.id).await
    }

    /// What a registration's answer says of its event.
    pub fn event_brief(&self, id: EventId, record: &EventRecord) -> Value {
        json!({"id": id, "title": record.event.title})
    }
}
