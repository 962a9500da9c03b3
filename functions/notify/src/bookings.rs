//! The bookings behind a round of mails: each event and its ledger read once, and every registration, consistently.

use std::collections::{BTreeMap, BTreeSet};

use app::App;
use domain::consequence::Booked;
use domain::event::Event;
use domain::ledger::{Entry, Ledger, State};
use domain::material::{Material, MaterialKind};
use domain::registration::Via;
use domain::{Attendance, EventId, EventStatus, Hub, PersonId, Place, Presence, Programmes, Registration, text};
use jiff::Timestamp;
use mail::{LetterKind, NextDate};
use store::{Bulletin, EventRecord, Message};

use crate::overtaken::Standing;
use crate::subject::Subject;

/// What a round of mails is about.
pub(crate) struct Bookings {
    events: BTreeMap<EventId, (EventRecord, Ledger)>,
    registrations: BTreeMap<(EventId, PersonId), Registration>,
    bulletins: BTreeMap<(EventId, String), Bulletin>,
    /// Of events that mails remind of, or thank for.
    materials: BTreeMap<EventId, Vec<Material>>,
    /// Of events that mails say somebody was absent from.
    missed: BTreeMap<EventId, Missed>,
    programmes: Programmes,
    hub: Hub,
}

/// What is to be known of an event that somebody was absent from.
struct Missed {
    attendance: Attendance,
    next: Option<NextDate>,
}

/// What one mail is about.
pub(crate) struct Booking<'a> {
    /// The event.
    pub record: &'a EventRecord,
    /// Its ledger.
    pub ledger: &'a Ledger,
    /// What the person filled in.
    pub registration: &'a Registration,
    /// What an organiser wrote, where the mail is to bring that.
    pub bulletin: Option<&'a Bulletin>,
    materials: &'a [Material],
    missed: Option<&'a Missed>,
    /// Whether the event's programme keeps confidences.
    pub confidential: bool,
    /// Who writes.
    pub hub: &'a Hub,
}

impl Bookings {
    /// Reads what these mails are about.
    pub async fn read<'m>(app: &App, messages: impl IntoIterator<Item = &'m Message>) -> Result<Self, store::Failure> {
        let mut people: BTreeMap<EventId, BTreeSet<PersonId>> = BTreeMap::new();
        let (mut written, mut reminded, mut absent) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for message in messages {
            if let Some(Subject::Bulletin { id }) = Subject::of(message) {
                written.insert((message.event, id));
            }
            if matches!(Subject::of(message), Some(Subject::Reminder { .. })) {
                reminded.insert(message.event);
            }
            if Subject::of(message) == Some(Subject::Absent) {
                absent.insert(message.event);
            }
            people.entry(message.event).or_default().insert(message.person);
        }
        let ids: Vec<EventId> = people.keys().copied().collect();
        let events = app.store.events_with_ledgers(&ids, true).await?;
        let events: BTreeMap<EventId, (EventRecord, Ledger)> =
            events.into_iter().map(|(record, ledger)| (record.id, (record, ledger))).collect();
        let missed = missed(app, &events, absent).await?;
        let mut registrations = BTreeMap::new();
        for (event, people) in people {
            let found = app.store.registrations(event, people).await?;
            registrations.extend(found.into_iter().map(|(person, registration)| ((event, person), registration)));
        }
        let mut bulletins = BTreeMap::new();
        for (event, id) in written {
            let found = app.store.bulletin(event, &id).await?;
            bulletins.extend(found.map(|bulletin| ((event, id), bulletin)));
        }
        let mut materials = BTreeMap::new();
        for event in reminded {
            materials.insert(event, app.store.materials(event).await?);
        }
        let (programmes, hub) = (app.programmes().await?, app.hub().await?);
        Ok(Self { events, registrations, bulletins, materials, missed, programmes, hub })
    }

    /// The booking behind a mail; `None` for a group's nameless place, or where it has been erased.
    pub fn of(&self, message: &Message) -> Option<Booking<'_>> {
        let (record, ledger) = self.events.get(&message.event)?;
        let registration = self.registrations.get(&(message.event, message.person))?;
        let bulletin = match Subject::of(message) {
            Some(Subject::Bulletin { id }) => self.bulletins.get(&(message.event, id)),
            _ => None,
        };
        let confidential = self.programmes.is_confidential(record.event.programme);
        let materials = self.materials.get(&message.event).map_or(&[][..], Vec::as_slice);
        let missed = self.missed.get(&message.event);
        Some(Booking { record, ledger, registration, bulletin, materials, missed, confidential, hub: &self.hub })
    }
}

