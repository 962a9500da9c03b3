//! A report in each of its forms. The same report is the same bytes, wherever and whenever it is written.

use documents::workbook::{BarChart, Book, Column, Size};
use documents::{Form, Value, csv, workbook};
use domain::report::{Audience, Breakdown, Cell, Figure, Figures, Report, Restatement, Row};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::Value as Json;

/// A report as somebody may read it, with what is to be said of it.
#[derive(Debug, Clone)]
pub struct Made {
    /// As much as the audience may know.
    pub report: Report,
    /// Who reads.
    pub audience: Audience,
    /// 0 until it is final, then from 1.
    pub version: u32,
    /// Whether it is kept for good.
    pub is_final: bool,
    /// The SHA-256 of the version that is kept, of organisers' reading.
    pub sha256: Option<String>,
    /// What changed since it became final, version by version.
    pub restated: Vec<Restatement>,
}

/// Why a report cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be written")]
pub struct Unwritable(#[source] Box<dyn std::error::Error + Send + Sync>);

impl Unwritable {
    /// For this reason.
    pub fn new(reason: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self(Box::new(reason))
    }
}

/// The file's content.
pub fn render(made: &Made, form: Form) -> Result<Vec<u8>, Unwritable> {
    match form {
        Form::Json => as_json(made).map_err(Unwritable::new),
        Form::Csv => as_csv(made).map_err(Unwritable::new),
        Form::Workbook => as_workbook(made).map_err(Unwritable::new),
    }
}

fn as_json(made: &Made) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = serde_json::to_vec(made)?;
    text.push(b'\n');
    Ok(text)
}

impl Serialize for Made {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let report = &self.report;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("period", &report.period)?;
        map.serialize_entry("from", &report.from)?;
        map.serialize_entry("to", &report.to)?;
        map.serialize_entry("audience", self.audience.slug())?;
        map.serialize_entry("version", &self.version)?;
        map.serialize_entry("final", &self.is_final)?;
        map.serialize_entry("sha256", &self.sha256)?;
        map.serialize_entry("completeness", &report.completeness)?;
        map.serialize_entry("reach", &report.reach)?;
        map.serialize_entry("totals", &report.totals)?;
        for of in Breakdown::ALL {
            let rows: Vec<RowOf> = report.rows(of).iter().map(|row| RowOf { of, row }).collect();
            map.serialize_entry(&format!("by_{}", of.slug()), &rows)?;
        }
        let restated: Vec<Json> = self.restated.iter().map(|restated| restated.to_json(self.audience)).collect();
        map.serialize_entry("restated", &restated)?;
        map.end()
    }
}

/// A row with what its table is of, which names its first field.
struct RowOf<'a> {
    of: Breakdown,
    row: &'a Row,
}

impl Serialize for RowOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Row { key, label, figures, is_reached } = self.row;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.of.slug(), &key.id())?;
        map.serialize_entry("label", label)?;
        if self.of == Breakdown::Organisation {
            map.serialize_entry("reached", is_reached)?;
        }
        for (figure, cell) in figures.iter().flat_map(Figures::iter) {
            map.serialize_entry(figure.slug(), &cell.to_json())?;
        }
        map.end()
    }
}

fn value(cell: Cell) -> Value {
    match cell {
        Cell::None => Value::Empty,
        Cell::Count(count) => Value::Count(count),
        Cell::Mean(hundredths) => Value::Hundredths(hundredths),
        Cell::Withheld => Value::Text("*".to_owned()),
    }
}

fn values(figures: Option<&Figures>) -> impl Iterator<Item = Value> + '_ {
    Figure::ALL.into_iter().map(move |figure| figures.map_or(Value::Empty, |figures| value(figures.get(figure))))
}

/// One table of all rows: which table, whose row, the figures.
fn as_csv(made: &Made) -> Result<Vec<u8>, csv::Failure> {
    let header = ["table", "row", "label", "reached"].into_iter().chain(Figure::ALL.map(Figure::slug));
    let text = |words: &str| Value::Text(words.to_owned());
    let mut totals = vec![text("totals"), Value::Empty, text(&made.report.period), Value::Empty];
    totals.extend(values(Some(&made.report.totals)));
    let rows = made.report.tables.iter().flat_map(|table| table.rows.iter().map(|row| (table.of, row)));
    let rows = rows.map(|(of, row)| {
        let reached = if row.is_reached { "yes" } else { "no" };
        let reached = if of == Breakdown::Organisation { text(reached) } else { Value::Empty };
        let mut cells = vec![text(of.slug()), Value::text(row.key.id()), text(&row.label), reached];
        cells.extend(values(row.figures.as_ref()));
        cells
    });
    csv::write(header, std::iter::once(totals).chain(rows))
}

