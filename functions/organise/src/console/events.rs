//! All events, by what they are and where they stand.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::{EventStatus, Ledger, Programme, Programmes, text};
use jiff::{SignedDuration, Timestamp};
use store::EventRecord;
use web::components::{Choice, Field, InputKind, Link, Pagination, Select, Tag, TextInput};
use web::forms::FormData;
use web::sign_in::Organiser;

use super::{EVENTS, events_page, words};
use crate::access::RosterReader;

/// Events of one page.
const PAGE: usize = 25;
/// How far back "over" looks.
const BACK: SignedDuration = SignedDuration::from_hours(24 * 400);

#[derive(Template)]
#[template(path = "console/events.html")]
struct EventsPage<'a> {
    may_manage: bool,
    done: bool,
    search: TextInput<'a>,
    selects: [Select<'a>; 3],
    events: Vec<EventLine>,
    found: String,
    pagination: Option<Pagination<'a>>,
}

struct EventLine {
    id: String,
    title: String,
    when: String,
    programme: String,
    state: Tag<'static>,
    places: String,
}

/// What is asked for, as the address says it.
struct Asked<'a> {
    search: &'a str,
    when: &'a str,
    state: &'a str,
    programme: &'a str,
    page: usize,
}

impl<'a> Asked<'a> {
    fn read(query: &'a FormData) -> Self {
        Self {
            search: query.one("search").trim(),
            when: query.one("when"),
            state: query.one("state"),
            programme: query.one("programme"),
            page: query.one("page").parse().unwrap_or(1).max(1),
        }
    }

    fn wants(&self, record: &EventRecord, now: Timestamp) -> bool {
        let event = &record.event;
        let is_of_time = (event.ends() <= now) == (self.when == "over");
        let is_of_state = match self.state {
            "draft" => record.status == EventStatus::Draft,
            "published" => record.status == EventStatus::Published,
            "cancelled" => record.status == EventStatus::Cancelled,
            _ => true,
        };
        let is_of_programme = self.programme.is_empty() || event.programme.slug() == self.programme;
        let is_found = text::fold(&event.title).contains(&text::fold(self.search));
        is_of_time && is_of_state && is_of_programme && is_found
    }

    fn address(&self, page: usize) -> String {
        let page = page.to_string();
        let pairs = [
            ("search", self.search),
            ("when", self.when),
            ("state", self.state),
            ("programme", self.programme),
            ("page", &page),
        ];
        let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        format!("{EVENTS}?{}", serde_html_form::to_string(pairs).unwrap_or_default())
    }
}

/// `GET /organise/events`
pub async fn show(
    State(app): State<Arc<App>>,
    RosterReader(organiser): RosterReader,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let asked = Asked::read(&query);
    let now = app.clock.now();
    let programmes = app.programmes().await?;
    let from = if asked.when == "over" { now.checked_sub(BACK).unwrap_or(Timestamp::MIN) } else { now };
    let mut found = seen(&app, &organiser, from).await?;
    found.retain(|(record, _)| asked.wants(record, now));
    if asked.when == "over" {
        found.reverse();
    }
    let pages = found.len().div_ceil(PAGE).max(1);
    let page = asked.page.min(pages);
    let to = |page: usize| Link::new(asked.address(page), format!("{page} of {pages}"));
    let content = EventsPage {
        may_manage: organiser.may_manage(),
        done: query.one("done") == "copied",
        search: TextInput {
            field: Field::new("search", "Title"),
            value: asked.search,
            kind: InputKind::Text,
            autocomplete: "off",
        },
        selects: selects(&asked, &organiser, &programmes),
        events: found
            .iter()
            .skip((page - 1) * PAGE)
            .take(PAGE)
            .map(|(record, ledger)| line(record, ledger, &programmes, now))
            .collect(),
        found: words::counted(found.len() as u64, "event", "events"),
        pagination: (pages > 1).then(|| Pagination {
            previous: (page > 1).then(|| to(page - 1)),
            next: (page < pages).then(|| to(page + 1)),
        }),
    };
    let hub = app.hub().await?;
    Ok(events_page(&hub, &organiser, "Events").show(&content))
}

/// Events from a time on that an organiser sees, by start.
pub async fn seen(app: &App, organiser: &Organiser, from: Timestamp) -> Result<Vec<(EventRecord, Ledger)>, Rejection> {
    let ids = app.store.events_from(from).await?;
    let mut found = app.store.events_with_ledgers(&ids, true).await?;
    found.retain(|(record, _)| organiser.sees(record.event.programme));
    found.sort_by_key(|(record, _)| (record.event.starts(), record.id));
    Ok(found)
}

fn line(record: &EventRecord, ledger: &Ledger, programmes: &Programmes, now: Timestamp) -> EventLine {
    let (event, places) = (&record.event, ledger.places());
    let taken = match event.capacity {
        Some(capacity) => format!("{} of {capacity}", places.confirmed),
        None => places.confirmed.to_string(),
    };
    let line = if places.waiting > 0 { format!(", {} waiting", places.waiting) } else { String::new() };
    EventLine {
        id: record.id.to_string(),
        title: event.title.clone(),
        when: words::when(event),
        programme: programmes.label(event.programme),
        state: words::state(record.status, event, now),
        places: taken + &line,
    }
}

fn selects<'a>(asked: &Asked<'_>, organiser: &Organiser, programmes: &'a Programmes) -> [Select<'a>; 3] {
    let select = |name: &'static str, label: &'static str, empty: &'static str, choices: Vec<Choice<'a>>| Select {
        field: Field::new(name, label),
        empty,
        choices,
        autocomplete: "off",
    };
    let states = [("draft", "Draft"), ("published", "Published"), ("cancelled", "Cancelled")];
    let states = states.map(|(value, words)| Choice::new(value, words, asked.state == value)).into();
    let programmes = programmes.iter().filter(|programme| organiser.sees(programme.id));
    let programme =
        |one: &'a Programme| Choice::new(one.id.slug(), one.name.as_str(), asked.programme == one.id.slug());
    [
        select("when", "When", "Ahead", vec![Choice::new("over", "Over", asked.when == "over")]),
        select("state", "State", "All", states),
        select("programme", "Programme", "All", programmes.map(programme).collect()),
    ]
}
