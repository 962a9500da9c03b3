//! The report: what a period's events came to, computed from who held a place, who came, and what they said.
//!
//! One computation, [`Report::of`], counts exactly; three readings of it ([`Audience`]) tell as much as their readers may
//! know. Nothing is counted as it happens: the same facts give the same report, whenever and wherever it is made.

mod audience;
mod count;
mod disclosure;
mod facts;
mod figure;
mod period;
mod restated;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use audience::Audience;
pub use facts::{EventFacts, Fate, PersonFacts, Standing, Workplace, WorkplaceKind};
pub use figure::{Cell, Figure, Figures, Kind, grouped, mean};
pub use period::{InvalidPeriod, Period};
pub use restated::{Change, Restatement};

/// The words for what a confidential programme's events came to, and the name of its row.
pub const CONFIDENTIAL: &str = "confidential";

/// What the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Breakdown {
    /// Programmes.
    Programme,
    /// What people do.
    Role,
    /// Where people work.
    Organisation,
    /// Networks of organisations (of those that are known to belong to one).
    Network,
    /// Boroughs in which organisations are (where known).
    Borough,
    /// Online, in person, both.
    Format,
}

impl Breakdown {
    /// Every table, in the order in which reports show them.
    pub const ALL: [Self; 6] =
        [Self::Programme, Self::Role, Self::Organisation, Self::Network, Self::Borough, Self::Format];

    /// What a row is, in the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Programme => "programme",
            Self::Role => "role",
            Self::Organisation => "organisation",
            Self::Network => "network",
            Self::Borough => "borough",
            Self::Format => "format",
        }
    }

    /// The table's heading.
    pub fn label(self) -> &'static str {
        match self {
            Self::Programme => "By programme",
            Self::Role => "By role",
            Self::Organisation => "By organisation",
            Self::Network => "By network",
            Self::Borough => "By borough",
            Self::Format => "By format",
        }
    }

    /// What stands over its rows' names.
    pub fn head(self) -> &'static str {
        match self {
            Self::Programme => "Programme",
            Self::Role => "Role",
            Self::Organisation => "Organisation",
            Self::Network => "Network",
            Self::Borough => "Borough",
            Self::Format => "Format",
        }
    }

    /// Whether a row is about whole events rather than some of their people.
    pub fn is_of_events(self) -> bool {
        matches!(self, Self::Programme | Self::Format)
    }
}

/// Whose row it is. Rows of what is known come first, by identifier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowKey {
    /// This one's: a slug, or what an organisation is counted by.
    Known(String),
    /// Of those of whom it is not known.
    NotKnown,
    /// Of all confidential programmes together.
    Confidential,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Whose.
    pub key: RowKey,
    /// The words for it.
    pub label: String,
    /// What it came to; `None` where only the row's presence is told.
    pub figures: Option<Figures>,
    /// For organisations: whether at least one person attended.
    pub is_reached: bool,
}

/// The rows of one breakdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What its rows are.
    pub of: Breakdown,
    /// In order.
    pub rows: Vec<Row>,
}

/// How complete the attendance of the period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Completeness {
    /// Events held.
    pub events: u64,
    /// Those with a place of which nobody has recorded what became of it.
    pub lacking_attendance: u64,
}

impl Completeness {
    /// "3 of 11 events lack attendance".
    pub fn words(self) -> String {
        match (self.events, self.lacking_attendance) {
            (0, _) => "No events were held".to_owned(),
            (1, 0) => "Attendance of the one event is complete".to_owned(),
            (events, 0) => format!("Attendance of all {events} events is complete"),
            (1, _) => "The one event lacks attendance".to_owned(),
            (events, 1) => format!("1 of {events} events lacks attendance"),
            (events, lacking) => format!("{lacking} of {events} events lack attendance"),
        }
    }
}

/// Whom the period's events reached. Confidential programmes' organisations are not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reach {
    /// Schools of which at least one person attended.
    pub schools: u64,
    /// General practices of which at least one person attended.
    pub practices: u64,
    /// Different people with a certificate of an event of the period.
    pub people_certified: u64,
}

/// What a period's events came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The period as it is written.
    pub period: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// How complete it is; `None` where that would tell too much.
    pub completeness: Option<Completeness>,
    /// Whom it reached; `None` where that would tell too much.
    pub reach: Option<Reach>,
    /// All events.
    pub totals: Figures,
    /// The same, part by part.
    pub tables: Vec<Table>,
}

impl Report {
    /// Counts exactly.
    pub fn of(period: Period, events: &[EventFacts]) -> Self {
        count::report(period, events)
    }

    /// Whether nothing happened: no event was held or called off.
    pub fn is_empty(&self) -> bool {
        [Figure::EventsHeld, Figure::EventsCancelled].iter().all(|figure| self.totals.count(*figure) == 0)
    }

    /// The rows of one breakdown.
    pub fn rows(&self, of: Breakdown) -> &[Row] {
        self.tables.iter().find(|table| table.of == of).map_or(&[], |table| &table.rows)
    }

    /// As much of it as this audience may know.
    #[must_use]
    pub fn read_by(&self, audience: Audience, totals_are_exact: bool) -> Self {
        audience::read(self, audience, totals_are_exact)
    }
}
