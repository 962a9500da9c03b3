//! An event as people read it: what it is, when, who may come, what is asked.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::evaluation::EvaluationRule;
use crate::ledger::{GENERAL, LaneKey};
use crate::person::EmailAddress;
use crate::programme::ProgrammeId;
use crate::role::Role;

/// One dated part of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// First instant.
    pub starts: Timestamp,
    /// Last instant, later than `starts`.
    pub ends: Timestamp,
}

/// Where people meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Over a meeting link.
    Online,
    /// At a venue.
    InPerson,
    /// Both.
    Hybrid,
}

/// The line's rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingList {
    /// Whether there is a line at all.
    pub enabled: bool,
    /// How many may wait in each lane's line; `None` for any number.
    pub limit: Option<u32>,
    /// Working hours an offer stays open; `None` confirms the next person at once.
    pub offer_hours: Option<u16>,
}

/// Places reserved for roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservedLane {
    /// The ledger's key for this lane, kept through changes of the event.
    #[serde(default)]
    pub key: LaneKey,
    /// Unique within the event.
    pub name: String,
    /// Whose lane it is; a role has one lane at most.
    pub roles: Vec<Role>,
    /// Places taken out of the capacity.
    pub places: u32,
    /// Days before the first session at which unused places go to everyone.
    pub release_days: Option<u16>,
}

/// When people may book, where it differs from "from publication until the start".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Inclusive.
    pub opens: Option<Timestamp>,
    /// Exclusive.
    pub closes: Option<Timestamp>,
}

/// Something the form asks besides the usual.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Unique within the event: lower-case letters, digits, `-` and `_`.
    pub id: String,
    /// The words.
    pub label: String,
    /// What kind of answer.
    #[serde(flatten)]
    pub kind: QuestionKind,
    /// Whether it must be answered.
    pub required: bool,
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum QuestionKind {
    /// Free text, 2,000 characters at most.
    Text,
    /// One of the options.
    Choice {
        /// At least two.
        options: Vec<String>,
    },
    /// Any of the options.
    Choices {
        /// At least two.
        options: Vec<String>,
    },
    /// Yes or no.
    YesNo,
}

/// What a certificate takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateRule {
    /// Minutes attended; `None` is 80 % of the sessions' time.
    pub minimum_minutes: Option<u32>,
    /// Whether the evaluation must be in first.
    pub needs_evaluation: bool,
    /// Whether every session must have been attended, whatever the total.
    #[serde(default)]
    pub every_session: bool,
    /// What participants learn, line by line; printed on the certificate.
    #[serde(default)]
    pub objectives: Vec<String>,
}

/// Where the event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventStatus {
    /// Seen by organisers only.
    Draft,
    /// Open to the public.
    Published,
    /// Not taking place.
    Cancelled,
}

/// One bookable training.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Up to 200 characters.
    pub title: String,
    /// One paragraph for lists.
    pub summary: Option<String>,
    /// Markdown.
    pub description: Option<String>,
    /// The theme it belongs to.
    pub programme: ProgrammeId,
    /// Online, in person, or both.
    pub format: Format,
    /// Where, if anywhere.
    pub venue: Option<String>,
    /// For those who hold a place; never public.
    pub joining_url: Option<String>,
    /// At least one, in order, not overlapping.
    pub sessions: Vec<Session>,
    /// Places; `None` for no limit.
    pub capacity: Option<u32>,
    /// Below this many the event is not viable.
    pub minimum: Option<u32>,
    /// The line's rules.
    pub waiting_list: WaitingList,
    /// Reserved places.
    pub lanes: Vec<ReservedLane>,
    /// Registrations per organisation.
    pub organisation_limit: Option<u32>,
    /// Whether an organiser approves each registration.
    pub approval: bool,
    /// Opening and closing.
    pub registration: Opening,
    /// Days of notice; a cancellation within them is late.
    pub notice_days: Option<u16>,
    /// What the form asks besides the usual.
    pub questions: Vec<Question>,
    /// CPD minutes credited.
    pub cpd_minutes: Option<u32>,
    /// What a certificate takes.
    pub certificate: CertificateRule,
    /// What people are asked afterwards.
    #[serde(default)]
    pub evaluation: EvaluationRule,
    /// Who is told.
    pub organisers: Vec<String>,
}

/// Places of an event without a limit, until its ledger can be split.
pub const CAPACITY_UNLIMITED: u32 = 10_000;

impl Event {
    /// When the first session starts.
    pub fn starts(&self) -> Timestamp {
        // The draft's parser refuses an event without sessions.
        self.sessions.first().map_or(Timestamp::MAX, |session| session.starts)
    }

    /// When the last session ends.
    pub fn ends(&self) -> Timestamp {
        self.sessions.last().map_or(Timestamp::MAX, |session| session.ends)
    }

    /// When booking closes (exclusive): as set, but never after the start.
    pub fn closes(&self) -> Timestamp {
        self.registration.closes.map_or(self.starts(), |closes| closes.min(self.starts()))
    }

    /// Minutes of all sessions.
    pub fn session_minutes(&self) -> u32 {
        let length: SignedDuration = self.sessions.iter().map(|s| s.ends.duration_since(s.starts)).sum();
        u32::try_from(length.as_mins()).unwrap_or(u32::MAX)
    }

    /// Minutes that earn a certificate: as set, else 80 % of the sessions' time, rounded up.
    pub fn certificate_minutes(&self) -> u32 {
        self.certificate.minimum_minutes.unwrap_or_else(|| self.session_minutes().saturating_mul(4).div_ceil(5))
    }

    /// The lane that a role draws from, leaving aside whether it has been released.
    pub fn lane_of(&self, role: Role) -> LaneKey {
        self.lanes.iter().find(|lane| lane.roles.contains(&role)).map_or(GENERAL, |lane| lane.key)
    }

    /// The addresses of those who are told, each once; what is no address is left out.
    pub fn organiser_addresses(&self) -> Vec<EmailAddress> {
        let found = self.organisers.iter().filter_map(|address| EmailAddress::parse(address).ok());
        let by_address: BTreeMap<String, EmailAddress> = found.map(|email| (email.normalised(), email)).collect();
        by_address.into_values().collect()
    }

    /// Names of lanes by key, for rosters.
    pub fn lane_names(&self) -> BTreeMap<LaneKey, &str> {
        self.lanes.iter().map(|lane| (lane.key, lane.name.as_str())).collect()
    }
}
