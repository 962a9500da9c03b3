//! What is on: the list, with its filters.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::{Ledger, Programmes};
use jiff::Timestamp;
use store::EventRecord;
use web::components::{Button, ButtonKind, Card, Checkboxes, Content, InsetText, Select, Tag};
use web::page::{self, Page};

use crate::availability::Availability;
use crate::filters::Filters;
use crate::{KEPT_SECONDS, upcoming, words};

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    /// What the address asked for and could not be understood.
    unknown: Vec<&'static str>,
    programmes: Select<'static>,
    months: Select<'static>,
    formats: Select<'static>,
    places: Checkboxes<'static>,
    is_filtered: bool,
    events: Vec<Listed>,
}

impl ListPage {
    fn note(words: &'static str) -> InsetText<'static> {
        InsetText { content: words.into() }
    }

    fn button() -> Button<'static> {
        Button { words: "Show events", kind: ButtonKind::Secondary }
    }
}

/// What a card says of an event, under its title.
#[derive(Template)]
#[template(path = "listed.html")]
struct Listed {
    href: String,
    title: String,
    summary: Option<String>,
    when: String,
    place: String,
    programme: String,
    availability: Availability,
}

impl Listed {
    fn card(&self) -> Card<'_> {
        let content = Content::of(self);
        Card { heading: &self.title, level: 3, href: &self.href, is_clickable: true, content }
    }

    fn tag(&self) -> Tag<'_> {
        Tag { words: self.availability.to_string().into(), colour: self.availability.tone() }
    }

    fn of(record: &EventRecord, programmes: &Programmes, availability: Availability, now: Timestamp) -> Self {
        let event = &record.event;
        Self {
            href: format!("/events/{}", record.id),
            title: event.title.clone(),
            summary: event.summary.clone(),
            when: words::when(event, now),
            place: words::place(event),
            programme: programmes.label(event.programme),
            availability,
        }
    }
}

/// The list.
pub async fn show(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Result<Response, Rejection> {
    let now = app.clock.now();
    let hub = app.hub().await?;
    let known = app.programmes().await?;
    let (filters, unknown) = Filters::read(&query.unwrap_or_default(), &known);
    let found = upcoming::public(&app, now).await?;
    let content = ListPage {
        unknown,
        programmes: filters.programmes(&known),
        months: filters.months(&found, now),
        formats: filters.formats(),
        places: filters.places(),
        is_filtered: filters.any(),
        events: listed(&found, &known, &filters, now),
    };
    let page = Page::new("What is on", &hub);
    Ok(page::keep(page.show(&content), KEPT_SECONDS))
}

fn listed(found: &[(EventRecord, Ledger)], programmes: &Programmes, filters: &Filters, now: Timestamp) -> Vec<Listed> {
    let list = |(record, ledger): &(EventRecord, Ledger)| {
        let availability = Availability::of(record, ledger, now);
        let shown = filters.let_through(record, ledger, &availability);
        shown.then(|| Listed::of(record, programmes, availability, now))
    };
    found.iter().filter_map(list).collect()
}
