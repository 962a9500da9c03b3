//! One person at one event, as the export tells it: the facts that the report counts, and who it was.

use app::App;
use documents::Value;
use domain::ledger::{Ending, Place};
use domain::policy::Waiver;
use domain::registration::Via;
use domain::report::PersonFacts;
use domain::{EmailAddress, PersonId, PersonName, Reference, Registration, Role};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::export::moment;
use crate::facts::Gathered;

/// Heads and widths of the columns.
pub const COLUMNS: [(&str, f64); 25] = [
    ("event", 12.0),
    ("title", 40.0),
    ("programme", 22.0),
    ("format", 10.0),
    ("event_status", 12.0),
    ("starts", 17.0),
    ("capacity", 9.0),
    ("minimum_minutes", 16.0),
    ("cpd_minutes", 12.0),
    ("reference", 11.0),
    ("person", 18.0),
    ("name", 26.0),
    ("email", 32.0),
    ("role", 18.0),
    ("ods_code", 10.0),
    ("organisation", 30.0),
    ("registered_at", 17.0),
    ("via", 10.0),
    ("place", 11.0),
    ("ending", 15.0),
    ("had_place", 10.0),
    ("late", 6.0),
    ("ended_at", 17.0),
    ("minutes", 9.0),
    ("certified", 10.0),
];

/// A row, its fields in the order of the API.
#[derive(Serialize)]
pub struct Row {
    event: String,
    #[serde(skip)]
    shown: EventCells,
    reference: Reference,
    person: PersonId,
    name: Option<PersonName>,
    email: Option<EmailAddress>,
    role: Option<Role>,
    ods_code: Option<String>,
    organisation: Option<String>,
    /// What the organisation is counted by, once it has been looked up in the hub's list.
    counted_as: Option<String>,
    registered_at: Option<Timestamp>,
    via: Option<Via>,
    /// What the ledger says: `confirmed`, `offered`, `waiting`, `approval`, `ended`, or `none`.
    place: &'static str,
    /// How it ended.
    ending: Option<&'static str>,
    /// Whether a place was held when it ended.
    had_place: Option<bool>,
    /// Whether it ended within the event's notice.
    late: Option<bool>,
    ended_at: Option<Timestamp>,
    minutes: Option<u32>,
    certified: bool,
    /// Why the charge for the place is waived.
    waived: Option<Waiver>,
}

/// What a row of a table repeats of its event.
struct EventCells {
    title: String,
    programme: String,
    format: String,
    status: String,
    starts: Timestamp,
    capacity: Option<u32>,
    minimum_minutes: u32,
    cpd_minutes: u32,
}

/// Bytes of a row, or of an event, besides what people typed.
const BYTES_NOT_TYPED_MAX: usize = 1_000;

/// Bytes of a text in an answer that is a string of JSON itself: a quote takes four, the rest one each.
fn bytes_escaped(text: &str) -> usize {
    text.len() + 3 * text.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count()
}

