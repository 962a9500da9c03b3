//! The roster as a table that opens in Excel: UTF-8 with a byte order mark, CRLF, and no cell that could be a formula.

use app::{Failure, Rejection};
use axum::response::Response;
use csv::{Terminator, WriterBuilder};
use domain::{EmailAddress, EventId, Organisation, PersonName, Role};
use web::page;

use crate::row::Row;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

const COLUMNS: [&str; 14] = [
    "reference",
    "name",
    "email",
    "role",
    "organisation",
    "status",
    "ticket",
    "position",
    "lane",
    "registered_at",
    "offer_until",
    "minutes",
    "certificate_number",
    "possible_duplicate_of",
];

/// All rows as a file.
pub fn answer(event: EventId, rows: &[Row]) -> Result<Response, Rejection> {
    let table = write(rows).map_err(|error| Rejection::Failure(Failure::new(error)))?;
    Ok(page::download("text/csv; charset=utf-8", &format!("registrations-{event}.csv"), table))
}

fn write(rows: &[Row]) -> Result<Vec<u8>, csv::Error> {
    let mut table = BYTE_ORDER_MARK.to_vec();
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(&mut table);
    writer.write_record(COLUMNS)?;
    for row in rows {
        writer.write_record(cells(row))?;
    }
    writer.flush()?;
    drop(writer);
    Ok(table)
}

fn cells(row: &Row) -> [String; 14] {
    [
        row.reference.to_string(),
        text(row.name.as_ref().map(PersonName::as_str)),
        text(row.email.as_ref().map(EmailAddress::as_str)),
        text(row.role.map(Role::slug)),
        text(row.organisation.as_ref().and_then(name_or_code)),
        row.status.to_owned(),
        written(row.ticket),
        written(row.position),
        text(row.lane.as_deref()),
        written(row.registered_at),
        written(row.offer_until),
        written(row.minutes),
        text(row.certificate_number.as_deref()),
        written(row.possible_duplicate_of),
    ]
}

fn name_or_code(organisation: &Organisation) -> Option<&str> {
    organisation.name.as_deref().or(organisation.ods_code.as_deref())
}

/// What people typed: a spreadsheet must not take it for a formula.
fn text(cell: Option<&str>) -> String {
    let cell = cell.unwrap_or_default();
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

/// What we wrote ourselves.
fn written(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use domain::Reference;

    use super::*;

    #[test]
    fn what_could_be_a_formula_is_text() {
        for cell in ["=1+1", "+44 20", "-1", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(text(Some(cell)), format!("'{cell}"));
        }
        for cell in ["Amina", "1=1", "'=1", ""] {
            assert_eq!(text(Some(cell)), cell);
        }
        assert_eq!(text(None), "");
    }

    #[test]
    fn a_table_has_a_mark_a_head_and_a_line_for_each_row() {
        let row = Row {
            reference: Reference::from_bits(0),
            name: PersonName::parse("=cmd|' /C calc'!A0 \"x\"").ok(),
            email: EmailAddress::parse("+amina@practice.example").ok(),
            role: Some(Role::Gp),
            organisation: Some(Organisation { ods_code: Some("X99001".to_owned()), name: None }),
            status: "waiting",
            ticket: Some(17),
            position: Some(2),
            lane: Some("gp, north".to_owned()),
            registered_at: "2026-11-02T09:00:00Z".parse().ok(),
            offer_until: None,
            minutes: None,
            certificate_number: None,
            possible_duplicate_of: Some(Reference::from_bits(1)),
        };
        let table = String::from_utf8(write(&[row]).expect("a table")).expect("UTF-8");
        assert_eq!(
            table,
            "\u{FEFF}reference,name,email,role,organisation,status,ticket,position,lane,registered_at,offer_until,\
             minutes,certificate_number,possible_duplicate_of\r\n\
             22222222,\"'=cmd|' /C calc'!A0 \"\"x\"\"\",'+amina@practice.example,gp,X99001,waiting,17,2,\
             \"gp, north\",2026-11-02T09:00:00Z,,,,22222223\r\n"
        );
    }
}
