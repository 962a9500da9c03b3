//! Workbooks: typed cells, tables with filters under a frozen header, charts over them. The same content is the same
//! bytes: the creation time is the content's, not the clock's.

use jiff::civil::Date;
pub use rust_xlsxwriter::XlsxError as Failure;
use rust_xlsxwriter::{
    Chart, ChartFont, ChartSolidFill, ChartType, DocProperties, ExcelDateTime, Format, Table, TableColumn, TableStyle,
    Workbook, Worksheet,
};

use crate::Value;

/// The media type.
pub const CONTENT_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// Its head, unique in the table.
    pub head: &'a str,
    /// Its width, in characters.
    pub width: f64,
}

/// Bars over a table's rows, each of several columns of it.
#[derive(Debug, Clone)]
pub struct BarChart<'a> {
    /// What it shows.
    pub title: &'a str,
    /// The sheet whose table it is drawn from; the first column names the bars.
    pub sheet: &'a str,
    /// Rows of the table.
    pub rows: u32,
    /// Columns that are parts of each bar, with their names.
    pub parts: Vec<(u16, &'a str)>,
}

/// How a sheet's rows are kept until the workbook is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// In memory.
    Small,
    /// Row by row in a temporary file: memory stays the same however many there are.
    Large,
}

/// The height of a table's head, in points: two lines.
const HEAD_HEIGHT: f64 = 32.0;

/// A workbook in the making.
pub struct Book {
    workbook: Workbook,
    bold: Format,
    wrapped: Format,
    moment: Format,
    mean: Format,
    tables: usize,
}

impl Book {
    /// An empty workbook of this title, made on this day.
    pub fn new(title: &str, made: Date) -> Result<Self, Failure> {
        let mut workbook = Workbook::new();
        // Days of reports are of this age: both parts fit.
        let (year, month, day) = (made.year(), made.month(), made.day());
        let created = ExcelDateTime::from_ymd(
            u16::try_from(year).unwrap_or(1900).max(1900),
            u8::try_from(month).unwrap_or(1),
            u8::try_from(day).unwrap_or(1),
        )?;
        workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&created));
        let wrapped = Format::new().set_text_wrap().set_align(rust_xlsxwriter::FormatAlign::Top);
        Ok(Self {
            workbook,
            bold: Format::new().set_bold().set_font_size(14),
            wrapped,
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
            mean: Format::new().set_num_format("0.00"),
            tables: 0,
        })
    }

    /// A sheet of words, a heading above them, and charts beside.
    pub fn front(
        &mut self,
        name: &str,
        heading: &str,
        lines: &[(String, Value)],
        charts: &[BarChart],
    ) -> Result<(), Failure> {
        let (bold, mean, moment) = (self.bold.clone(), self.mean.clone(), self.moment.clone());
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(name)?.set_landscape().set_print_fit_to_pages(1, 0);
        sheet.set_column_width(0, 34)?.set_column_width(1, 14)?;
        sheet.write_with_format(0, 0, heading, &bold)?;
        for (row, (label, value)) in (2..).zip(lines) {
            sheet.write(row, 0, label)?;
            write(sheet, row, 1, value, &mean, &moment)?;
        }
        for (number, chart) in (0..).zip(charts) {
            sheet.insert_chart(2 + number * 22, 3, &chart.drawn())?;
        }
        Ok(())
    }

    /// A sheet that is one table.
    pub fn table(
        &mut self,
        name: &str,
        columns: &[Column],
        rows: impl IntoIterator<Item = Vec<Value>, IntoIter: ExactSizeIterator>,
        size: Size,
    ) -> Result<(), Failure> {
        self.tables += 1;
        let (mean, moment, wrapped) = (self.mean.clone(), self.moment.clone(), self.wrapped.clone());
        let sheet = match size {
            Size::Small => self.workbook.add_worksheet(),
            Size::Large => self.workbook.add_worksheet_with_constant_memory()?,
        };
        sheet.set_name(name)?.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
        sheet.set_freeze_panes(1, 1)?;
        sheet.set_row_height(0, HEAD_HEIGHT)?;
        for (number, column) in (0..).zip(columns) {
            sheet.set_column_width(number, column.width)?;
        }
        let rows = rows.into_iter();
        let heads: Vec<TableColumn> = columns
            .iter()
            .map(|column| TableColumn::new().set_header(column.head).set_header_format(&wrapped))
            .collect();
        let table = Table::new().set_name(format!("Table{}", self.tables)).set_columns(&heads);
        let width = u16::try_from(columns.len()).unwrap_or(u16::MAX).saturating_sub(1);
        // A table has one row at least, be it empty. It comes before its rows, since it writes the first: what is
        // written row by row cannot go back.
        let last = u32::try_from(rows.len()).unwrap_or(u32::MAX).max(1);
        sheet.add_table(0, 0, last, width, &table.set_style(TableStyle::Medium2))?;
        for (row, values) in (1..).zip(rows) {
            for (number, value) in (0..).zip(&values) {
                write(sheet, row, number, value, &mean, &moment)?;
            }
        }
        Ok(())
    }

    /// A sheet that explains names.
    pub fn definitions<'a>(
        &mut self,
        name: &str,
        rows: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), Failure> {
        let (bold, wrapped) = (self.bold.clone(), self.wrapped.clone());
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(name)?.set_print_fit_to_pages(1, 0);
        sheet.set_column_width(0, 28)?.set_column_width(1, 90)?;
        sheet.write_with_format(0, 0, name, &bold)?;
        for (row, (term, words)) in (2..).zip(rows) {
            sheet.write_with_format(row, 0, term, &wrapped)?;
            sheet.write_with_format(row, 1, words, &wrapped)?;
        }
        Ok(())
    }

    /// The file.
    pub fn into_bytes(mut self) -> Result<Vec<u8>, Failure> {
        self.workbook.save_to_buffer()
    }
}

fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: &Value,
    mean: &Format,
    moment: &Format,
) -> Result<(), Failure> {
    match value {
        Value::Empty => {}
        // Written as text, never as a formula.
        Value::Text(words) => drop(sheet.write_string(row, column, words)?),
        Value::Count(count) => drop(sheet.write_number(row, column, number(*count))?),
        Value::Hundredths(hundredths) => {
            sheet.write_number_with_format(row, column, number(*hundredths) / 100.0, mean)?;
        }
        Value::Moment(at) => {
            let serial = serial(at);
            sheet.write_number_with_format(row, column, serial, moment)?;
        }
    }
    Ok(())
}

/// A day and time as spreadsheets count them: days since 30 December 1899.
fn serial(at: &jiff::civil::DateTime) -> f64 {
    let epoch = jiff::civil::date(1899, 12, 30).at(0, 0, 0, 0);
    let minutes = at.duration_since(epoch).as_mins();
    f64::from(i32::try_from(minutes).unwrap_or(0)) / 1_440.0
}

/// Spreadsheets have no other numbers; counts of people stay far below what a double holds exactly.
fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

impl BarChart<'_> {
    fn drawn(&self) -> Chart {
        let mut chart = Chart::new(ChartType::BarStacked);
        for ((column, name), fill) in self.parts.iter().zip(crate::chart::FILLS) {
            chart
                .add_series()
                .set_format(ChartSolidFill::new().set_color(fill))
                .set_name(*name)
                .set_categories((self.sheet, 1, 0, self.rows, 0))
                .set_values((self.sheet, 1, *column, self.rows, *column))
                .set_gap(40);
        }
        chart.title().set_name(self.title).set_font(ChartFont::new().set_size(12));
        // The first row is the topmost bar, bars begin at nothing, and their scale is below them.
        chart.y_axis().set_reverse().set_crossing(rust_xlsxwriter::ChartAxisCrossing::Max);
        chart.x_axis().set_min(0).set_num_format("#,##0");
        chart.legend().set_position(rust_xlsxwriter::ChartLegendPosition::Bottom);
        chart.set_width(720).set_height(400).set_alt_text(self.title);
        chart
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(size: Size) -> Vec<u8> {
        let mut book = Book::new("Report", jiff::civil::date(2026, 10, 31)).expect("a workbook");
        let parts = vec![(1, "Attended"), (2, "Did not attend")];
        let chart = BarChart { title: "Places by programme", sheet: "By programme", rows: 2, parts };
        let lines = [("Events held".to_owned(), Value::Count(3))];
        book.front("Summary", "October 2026", &lines, &[chart]).expect("a sheet");
        let columns = ["Programme", "Attended", "Did not attend"].map(|head| Column { head, width: 20.0 });
        let row = |name: &str, n| vec![Value::Text(name.to_owned()), Value::Count(n), Value::Hundredths(450)];
        book.table("By programme", &columns, [row("=A", 3), row("Zoë", 4)], size).expect("a table");
        book.definitions("Definitions", [("Attended", "Came.")]).expect("a sheet");
        book.into_bytes().expect("a file")
    }

    #[test]
    fn the_same_content_is_the_same_bytes() {
        for size in [Size::Small, Size::Large] {
            let file = book(size);
            assert!(file.starts_with(b"PK"), "a workbook is an archive");
            assert_eq!(file, book(size));
        }
    }

    #[test]
    fn moments_are_what_spreadsheets_count() {
        assert!((serial(&jiff::civil::date(2026, 10, 5).at(12, 0, 0, 0)) - 46_300.5).abs() < 1e-9);
    }
}
