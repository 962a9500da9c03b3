//! A table that somebody kept in a spreadsheet, read for import: whatever Excel saved it as, column by column, with
//! mistakes named by the line they stand on.

use csv::{ReaderBuilder, StringRecord};
use domain::FieldError;
use encoding_rs::{Encoding, UTF_8, UTF_16LE, WINDOWS_1252};
use serde_json::{Map, Value, json};
use web::Problem;
use web::forms::FormData;

/// The longest file, in bytes.
pub const FILE_MAX: usize = 4 * 1_024 * 1_024;

/// What a table holds.
pub struct Table {
    /// The list's name in JSON.
    list: &'static str,
    /// Its columns: their names, and where in an entry's JSON what stands in them belongs.
    columns: &'static [(&'static str, Cell)],
    /// The column without which a table is no such table.
    required: &'static str,
}

/// How a cell reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    /// As it is.
    Text,
    /// One of a few words, whatever its case.
    Word,
    /// Several, parted by semicolons.
    Several,
    /// Yes or no.
    YesNo,
    /// A number in the object `targets`, under the column's name without `target_`.
    Target,
}

/// Organisations.
pub const ORGANISATIONS: Table = Table {
    list: "organisations",
    columns: &[
        ("code", Cell::Text),
        ("name", Cell::Text),
        ("aliases", Cell::Several),
        ("type", Cell::Word),
        ("network", Cell::Text),
        ("borough", Cell::Text),
        ("open_from", Cell::Text),
        ("open_to", Cell::Text),
        ("manager", Cell::Text),
    ],
    required: "name",
};

/// Programmes.
pub const PROGRAMMES: Table = Table {
    list: "programmes",
    columns: &[
        ("id", Cell::Word),
        ("name", Cell::Text),
        ("funder", Cell::Text),
        ("confidential", Cell::YesNo),
        ("owner", Cell::Text),
        ("target_events", Cell::Target),
        ("target_places", Cell::Target),
        ("target_organisations", Cell::Target),
    ],
    required: "id",
};

impl Table {
    /// The names of its columns, in order.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|(name, _)| *name)
    }
}

/// Whether a query asks to be told what would happen, instead of its happening.
pub fn is_dry_run(query: &str) -> Result<bool, Problem> {
    match FormData::parse(query.as_bytes())?.one("dry_run") {
        "" | "false" => Ok(false),
        "true" => Ok(true),
        _ => Err(Problem::invalid_field("/dry_run", "Must be true or false")),
    }
}

/// A table as the JSON list that the API takes, and the line of the file on which each entry stands.
pub fn read(bytes: &[u8], table: &Table) -> Result<(Value, Vec<u64>), Problem> {
    let text = decode(bytes)?;
    let head = text.lines().next().unwrap_or_default();
    let delimiter = [b'\t', b';', b','].into_iter().max_by_key(|d| head.bytes().filter(|byte| byte == d).count());
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter.unwrap_or(b',')).flexible(true).from_reader(text.as_bytes());
    let columns = columns(reader.headers().map_err(|_| no_table())?, table)?;
    let (mut entries, mut lines) = (Vec::new(), Vec::new());
    let mut counted = Lines { of: &text, offset: 0, line: 1 };
    for record in reader.records() {
        let record = record.map_err(|_| no_table())?;
        let line = counted.at(record.position().map_or(0, csv::Position::byte));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() > columns.len() {
            let detail =
                format!("Line {line}: has {} cells, but the table has {} columns", record.len(), columns.len());
            return Err(Problem::invalid_field(&format!("/lines/{line}"), &detail));
        }
        entries.push(entry(&record, &columns));
        lines.push(line);
    }
    Ok((json!({ table.list: entries }), lines))
}

/// Lines of a text, counted as far as they were asked for: the reader's own count begins a record at the line break
/// before it.
struct Lines<'a> {
    of: &'a str,
    offset: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which the first thing after `byte` stands that is no line break; asked for in order.
    fn at(&mut self, byte: u64) -> u64 {
        let begins = usize::try_from(byte).unwrap_or(usize::MAX);
        for byte in &self.of.as_bytes()[self.offset.min(self.of.len())..] {
            if self.offset >= begins && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*byte == b'\n');
            self.offset += 1;
        }
        self.line
    }
}

/// The mistakes of a list that came from a table, each on its line.
pub fn by_line(errors: Vec<FieldError>, lines: &[u64]) -> Vec<FieldError> {
    let placed = |error: FieldError| {
        let mut parts = error.pointer.splitn(4, '/').skip(2);
        let line = parts.next().and_then(|index| lines.get(index.parse::<usize>().ok()?));
        match line {
            Some(line) => FieldError {
                pointer: format!("/lines/{line}/{}", parts.next().unwrap_or_default()),
                detail: format!("Line {line}: {}", error.detail),
            },
            None => error,
        }
    };
    errors.into_iter().map(placed).collect()
}

/// UTF-8 with a mark or without, UTF-16 with one, else what Windows writes.
pub fn decode(bytes: &[u8]) -> Result<String, Problem> {
    let (encoding, text) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, &bytes[mark..]),
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, bytes),
        None if bytes.iter().skip(1).step_by(2).take(20).all(|byte| *byte == 0) => (UTF_16LE, bytes),
        None => (WINDOWS_1252, bytes),
    };
    let (text, has_errors) = encoding.decode_without_bom_handling(text);
    if has_errors || text.contains('\0') || text.trim().is_empty() { Err(no_table()) } else { Ok(text.into_owned()) }
}

fn no_table() -> Problem {
    Problem::invalid_field("", "The file could not be read as a table: save it as CSV and send it again")
}