fn name_of(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

impl Row {
    /// The row of one person of an event.
    pub fn of(app: &App, event: &Gathered, facts: &PersonFacts, registration: Option<&Registration>) -> Self {
        let record = &event.items.record;
        let form = registration.map(|registration| &registration.form);
        // Nobody learns from figures, or from what they were counted from, who of a practice came for counsel.
        let is_told = !event.facts.is_confidential;
        let organisation = form.and_then(|form| form.organisation.clone()).filter(|_| is_told);
        let place = event.items.ledger.place(facts.person);
        let tombstone = match place {
            Some(Place::Ended(tombstone)) => Some(tombstone),
            _ => None,
        };
        Self {
            event: event.id.to_string(),
            shown: EventCells {
                title: record.event.title.clone(),
                programme: event.facts.programme.clone(),
                format: name_of(record.event.format),
                status: name_of(record.status),
                starts: record.event.starts(),
                capacity: record.event.capacity,
                minimum_minutes: event.facts.minimum_minutes,
                cpd_minutes: event.facts.cpd_minutes,
            },
            reference: app.identity.reference(event.id, facts.person),
            person: facts.person,
            name: form.map(|form| form.name.clone()),
            email: form.and_then(|form| form.email.clone()),
            role: form.map(|form| form.role),
            ods_code: organisation.as_ref().and_then(|organisation| organisation.ods_code.clone()),
            organisation: organisation.and_then(|organisation| organisation.name),
            counted_as: facts.organisation.as_ref().filter(|_| is_told).map(|workplace| workplace.key.clone()),
            registered_at: registration.map(|registration| registration.at),
            via: registration.map(|registration| registration.via),
            place: place_name(place),
            ending: tombstone.map(|tombstone| ending_name(tombstone.ending)),
            had_place: tombstone.map(|tombstone| tombstone.held),
            late: tombstone.map(|tombstone| tombstone.late),
            ended_at: tombstone.map(|tombstone| tombstone.at),
            minutes: facts.minutes,
            certified: facts.is_certified,
            waived: event.items.waivers.get(&facts.person).copied(),
        }
    }

    /// How many bytes of a Lambda's answer it takes at the most, whatever the form.
    pub fn bytes_max(&self) -> usize {
        let typed = [
            self.email.as_ref().map(EmailAddress::as_str),
            self.name.as_ref().map(PersonName::as_str),
            self.ods_code.as_deref(),
            self.organisation.as_deref(),
            self.counted_as.as_deref(),
            Some(self.shown.title.as_str()),
        ];
        BYTES_NOT_TYPED_MAX + typed.into_iter().flatten().map(bytes_escaped).sum::<usize>()
    }

    /// The cells of a table's row, in the order of [`COLUMNS`].
    pub fn cells(&self) -> Vec<Value> {
        let text = |words: &str| Value::Text(words.to_owned());
        let count = |count: u32| Value::Count(count.into());
        let yes = |flag: bool| Value::Text(if flag { "yes" } else { "no" }.to_owned());
        let shown = &self.shown;
        vec![
            text(&self.event),
            text(&shown.title),
            text(&shown.programme),
            text(&shown.format),
            text(&shown.status),
            moment(Some(shown.starts)),
            shown.capacity.map_or(Value::Empty, count),
            count(shown.minimum_minutes),
            count(shown.cpd_minutes),
            text(&self.reference.to_string()),
            text(&self.person.to_string()),
            Value::text(self.name.as_ref().map(PersonName::as_str)),
            Value::text(self.email.as_ref().map(EmailAddress::as_str)),
            Value::text(self.role.map(Role::slug)),
            Value::text(self.ods_code.as_deref()),
            Value::text(self.organisation.as_deref()),
            moment(self.registered_at),
            Value::text(self.via.map(name_of)),
            text(self.place),
            Value::text(self.ending),
            self.had_place.map_or(Value::Empty, yes),
            self.late.map_or(Value::Empty, yes),
            moment(self.ended_at),
            self.minutes.map_or(Value::Empty, count),
            yes(self.certified),
        ]
    }
}

fn place_name(place: Option<Place>) -> &'static str {
    match place {
        None => "none",
        Some(Place::Confirmed) => "confirmed",
        Some(Place::Offered { .. }) => "offered",
        Some(Place::Waiting { .. }) => "waiting",
        Some(Place::Approval) => "approval",
        Some(Place::Ended(_)) => "ended",
    }
}

fn ending_name(ending: Ending) -> &'static str {
    match ending {
        Ending::Cancelled => "cancelled",
        Ending::Declined => "declined",
        Ending::Expired => "expired",
        Ending::Substituted => "substituted",
        Ending::Rejected => "rejected",
        Ending::EventCancelled => "event-cancelled",
    }
}

/// How many bytes of a Lambda's answer an event of the export takes at the most.
pub fn event_bytes_max(event: &Gathered) -> usize {
    BYTES_NOT_TYPED_MAX + bytes_escaped(&event.items.record.event.title)
}

/// An event of the export.
pub fn event_json(event: &Gathered) -> serde_json::Value {
    let (record, facts) = (&event.items.record, &event.facts);
    json!({
        "id": event.id, "title": record.event.title, "programme": facts.programme,
        "confidential": facts.is_confidential, "format": record.event.format, "status": record.status,
        "starts": record.event.starts(), "capacity": facts.capacity, "minimum_minutes": facts.minimum_minutes,
        "cpd_minutes": facts.cpd_minutes, "session_minutes": record.event.session_minutes(),
        "notice_days": record.event.notice_days, "answers": facts.answers, "scores": facts.scores,
        "ratings": facts.ratings,
    })
}