/// What is to be known of these events: who was there, and when the same takes place next with places to book.
async fn missed(
    app: &App,
    events: &BTreeMap<EventId, (EventRecord, Ledger)>,
    absent: BTreeSet<EventId>,
) -> Result<BTreeMap<EventId, Missed>, store::Failure> {
    if absent.is_empty() {
        return Ok(BTreeMap::new());
    }
    let now = app.clock.now();
    let ids = app.store.events_from(now).await?;
    let mut ahead = app.store.events_with_ledgers(&ids, false).await?;
    ahead.retain(|(record, ledger)| is_bookable(record, ledger, now));
    ahead.sort_by_key(|(record, _)| (record.event.starts(), record.id));
    let mut missed = BTreeMap::new();
    for (record, _) in absent.iter().filter_map(|id| events.get(id)) {
        let next = ahead.iter().map(|(other, _)| other).find(|other| is_the_same(&record.event, &other.event));
        let next = next.map(|other| NextDate { id: other.id, event: other.event.clone() });
        missed.insert(record.id, Missed { attendance: app.store.attendance(record.id).await?, next });
    }
    Ok(missed)
}

/// Whether it is another date of the same: by programme and title.
fn is_the_same(one: &Event, other: &Event) -> bool {
    one.programme == other.programme && text::fold(&one.title) == text::fold(&other.title)
}

/// Whether anybody can book a place now.
fn is_bookable(record: &EventRecord, ledger: &Ledger, now: Timestamp) -> bool {
    let is_open = ledger.state == State::Open && ledger.opens <= now && now < record.event.closes();
    let has_room = record.event.capacity.is_none() || ledger.places().free > 0;
    record.status == EventStatus::Published && is_open && has_room
}

impl<'a> Booking<'a> {
    /// The event's materials, and where they are for whoever holds this booking's link.
    pub fn materials(&self, manage_link: &str) -> Vec<(String, String)> {
        let place = |material: &Material| match &material.kind {
            MaterialKind::Link { url } => url.clone(),
            MaterialKind::File { .. } => format!("{manage_link}/materials/{}", material.id),
        };
        self.materials.iter().map(|material| (material.title.clone(), place(material))).collect()
    }

    /// What follows from having cancelled, or from not having come; nothing where no place was given up.
    pub fn follows(&self, kind: &LetterKind) -> Vec<String> {
        let has_organisation = self.registration.form.organisation.is_some();
        let booked = Booked { event: &self.record.event, confidential: self.confidential, has_organisation };
        let policy = &self.hub.policy;
        match (kind, self.ledger.place(self.registration.person)) {
            (LetterKind::Cancelled { .. }, Some(Place::Ended(tombstone))) if tombstone.held => {
                policy.words_after_giving_up(booked, tombstone.at)
            }
            (LetterKind::Absent { .. }, _) => policy.words_on_absence(booked),
            _ => Vec::new(),
        }
    }

    /// Where it stands.
    pub fn standing(&self) -> Standing<'a> {
        let person = self.registration.person;
        let generation = self.ledger.members.get(&person).map(Entry::generation);
        Standing {
            event: &self.record.event,
            reason: self.record.reason.as_deref(),
            rejection: self.registration.rejection.as_deref(),
            state: self.ledger.state,
            booking: generation.zip(self.ledger.place(person)),
            returned: self.ledger.live(person).is_some_and(|live| live.returned),
            refused: self.registration.refused,
            access: &self.registration.access,
            walk_in: self.registration.via == Via::WalkIn,
            bulletin: self.bulletin,
            presence: self
                .missed
                .map_or(Presence::NotRecorded, |missed| missed.attendance.presence(&self.record.event, person)),
            next: self.missed.and_then(|missed| missed.next.as_ref()),
        }
    }
}
