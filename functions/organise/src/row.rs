//! One person in a roster: a row, and its place among the rows.

use std::collections::{BTreeMap, BTreeSet};

use app::views::Standing;
use app::{App, Rejection};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::aliases::Aliases;
use domain::ledger::{Entry, LaneKey, Ledger};
use domain::person::are_near;
use domain::{
    Attendance, EmailAddress, Organisation, PersonId, PersonName, Presence, Reference, Refusal, Registration, Role,
};
use jiff::Timestamp;
use serde::Serialize;
use store::{EventRecord, Holding};

/// A row, its fields in the order of the API.
#[derive(Serialize)]
pub struct Row {
    /// What the person quotes.
    pub reference: Reference,
    /// As on the certificate.
    pub name: Option<PersonName>,
    /// Missing in telephone bookings.
    pub email: Option<EmailAddress>,
    /// What the person does.
    pub role: Option<Role>,
    /// Where the person works.
    pub organisation: Option<Organisation>,
    /// As the public API says it.
    pub status: &'static str,
    /// Order of arrival in the lane, of somebody who is in.
    pub ticket: Option<u32>,
    /// In the line, from 1.
    pub position: Option<u32>,
    /// Its name; `None` for everyone's.
    pub lane: Option<String>,
    /// When the form arrived.
    pub registered_at: Option<Timestamp>,
    /// An open offer's deadline.
    pub offer_until: Option<Timestamp>,
    /// Attended.
    pub minutes: Option<u32>,
    /// Of the certificate.
    pub certificate_number: Option<String>,
    /// Somebody of the same address and nearly the same name, or the same person under another, who is in too.
    pub possible_duplicate_of: Option<Reference>,
}

/// What rows are made from besides the event and its ledger.
pub struct Known<'a> {
    /// Of everybody whose row is made, and of whoever may be them.
    pub registrations: BTreeMap<PersonId, Registration>,
    /// Who took part.
    pub attendance: &'a Attendance,
    /// Certificates of those who did.
    pub holdings: BTreeMap<PersonId, Holding>,
    /// Who is known under two identifiers.
    pub aliases: &'a Aliases,
}

impl Row {
    /// The row of somebody in the ledger or among those who came; `None` for anybody else.
    pub fn of(
        app: &App,
        (record, ledger): (&EventRecord, &Ledger),
        person: PersonId,
        known: &Known<'_>,
    ) -> Option<Self> {
        let standing = standing(record, ledger, known.attendance, person)?;
        let live = ledger.live(person);
        let registration = known.registrations.get(&person);
        let form = registration.map(|registration| &registration.form);
        let lane = |key| record.event.lane_names().get(&key).map(|name| (*name).to_owned());
        Some(Self {
            reference: app.identity.reference(record.id, person),
            name: form.filter(|form| !form.is_without_person()).map(|form| form.name.clone()),
            email: form.and_then(|form| form.email.clone()),
            role: form.map(|form| form.role),
            organisation: form.and_then(|form| form.organisation.clone()),
            status: standing.status,
            ticket: live.map(|live| live.ticket),
            position: standing.position,
            lane: live.and_then(|live| lane(live.lane)),
            registered_at: registration.map(|registration| registration.at),
            offer_until: standing.offer_until,
            minutes: known.attendance.minutes(&record.event, person),
            certificate_number: known
                .holdings
                .get(&person)
                .and_then(|held| held.latest)
                .map(|(number, _)| number.to_string()),
            possible_duplicate_of: twin(ledger, person, known).map(|twin| app.identity.reference(record.id, twin)),
        })
    }

    /// The row of somebody in the ledger or among those who came, read for this.
    pub async fn read(app: &App, record: &EventRecord, ledger: &Ledger, person: PersonId) -> Result<Self, Rejection> {
        let aliases = app.store.aliases().await?;
        let wanted: BTreeSet<PersonId> =
            perhaps_the_same(ledger, &aliases, person).into_iter().chain([person]).collect();
        let registrations = app.store.registrations(record.id, wanted).await?;
        let attendance = app.attendance(record).await?;
        let holdings = app.store.holdings(record.id, attendance.people().take(&person)).await?;
        let known = Known { registrations, attendance: &attendance, holdings, aliases: &aliases };
        Self::of(app, (record, ledger), person, &known).ok_or_else(|| Refusal::BookingNotFound.into())
    }
}

/// Where somebody stands who is in the ledger or came; `None` for anybody else.
pub fn standing(record: &EventRecord, ledger: &Ledger, attendance: &Attendance, person: PersonId) -> Option<Standing> {
    let presence = attendance.presence(&record.event, person);
    let walk_in = || (presence != Presence::NotRecorded).then(Standing::of_walk_in);
    Standing::of(ledger, person).or_else(walk_in).map(|standing| standing.after(presence))
}

