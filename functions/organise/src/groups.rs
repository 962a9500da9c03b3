//! Group booking: an organisation gets several places at once, and its contact a link under which to name people.

use std::sync::Arc;

use app::access::ManagedEvent;
use app::trail::{self, Deed};
use app::{App, Link, Notice, Rejection};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::ledger::{GENERAL, LaneKey};
use domain::uk_time::uk;
use domain::{EmailAddress, Fields, Generation, Organisation, PersonName, Refusal};
use jiff::Timestamp;
use jiff::civil::{Date, time};
use mail::{Letter, Part};
use serde_json::{Value, json};
use store::{EventRecord, GROUP_PLACES_MAX, Group, GroupContact, Timer};
use web::{Problem, body, dates, page};

use crate::asked;

/// What is asked for.
struct Asked {
    organisation: Organisation,
    places: u32,
    lane: LaneKey,
    contact: GroupContact,
    name_by: Timestamp,
}

/// `POST /api/v1/events/{id}/groups {"organisation", "places", "contact": {"name", "email"}, "name_by", "lane"?}`
pub async fn create(
    State(app): State<Arc<App>>,
    managed: ManagedEvent,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let (record, now) = (&managed.record, app.clock.now());
    let asked = read(body::json(&headers, request, &[]).await?, record, now)?;
    if app.hub().await?.policy.self_only {
        return Err(Refusal::SelfOnly.into());
    }
    let number = app.random();
    let group = Group {
        id: app.identity.group_place(record.id, number, 0),
        organisation: asked.organisation,
        lane: asked.lane,
        places: (1..=asked.places).map(|place| app.identity.group_place(record.id, number, place)).collect(),
        name_by: asked.name_by,
        contact: app.identity.person(&asked.contact.email, &asked.contact.name),
    };
    let seated = app.store.seat_group(record.id, &group, &asked.contact, now, app.random()).await?;
    if let Err(refusal) = seated {
        return Err(refused(&app, record, &group, refusal).await?.into());
    }
    app.store.set_timer(&Timer { event: record.id, kind: group.timer(), at: group.name_by }).await?;
    let letter = letter(&app, record, &group, &asked.contact).await?;
    let mark = group.id.to_string();
    app.post(Notice { to: &asked.contact.email, kind: "group", mark, letter, enclosures: Vec::new() })
        .await
        .map_err(Rejection::Failure)?;
    tracing::info!(event.id = %record.id, places = asked.places, "group seated");
    trail::record(&app, &managed.organiser, Deed::event("group.create", record.id)).await?;
    Ok(page::created(&json!({"group": group.id, "places": asked.places, "name_by": group.name_by})))
}

/// A "no" that says how many places there are.
async fn refused(app: &App, record: &EventRecord, group: &Group, refusal: Refusal) -> Result<Problem, Rejection> {
    let problem = Problem::from(refusal);
    let ledger = app.store.ledger(record.id).await?;
    let free = ledger.map_or(0, |ledger| ledger.free_in(group.lane));
    Ok(match refusal {
        Refusal::EventFull => problem.worded(format!(
            "The group needs {} places and {free} are left here, so none was booked. Ask for {free} or fewer, or raise \
             the capacity.",
            group.places.len()
        )),
        _ => problem,
    })
}

fn read(mut sent: Value, record: &EventRecord, now: Timestamp) -> Result<Asked, Problem> {
    // A name alone says as much as an object with a name.
    if let Some(name) = sent.get("organisation").and_then(Value::as_str).map(str::to_owned) {
        sent["organisation"] = json!({"name": name});
    }
    asked::read(sent, |fields| {
        let organisation = fields.object("organisation", Organisation::read).filter(|o| o.key().is_some());
        if organisation.is_none() {
            fields.refuse("organisation", "Enter the name of the organisation");
        }
        let places = fields.number("places", 1, GROUP_PLACES_MAX);
        if places.is_none() {
            fields.refuse("places", format!("Enter how many places, from 1 to {GROUP_PLACES_MAX}"));
        }
        let contact = fields.object("contact", read_contact).flatten();
        if contact.is_none() {
            fields.refuse("contact", "Enter the name and email address of whoever names the people");
        }
        let name_by = read_deadline(fields, record, now);
        let lane = read_lane(fields, record);
        Some(Asked { organisation: organisation?, places: places?, lane: lane?, contact: contact?, name_by: name_by? })
    })
}

fn read_contact(fields: &mut Fields) -> Option<GroupContact> {
    let name = fields.parse("name", "Enter a full name", PersonName::parse);
    let email = fields.parse("email", "Enter an email address", EmailAddress::parse);
    Some(GroupContact { name: name?, email: email? })
}

/// A time, or a day until its end; ahead of us, and not after the start.
fn read_deadline(fields: &mut Fields, record: &EventRecord, now: Timestamp) -> Option<Timestamp> {
    let words = "Enter a date like 2026-12-01, or a date and time with an offset";
    let starts = record.event.starts();
    fields.parse("name_by", words, |raw| {
        let begins = uk().to_datetime(starts).date();
        let at = match raw.parse::<Date>() {
            Ok(day) if raw.len() == 10 && day == begins => starts,
            Ok(day) if raw.len() == 10 => uk().to_timestamp(day.to_datetime(time(23, 59, 59, 0))).map_err(|_| words)?,
            _ => raw.parse::<Timestamp>().map_err(|_| words)?,
        };
        if at > now && at <= starts { Ok(at) } else { Err("Must be ahead, and not after the event starts") }
    })
}

fn read_lane(fields: &mut Fields, record: &EventRecord) -> Option<LaneKey> {
    let Some(name) = fields.line("lane", 200) else { return Some(GENERAL) };
    let lane = record.event.lanes.iter().find(|lane| lane.name == name).map(|lane| lane.key);
    if lane.is_none() {
        fields.refuse("lane", "The event has no lane of this name");
    }
    lane
}

/// What the contact gets: the link, and until when it serves.
async fn letter(app: &App, record: &EventRecord, group: &Group, contact: &GroupContact) -> Result<Letter, Rejection> {
    let confidential = app.programmes().await?.is_confidential(record.event.programme);
    let title = if confidential { "your booking" } else { record.event.title.as_str() };
    let link = Link { person: group.id, event: record.id, generation: Generation(0) };
    let url = format!("{}/groups/{}", app.config.base_url, app.identity.token(&link));
    let count = group.places.len();
    let mut facts = vec![("Event".to_owned(), record.event.title.clone())];
    facts.extend(record.event.sessions.iter().map(|session| ("When".to_owned(), dates::session(session))));
    facts.push(("Places".to_owned(), count.to_string()));
    facts.push(("Name people by".to_owned(), dates::moment(group.name_by)));
    let parts = vec![
        Part::Text(format!(
            "{count} places are booked for your organisation. Tell us who comes: each person then gets a booking of their own."
        )),
        Part::Link { label: "Name your people".to_owned(), url },
        Part::Facts(facts),
        Part::Text("Places that have no name by then go to the waiting list.".to_owned()),
    ];
    let greeting = format!("Dear {},", contact.name.as_str());
    Ok(Letter { subject: format!("Name your group: {title}"), greeting, parts, hub: app.hub().await?.name })
}