/// The parts of a bar in the workbook's charts.
const BAR: [Figure; 4] = [Figure::Attended, Figure::AttendedPart, Figure::DidNotAttend, Figure::NotRecorded];

fn as_workbook(made: &Made) -> Result<Vec<u8>, workbook::Failure> {
    let report = &made.report;
    let heading = format!("{} ({})", heading(made), made.audience.slug());
    let mut book = Book::new(&heading, report.to)?;
    let complete = report.completeness.map(|completeness| (completeness.words(), Value::Empty));
    let mut lines: Vec<(String, Value)> = complete.into_iter().collect();
    lines.push((standing(made), Value::Empty));
    lines.extend(report.totals.iter().map(|(figure, cell)| (figure.label().to_owned(), value(cell))));
    for restated in &made.restated {
        lines.push((format!("Restatement {}", restated.version), Value::Empty));
        if made.audience != Audience::Public {
            lines.extend(
                restated
                    .changes
                    .iter()
                    .filter(|c| made.audience.reads(c.row.as_ref().map(|(of, _)| *of)))
                    .map(|c| (c.words(), Value::Empty)),
            );
        }
    }
    let parts = || BAR.iter().map(|figure| (column_of(*figure), figure.label())).collect();
    let charts = [Breakdown::Programme, Breakdown::Role].map(|of| {
        let rows = u32::try_from(report.rows(of).len()).unwrap_or(u32::MAX);
        BarChart { title: chart_title(of), sheet: of.label(), rows, parts: parts() }
    });
    let drawn: Vec<BarChart> = charts.into_iter().filter(|chart| chart.rows > 0).collect();
    book.front("Summary", &heading, &lines, &drawn)?;
    for table in &report.tables {
        let columns = columns(table.of);
        let rows = table.rows.iter().map(|row| {
            let reached = if row.is_reached { "yes" } else { "no" };
            let mut cells = vec![Value::Text(row.label.clone())];
            cells.extend(values(row.figures.as_ref()));
            if table.of == Breakdown::Organisation {
                cells.push(Value::Text(reached.to_owned()));
            }
            cells
        });
        book.table(table.of.label(), &columns, rows, Size::Small)?;
    }
    book.definitions("Definitions", Figure::ALL.map(|figure| (figure.label(), figure.definition())))?;
    book.into_bytes()
}

fn columns(of: Breakdown) -> Vec<Column<'static>> {
    let first = Column { head: of.head(), width: 34.0 };
    let figures = Figure::ALL.map(|figure| Column { head: figure.label(), width: 14.0 });
    let reached = (of == Breakdown::Organisation).then_some(Column { head: "Reached", width: 10.0 });
    std::iter::once(first).chain(figures).chain(reached).collect()
}

/// The column of a figure in every table of the workbook: the row's name comes first.
fn column_of(figure: Figure) -> u16 {
    let place = Figure::ALL.iter().position(|other| *other == figure).unwrap_or(0);
    u16::try_from(place + 1).unwrap_or(u16::MAX)
}

/// What a chart of a table shows.
pub fn chart_title(of: Breakdown) -> &'static str {
    match of {
        Breakdown::Role => "Places booked by role, and what became of them",
        _ => "Places booked by programme, and what became of them",
    }
}

/// "Report for October 2026".
pub fn heading(made: &Made) -> String {
    let words = made.report.period.parse().map_or_else(|_| made.report.period.clone(), domain::report::Period::words);
    format!("Report for {words}")
}

/// Whether it is final, and which version it is.
pub fn standing(made: &Made) -> String {
    standing_of(made.is_final, made.version)
}

/// The same of a report that has not been read.
pub fn standing_of(is_final: bool, version: u32) -> String {
    match (is_final, version) {
        (false, _) => "Provisional: figures may still change".to_owned(),
        (true, 1) => "Final".to_owned(),
        (true, version) => format!("Final, restated: version {version}"),
    }
}