fn columns(head: &StringRecord, table: &Table) -> Result<Vec<(&'static str, Cell)>, Problem> {
    let name = |cell: &str| cell.trim().to_lowercase().replace([' ', '-'], "_");
    let columns: Vec<String> = head.iter().map(name).collect();
    let known = |column: &String| table.columns.iter().find(|(name, _)| name == column);
    let repeated = columns.iter().enumerate().find(|(index, column)| columns[..*index].contains(column));
    if let Some(unknown) = columns.iter().find(|column| known(column).is_none()) {
        let there_are = table.columns().collect::<Vec<_>>().join(", ");
        let detail = format!("Line 1: the column “{unknown}” is not known here; there are {there_are}");
        return Err(Problem::invalid_field("/lines/1", &detail));
    }
    if let Some((_, column)) = repeated {
        return Err(Problem::invalid_field("/lines/1", &format!("Line 1: the column “{column}” stands there twice")));
    }
    if !columns.iter().any(|column| column == table.required) {
        return Err(Problem::invalid_field("/lines/1", &format!("Line 1: the column “{}” is missing", table.required)));
    }
    Ok(columns.iter().filter_map(known).copied().collect())
}

fn entry(record: &StringRecord, columns: &[(&'static str, Cell)]) -> Value {
    let (mut fields, mut targets) = (Map::new(), Map::new());
    for ((column, kind), cell) in columns.iter().zip(record) {
        let cell = plain(cell.trim());
        if cell.is_empty() {
            continue;
        }
        let value: Value = match kind {
            Cell::Text => cell.into(),
            Cell::Word => cell.to_lowercase().into(),
            Cell::Several => cell.split(';').map(str::trim).collect(),
            Cell::YesNo => yes_or_no(cell),
            Cell::Target => cell.parse::<u32>().map_or_else(|_| cell.into(), Value::from),
        };
        match column.strip_prefix("target_").filter(|_| *kind == Cell::Target) {
            Some(target) => targets.insert(target.to_owned(), value),
            None => fields.insert((*column).to_owned(), value),
        };
    }
    if !targets.is_empty() {
        fields.insert("targets".to_owned(), targets.into());
    }
    Value::Object(fields)
}

/// What is neither is left to the list's reader, which says so.
fn yes_or_no(cell: &str) -> Value {
    match cell.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" => true.into(),
        "no" | "n" | "false" | "0" => false.into(),
        _ => cell.into(),
    }
}

/// A cell that was marked so that no spreadsheet takes it for a formula, without the mark.
fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@'])).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(bytes: &[u8]) -> Result<(Value, Vec<u64>), String> {
        read(bytes, &ORGANISATIONS).map_err(|problem| problem.errors()[0].detail.clone())
    }

    #[test]
    fn every_way_that_a_spreadsheet_is_saved_in_reads() {
        let text = "Name;Code;Aliases;Open from\r\n\"Café; the practice\";x99001;A;2020-04-01\r\n\r\n'=B;;C;\r\n";
        let expected = json!({"organisations": [
            {"name": "Café; the practice", "code": "x99001", "aliases": ["A"], "open_from": "2020-04-01"},
            {"name": "=B", "aliases": ["C"]},
        ]});
        let utf16: Vec<u8> = [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        let latin = text.replace('é', "\u{1}").bytes().map(|byte| if byte == 1 { 0xE9 } else { byte }).collect();
        for bytes in [text.as_bytes().to_vec(), marked, utf16, latin] {
            assert_eq!(table(&bytes), Ok((expected.clone(), vec![2, 4])));
        }
        assert_eq!(
            table(b"name,code\nA,X1\n").map(|(list, _)| list),
            table(b"name\tcode\nA\tX1\n").map(|(list, _)| list)
        );
    }

    #[test]
    fn a_table_of_programmes_has_numbers_and_words_for_yes() {
        let text = b"id,name,confidential,target_events,target_places\nDementia,Living with Dementia,Yes,4,\nb,B,perhaps,few,1\n";
        let (value, _) = read(text, &PROGRAMMES).expect("a table");
        let expected = json!({"programmes": [
            {"id": "dementia", "name": "Living with Dementia", "confidential": true, "targets": {"events": 4}},
            {"id": "b", "name": "B", "confidential": "perhaps", "targets": {"events": "few", "places": 1}},
        ]});
        assert_eq!(value, expected);
    }

    #[test]
    fn what_does_not_read_is_said_in_words() {
        let no_table = Err("The file could not be read as a table: save it as CSV and send it again".to_owned());
        for bytes in [&b""[..], b"  \n", b"\x00\x01\x02\xFF\xFE", b"\xFF\xFEn"] {
            assert_eq!(table(bytes), no_table, "{bytes:?}");
        }
        assert_eq!(table(b"code\nX1\n"), Err("Line 1: the column “name” is missing".to_owned()));
        assert_eq!(table(b"name,name\nA,B\n"), Err("Line 1: the column “name” stands there twice".to_owned()));
        assert!(table(b"name,motto\nA,B\n").is_err_and(|words| words.starts_with("Line 1: the column “motto”")));
        assert_eq!(table(b"name\nA\nB,C\n"), Err("Line 3: has 2 cells, but the table has 1 columns".to_owned()));
        let error = FieldError { pointer: "/organisations/1/name".to_owned(), detail: "Enter a name".to_owned() };
        let placed = by_line(vec![error], &[2, 5]);
        assert_eq!((placed[0].pointer.as_str(), placed[0].detail.as_str()), ("/lines/5/name", "Line 5: Enter a name"));
    }
}
