//! The bookings behind a round of mails: each event and its ledger read once, and every registration, consistently.

use std::collections::{BTreeMap, BTreeSet};

use app::App;
use domain::consequence::Booked;
use domain::event::Event;
use domain::ledger::{Entry, Ledger, State};
use domain::material::{Material, MaterialKind};
use domain::registration::Via;
use domain::{
    Attendance, EventId, EventStatus, Hub, MailboxId, PersonId, Place, Presence, Programmes, Registration, text,
};
use jiff::Timestamp;
use mail::{LetterKind, NextDate};
use store::{Bulletin, EventRecord, Message, Wishes};

use crate::managers::Managers;
use crate::overtaken::Standing;
use crate::subject::Subject;

/// What a round of mails is about.
pub(crate) struct Bookings {
    events: BTreeMap<EventId, (EventRecord, Ledger)>,
    registrations: BTreeMap<(EventId, PersonId), Registration>,
    bulletins: BTreeMap<(EventId, String), Bulletin>,
    /// Of events that mails remind of, or thank for.
    materials: BTreeMap<EventId, Vec<Material>>,
    /// Of events about which mails say who was there.
    attendance: BTreeMap<EventId, Attendance>,
    /// Of events that mails say somebody was absent from: when the same takes place next.
    next: BTreeMap<EventId, NextDate>,
    managers: Managers,
    /// Of the mailboxes that these mails go to, and of those that may not want theirs.
    wishes: Wishes,
    programmes: Programmes,
    hub: Hub,
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
    attendance: Option<&'a Attendance>,
    next: Option<&'a NextDate>,
    /// Whether the event's programme keeps confidences.
    pub confidential: bool,
    /// Who writes.
    pub hub: &'a Hub,
}

impl Bookings {
    /// Reads what these mails are about: side by side, what needs nothing that is yet to be read.
    pub async fn read<'m>(app: &App, messages: impl IntoIterator<Item = &'m Message>) -> Result<Self, store::Failure> {
        let messages: Vec<&Message> = messages.into_iter().collect();
        let Asked { about, attended, optional, written, reminded, absent } = Asked::by(&messages);
        let ids: BTreeSet<EventId> = about.iter().map(|(_, event)| *event).collect();
        let ids: Vec<EventId> = ids.into_iter().collect();
        let (managers, events, registrations, bulletins, materials, programmes, hub) = futures::try_join!(
            Managers::read(app, &messages),
            app.store.events_with_ledgers(&ids, true),
            app.store.registrations_at(about),
            bulletins(app, written),
            materials(app, reminded),
            app.store.programmes(),
            app.hub(),
        )?;
        let events: BTreeMap<EventId, (EventRecord, Ledger)> =
            events.into_iter().map(|(record, ledger)| (record.id, (record, ledger))).collect();
        let registrations: BTreeMap<(EventId, PersonId), Registration> =
            registrations.into_iter().map(|found| ((found.event, found.person), found)).collect();
        let addressed = addressed(app, registrations.values());
        let (attendance, next, wishes) = futures::try_join!(
            attendance(app, &events, attended),
            next_dates(app, &events, absent),
            app.store.wishes(&addressed, &optional),
        )?;
        Ok(Self { events, registrations, bulletins, materials, attendance, next, managers, wishes, programmes, hub })
    }

    /// What decides about copies to managers.
    pub fn managers(&self) -> &Managers {
        &self.managers
    }

    /// What the mailboxes of these mails will not have.
    pub fn wishes(&self) -> &Wishes {
        &self.wishes
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
        let (attendance, next) = (self.attendance.get(&message.event), self.next.get(&message.event));
        let hub = &self.hub;
        Some(Booking { record, ledger, registration, bulletin, materials, attendance, next, confidential, hub })
    }
}