/// Everybody else of a ledger who may be this person: who reads the same mailbox, or is known to be the same.
pub fn perhaps_the_same(ledger: &Ledger, aliases: &Aliases, person: PersonId) -> BTreeSet<PersonId> {
    let of = |tag| PersonId::new(person.mailbox(), [tag; 3]);
    let sharing = ledger.members.range(of(0)..=of(u8::MAX)).map(|(person, _)| *person);
    let merged = aliases.all(person).into_iter().filter(|other| ledger.members.contains_key(other));
    sharing.chain(merged).filter(|other| *other != person).collect()
}

/// Whoever booked first among those who are in and are the same person, or read the same mailbox and have nearly the
/// same name.
fn twin(ledger: &Ledger, person: PersonId, known: &Known<'_>) -> Option<PersonId> {
    ledger.live(person)?;
    let name = &known.registrations.get(&person)?.form.name;
    let others = perhaps_the_same(ledger, known.aliases, person);
    let others = others.into_iter().filter(|other| ledger.live(*other).is_some());
    let is_twin =
        |other: &&Registration| known.aliases.is_one(person, other.person) || are_near(name, &other.form.name);
    let near = others.filter_map(|other| known.registrations.get(&other)).filter(is_twin);
    near.min_by_key(|other| (other.at, other.person)).map(|other| other.person)
}

/// Where a row stands: who is in by lane and ticket, then who is not in any more by when that ended, then who came
/// without a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowOrder {
    /// Somebody who is in.
    In {
        /// Everyone's first.
        lane: LaneKey,
        /// Unique within the lane.
        ticket: u32,
    },
    /// Somebody who was.
    Ended {
        /// Epoch seconds.
        at: i64,
        /// Tells those of one second apart.
        reference: Reference,
    },
    /// Somebody who came without a booking.
    WalkIn {
        /// In its order.
        reference: Reference,
    },
}

impl RowOrder {
    /// Where an entry's row stands; `reference` is only asked for where it counts.
    pub fn of(entry: &Entry, reference: impl FnOnce() -> Reference) -> Self {
        match entry {
            Entry::Live(live) => Self::In { lane: live.lane, ticket: live.ticket },
            Entry::Ended(tombstone) => Self::Ended { at: tombstone.at.as_second(), reference: reference() },
        }
    }

    /// The cursor that stands for everything after this row.
    pub fn cursor(self) -> String {
        URL_SAFE_NO_PAD.encode(match self {
            Self::In { lane, ticket } => format!("in {} {ticket}", lane.number()),
            Self::Ended { at, reference } => format!("ended {at} {reference}"),
            Self::WalkIn { reference } => format!("walk-in {reference}"),
        })
    }

    /// The row that a cursor came from; `None` for any text but one of [`Self::cursor`].
    pub fn from_cursor(cursor: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let order = match text.split(' ').collect::<Vec<_>>()[..] {
            ["in", lane, ticket] => Self::In { lane: LaneKey::new(lane.parse().ok()?), ticket: ticket.parse().ok()? },
            ["walk-in", reference] => Self::WalkIn { reference: reference.parse().ok()? },
            ["ended", at, reference] => Self::Ended { at: at.parse().ok()?, reference: reference.parse().ok()? },
            _ => return None,
        };
        Some(order).filter(|order| order.cursor() == cursor)
    }
}

#[cfg(test)]
mod tests {
    use domain::Generation;
    use domain::ledger::{Ending, GENERAL, Live, Tombstone};

    use super::*;

    fn entries() -> [RowOrder; 6] {
        let live = |lane, ticket| Entry::Live(Live::new(ticket, lane, Generation::FIRST));
        let ended = |second| {
            let at = Timestamp::from_second(second).expect("a time");
            Entry::Ended(Tombstone {
                generation: Generation::FIRST,
                ending: Ending::Cancelled,
                late: false,
                returned: false,
                held: true,
                at,
            })
        };
        let order = |entry, reference| RowOrder::of(&entry, || Reference::from_bits(reference));
        [
            order(live(GENERAL, 2), 9),
            order(live(GENERAL, 10), 8),
            order(live(LaneKey::new(1), 1), 7),
            order(ended(1_793_610_000), 5),
            order(ended(1_793_610_000), 6),
            RowOrder::WalkIn { reference: Reference::from_bits(1) },
        ]
    }

    #[test]
    fn rows_go_by_lane_and_ticket_and_those_that_ended_come_last() {
        assert!(entries().is_sorted());
    }

    #[test]
    fn a_cursor_leads_back_to_its_row_and_nothing_else_does() {
        for order in entries() {
            assert_eq!(RowOrder::from_cursor(&order.cursor()), Some(order));
        }
        let texts = ["in 0", "in 0 2 3", "in 40 2", "in 0 02", "ended 1 x", "out 0 2", ""];
        for cursor in texts.map(|text| URL_SAFE_NO_PAD.encode(text)).iter().map(String::as_str).chain(["x", "*", "2"]) {
            assert_eq!(RowOrder::from_cursor(cursor), None, "{cursor}");
        }
    }
}
