//! The bookings behind a round of mails: each event and its ledger read once, and every registration, consistently.

use std::collections::{BTreeMap, BTreeSet};

use app::App;
use domain::ledger::{Entry, Ledger};
use domain::{EventId, Hub, PersonId, Programmes, Registration};
use store::{Bulletin, EventRecord, Message};

use crate::overtaken::Standing;
use crate::subject::Subject;

/// What a round of mails is about.
pub(crate) struct Bookings {
    events: BTreeMap<EventId, (EventRecord, Ledger)>,
    registrations: BTreeMap<(EventId, PersonId), Registration>,
    bulletins: BTreeMap<(EventId, String), Bulletin>,
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
    /// Whether the event's programme keeps confidences.
    pub confidential: bool,
    /// Who writes.
    pub hub: &'a Hub,
}

impl Bookings {
    /// Reads what these mails are about.
    pub async fn read<'m>(app: &App, messages: impl IntoIterator<Item = &'m Message>) -> Result<Self, store::Failure> {
        let mut people: BTreeMap<EventId, BTreeSet<PersonId>> = BTreeMap::new();
        let mut written = BTreeSet::new();
        for message in messages {
            if let Some(Subject::Bulletin { id }) = Subject::of(message) {
                written.insert((message.event, id));
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
        let (programmes, hub) = (app.programmes().await?, app.hub().await?);
        Ok(Self { events, registrations, bulletins, programmes, hub })
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
        Some(Booking { record, ledger, registration, bulletin, confidential, hub: &self.hub })
    }
}

impl<'a> Booking<'a> {
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
            bulletin: self.bulletin,
        }
    }
}
