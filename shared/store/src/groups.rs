//! Groups: an organisation holds several places under one link until its people are named. Each place is a booking of
//! nobody's, under the group's organisation; naming somebody is a substitution.

use std::collections::BTreeMap;

use domain::ledger::LaneKey;
use domain::ledger::{Command, Ledger};
use domain::registration::Via;
use domain::{
    Access, EmailAddress, EventId, Generation, Organisation, PersonId, PersonName, Refusal, Registration,
    RegistrationForm, Role,
};
use futures::future::try_join_all;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, text};
use crate::keys::Key;

/// The most places of one group: all of them are given in one write of the ledger.
pub const GROUP_PLACES_MAX: u32 = 90;

/// What the timers of groups are called: this, and the group.
const TIMER: &str = "group-";

/// Several places of an event under one link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Which group; what its link names.
    pub id: PersonId,
    /// Whose places they are.
    pub organisation: Organisation,
    /// From which lane they were drawn.
    pub lane: LaneKey,
    /// One of nobody's bookings for each place.
    pub places: Vec<PersonId>,
    /// People are named until then; afterwards the places go to the line.
    pub name_by: Timestamp,
    /// Who names them.
    pub contact: PersonId,
}

/// Who names a group's people. Prints redacted, through its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupContact {
    /// As they signed.
    pub name: PersonName,
    /// Where the link goes.
    pub email: EmailAddress,
}

impl Group {
    /// The kind of the timer that rings when nobody is named any more.
    pub fn timer(&self) -> String {
        format!("{TIMER}{}", self.id)
    }

    /// The group whose timer is of this kind.
    pub fn of_timer(kind: &str) -> Option<PersonId> {
        kind.strip_prefix(TIMER)?.parse().ok()
    }

    /// The places that nobody has been named for, in order.
    pub fn unnamed(&self, ledger: &Ledger) -> impl Iterator<Item = PersonId> {
        self.places.iter().copied().filter(|place| ledger.live(*place).is_some())
    }

    fn booking(&self, event: EventId, place: PersonId, at: Timestamp, attempt: u64) -> Registration {
        let form = RegistrationForm {
            name: PersonName::forgotten(),
            email: None,
            role: Role::Other,
            organisation: Some(self.organisation.clone()),
            registration_number: None,
            access_needs: None,
            answers: BTreeMap::new(),
        };
        let generation = Generation::FIRST;
        let (via, refused, rejection, access) = (Via::Organiser, true, None, Access::default());
        Registration { event, person: place, generation, at, via, attempt, refused, rejection, access, form }
    }
}

impl Store {
    /// Gives a group its places, all of them or none. Its bookings are marked as refused until the ledger holds them.
    pub async fn seat_group(
        &self,
        event: EventId,
        group: &Group,
        contact: &GroupContact,
        at: Timestamp,
        attempt: u64,
    ) -> Result<Result<Ledger, Refusal>, Failure> {
        let organisation = group.organisation.key();
        let command = Command::Group { people: group.places.clone(), lane: group.lane, organisation };
        let Some(ledger) = self.ledger(event).await? else { return Ok(Err(Refusal::EventNotFound)) };
        if let Err(refusal) = ledger.step(&command, at) {
            return Ok(Err(refusal));
        }
        let mut item = Key::GroupContact(group.contact, event, group.id).attributes();
        item.insert("d".to_owned(), text(serde_json::to_string(contact).map_err(Failure::unreadable)?));
        self.put_if_absent(item).await?;
        let mut item = Key::Group(event, group.id).attributes();
        item.insert("d".to_owned(), text(serde_json::to_string(group).map_err(Failure::unreadable)?));
        self.put_if_absent(item).await?;
        let bookings: Vec<Registration> =
            group.places.iter().map(|place| group.booking(event, *place, at, attempt)).collect();
        try_join_all(bookings.iter().map(|booking| self.put(booking, "attribute_not_exists(PK)", &[]))).await?;
        match self.change(event, at, |_| command.clone()).await? {
            Ok(outcome) => {
                let held: Vec<Registration> =
                    bookings.into_iter().map(|b| Registration { refused: false, ..b }).collect();
                let mine = [(":attempt", attempt)];
                try_join_all(held.iter().map(|booking| self.put(booking, "attempt = :attempt", &mine))).await?;
                Ok(Ok(outcome.ledger))
            }
            Err(refusal) => {
                // Somebody was quicker: what was stored holds nothing, and nobody's name.
                self.delete(&Key::Group(event, group.id)).await?;
                self.delete(&Key::GroupContact(group.contact, event, group.id)).await?;
                Ok(Err(refusal))
            }
        }
    }

    /// A group of an event, consistently read.
    pub async fn group(&self, event: EventId, id: PersonId) -> Result<Option<Group>, Failure> {
        let request = self.client.get_item().table_name(&self.table);
        let reply = request.set_key(Some(Key::Group(event, id).attributes())).consistent_read(true).send().await?;
        let Some(item) = reply.item else { return Ok(None) };
        serde_json::from_str(item.text("d")?).map(Some).map_err(Failure::unreadable)
    }
}
