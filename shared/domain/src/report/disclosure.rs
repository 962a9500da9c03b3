//! Publishing counts of people: the NHS rule (as for Hospital Episode Statistics), and that nobody can calculate back.
//!
//! The rule: zero is shown, 1 to 7 are withheld, everything else is rounded to the nearest 5. That alone protects
//! nobody, since rows add up to totals and outcomes to places booked. So every withheld cell must stay *movable*:
//! there must be other counts of people, consistent with every number published, in which it has another value. A
//! table with its sums is a network through which people flow, and a cell can move if the network has a cycle through
//! it that no published number blocks. Tables share their totals: where a total has to move along, it must be able to
//! in every table alike ([`joint`]). While a cell cannot move, the least of its neighbours is withheld too; where
//! no neighbour helps, the totals are published under the rule instead of exactly.
//!
//! Figures that would tell about others (minutes credited, distinct people, certificates, places offered, of people's
//! rows at how many events they had places, how many events lack attendance, what unused places cost, which confidential
//! programmes are never charged for) are not published. Confidential programmes are one row, all of it withheld, and
//! nobody may be told by way of it: it stands in every table, so it moves in all of them or in none.

mod joint;
mod network;

use crate::report::figure::{Cell, Figure, Figures, Kind};
use crate::report::{Breakdown, Report, Row, RowKey, Table};
use joint::Joint;
use network::{Bounds, Network, RowOf};

/// The largest count that is withheld.
const WITHHELD_MAX: u64 = 7;
/// Everything above is rounded to the nearest multiple.
const ROUNDED_TO: u64 = 5;

/// Figures that add up: the whole (where it is published) and its parts.
struct Sum {
    whole: Option<Figure>,
    parts: &'static [Option<Figure>],
}

/// Every sum over people. A part without a figure is what the published parts leave of the whole.
const SUMS: [Sum; 4] = [
    Sum {
        whole: Some(Figure::PlacesBooked),
        parts: &[
            Some(Figure::Attended),
            Some(Figure::AttendedPart),
            Some(Figure::DidNotAttend),
            Some(Figure::NotRecorded),
        ],
    },
    Sum { whole: Some(Figure::Cancelled), parts: &[Some(Figure::CancelledLate), None] },
    Sum { whole: None, parts: &[Some(Figure::WaitingUnmet)] },
    Sum { whole: None, parts: &[Some(Figure::WalkIns)] },
];

/// The published form of a count of people.
fn rule(cell: Cell) -> Cell {
    match cell {
        Cell::Count(1..=WITHHELD_MAX) => Cell::Withheld,
        Cell::Count(count) => Cell::Count((count + ROUNDED_TO / 2) / ROUNDED_TO * ROUNDED_TO),
        other => other,
    }
}

/// What a reader knows of a count from its published form.
fn bounds(exact: u64, published: Cell, is_exact: bool) -> Bounds {
    match published {
        _ if is_exact => Bounds::only(exact),
        Cell::Count(0) => Bounds::only(0),
        Cell::Count(rounded) => {
            let slack = ROUNDED_TO / 2;
            Bounds { least: rounded.saturating_sub(slack).max(WITHHELD_MAX + 1), most: rounded + slack }
        }
        // One who knows the rule, and which cells were withheld by it alone.
        Cell::Withheld if (1..=WITHHELD_MAX).contains(&exact) => Bounds { least: 1, most: WITHHELD_MAX },
        Cell::Withheld | Cell::None | Cell::Mean(_) => Bounds::any(),
    }
}

/// A report that anybody may read.
pub(super) fn publish(exact: &Report, totals_may_be_exact: bool) -> Report {
    if totals_may_be_exact && let Some(published) = Publication::of(exact, true).protected() {
        return published;
    }
    // Where no table can be told without telling too much, none is.
    let without_tables = Report { tables: Vec::new(), ..exact.clone() };
    Publication::of(exact, false).protected().unwrap_or_else(|| Publication::of(&without_tables, false).published)
}

struct Publication<'a> {
    exact: &'a Report,
    published: Report,
    totals_are_exact: bool,
}

impl<'a> Publication<'a> {
    fn of(exact: &'a Report, totals_are_exact: bool) -> Self {
        // Of how many people, and of how few organisations, is told among the totals or not at all.
        // How many events lack attendance is the least that "not recorded" can be.
        let mut published = Report { reach: None, completeness: None, ..exact.clone() };
        for table in &mut published.tables {
            for row in &mut table.rows {
                row.figures = row.figures.map(|figures| published_row(table.of, &row.key, &figures));
            }
        }
        if !totals_are_exact {
            published.totals = published_totals(&exact.totals);
        }
        for figure in Figure::ALL.into_iter().filter(|figure| figure.kind() == Kind::Charges) {
            published.totals.set(figure, Cell::None);
        }
        Self { exact, published, totals_are_exact }
    }

