//! The table's keys, all of them.
//!
//! | Item | PK | SK |
//! |---|---|---|
//! | Event / its ledger | `E#eid` | `C` / `L` |
//! | A session's attendance (person → minutes) | `E#eid` | `A#n` |
//! | Somebody in an attendance file who waits for a human | `E#eid` | `W#entry` |
//! | Charge that an organiser has waived | `E#eid` | `V#person` |
//! | Why somebody did not come | `E#eid` | `Q#person` |
//! | When somebody pressed *Join* | `E#eid` | `J#person` |
//! | Timer of an event | `E#eid` | `T#kind` |
//! | Counts when organisers were last told | `E#eid` | `D` |
//! | Organiser's message to those who booked | `E#eid` | `B#id` |
//! | Group booking | `E#eid` | `G#id` |
//! | Material / the content of one that is a file | `E#eid` | `X#id` / `Y#id` |
//! | How far its personal data has been purged | `E#eid` | `Z` |
//! | Month directory (events by start) | `M#yyyy-mm` | `start#eid` |
//! | Months in which events start | `M` | `M#yyyy-mm` |
//! | Hub settings / its programmes | `H` | `C` / `PG` |
//! | Organisation / one on a form that is not listed | `H` | `OR#id` / `ON#key` |
//! | Registration | `P#mailbox` | `R#tag#eid` |
//! | Outbox message | `P#mailbox` | `O#tag#eid#kind#mark` |
//! | Organiser's action, by registration (history) | `P#mailbox` | `H#tag#eid#time#id` |
//! | Contact of a group | `P#mailbox` | `G#tag#eid#id` |
//! | Mail about no booking | `P#mailbox` | `N#kind#mark` |
//! | File that goes along with mails (TTL) | `P#mailbox` | `B#name` |
//! | Address that waits to be confirmed (TTL) | `P#mailbox` | `AD#tag` |
//! | Identifier that stands for another person | `AL` | person |
//! | Certificate by person | `P#mailbox` | `K#tag#eid` |
//! | Certificate by number | `K#number` | `-` |
//! | Counter of status indexes / a status list | `SL` / `SL#n` | `-` |
//! | Evaluation answer (blind token) | `E#eid` | `F#token` |
//! | Suppressed address | `P#mailbox` | `X` |
//! | Address that wants only what its bookings need | `P#mailbox` | `U` |
//! | Organiser's action (audit trail) | `AU#yyyy-mm-dd` | `time#id` |
//! | An attendance file that was imported | `I#import#eid` | digest |
//! | Task: an address that gets no mail | `TK` | `bounce#id` |
//! | Finalised report (figures as JSON) | `RP#period` | `V#n` |
//! | Rate bucket (resends) | `Q#bucket#window` | `-` |
//!
//! One sparse index, `due`: `gT` is the kind and a small hash, `gD` epoch seconds, keys only.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::attendance::SessionNumber;
use domain::{CertificateNumber, EventId, MailboxId, PersonId};
use jiff::Timestamp;
use jiff::civil::Date;

