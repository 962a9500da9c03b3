//! Who stands where: every entry of the ledger, those that ended too, and everybody who came without a booking, one row
//! a person.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::views::{Audience, places_json};
use app::{App, Rejection};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use domain::ledger::Ledger;
use domain::{Attendance, PersonId, Refusal};
use serde_json::json;
use store::EventRecord;
use web::forms::FormData;
use web::{Problem, page};

use crate::access::RosterEvent;
use crate::roster_csv;
use crate::row::{Known, Row, RowOrder, perhaps_the_same, standing};

/// Rows of one answer.
const PAGE: usize = 500;

/// What can be asked for.
pub const STATUSES: [&str; 8] =
    ["confirmed", "offered", "waiting", "approval", "cancelled", "expired", "attended", "absent"];

/// `GET /api/v1/events/{id}/registrations?status=&cursor=`
pub async fn read(
    State(app): State<Arc<App>>,
    roster: RosterEvent,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let asked = Asked::read(&query.unwrap_or_default())?;
    let record = &roster.record;
    let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
    let attendance = app.attendance(record).await?;
    let roll = Roll { app: &app, record, ledger: &ledger, attendance: &attendance };
    let people = if roster.is_counts_only() { Vec::new() } else { roll.in_order(&asked) };
    if wants_csv(&headers) {
        let rows = roll.rows(&people).await?;
        return roster_csv::answer(record.id, &rows);
    }
    let rest = asked.after.map_or(&people[..], |after| &people[people.partition_point(|(order, _)| *order <= after)..]);
    let shown = &rest[..rest.len().min(PAGE)];
    let last = shown.last().filter(|_| rest.len() > PAGE);
    let rows = roll.rows(shown).await?;
    let mut answer = json!({"registrations": rows, "next": last.map(|(order, _)| order.cursor())});
    if roster.is_counts_only() {
        answer["places"] = places_json(record, &ledger, Audience::Organiser);
    }
    Ok(page::ok(&answer))
}

/// Which rows are asked for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    status: Option<String>,
    after: Option<RowOrder>,
}

impl Asked {
    fn read(query: &str) -> Result<Self, Problem> {
        let query = FormData::parse(query.as_bytes())?;
        let given = |name| Some(query.one(name)).filter(|value| !value.is_empty());
        let known = |status: &str| STATUSES.contains(&status).then(|| status.to_owned());
        let no_status = || Problem::invalid_field("/status", &format!("Must be one of {}", STATUSES.join(", ")));
        let status = given("status").map(|status| known(status).ok_or_else(no_status));
        let unknown = || Problem::invalid_field("/cursor", "Use the cursor of an answer, as it is");
        let after = given("cursor").map(|cursor| RowOrder::from_cursor(cursor).ok_or_else(unknown));
        Ok(Self { status: status.transpose()?, after: after.transpose()? })
    }
}

/// Whether a table is asked for rather than JSON.
fn wants_csv(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut types =
        accept.split(',').filter_map(|range| range.split(';').next()).map(|name| name.trim().to_lowercase());
    let first = types.find(|name| name == "text/csv" || name == "application/json");
    first.as_deref() == Some("text/csv")
}

/// What rows are made from.
struct Roll<'a> {
    app: &'a App,
    record: &'a EventRecord,
    ledger: &'a Ledger,
    attendance: &'a Attendance,
}

impl Roll<'_> {
    /// Everybody of the status that is asked for, in the order of the rows; those who came without a booking are last.
    fn in_order(&self, asked: &Asked) -> Vec<(RowOrder, PersonId)> {
        let is_asked_for = |person| match &asked.status {
            None => true,
            Some(status) => standing(self.record, self.ledger, self.attendance, person)
                .is_some_and(|standing| standing.status == status),
        };
        let reference = |person| self.app.identity.reference(self.record.id, person);
        let members = self.ledger.members.iter();
        let members = members.map(|(person, entry)| (RowOrder::of(entry, || reference(*person)), *person));
        let came = self.attendance.people().into_iter().filter(|person| !self.ledger.members.contains_key(person));
        let came = came.map(|person| (RowOrder::WalkIn { reference: reference(person) }, person));
        let mut people: Vec<(RowOrder, PersonId)> =
            members.chain(came).filter(|(_, person)| is_asked_for(*person)).collect();
        people.sort_unstable();
        people
    }

    async fn rows(&self, people: &[(RowOrder, PersonId)]) -> Result<Vec<Row>, Rejection> {
        let aliases = self.app.store.aliases().await?;
        // With whoever may be the same, wherever in the roster they stand.
        let with_others =
            |person: PersonId| perhaps_the_same(self.ledger, &aliases, person).into_iter().chain([person]);
        let wanted: BTreeSet<PersonId> = people.iter().flat_map(|(_, person)| with_others(*person)).collect();
        let registrations = self.app.store.registrations(self.record.id, wanted).await?;
        let came = self.attendance.people();
        let came = people.iter().map(|(_, person)| *person).filter(|person| came.contains(person));
        let holdings = self.app.store.holdings(self.record.id, came).await?;
        let known = Known { registrations, attendance: self.attendance, holdings, aliases: &aliases };
        let row = |(_, person): &(RowOrder, PersonId)| Row::of(self.app, (self.record, self.ledger), *person, &known);
        Ok(people.iter().filter_map(row).collect())
    }
}

/// Everybody, in the order of the rows.
pub async fn all(app: &App, record: &EventRecord, ledger: &Ledger) -> Result<Vec<Row>, Rejection> {
    let attendance = app.attendance(record).await?;
    let roll = Roll { app, record, ledger, attendance: &attendance };
    roll.rows(&roll.in_order(&Asked { status: None, after: None })).await
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_query_names_what_there_is() {
        let read = |query| Asked::read(query).map_err(|problem| problem.errors()[0].pointer.clone());
        assert_eq!(read(""), Ok(Asked { status: None, after: None }));
        assert_eq!(read("status=&cursor="), Ok(Asked { status: None, after: None }));
        assert_eq!(read("status=waiting"), Ok(Asked { status: Some("waiting".to_owned()), after: None }));
        assert_eq!(read("status=Waiting"), Err("/status".to_owned()));
        assert_eq!(read("cursor=abc"), Err("/cursor".to_owned()));
    }

    #[test]
    fn a_table_is_for_whoever_asks_for_one() {
        let wants = |accept| wants_csv(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]));
        assert!(wants("text/csv"));
        assert!(wants("Text/CSV; charset=utf-8, */*;q=0.1"));
        assert!(!wants("application/json, text/csv;q=0.5"));
        assert!(!wants("*/*"));
        assert!(!wants_csv(&HeaderMap::new()));
    }
}
