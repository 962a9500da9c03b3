//! The bookings behind a round of mails: each event and its ledger read once, and every registration, consistently.

use std::collections::{BTreeMap, BTreeSet};

use app::App;
use domain::ledger::{Entry, Ledger};
use domain::material::{Material, MaterialKind};
use domain::registration::Via;
use domain::{EventId, Hub, PersonId, Programmes, Registration};
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
    /// Whether the event's programme keeps confidences.
    pub confidential: bool,
    /// Who writes.
    pub hub: &'a Hub,
}

impl Bookings {
    /// Reads what these mails are about.
    pub async fn read<'m>(app: &App, messages: impl IntoIterator<Item = &'m Message>) -> Result<Self, store::Failure> {
        let mut people: BTreeMap<EventId, BTreeSet<PersonId>> = BTreeMap::new();
        let (mut written, mut reminded) = (BTreeSet::new(), BTreeSet::new());
        for message in messages {
            if let Some(Subject::Bulletin { id }) = Subject::of(message) {
                written.insert((message.event, id));
            }
            if matches!(Subject::of(message), Some(Subject::Reminder { .. })) {
                reminded.insert(message.event);
            }
            people.entry(message.event).or_default().insert(message.person);
        }
        let ids: Vec<EventId> = people.keys().copied().collect();
        let events = app.store.events_with_ledgers(&ids, true).await?;
        let events = events.into_iter().map(|(record, ledger)| (record.id, (record, ledger))).collect();
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
        Ok(Self { events, registrations, bulletins, materials, programmes, hub })
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
        Some(Booking { record, ledger, registration, bulletin, materials, confidential, hub: &self.hub })
    }
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
        }
    }
}