/// The key of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// What people read about an event.
    Event(EventId),
    /// What decides about its places.
    Ledger(EventId),
    /// Who took part in one of an event's sessions, from 1.
    Attendance(EventId, SessionNumber),
    /// Somebody in an event's attendance file who waits for a human.
    Unidentified(EventId, String),
    /// A charge that an organiser has waived.
    Waiver(EventId, PersonId),
    /// Why somebody did not come, in their own words.
    Absence(EventId, PersonId),
    /// When somebody pressed *Join* last.
    Join(EventId, PersonId),
    /// An attendance file that was imported for an event, by its digest.
    Import(EventId, String),
    /// Something an event does later.
    Timer(EventId, String),
    /// How an event stood when its organisers were last told.
    Count(EventId),
    /// What an organiser wrote to those who booked.
    Bulletin(EventId, String),
    /// A link or file for those who hold a place.
    Material(EventId, String),
    /// What is in a file among the materials.
    MaterialContent(EventId, String),
    /// An event in the month of its start (UTC).
    Month(Timestamp, EventId),
    /// A month (UTC) in which events start.
    MonthListed(Timestamp),
    /// How far an event's personal data has been purged.
    Purged(EventId),
    /// Several places of an event under one link.
    Group(EventId, PersonId),
    /// Who names the people of a group: the contact, the event, the group.
    GroupContact(PersonId, EventId, PersonId),
    /// The hub's settings.
    Hub,
    /// The hub's programmes: one short list, always read whole.
    Programmes,
    /// An organisation that people come from.
    Organisation(String),
    /// An organisation on a form that the list did not have.
    UnmatchedOrganisation(String),
    /// One person's booking for one event.
    Registration(PersonId, EventId),
    /// A mail about a booking; the mark tells generations or versions apart.
    Outbox {
        /// To whom.
        person: PersonId,
        /// About which event.
        event: EventId,
        /// Which mail.
        kind: String,
        /// Which occurrence.
        mark: String,
    },
    /// A mail about no booking: its kind, and which occurrence.
    Notice(MailboxId, String, String),
    /// A file that goes along with mails to this mailbox.
    Enclosure(MailboxId, String),
    /// The address that somebody wants to be written to at.
    AddressWish(PersonId),
    /// An identifier that stands for another person.
    Alias(PersonId),
    /// What an organiser did about one booking; time and id as in [`Self::Action`].
    Deed(PersonId, EventId, String),
    /// What a person has for an event: the latest certificate, or why none.
    Holding(PersonId, EventId),
    /// A certificate.
    Certificate(CertificateNumber),
    /// How many status indexes have been drawn.
    StatusCounter,
    /// The certificates of one status list that no longer hold.
    StatusList(u32),
    /// What somebody answered about an event; nothing leads from the token to the person without the identity key.
    Evaluation(EventId, String),
    /// An address that gets no mail.
    Suppressed(MailboxId),
    /// An address that wants only what its bookings need.
    Unsubscribed(MailboxId),
    /// What an organiser did.
    Action(Date, String),
    /// An address that gets no mail, for organisers to see to.
    BounceTask(String),
    /// A version of a period's final report.
    Report(String, u32),
    /// How often a mailbox asked for its links.
    Rate {
        /// Who is counted.
        bucket: String,
        /// Which hour.
        window: i64,
    },
}

impl Key {
    /// The partition key.
    pub fn pk(&self) -> String {
        match self {
            Self::Event(event)
            | Self::Ledger(event)
            | Self::Attendance(event, _)
            | Self::Unidentified(event, _)
            | Self::Waiver(event, _)
            | Self::Absence(event, _)
            | Self::Join(event, _)
            | Self::Timer(event, _)
            | Self::Count(event)
            | Self::Evaluation(event, _)
            | Self::Material(event, _)
            | Self::MaterialContent(event, _)
            | Self::Bulletin(event, _) => {
                format!("E#{event}")
            }
            Self::Import(event, _) => format!("I#import#{event}"),
            Self::Month(start, _) => month(*start),
            Self::MonthListed(_) => MONTHS.to_owned(),
            Self::Group(event, _) | Self::Purged(event) => format!("E#{event}"),
            Self::GroupContact(contact, ..) => mailbox(contact.mailbox()),
            Self::Hub | Self::Programmes | Self::Organisation(_) | Self::UnmatchedOrganisation(_) => HUB.to_owned(),
            Self::Registration(person, _)
            | Self::AddressWish(person)
            | Self::Outbox { person, .. }
            | Self::Holding(person, _)
            | Self::Deed(person, ..) => mailbox(person.mailbox()),
            Self::Notice(of, ..) | Self::Enclosure(of, _) | Self::Suppressed(of) | Self::Unsubscribed(of) => {
                mailbox(*of)
            }
            Self::Certificate(number) => format!("K#{number}"),
            Self::Alias(_) => ALIASES.to_owned(),
            Self::StatusCounter => "SL".to_owned(),
            Self::StatusList(list) => format!("SL#{list}"),
            Self::Action(day, _) => format!("AU#{day}"),
            Self::BounceTask(_) => TASKS.to_owned(),
            Self::Report(period, _) => format!("RP#{period}"),
            Self::Rate { bucket, window } => format!("Q#{bucket}#{window}"),
        }
    }

