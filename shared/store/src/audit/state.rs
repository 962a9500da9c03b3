//! Everything that is stored, read once.

use std::collections::{BTreeMap, BTreeSet};

use domain::attendance::SessionNumber;
use domain::ledger::Ledger;
use domain::{EventId, Generation, PersonId, Registration};

use crate::events;
use crate::failure::Failure;
use crate::filed::read_filed_of;
use crate::item::{Attributes as _, Item};
use crate::keys::{DUE_AT, PK, SK};
use crate::outbox::is_in_hand;
use crate::{EventRecord, Message, MessageState, Store, attendance, ledger_item, registrations};

/// The table, as an audit sees it.
#[derive(Default)]
pub(super) struct State {
    pub events: BTreeMap<EventId, EventRecord>,
    pub ledgers: BTreeMap<EventId, Ledger>,
    /// The index's time of each ledger, in epoch seconds.
    pub due: BTreeMap<EventId, Option<i64>>,
    pub registrations: BTreeMap<(EventId, PersonId), Registration>,
    /// Minutes by session and person.
    pub attendance: BTreeMap<(EventId, SessionNumber), BTreeMap<PersonId, u32>>,
    /// Kinds of mail that went, are due, or were dropped for a reason, by booking.
    pub mails: BTreeMap<(EventId, PersonId, Generation), BTreeSet<String>>,
    /// Mails that are due, and that nobody finds.
    pub in_hand: Vec<Message>,
    /// Items that do not read, in words.
    pub unreadable: Vec<String>,
    sent: u64,
    waiting_to_be_sent: u64,
}

impl State {
    /// Reads the whole table.
    pub async fn read(store: &Store) -> Result<Self, Failure> {
        let mut state = Self::default();
        let mut start = None;
        loop {
            let request = store.client.scan().table_name(&store.table).consistent_read(true);
            let reply = request.set_exclusive_start_key(start).send().await?;
            for item in reply.items.unwrap_or_default() {
                if let Err(failure) = state.add(&item) {
                    state.unreadable.push(unreadable(&item, &failure));
                }
            }
            start = reply.last_evaluated_key;
            if start.is_none() {
                return Ok(state);
            }
        }
    }

    fn add(&mut self, item: &Item) -> Result<(), Failure> {
        let (pk, sk) = (item.text(PK)?, item.text(SK)?);
        match (pk.split('#').next(), sk.split('#').next()) {
            (Some("E"), Some("C")) => {
                let record = events::read(item)?;
                self.events.insert(record.id, record);
            }
            (Some("E"), Some("L")) => {
                let event = pk.trim_start_matches("E#").parse().map_err(Failure::unreadable)?;
                self.ledgers.insert(event, ledger_item::read(item)?);
                self.due.insert(event, item.number_or_none(DUE_AT)?);
            }
            (Some("E"), Some("A")) => {
                let event = pk.trim_start_matches("E#").parse().map_err(Failure::unreadable)?;
                let (session, people, _) = attendance::read(item)?;
                self.attendance.insert((event, session), people);
            }
            (Some("P"), Some("R")) => {
                let registration = registrations::read(item)?;
                self.registrations.insert((registration.event, registration.person), registration);
            }
            (Some("P"), Some("O")) => {
                let (event, person, filed) = read_filed_of(item)?;
                if is_in_hand(item)? {
                    self.in_hand.push(Message::read(item)?);
                }
                match filed.state {
                    MessageState::Sent | MessageState::Bounced => self.sent += 1,
                    MessageState::Due => self.waiting_to_be_sent += 1,
                    MessageState::Dropped => {}
                }
                self.mails.entry((event, person, filed.generation)).or_default().insert(filed.kind);
            }
            _ => {}
        }
        Ok(())
    }

    /// How many there are of what.
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        let places = self.ledgers.values().map(Ledger::places);
        let (mut confirmed, mut offered, mut waiting) = (0, 0, 0);
        for places in places {
            confirmed += u64::from(places.confirmed);
            offered += u64::from(places.offered);
            waiting += u64::from(places.waiting);
        }
        BTreeMap::from([
            ("events", self.events.len() as u64),
            ("registrations", self.registrations.len() as u64),
            ("confirmed", confirmed),
            ("offered", offered),
            ("waiting", waiting),
            ("attendance records", self.attendance.values().map(|people| people.len() as u64).sum()),
            ("mails sent", self.sent),
            ("mails due", self.waiting_to_be_sent),
        ])
    }
}

/// An item that does not read, named by its key (no part of which is personal).
fn unreadable(item: &Item, failure: &Failure) -> String {
    let part = |name| item.text(name).unwrap_or("?");
    let source = std::error::Error::source(failure).map(ToString::to_string).unwrap_or_default();
    format!("{} {} does not read: {source}", part(PK), part(SK))
}
