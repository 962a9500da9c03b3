//! Charges as they are taken away: as data, as a table, as a workbook. What somebody typed is never a formula.

use app::{Failure, Rejection};
use axum::response::Response;
use documents::workbook::{self, Book, Column, Size};
use documents::{Form, Value as Cell, csv};
use domain::policy::Waiver;
use domain::uk_time::uk;
use serde_json::{Value, json};
use web::page;

use super::{Charge, Charges, Sum};

/// Columns of the table, with their widths.
const COLUMNS: [(&str, f64); 11] = [
    ("organisation", 32.0),
    ("ods_code", 10.0),
    ("event", 14.0),
    ("title", 36.0),
    ("starts", 16.0),
    ("reference", 12.0),
    ("cause", 18.0),
    ("gbp", 8.0),
    ("waived", 14.0),
    ("liable", 14.0),
    ("asked", 14.0),
];

/// Columns of the sums.
const SUMS: [(&str, f64); 6] = [
    ("organisation", 32.0),
    ("ods_code", 10.0),
    ("late_cancellations", 18.0),
    ("absences", 12.0),
    ("waived", 10.0),
    ("gbp", 10.0),
];

/// The charges in this form.
pub fn answer(charges: &Charges, form: Form) -> Result<Response, Rejection> {
    let failed = |error: &dyn std::fmt::Display| Rejection::Failure(Failure::new(error.to_string()));
    let bytes = match form {
        Form::Json => return Ok(page::ok(&as_json(charges))),
        Form::Csv => {
            let table = csv::write(COLUMNS.map(|(head, _)| head), charges.list.iter().map(cells));
            table.map_err(|error| failed(&error))?
        }
        Form::Workbook => as_workbook(charges).map_err(|error| failed(&error))?,
    };
    let name = format!("charges-{}.{}", charges.period, form.extension());
    Ok(page::download(form.content_type(), &name, bytes))
}

fn as_json(charges: &Charges) -> Value {
    let by_organisation = charges.by_organisation().map(|group| {
        let Sum { late_cancellations, absences, waived, gbp } = Sum::of(group);
        json!({"organisation": group[0].organisation, "late_cancellations": late_cancellations, "absences": absences,
               "waived": waived, "gbp": gbp})
    });
    let list = charges.list.iter().map(|charge| {
        let event = &charge.record.event;
        json!({"organisation": charge.organisation, "reference": charge.reference, "cause": charge.place.cause,
               "gbp": charge.place.owed.gbp, "liable": charge.liable(), "waived": charge.place.waived,
               "asked": charge.asked, "event": {"id": charge.record.id, "title": event.title, "starts": event.starts()}})
    });
    let period = charges.period;
    json!({"period": period.to_string(), "from": period.from(), "to": period.to(), "policy": charges.policy.to_json(),
           "total_gbp": charges.total(), "by_organisation": by_organisation.collect::<Vec<_>>(),
           "charges": list.collect::<Vec<_>>()})
}

fn count(number: usize) -> Cell {
    Cell::Count(number.try_into().unwrap_or(u64::MAX))
}

fn organisation(charge: &Charge) -> [Cell; 2] {
    let found = charge.organisation.as_ref();
    [Cell::text(found.and_then(|one| one.name.as_deref())), Cell::text(found.and_then(|one| one.ods_code.as_deref()))]
}

fn cells(charge: &Charge) -> Vec<Cell> {
    let event = &charge.record.event;
    let rest = [
        Cell::text(Some(charge.record.id.to_string())),
        Cell::text(Some(event.title.as_str())),
        Cell::Moment(uk().to_datetime(event.starts())),
        Cell::text(Some(charge.reference.to_string())),
        Cell::text(Some(charge.place.cause.slug())),
        charge.place.owed.gbp.map_or(Cell::Empty, |gbp| Cell::Count(u64::from(gbp))),
        Cell::text(charge.place.waived.map(Waiver::slug)),
        Cell::text(Some(charge.liable())),
        Cell::text(charge.asked.map(Waiver::slug)),
    ];
    organisation(charge).into_iter().chain(rest).collect()
}

fn sums(group: &[Charge]) -> Vec<Cell> {
    let sum = Sum::of(group);
    let rest = [count(sum.late_cancellations), count(sum.absences), count(sum.waived), Cell::Count(u64::from(sum.gbp))];
    organisation(&group[0]).into_iter().chain(rest).collect()
}

/// A sheet of sums, and one of every charge.
fn as_workbook(charges: &Charges) -> Result<Vec<u8>, workbook::Failure> {
    let column = |&(head, width): &(&'static str, f64)| Column { head, width };
    let title = format!("Charges, {}", charges.period.words());
    let mut book = Book::new(&title, charges.period.to())?;
    let by_organisation: Vec<Column<'_>> = SUMS.iter().map(column).collect();
    let owed: Vec<Vec<Cell>> = charges.by_organisation().map(sums).collect();
    book.table("By organisation", &by_organisation, owed, Size::Small)?;
    let each: Vec<Column<'_>> = COLUMNS.iter().map(column).collect();
    book.table("Charges", &each, charges.list.iter().map(cells), Size::Small)?;
    book.into_bytes()
}