    /// The sort key.
    pub fn sk(&self) -> String {
        match self {
            Self::Event(_) | Self::Hub => "C".to_owned(),
            Self::Ledger(_) => "L".to_owned(),
            Self::Attendance(_, session) => format!("{ATTENDANCE}{session}"),
            Self::Unidentified(_, entry) => format!("{UNIDENTIFIED}{entry}"),
            Self::Waiver(_, person) => format!("{WAIVERS}{person}"),
            Self::Absence(_, person) => format!("{ABSENCES}{person}"),
            Self::Join(_, person) => format!("{JOINS}{person}"),
            Self::Import(_, digest) => digest.clone(),
            Self::Timer(_, kind) => format!("T#{kind}"),
            Self::Count(_) => "D".to_owned(),
            Self::Bulletin(_, id) => format!("B#{id}"),
            Self::Material(_, id) => format!("{MATERIALS}{id}"),
            Self::MaterialContent(_, id) => format!("Y#{id}"),
            Self::Month(start, event) => format!("{start:.0}#{event}"),
            Self::MonthListed(start) => month(*start),
            Self::Group(_, id) => format!("G#{id}"),
            Self::Purged(_) => "Z".to_owned(),
            Self::GroupContact(contact, event, id) => format!("G#{}#{event}#{id}", contact.tag()),
            Self::Programmes => "PG".to_owned(),
            Self::Organisation(id) => format!("{ORGANISATIONS}{id}"),
            Self::UnmatchedOrganisation(key) => format!("{UNMATCHED}{key}"),
            Self::Registration(person, event) => format!("R#{}#{event}", person.tag()),
            Self::AddressWish(person) => format!("AD#{}", person.tag()),
            Self::Alias(person) => person.to_string(),
            Self::Outbox { person, event, kind, mark } => {
                format!("{}{kind}#{mark}", outbox_prefix(*person, *event))
            }
            Self::Deed(person, event, time_and_id) => format!("{}{time_and_id}", deed_prefix(*person, *event)),
            Self::Notice(_, kind, mark) => format!("{NOTICE}{kind}#{mark}"),
            Self::Enclosure(_, name) => format!("B#{name}"),
            Self::Holding(person, event) => format!("{}{event}", holding_prefix(*person)),
            Self::Evaluation(_, token) => format!("{EVALUATIONS}{token}"),
            Self::Suppressed(_) => "X".to_owned(),
            Self::Unsubscribed(_) => "U".to_owned(),
            Self::Action(_, time_and_id) => time_and_id.clone(),
            Self::BounceTask(id) => format!("bounce#{id}"),
            Self::Report(_, version) => format!("V#{version}"),
            Self::Certificate(_) | Self::StatusCounter | Self::StatusList(_) | Self::Rate { .. } => "-".to_owned(),
        }
    }

    /// The key as the API takes it.
    pub(crate) fn attributes(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([(PK.to_owned(), AttributeValue::S(self.pk())), (SK.to_owned(), AttributeValue::S(self.sk()))])
    }
}

pub(crate) const PK: &str = "PK";
pub(crate) const SK: &str = "SK";
pub(crate) const DUE_INDEX: &str = "due";
pub(crate) const DUE_KIND: &str = "gT";
pub(crate) const DUE_AT: &str = "gD";

/// What the sort keys of an event's waived charges begin with.
pub(crate) const WAIVERS: &str = "V#";

/// What the sort keys of an event's materials begin with.
pub(crate) const MATERIALS: &str = "X#";

/// What the sort keys of an event's reasons of absence begin with.
pub(crate) const ABSENCES: &str = "Q#";

/// What the sort keys of those who pressed *Join* begin with.
pub(crate) const JOINS: &str = "J#";

/// What the sort keys of an event's attendance begin with.
pub(crate) const ATTENDANCE: &str = "A#";

/// What the sort keys of an event's people who wait for a human begin with.
pub(crate) const UNIDENTIFIED: &str = "W#";