    /// Withholds more, until every withheld cell can move; `None` where nothing more would help.
    fn protected(mut self) -> Option<Report> {
        while let Some(exposed) = self.exposed() {
            let more = self.neighbour(&exposed)?;
            self.withhold(&more);
        }
        let any_attended = |row: &Row| row.figures.is_some_and(|f| f.get(Figure::Attended) == Cell::Withheld);
        if self.published.tables.iter().flat_map(|table| &table.rows).any(any_attended) {
            // How many attended which event can be calculated from what each of them is credited.
            self.published.totals.set(Figure::CpdMinutes, Cell::None);
        }
        Some(self.published)
    }

    /// A withheld cell that can be calculated from what is published.
    fn exposed(&self) -> Option<Place> {
        SUMS.iter().find_map(|sum| {
            let tables = 0..self.exact.tables.len();
            let joint = Joint::of(tables.clone().map(|table| self.network(table, sum)).collect());
            let mut tables = tables.clone();
            let in_table = tables.find_map(|table| self.exposed_in(table, sum, &joint));
            in_table.or_else(|| self.exposed_total(sum, &joint)).or_else(|| self.exposed_confidential(sum, &joint))
        })
    }

    fn exposed_in(&self, table: usize, sum: &'static Sum, joint: &Joint) -> Option<Place> {
        let rows = self.published.tables.get(table)?.rows.iter().enumerate();
        for (row, figures) in
            rows.filter(|(_, row)| row.key != RowKey::Confidential).filter_map(|(n, r)| Some((n, r.figures?)))
        {
            for (column, figure) in sum.columns() {
                if figures.get(figure) == Cell::Withheld && !joint.can_move(table, row, column) {
                    return Some(Place { table, row: Some(row), figure, sum });
                }
            }
        }
        None
    }

    fn exposed_total(&self, sum: &'static Sum, joint: &Joint) -> Option<Place> {
        let mut columns = sum.columns();
        let exposed = columns.find(|(column, figure)| {
            let is_withheld = self.published.totals.get(*figure) == Cell::Withheld;
            is_withheld && !self.exact.tables.is_empty() && !joint.can_move_total(*column)
        });
        exposed.map(|(_, figure)| Place { table: 0, row: None, figure, sum })
    }

    /// The confidential row stands in every table: what it has may be more in all of them, or less in all of them.
    fn exposed_confidential(&self, sum: &'static Sum, joint: &Joint) -> Option<Place> {
        let of_table = |table: &Table| table.rows.iter().find(|row| row.key == RowKey::Confidential)?.figures;
        let mut tables = self.exact.tables.iter().enumerate();
        let (first, exact) = tables.find_map(|(number, table)| Some((number, of_table(table)?)))?;
        // That there was nobody may be known: zeros are shown. The whole moves with any of its parts.
        let mut columns = sum.columns().filter(|(column, figure)| *column > 0 && exact.count(*figure) > 0);
        let blocked = columns.find(|(column, _)| !joint.can_move_still(*column));
        blocked.map(|(_, figure)| Place { table: first, row: None, figure, sum })
    }

    /// The least published number that, withheld as well, may let an exposed cell move: of the same column, else of the
    /// same row, else of the same table; zeros, then totals, only where totals are not exact.
    fn neighbour(&self, exposed: &Place) -> Option<Place> {
        let table = self.exact.tables.get(exposed.table)?;
        let mut candidates = Vec::new();
        for (row, exact) in table.rows.iter().enumerate() {
            for (_, figure) in exposed.sum.columns() {
                let count = exact.figures.map_or(0, |figures| figures.count(figure));
                let place = Place { table: exposed.table, row: Some(row), figure, sum: exposed.sum };
                if self.shown(&place) && (count > 0 || !self.totals_are_exact) {
                    let distance = (figure != exposed.figure, Some(row) != exposed.row);
                    candidates.push(((count == 0, distance.0 && distance.1, distance, count), place));
                }
            }
        }
        let least = candidates.into_iter().min_by_key(|(order, _)| *order).map(|(_, place)| place);
        let totals = exposed.sum.columns().map(|(_, figure)| Place { row: None, figure, ..*exposed });
        let mut totals = totals.filter(|place| !self.totals_are_exact && self.shown(place));
        least.or_else(|| totals.next())
    }

