//! Tables as CSV that opens in Excel: UTF-8 with a byte order mark, CRLF, and no cell that could be a formula.

use ::csv::{Terminator, WriterBuilder};

pub use ::csv::Error as Failure;

use crate::Value;

/// The media type.
pub const CONTENT_TYPE: &str = "text/csv; charset=utf-8";

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A table with its header.
pub fn write<'a>(
    header: impl IntoIterator<Item = &'a str>,
    rows: impl IntoIterator<Item = Vec<Value>>,
) -> Result<Vec<u8>, Failure> {
    let mut table = BYTE_ORDER_MARK.to_vec();
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(&mut table);
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row.iter().map(cell))?;
    }
    writer.flush()?;
    drop(writer);
    Ok(table)
}

fn cell(value: &Value) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Text(words) => harmless(words),
        Value::Count(count) => count.to_string(),
        Value::Hundredths(number) => format!("{}.{:02}", number / 100, number % 100),
        Value::Moment(at) => at.strftime("%Y-%m-%d %H:%M").to_string(),
    }
}

/// Words that no spreadsheet takes for a formula: an apostrophe goes before what begins like one.
pub fn harmless(words: &str) -> String {
    if words.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{words}") } else { words.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_opens_in_a_spreadsheet_and_nothing_in_it_is_a_formula() {
        let text = |words: &str| Value::Text(words.to_owned());
        let rows = vec![
            vec![text("Zoë \"Z\" Ødegård"), Value::Count(3), Value::Hundredths(405)],
            vec![text("=1+1"), Value::Empty, text("-2")],
            vec![text("a,b\nc"), Value::Moment(jiff::civil::date(2026, 10, 5).at(9, 30, 0, 0)), text("@x")],
        ];
        let table = String::from_utf8(write(["name", "n", "x"], rows).expect("a table")).expect("UTF-8");
        assert_eq!(
            table,
            "\u{feff}name,n,x\r\n\"Zoë \"\"Z\"\" Ødegård\",3,4.05\r\n'=1+1,,'-2\r\n\"a,b\nc\",2026-10-05 09:30,'@x\r\n"
        );
    }
}
