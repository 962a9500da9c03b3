//! One event: how it stands, what can be done, who is in it.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::{EventStatus, Ledger, Refusal};
use jiff::Timestamp;
use store::EventRecord;
use web::components::{Choice, Field, InputKind, Link, Pagination, Row as Fact, Select, SummaryList, Tag, TextInput};
use web::dates;
use web::forms::FormData;

use super::people::{self, Asked, Found};
use super::{events_page, to_event, words};
use crate::access::{ManagedEvent, RosterEvent};
use crate::change;
use crate::row::Row;

#[derive(Template)]
#[template(path = "console/event.html")]
struct EventPage<'a> {
    id: String,
    title: &'a str,
    state: Tag<'static>,
    is_draft: bool,
    is_over: bool,
    is_cancelled: bool,
    may_manage: bool,
    is_counts_only: bool,
    facts: SummaryList<'a>,
    /// How many access needs there are in each state; empty where there are none.
    needs: String,
    done: Option<&'a str>,
    search: TextInput<'a>,
    statuses: Select<'a>,
    sorts: Select<'a>,
    people: Vec<PersonLine>,
    found: String,
    pagination: Option<Pagination<'a>>,
}

/// One person of the roster.
struct PersonLine {
    reference: String,
    name: String,
    detail: String,
    standing: Tag<'static>,
    place: String,
    duplicate_of: Option<String>,
}

impl PersonLine {
    fn of(row: &Row) -> Self {
        let role = row.role.map(|role| role.label().to_owned());
        let organisation = Some(people::organisation(row)).filter(|name| !name.is_empty());
        Self {
            reference: row.reference.to_string(),
            name: people::name(row),
            detail: role.into_iter().chain(organisation).collect::<Vec<_>>().join(", "),
            standing: words::standing(row.status),
            place: people::place(row),
            duplicate_of: row.possible_duplicate_of.map(|twin| twin.to_string()),
        }
    }
}

/// `GET /organise/events/{id}`
pub async fn show(
    State(app): State<Arc<App>>,
    roster: RosterEvent,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let asked = Asked::read(&query);
    let record = &roster.record;
    let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
    let found = if roster.is_counts_only() {
        Found { rows: Vec::new(), count: 0, page: 1, pages: 1 }
    } else {
        people::find(&app, record, &ledger, &asked).await?
    };
    let now = app.clock.now();
    let programmes = app.programmes().await?;
    let content = EventPage {
        id: record.id.to_string(),
        title: &record.event.title,
        state: words::state(record.status, &record.event, now),
        is_draft: record.status == EventStatus::Draft,
        is_over: record.event.ends() <= now,
        is_cancelled: record.status == EventStatus::Cancelled,
        may_manage: roster.organiser.may_manage(),
        is_counts_only: roster.is_counts_only(),
        facts: SummaryList { rows: facts(record, &ledger, programmes.label(record.event.programme), now) },
        needs: super::needs::counted(&crate::needs::of_event(&app, record, &ledger).await?),
        done: done(&query),
        search: TextInput {
            field: Field::new("search", "Name, email address, organisation or reference"),
            value: &asked.search,
            kind: InputKind::Text,
            autocomplete: "off",
        },
        statuses: statuses(&asked),
        sorts: sorts(&asked),
        people: found.rows.iter().map(PersonLine::of).collect(),
        found: words::counted(found.count as u64, "person", "people"),
        pagination: pagination(record, &asked, &found),
    };
    let hub = app.hub().await?;
    let page = events_page(&hub, &roster.organiser, &record.event.title).back("/organise/events", "Events");
    Ok(page.show(&content))
}

/// `POST /organise/events/{id}/publish`
pub async fn publish(State(app): State<Arc<App>>, managed: ManagedEvent) -> Result<Response, Rejection> {
    change::publish_event(&app, &managed).await?;
    Ok(to_event(managed.record.id))
}

/// What has just been done, in words that stand in the code and not in the address.
fn done(query: &FormData) -> Option<&'static str> {
    Some(match query.one("done") {
        "changed" => "The event has been changed.",
        "copied" => "This is the copy. It is a draft until you publish it.",
        "people" => "Done. Everybody concerned is being told by mail.",
        "sent" => "Your message is on its way.",
        _ => return None,
    })
}

fn facts<'a>(record: &'a EventRecord, ledger: &Ledger, programme: String, now: Timestamp) -> Vec<Fact<'a>> {
    let event = &record.event;
    let places = ledger.places();
    let sessions: Vec<String> = event.sessions.iter().map(dates::session).collect();
    let held = match event.capacity {
        Some(capacity) => format!("{} of {capacity} taken, {} free", places.confirmed, places.free),
        None => format!("{} taken, no limit", places.confirmed),
    };
    let mut facts = vec![
        Fact::lines("When", &sessions),
        Fact::new("Programme", programme),
        Fact::new("Places", held),
        Fact::new("Line", format!("{} waiting, {} offered a place", places.waiting, places.offered)),
    ];
    if places.over_by > 0 {
        let over = words::counted(places.over_by, "person more than it has places", "people more than it has places");
        facts.push(Fact::new("Above its capacity", over));
    }
    if let Some(minimum) = event.minimum {
        facts.push(Fact::new("Goes ahead with", words::counted(minimum, "person", "people")));
    }
    for (key, lane) in ledger.lanes.iter().filter(|_| !event.lanes.is_empty()) {
        let names = event.lane_names();
        let name = names.get(key).copied().unwrap_or("Everyone else");
        facts.push(Fact::new("Lane", format!("{name}: {} places", lane.places)));
    }
    let closes = dates::moment(event.closes());
    facts.push(Fact::new(
        "Booking",
        if event.closes() > now { format!("Closes {closes}") } else { format!("Closed {closes}") },
    ));
    if let Some(reason) = &record.reason {
        facts.push(Fact::new("Why it was cancelled", reason.as_str()));
    }
    facts
}

fn statuses(asked: &Asked) -> Select<'static> {
    let choice = |status: &&'static str| Choice::new(*status, words::standing(status).words, asked.status == **status);
    Select {
        field: Field::new("status", "Standing"),
        empty: "Everybody",
        choices: crate::roster::STATUSES.iter().map(choice).collect(),
        autocomplete: "off",
    }
}

fn sorts(asked: &Asked) -> Select<'static> {
    let sorts = [("name", "Name"), ("organisation", "Organisation"), ("status", "Standing")];
    let choice = |(value, words): (&'static str, &'static str)| Choice::new(value, words, asked.sort == value);
    Select {
        field: Field::new("sort", "In order of"),
        empty: "Booking",
        choices: sorts.into_iter().map(choice).collect(),
        autocomplete: "off",
    }
}

fn pagination<'a>(record: &EventRecord, asked: &Asked, found: &Found) -> Option<Pagination<'a>> {
    let to = |page: usize| Link::new(asked.page_address(record.id, page), format!("{page} of {}", found.pages));
    (found.pages > 1).then(|| Pagination {
        previous: (found.page > 1).then(|| to(found.page - 1)),
        next: (found.page < found.pages).then(|| to(found.page + 1)),
    })
}
