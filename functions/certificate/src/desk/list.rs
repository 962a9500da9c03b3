//! Everybody who could have a certificate for an event: who has one, who has none, and why.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::access::ManagedEvent;
use app::{App, Rejection};
use askama::Template;
use axum::extract::{RawQuery, State as Shared};
use axum::response::Response;
use domain::{EventStatus, PersonId, Place, Refusal, Registration, text};
use store::{Certificate, Holding};
use web::components::{Choice, Field, Link, Pagination, Select, Tag};
use web::forms::FormData;

use super::words::{State, counted, holder};
use super::{EVENTS, events_page};
use crate::grant::Grounds;
use crate::organise::IN_A_ZIP;

/// Rows of one page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "desk/list.html")]
struct ListPage<'a> {
    id: String,
    title: &'a str,
    found: String,
    shown: Select<'a>,
    rows: Vec<Line>,
    zips: Vec<(usize, String)>,
    pagination: Option<Pagination<'a>>,
}

/// One person.
struct Line {
    reference: String,
    name: String,
    state: Tag<'static>,
    detail: String,
    number: Option<String>,
    has_one: bool,
}

/// What is known about an event's people and their certificates.
struct Known {
    registrations: BTreeMap<PersonId, Registration>,
    holdings: BTreeMap<PersonId, Holding>,
    certificates: BTreeMap<PersonId, Certificate>,
}

impl Known {
    /// Of everybody who holds a place or came.
    async fn read(app: &App, grounds: &Grounds) -> Result<Self, Rejection> {
        let event = grounds.record.id;
        let mut people = grounds.attendance.people();
        let members = grounds.ledger.members.keys();
        people.extend(members.filter(|person| grounds.ledger.place(**person) == Some(Place::Confirmed)));
        let registrations = app.store.registrations(event, people.iter().copied()).await?;
        let holdings = app.store.holdings(event, people).await?;
        let numbers = holdings.values().filter_map(|holding| holding.latest).map(|(number, _)| number).collect();
        let found = app.store.certificates(numbers).await?.into_iter().map(|found| (found.person, found));
        Ok(Self { registrations, holdings, certificates: found.collect() })
    }

    fn line(&self, app: &App, grounds: &Grounds, registration: &Registration) -> Line {
        let person = registration.person;
        let certificate = self.certificates.get(&person);
        let state = State::of(certificate, self.holdings.get(&person), grounds.merit(app, registration));
        let form = &registration.form;
        let booked = Some(form.name.as_str()).filter(|_| !form.is_without_person());
        let name = certificate.and_then(|found| holder(&found.facts)).or(booked);
        Line {
            reference: app.identity.reference(grounds.record.id, person).to_string(),
            name: name.unwrap_or("No name any more").to_owned(),
            state: state.tag,
            detail: state.detail,
            number: certificate.map(|found| found.number.to_string()),
            has_one: certificate.is_some_and(Certificate::is_valid),
        }
    }
}

/// `GET /organise/events/{id}/certificates?show=&page=`
pub(crate) async fn show(
    Shared(app): Shared<Arc<App>>,
    managed: ManagedEvent,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let record = &managed.record;
    let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
    let grounds = Grounds::read(&app, record.clone(), ledger).await.map_err(Rejection::Failure)?;
    let known = Known::read(&app, &grounds).await?;
    let mut rows: Vec<Line> = Vec::new();
    // Nobody earns anything at what does not take place.
    if record.status == EventStatus::Published {
        rows.extend(known.registrations.values().map(|registration| known.line(&app, &grounds, registration)));
    }
    rows.sort_by_cached_key(|row| (text::fold(&row.name), row.reference.clone()));
    let (issued, people) = (rows.iter().filter(|row| row.has_one).count(), rows.len());
    let chosen = query.one("show");
    rows.retain(|row| match chosen {
        "with" => row.has_one,
        "without" => !row.has_one,
        _ => true,
    });
    let (pages, count) = (rows.len().div_ceil(PAGE).max(1), rows.len());
    let page = query.one("page").parse().unwrap_or(1).clamp(1, pages);
    let content = ListPage {
        id: record.id.to_string(),
        title: &record.event.title,
        found: format!(
            "{} among {}. {} shown.",
            counted(issued, "valid certificate", "valid certificates"),
            counted(people, "person", "people"),
            counted(count, "person", "people")
        ),
        shown: choices(chosen),
        rows: rows.into_iter().skip((page - 1) * PAGE).take(PAGE).collect(),
        zips: zips(issued),
        pagination: pagination(record.id, chosen, page, pages),
    };
    let back = format!("{EVENTS}/{}", record.id);
    let hub = app.hub().await?;
    let page = events_page(&hub, &managed.organiser, "Certificates").back(back, record.event.title.as_str());
    Ok(page.show(&content))
}

fn choices(chosen: &str) -> Select<'static> {
    let choices = [("with", "Those who have one"), ("without", "Those who have none")];
    let choice = |(value, words): (&'static str, &'static str)| Choice::new(value, words, chosen == value);
    Select {
        field: Field::new("show", "Who is shown"),
        empty: "Everybody",
        choices: choices.into_iter().map(choice).collect(),
        autocomplete: "off",
    }
}

/// The parts in which the PDFs can be taken away, each in words.
fn zips(issued: usize) -> Vec<(usize, String)> {
    let of = |part: usize| {
        let (from, to) = ((part - 1) * IN_A_ZIP + 1, (part * IN_A_ZIP).min(issued));
        (
            part,
            if issued > IN_A_ZIP {
                format!("Certificates {from} to {to} (zip)")
            } else {
                "All of them (zip)".to_owned()
            },
        )
    };
    (1..=issued.div_ceil(IN_A_ZIP)).map(of).collect()
}

fn pagination(id: domain::EventId, chosen: &str, page: usize, pages: usize) -> Option<Pagination<'static>> {
    let shown = ["with", "without"].into_iter().find(|known| *known == chosen).unwrap_or_default();
    let to = |page: usize| {
        Link::new(format!("{EVENTS}/{id}/certificates?show={shown}&page={page}"), format!("{page} of {pages}"))
    };
    (pages > 1)
        .then(|| Pagination { previous: (page > 1).then(|| to(page - 1)), next: (page < pages).then(|| to(page + 1)) })
}