/// What is to be read for some mails.
#[derive(Default)]
struct Asked {
    about: BTreeSet<(PersonId, EventId)>,
    /// Events whose attendance matters.
    attended: BTreeSet<EventId>,
    /// Mailboxes that may not want theirs.
    optional: BTreeSet<MailboxId>,
    /// What organisers wrote.
    written: BTreeSet<(EventId, String)>,
    /// Events whose materials go along.
    reminded: BTreeSet<EventId>,
    /// Events that somebody missed.
    absent: BTreeSet<EventId>,
}

impl Asked {
    fn by(messages: &[&Message]) -> Self {
        let mut asked = Self::default();
        for message in messages {
            let subject = Subject::of(message);
            if subject.as_ref().is_some_and(Subject::is_about_attendance) {
                asked.attended.insert(message.event);
            }
            if subject.as_ref().is_some_and(Subject::is_optional) {
                asked.optional.insert(message.person.mailbox());
            }
            match subject {
                Some(Subject::Bulletin { id }) => asked.written.insert((message.event, id)),
                Some(Subject::Reminder { .. }) => asked.reminded.insert(message.event),
                Some(Subject::Absent) => asked.absent.insert(message.event),
                _ => false,
            };
            asked.about.insert((message.person, message.event));
        }
        asked
    }
}

async fn bulletins(
    app: &App,
    written: BTreeSet<(EventId, String)>,
) -> Result<BTreeMap<(EventId, String), Bulletin>, store::Failure> {
    let mut bulletins = BTreeMap::new();
    for (event, id) in written {
        let found = app.store.bulletin(event, &id).await?;
        bulletins.extend(found.map(|bulletin| ((event, id), bulletin)));
    }
    Ok(bulletins)
}

async fn materials(app: &App, reminded: BTreeSet<EventId>) -> Result<BTreeMap<EventId, Vec<Material>>, store::Failure> {
    let mut materials = BTreeMap::new();
    for event in reminded {
        materials.insert(event, app.store.materials(event).await?);
    }
    Ok(materials)
}

async fn attendance(
    app: &App,
    events: &BTreeMap<EventId, (EventRecord, Ledger)>,
    attended: BTreeSet<EventId>,
) -> Result<BTreeMap<EventId, Attendance>, store::Failure> {
    let mut attendance = BTreeMap::new();
    for (record, _) in attended.iter().filter_map(|id| events.get(id)) {
        attendance.insert(record.id, app.attendance(record).await?);
    }
    Ok(attendance)
}

/// The mailboxes that mail about these registrations goes to.
fn addressed<'r>(app: &App, registrations: impl Iterator<Item = &'r Registration>) -> BTreeSet<MailboxId> {
    registrations.filter_map(|found| found.form.email.as_ref()).map(|email| app.identity.mailbox(email)).collect()
}

/// When the same as these events takes place next, with places to book.
async fn next_dates(
    app: &App,
    events: &BTreeMap<EventId, (EventRecord, Ledger)>,
    absent: BTreeSet<EventId>,
) -> Result<BTreeMap<EventId, NextDate>, store::Failure> {
    if absent.is_empty() {
        return Ok(BTreeMap::new());
    }
    let now = app.clock.now();
    let ids = app.store.events_from(now).await?;
    let mut ahead = app.store.events_with_ledgers(&ids, false).await?;
    ahead.retain(|(record, ledger)| is_bookable(record, ledger, now));
    ahead.sort_by_key(|(record, _)| (record.event.starts(), record.id));
    let missed = absent.iter().filter_map(|id| events.get(id));
    let next = missed.filter_map(|(record, _)| {
        let (other, _) = ahead.iter().find(|(other, _)| is_the_same(&record.event, &other.event))?;
        Some((record.id, NextDate { id: other.id, event: other.event.clone() }))
    });
    Ok(next.collect())
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
            presence: self.attendance.map_or(Presence::NotRecorded, |one| one.presence(&self.record.event, person)),
            next: self.next,
        }
    }
}