/// The partition of everything about one address.
pub(crate) fn mailbox(of: MailboxId) -> String {
    format!("P#{of}")
}

/// The partition that lists the months.
pub(crate) const MONTHS: &str = "M";

/// The partition of what the hub itself is.
pub(crate) const HUB: &str = "H";
/// What the sort keys of organisations begin with.
pub(crate) const ORGANISATIONS: &str = "OR#";
/// What the sort keys of organisations that are not listed begin with.
pub(crate) const UNMATCHED: &str = "ON#";

/// The partition of identifiers that stand for others.
pub(crate) const ALIASES: &str = "AL";

/// The partition of a month's events.
pub(crate) fn month(start: Timestamp) -> String {
    format!("M#{}", start.strftime("%Y-%m"))
}

/// The partition of what organisers have to see to.
pub(crate) const TASKS: &str = "TK";

/// What the sort keys of all mails about bookings begin with.
pub(crate) const OUTBOX: &str = "O#";

/// What the sort keys of all mails about one booking begin with.
pub(crate) fn outbox_prefix(person: PersonId, event: EventId) -> String {
    format!("{OUTBOX}{}#{event}#", person.tag())
}

/// What the sort keys of all mails about no booking begin with.
pub(crate) const NOTICE: &str = "N#";

/// Whether a sort key is that of a mail about no booking.
pub(crate) fn is_notice(sk: &str) -> bool {
    sk.starts_with(NOTICE)
}

/// What the sort keys of all that organisers did about one booking begin with.
pub(crate) fn deed_prefix(person: PersonId, event: EventId) -> String {
    format!("H#{}#{event}#", person.tag())
}

/// What the sort keys of all that one person holds begin with.
pub(crate) fn holding_prefix(person: PersonId) -> String {
    format!("K#{}#", person.tag())
}

/// What the sort keys of an event's evaluations begin with.
pub(crate) const EVALUATIONS: &str = "F#";

/// What becomes due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueKind {
    /// Ledgers: offers, releases, starts.
    Ledger,
    /// Mails.
    Outbox,
    /// Events' timers.
    Timer,
    /// Events' timers that issue certificates.
    Certificate,
}

/// How many partitions a kind of timer is spread over.
const SHARDS: u64 = 4;

impl DueKind {
    fn letter(self) -> char {
        match self {
            Self::Ledger => 'L',
            Self::Outbox => 'O',
            Self::Timer => 'T',
            Self::Certificate => 'C',
        }
    }

    /// Where an event's timer of this kind rings.
    pub(crate) fn of_timer(kind: &str) -> Self {
        if kind == crate::timers::CERTIFICATES { Self::Certificate } else { Self::Timer }
    }

    /// The index partition of something with this hash.
    pub(crate) fn partition(self, hash: u64) -> String {
        format!("{}#{}", self.letter(), hash % SHARDS)
    }

    /// Every index partition of this kind.
    pub(crate) fn partitions(self) -> impl Iterator<Item = String> {
        (0..SHARDS).map(move |shard| self.partition(shard))
    }
}

/// The hash that spreads an event's timers.
pub(crate) fn event_hash(event: EventId) -> u64 {
    event.bits()
}

/// The hash that spreads a mailbox's mails.
pub(crate) fn mailbox_hash(mailbox: MailboxId) -> u64 {
    mailbox.as_bytes().iter().map(|byte| u64::from(*byte)).sum()
}

/// An item that the index says is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
    /// Since when.
    pub at: Timestamp,
}

impl Due {
    /// The event of a ledger or a timer.
    pub fn event(&self) -> Option<EventId> {
        self.pk.strip_prefix("E#")?.parse().ok()
    }

    /// The kind of an event's timer.
    pub fn timer_kind(&self) -> Option<&str> {
        self.sk.strip_prefix("T#")
    }