    fn shown(&self, place: &Place) -> bool {
        let figures = match place.row {
            None => Some(self.published.totals),
            Some(row) => self.published.tables.get(place.table).and_then(|table| table.rows.get(row)?.figures),
        };
        figures.is_some_and(|figures| matches!(figures.get(place.figure), Cell::Count(_)))
    }

    fn withhold(&mut self, place: &Place) {
        let figures = match place.row {
            None => Some(&mut self.published.totals),
            Some(row) => {
                let table = self.published.tables.get_mut(place.table);
                table.and_then(|table| table.rows.get_mut(row)?.figures.as_mut())
            }
        };
        if let Some(figures) = figures {
            figures.set(place.figure, Cell::Withheld);
        }
    }

    /// A table's counts for one sum, and what is known of each.
    fn network(&self, table: usize, sum: &Sum) -> Network {
        let pair = (self.exact.tables.get(table), self.published.tables.get(table));
        let rows =
            pair.0.into_iter().flat_map(|table| &table.rows).zip(pair.1.into_iter().flat_map(|table| &table.rows));
        let row = |(exact, published): (&Row, &Row)| {
            let (exact, shown) = (exact.figures.unwrap_or_default(), published.figures.unwrap_or_default());
            let of = sum.flows(&exact, &shown, false);
            RowOf { is_still: published.key == RowKey::Confidential, ..of }
        };
        let rows = rows.map(row).collect();
        Network::of(rows, sum.flows(&self.exact.totals, &self.published.totals, self.totals_are_exact))
    }
}

impl Sum {
    /// Its figures by column of the network: 0 is the whole, the parts follow.
    fn columns(&self) -> impl Iterator<Item = (usize, Figure)> + '_ {
        let parts = self.parts.iter().enumerate().filter_map(|(number, part)| Some((number + 1, (*part)?)));
        self.whole.map(|whole| (0, whole)).into_iter().chain(parts)
    }

    /// The counts of one row, or of the totals, with what is known of each.
    fn flows(&self, exact: &Figures, shown: &Figures, is_exact: bool) -> RowOf {
        let of = |figure| {
            let count = exact.count(figure);
            (count, bounds(count, shown.get(figure), is_exact))
        };
        let told: u64 = self.parts.iter().flatten().map(|part| exact.count(*part)).sum();
        let whole = self.whole.map_or((told, Bounds::any()), of);
        let rest = || (whole.0.saturating_sub(told), Bounds::any());
        let parts = self.parts.iter().map(|part| part.map_or_else(rest, of)).collect();
        RowOf { whole, parts, is_still: false }
    }
}

/// Where a number is published.
#[derive(Clone, Copy)]
struct Place {
    table: usize,
    /// `None` among the totals.
    row: Option<usize>,
    figure: Figure,
    sum: &'static Sum,
}

/// A row under the rule, with what may be in one.
fn published_row(of: Breakdown, key: &RowKey, exact: &Figures) -> Figures {
    let mut figures = Figures::default();
    let added_up: Vec<Figure> = SUMS.iter().flat_map(|sum| sum.columns().map(|(_, figure)| figure)).collect();
    for (figure, cell) in exact.iter() {
        let is_confidential = *key == RowKey::Confidential;
        figures.set(
            figure,
            match figure {
                // Of a row of people, the events are those at which they had places: as many people, at the least.
                Figure::EventsHeld | Figure::EventsCancelled if of.is_of_events() => cell,
                _ if added_up.contains(&figure) && is_confidential => Cell::Withheld,
                _ if added_up.contains(&figure) => rule(cell),
                _ => Cell::None,
            },
        );
    }
    figures
}

/// Totals under the rule. A mean of few answers would tell what they were.
fn published_totals(exact: &Figures) -> Figures {
    let mut figures = *exact;
    let few_answers = exact.count(Figure::EvaluationResponses) <= WITHHELD_MAX;
    for (figure, cell) in exact.iter() {
        figures.set(
            figure,
            match figure.kind() {
                Kind::Events => cell,
                Kind::Minutes | Kind::Charges => Cell::None,
                Kind::Answers if few_answers && matches!(cell, Cell::Mean(_)) => Cell::Withheld,
                Kind::People | Kind::Distinct | Kind::Answers => rule(cell),
            },
        );
    }
    figures
}

#[cfg(test)]
mod tests;
