//! Who is in an event, as a list to search, sort and turn over.

use std::sync::Arc;

use app::{App, Rejection};
use axum::extract::State;
use axum::response::Response;
use domain::{Ledger, Refusal, text};
use store::EventRecord;
use web::dates;
use web::forms::FormData;

use super::words;
use crate::access::RosterEvent;
use crate::row::Row;
use crate::{roster, roster_csv};

/// Rows of one page.
const PAGE: usize = 50;

/// Which rows are asked for, as the address says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Part of a name, an address, an organisation or a reference.
    pub search: String,
    /// The API's status.
    pub status: String,
    /// `line` (as they came), `name`, `organisation` or `status`.
    pub sort: String,
    /// From 1.
    pub page: usize,
}

impl Asked {
    /// What a query asks for; what it does not know it leaves out.
    pub fn read(query: &FormData) -> Self {
        let known = |name: &str, values: &[&str]| {
            let value = query.one(name);
            if values.contains(&value) { value.to_owned() } else { String::new() }
        };
        Self {
            search: query.one("search").trim().to_owned(),
            status: known("status", &roster::STATUSES),
            sort: known("sort", &["name", "organisation", "status"]),
            page: query.one("page").parse().unwrap_or(1).max(1),
        }
    }

    /// The address of another page of the same rows.
    pub fn page_address(&self, id: domain::EventId, page: usize) -> String {
        let page = page.to_string();
        let pairs = [("search", &self.search), ("status", &self.status), ("sort", &self.sort), ("page", &page)];
        let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        format!("/organise/events/{id}?{}", serde_html_form::to_string(pairs).unwrap_or_default())
    }

    fn wants(&self, row: &Row) -> bool {
        let sought = text::fold(&self.search);
        let is_of_status = self.status.is_empty() || row.status == self.status;
        is_of_status && (sought.is_empty() || text::fold(&searched(row)).contains(&sought))
    }
}

fn searched(row: &Row) -> String {
    let name = row.name.as_ref().map_or("", |name| name.as_str());
    let email = row.email.as_ref().map_or("", |email| email.as_str());
    format!("{name} {email} {} {}", organisation(row), row.reference)
}

/// What an organisation is called: its name, else its code.
pub fn organisation(row: &Row) -> String {
    let organisation = row.organisation.as_ref();
    organisation.and_then(|of| of.name.clone().or_else(|| of.ods_code.clone())).unwrap_or_default()
}

/// What a person is called.
pub fn name(row: &Row) -> String {
    row.name.as_ref().map_or_else(|| "Not named yet".to_owned(), |name| name.as_str().to_owned())
}

/// Where somebody stands in more words than the tag has: the position, the deadline of an offer.
pub fn place(row: &Row) -> String {
    match (row.position, row.offer_until) {
        (Some(position), _) => format!("Number {position} in the line"),
        (None, Some(until)) => format!("Until {}", dates::moment(until)),
        (None, None) => String::new(),
    }
}

/// One page of rows, and how many there are in all.
pub struct Found {
    /// In order.
    pub rows: Vec<Row>,
    /// On all pages.
    pub count: usize,
    /// From 1.
    pub page: usize,
    /// At least 1.
    pub pages: usize,
}

/// The rows that are asked for.
pub async fn find(app: &App, record: &EventRecord, ledger: &Ledger, asked: &Asked) -> Result<Found, Rejection> {
    let mut rows = roster::all(app, record, ledger).await?;
    rows.retain(|row| asked.wants(row));
    match asked.sort.as_str() {
        "name" => rows.sort_by_key(|row| text::fold(&name(row))),
        "organisation" => rows.sort_by_key(|row| text::fold(&organisation(row))),
        "status" => rows.sort_by_key(|row| words::standing(row.status).words),
        _ => {}
    }
    let (count, pages) = (rows.len(), rows.len().div_ceil(PAGE).max(1));
    let page = asked.page.min(pages);
    let rows = rows.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
    Ok(Found { rows, count, page, pages })
}

/// `GET /organise/events/{id}/people.csv`
pub async fn table(State(app): State<Arc<App>>, roster: RosterEvent) -> Result<Response, Rejection> {
    let ledger = app.store.ledger(roster.record.id).await?.ok_or(Refusal::EventNotFound)?;
    let rows = if roster.is_counts_only() { Vec::new() } else { roster::all(&app, &roster.record, &ledger).await? };
    roster_csv::answer(roster.record.id, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_asked_for_and_nothing_else() {
        let read = |query: &str| Asked::read(&FormData::parse(query.as_bytes()).expect("a query"));
        let asked = read("search=+Zo%C3%AB+&status=waiting&sort=name&page=2&x=y");
        assert_eq!(
            (asked.search.as_str(), asked.status.as_str(), asked.sort.as_str(), asked.page),
            ("Zoë", "waiting", "name", 2)
        );
        assert_eq!(
            asked.page_address(domain::EventId::from_bits(1), 3),
            format!(
                "/organise/events/{}?search=Zo%C3%AB&status=waiting&sort=name&page=3",
                domain::EventId::from_bits(1)
            )
        );
        assert_eq!(read("status=none&sort=x&page=0"), Asked { page: 1, ..Asked::default() });
    }
}
