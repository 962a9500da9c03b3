//! Three readings of one count: organisers read it as it is, funders without persons or organisations' numbers, the
//! public so that nobody can be recognised in it.

use crate::report::disclosure;
use crate::report::{Breakdown, Report, RowKey, Table};

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Audience {
    /// The hub itself: exact.
    #[default]
    Organiser,
    /// Who pays: exact, and of organisations only whether they were reached.
    Funder,
    /// Anybody: under the NHS rule for published counts of people.
    Public,
}

impl Audience {
    /// The audience with this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Self::Organiser, Self::Funder, Self::Public].into_iter().find(|audience| audience.slug() == slug)
    }

    /// The name used in the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Organiser => "organiser",
            Self::Funder => "funder",
            Self::Public => "public",
        }
    }

    /// Whether this audience reads exact figures of a table, or of the totals (`None`).
    pub fn reads(self, table: Option<Breakdown>) -> bool {
        match self {
            Self::Organiser => true,
            Self::Funder => table != Some(Breakdown::Organisation),
            Self::Public => false,
        }
    }
}

/// Tables that the public reads. Organisations and their networks are too small to be told apart from their people.
const PUBLIC: [Breakdown; 4] = [Breakdown::Programme, Breakdown::Role, Breakdown::Borough, Breakdown::Format];

/// As much of a report as an audience may know.
pub(super) fn read(report: &Report, audience: Audience, totals_are_exact: bool) -> Report {
    let with = |tables: Vec<Table>| Report { tables, ..report.clone() };
    match audience {
        Audience::Organiser => report.clone(),
        Audience::Funder => with(report.tables.iter().map(for_funder).collect()),
        Audience::Public => {
            let tables = report.tables.iter().filter(|table| PUBLIC.contains(&table.of)).cloned().collect();
            disclosure::publish(&with(tables), totals_are_exact)
        }
    }
}

fn for_funder(table: &Table) -> Table {
    let mut table = table.clone();
    if table.of == Breakdown::Organisation {
        table.rows.retain(|row| matches!(row.key, RowKey::Known(_)));
        table.rows.iter_mut().for_each(|row| row.figures = None);
    }
    table
}
