//! What follows a booking: the reference, where it stands, and what happens next. It names nobody: whoever has the
//! reference alone sees the same.

use std::sync::Arc;

use app::views::Standing;
use app::{App, Asked, Rejection};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::{PersonId, Reference, Refusal};
use store::EventRecord;
use web::components::{Content, Panel, Row, SummaryList};
use web::dates;
use web::forms::FormData;
use web::page::Page;

use crate::book::public_event;

#[derive(Template)]
#[template(path = "booked.html")]
struct BookedPage<'a> {
    record: &'a EventRecord,
    sessions: Vec<String>,
    reference: String,
    status: &'static str,
    position: Option<u32>,
    is_online: bool,
}

impl BookedPage<'_> {
    fn heading(&self) -> String {
        match (self.status, self.position) {
            ("confirmed", _) => "You have a place".to_owned(),
            ("waiting", Some(position)) => format!("You are number {position} on the waiting list"),
            ("approval", _) => "Your request has been sent".to_owned(),
            ("offered", _) => "A place is being held for you".to_owned(),
            _ => "This booking has ended".to_owned(),
        }
    }

    fn panel(&self) -> String {
        let html = format!("Your reference<br><strong class=\"app-reference\">{}</strong>", self.reference);
        Panel { heading: &self.heading(), content: Content::html(html) }.to_string()
    }

    fn facts(&self) -> SummaryList<'_> {
        let event = &self.record.event;
        let mut rows = vec![Row::new("Event", event.title.as_str()), Row::lines("When", &self.sessions)];
        rows.extend(event.venue.as_deref().map(|venue| Row::new("Where", venue)));
        SummaryList { rows }
    }
}

/// `GET /events/{id}/booked?ref=…`
pub async fn show(
    State(app): State<Arc<App>>,
    Asked(id): Asked,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let record = public_event(&app, id, true).await?;
    let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let reference: Option<Reference> = query.one("ref").parse().ok();
    let is_meant = |person: &&PersonId| Some(app.identity.reference(record.id, **person)) == reference;
    let person = ledger.members.keys().find(is_meant).copied().ok_or(Refusal::BookingNotFound)?;
    let standing = Standing::of(&ledger, person).ok_or(Refusal::BookingNotFound)?;
    let content = BookedPage {
        record: &record,
        sessions: record.event.sessions.iter().map(dates::session).collect(),
        reference: app.identity.reference(record.id, person).to_string(),
        status: standing.status,
        position: standing.position,
        is_online: record.event.joining_url.is_some(),
    };
    let hub = app.hub().await?;
    Ok(Page::new(&content.heading(), &hub).show(&content))
}