    pub(crate) fn attributes(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            (PK.to_owned(), AttributeValue::S(self.pk.clone())),
            (SK.to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_reads_as_the_table_says() {
        let event = EventId::from_bits(1);
        let person = PersonId::new(MailboxId::new([0; 9]), [0, 0, 1]);
        let start: Timestamp = "2026-12-01T09:30:00Z".parse().unwrap();
        let outbox = Key::Outbox { person, event, kind: "confirmed".into(), mark: "1".into() };
        let keys = [
            (Key::Event(event), "E#2222222223", "C"),
            (Key::Ledger(event), "E#2222222223", "L"),
            (Key::Attendance(event, 2), "E#2222222223", "A#2"),
            (Key::Unidentified(event, "d.0".into()), "E#2222222223", "W#d.0"),
            (Key::Alias(person), "AL", "AAAAAAAAAAAAAAAB"),
            (Key::AddressWish(person), "P#AAAAAAAAAAAA", "AD#AAAB"),
            (Key::Absence(event, person), "E#2222222223", "Q#AAAAAAAAAAAAAAAB"),
            (Key::Join(event, person), "E#2222222223", "J#AAAAAAAAAAAAAAAB"),
            (Key::Waiver(event, person), "E#2222222223", "V#AAAAAAAAAAAAAAAB"),
            (Key::Import(event, "d".into()), "I#import#2222222223", "d"),
            (Key::Timer(event, "day".into()), "E#2222222223", "T#day"),
            (Key::Count(event), "E#2222222223", "D"),
            (Key::Bulletin(event, "1".into()), "E#2222222223", "B#1"),
            (Key::Material(event, "1".into()), "E#2222222223", "X#1"),
            (Key::MaterialContent(event, "1".into()), "E#2222222223", "Y#1"),
            (Key::BounceTask("1".into()), "TK", "bounce#1"),
            (Key::Month(start, event), "M#2026-12", "2026-12-01T09:30:00Z#2222222223"),
            (Key::MonthListed(start), "M", "M#2026-12"),
            (Key::Purged(event), "E#2222222223", "Z"),
            (Key::Group(event, person), "E#2222222223", "G#AAAAAAAAAAAAAAAB"),
            (Key::GroupContact(person, event, person), "P#AAAAAAAAAAAA", "G#AAAB#2222222223#AAAAAAAAAAAAAAAB"),
            (Key::Hub, "H", "C"),
            (Key::Programmes, "H", "PG"),
            (Key::Organisation("X99001".into()), "H", "OR#X99001"),
            (Key::UnmatchedOrganisation("~thesurgery".into()), "H", "ON#~thesurgery"),
            (Key::Registration(person, event), "P#AAAAAAAAAAAA", "R#AAAB#2222222223"),
            (outbox, "P#AAAAAAAAAAAA", "O#AAAB#2222222223#confirmed#1"),
            (Key::Deed(person, event, "t#1".into()), "P#AAAAAAAAAAAA", "H#AAAB#2222222223#t#1"),
            (
                Key::Notice(person.mailbox(), "digest".into(), "2026-12-01".into()),
                "P#AAAAAAAAAAAA",
                "N#digest#2026-12-01",
            ),
            (Key::Enclosure(person.mailbox(), "report".into()), "P#AAAAAAAAAAAA", "B#report"),
            (Key::Holding(person, event), "P#AAAAAAAAAAAA", "K#AAAB#2222222223"),
            (Key::Certificate(CertificateNumber::from_bits(1)), "K#2222222234", "-"),
            (Key::StatusCounter, "SL", "-"),
            (Key::StatusList(2), "SL#2", "-"),
            (Key::Evaluation(event, "t".into()), "E#2222222223", "F#t"),
            (Key::Suppressed(person.mailbox()), "P#AAAAAAAAAAAA", "X"),
            (Key::Unsubscribed(person.mailbox()), "P#AAAAAAAAAAAA", "U"),
            (Key::Action(jiff::civil::date(2026, 12, 1), "t#1".into()), "AU#2026-12-01", "t#1"),
            (Key::Report("2026-10".into(), 2), "RP#2026-10", "V#2"),
            (Key::Rate { bucket: "b".into(), window: 3 }, "Q#b#3", "-"),
        ];
        for (key, pk, sk) in keys {
            assert_eq!((key.pk().as_str(), key.sk().as_str()), (pk, sk));
        }
    }
}
