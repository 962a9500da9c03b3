//! `GET /api/v1/reports/{period}/registrations.json|.csv|.xlsx?cursor=`: what the period's report was counted from, one
//! row a person and event, in parts that a Lambda may answer.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use app::{App, Failure, Rejection};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use documents::workbook::{Book, Column, Size};
use documents::{Form, Value, csv};
use domain::report::Period;
use domain::uk_time::uk;
use domain::{EventId, PersonId};
use serde_json::json;
use web::forms::FormData;
use web::{Problem, page};

use crate::access::Exporter;
use crate::asked;
use crate::facts::{Gathered, Lists, gather};
use crate::form::Unwritable;
use crate::row::{COLUMNS, Row, event_bytes_max, event_json};

/// Bytes of one part at the most: an answer of a Lambda ends at 6 MB, the rest of it and the events included.
const PART_BYTES_MAX: usize = 4_000_000;

/// Where the next part begins: after this person of this event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    event: EventId,
    person: PersonId,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.event, self.person)
    }
}

impl FromStr for Cursor {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let read = || {
            let (event, person) = text.split_once('.')?;
            Some(Self { event: event.parse().ok()?, person: person.parse().ok()? })
        };
        read().ok_or_else(|| Problem::invalid_field("/cursor", "Use the cursor of an answer, as it is"))
    }
}

/// One part of the registrations.
struct Part {
    events: Vec<serde_json::Value>,
    rows: Vec<Row>,
    next: Option<Cursor>,
}

/// The registrations of a period.
pub async fn read(
    State(app): State<Arc<App>>,
    exporter: Exporter,
    Path((period, file)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let period = asked::period(&period)?;
    let extension = file.strip_prefix("registrations.").ok_or_else(Problem::not_found)?;
    let form = Form::from_extension(extension).ok_or_else(Problem::not_found)?;
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let after = Some(query.one("cursor")).filter(|text| !text.is_empty()).map(str::parse).transpose()?;
    let lists = Lists::read(&app.store).await?;
    let sees = |programme| exporter.0.sees(programme);
    let gathered = gather(&app.store, &lists, period, app.clock.now(), sees).await?;
    let part = part(&app, &gathered, after).await?;
    let next = part.next;
    let mut response = answer(part, form, period)?;
    if let Some(next) = next {
        let link = format!("</api/v1/reports/{period}/registrations.{extension}?cursor={next}>; rel=\"next\"");
        if let Ok(value) = HeaderValue::from_str(&link) {
            response.headers_mut().insert(header::LINK, value);
        }
    }
    Ok(response)
}

async fn part(app: &App, gathered: &[Gathered], after: Option<Cursor>) -> Result<Part, Rejection> {
    let begins = after.map_or(0, |after| gathered.iter().position(|event| event.id == after.event).unwrap_or(0));
    let mut part = Part { events: Vec::new(), rows: Vec::new(), next: None };
    let mut bytes = 0;
    for event in &gathered[begins..] {
        let continued = after.filter(|after| after.event == event.id).map(|after| after.person);
        if continued.is_none() {
            bytes += event_bytes_max(event);
            part.events.push(event_json(event));
        }
        let people = event.facts.people.iter().filter(|facts| continued.is_none_or(|person| facts.person > person));
        let people: Vec<_> = people.collect();
        let registrations = app.store.registrations(event.id, people.iter().map(|facts| facts.person)).await?;
        for facts in people {
            let row = Row::of(app, event, facts, registrations.get(&facts.person));
            bytes += row.bytes_max();
            part.rows.push(row);
            if bytes >= PART_BYTES_MAX {
                part.next = Some(Cursor { event: event.id, person: facts.person });
                return Ok(part);
            }
        }
    }
    Ok(part)
}

fn answer(part: Part, form: Form, period: Period) -> Result<Response, Rejection> {
    let written = |bytes: Result<Vec<u8>, Unwritable>| bytes.map_err(|error| Rejection::Failure(Failure::new(error)));
    let bytes = match form {
        Form::Json => {
            let next = part.next.map(|next| next.to_string());
            return Ok(page::ok(&json!({"events": part.events, "registrations": part.rows, "next": next})));
        }
        Form::Csv => {
            let heads = COLUMNS.iter().map(|(head, _)| *head);
            written(csv::write(heads, part.rows.iter().map(Row::cells)).map_err(Unwritable::new))?
        }
        Form::Workbook => written(workbook(period, &part.rows))?,
    };
    let name = format!("registrations-{period}.{}", form.extension());
    Ok(page::download(form.content_type(), &name, bytes))
}

/// One sheet, however many rows, in little memory.
fn workbook(period: Period, rows: &[Row]) -> Result<Vec<u8>, Unwritable> {
    let columns = COLUMNS.map(|(head, width)| Column { head, width });
    let mut book = Book::new(&format!("Registrations, {}", period.words()), period.to()).map_err(Unwritable::new)?;
    book.table("Registrations", &columns, rows.iter().map(Row::cells), Size::Large).map_err(Unwritable::new)?;
    book.into_bytes().map_err(Unwritable::new)
}

/// A moment as the hub's clocks show it.
pub fn moment(at: Option<jiff::Timestamp>) -> Value {
    at.map_or(Value::Empty, |at| Value::Moment(uk().to_datetime(at)))
}
