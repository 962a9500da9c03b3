//! Text as rows under columns. A file may hold several tables (a summary, participants, comings and goings), each under
//! a line that names its columns; blank lines and lines of other kinds lie between.

use csv::ReaderBuilder;

use crate::Unreadable;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Name,
    Email,
    Join,
    Leave,
    Duration,
    WaitingRoom,
    Action,
    At,
    FirstJoin,
    LastLeave,
}

impl Column {
    /// The column of this heading, in the words of any edition.
    fn of(heading: &str) -> Option<Self> {
        let heading = heading.trim().to_lowercase();
        Some(match heading.as_str() {
            "name" | "full name" | "participant" | "participant name" | "name (original name)" | "attendee name" => {
                Self::Name
            }
            "email" | "user email" | "email address" | "e-mail" => Self::Email,
            "join time" | "joined" | "time joined" => Self::Join,
            "leave time" | "left" | "time left" | "exit time" => Self::Leave,
            "first join" | "first join time" => Self::FirstJoin,
            "last leave" | "last leave time" => Self::LastLeave,
            "in waiting room" => Self::WaitingRoom,
            "user action" | "action" => Self::Action,
            "timestamp" | "utc event timestamp" => Self::At,
            _ if heading.contains("duration") => Self::Duration,
            _ => return None,
        })
    }
}

/// One line of a table.
pub struct Row {
    /// In the file, from 1.
    pub line: usize,
    columns: Vec<(Column, usize)>,
    cells: Vec<String>,
    width: usize,
}

impl Row {
    /// A cell's text; `None` where the line is too short for it, or the table has no such column.
    pub fn cell(&self, column: Column) -> Option<&str> {
        let (_, index) = self.columns.iter().find(|(known, _)| *known == column)?;
        self.cells.get(*index).map(|text| text.trim())
    }

    /// The same, with nothing in it as good as none.
    pub fn text(&self, column: Column) -> Option<&str> {
        self.cell(column).filter(|text| !text.is_empty())
    }

    /// Whether the table has such a column.
    pub fn has(&self, column: Column) -> bool {
        self.columns.iter().any(|(known, _)| *known == column)
    }

    /// Whether the line has as many cells as its heading.
    pub fn is_whole(&self) -> bool {
        self.cells.len() >= self.width
    }
}

struct Heading {
    columns: Vec<(Column, usize)>,
    width: usize,
    delimiter: u8,
}

/// The rows of every table that says who was there.
pub fn rows(text: &str) -> Result<Vec<Row>, Unreadable> {
    let (mut rows, mut heading, mut is_known): (Vec<Row>, Option<Heading>, bool) = (Vec::new(), None, false);
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.trim().chars().all(|c| matches!(c, ',' | ';')) {
            heading = None;
            continue;
        }
        if let Some(found) = read_heading(line) {
            is_known = true;
            heading = Some(found);
            continue;
        }
        if let Some(Heading { columns, width, delimiter }) = &heading {
            let cells = cells(line, *delimiter);
            // The name of the next table.
            if cells.len() == 1
                && cells[0].chars().next().is_some_and(|c| c.is_ascii_digit())
                && cells[0].contains(". ")
            {
                heading = None;
                continue;
            }
            rows.push(Row { line: index + 1, columns: columns.clone(), cells, width: *width });
        }
    }
    match (is_known, rows.is_empty()) {
        (false, _) => Err(Unreadable::NoColumns),
        (true, true) => Err(Unreadable::Nobody),
        (true, false) => Ok(rows),
    }
}

/// The columns that a line names, if it is a heading of people.
fn read_heading(line: &str) -> Option<Heading> {
    let (delimiter, names) = [b'\t', b',', b';'].into_iter().find_map(|delimiter| {
        let names = cells(line, delimiter);
        (names.len() > 1).then_some((delimiter, names))
    })?;
    let columns: Vec<(Column, usize)> =
        names.iter().enumerate().filter_map(|(index, name)| Some((Column::of(name)?, index))).collect();
    let has = |wanted| columns.iter().any(|(column, _)| *column == wanted);
    let says_when = has(Column::Join) || has(Column::FirstJoin) || has(Column::Duration) || has(Column::At);
    (has(Column::Name) && says_when).then_some(Heading { columns, width: names.len(), delimiter })
}

/// The cells of one line (RFC 4180).
fn cells(line: &str, delimiter: u8) -> Vec<String> {
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(line.as_bytes());
    let record = reader.records().next().and_then(Result::ok);
    record.map(|record| record.iter().map(str::to_owned).collect()).unwrap_or_default()
}
