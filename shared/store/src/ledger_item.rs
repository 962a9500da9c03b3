//! A ledger as an item: `st oa ca sa oh ol rv v ln m of og`, and `gT gD` for its next tick.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ledger::{Entry, GENERAL, Lane, LaneKey, Ledger, Release, State};
use domain::{EventId, PersonId};
use jiff::Timestamp;

use crate::failure::Failure;
use crate::item::{Attributes as _, Item, number, seconds, text};
use crate::keys::{DUE_AT, DUE_KIND, DueKind, Key, event_hash};

pub(crate) fn state_name(state: State) -> &'static str {
    match state {
        State::Draft => "draft",
        State::Open => "open",
        State::Closed => "closed",
        State::Cancelled => "cancelled",
    }
}

/// The whole item of a new ledger.
pub(crate) fn write(event: EventId, ledger: &Ledger) -> Item {
    let mut item = Key::Ledger(event).attributes();
    let mut put = |name: &str, value| drop(item.insert(name.to_owned(), value));
    put("st", text(state_name(ledger.state)));
    put("oa", seconds(ledger.opens));
    put("ca", seconds(ledger.closes));
    put("sa", seconds(ledger.starts));
    if let Some(hours) = ledger.offer_hours {
        put("oh", number(hours));
    }
    if let Some(limit) = ledger.organisation_limit {
        put("ol", number(limit));
    }
    put("rv", number(ledger.rules));
    put("v", number(ledger.version));
    put("ln", AttributeValue::M(ledger.lanes.iter().map(|(key, lane)| (key.to_string(), write_lane(lane))).collect()));
    let members = ledger.members.iter().map(|(person, entry)| (person.to_string(), number(entry.to_number())));
    put("m", AttributeValue::M(members.collect()));
    put("of", write_offers(&ledger.offers));
    put("og", write_organisations(&ledger.organisations));
    if let Some(due) = ledger.due() {
        put(DUE_KIND, due_kind(event));
        put(DUE_AT, seconds(due));
    }
    item
}

pub(crate) fn due_kind(event: EventId) -> AttributeValue {
    text(DueKind::Ledger.partition(event_hash(event)))
}

pub(crate) fn write_offers(offers: &BTreeMap<PersonId, Timestamp>) -> AttributeValue {
    AttributeValue::M(offers.iter().map(|(person, until)| (person.to_string(), seconds(*until))).collect())
}

pub(crate) fn write_organisations(organisations: &BTreeMap<String, u32>) -> AttributeValue {
    AttributeValue::M(organisations.iter().map(|(key, count)| (key.clone(), number(count))).collect())
}

pub(crate) fn write_lane(lane: &Lane) -> AttributeValue {
    let mut item = Item::from([
        ("c".to_owned(), number(lane.places)),
        ("i".to_owned(), number(lane.issued)),
        ("h".to_owned(), number(lane.admitted)),
        ("x".to_owned(), number(lane.ceiling)),
    ]);
    if let Some(limit) = lane.line_limit {
        item.insert("wl".to_owned(), number(limit));
    }
    if let Some(release) = release_number(lane.release) {
        item.insert("rel".to_owned(), number(release));
    }
    if lane.approval {
        item.insert("appr".to_owned(), AttributeValue::Bool(true));
    }
    AttributeValue::M(item)
}

/// Epoch seconds of a release to come; 0 once it has happened.
pub(crate) fn release_number(release: Release) -> Option<i64> {
    match release {
        Release::Never => None,
        Release::At(at) => Some(at.as_second().max(1)),
        Release::Done => Some(0),
    }
}

/// Reads a ledger from its item.
pub(crate) fn read(item: &Item) -> Result<Ledger, Failure> {
    let state = match item.text("st")? {
        "draft" => State::Draft,
        "open" => State::Open,
        "closed" => State::Closed,
        "cancelled" => State::Cancelled,
        _ => return Err(Failure::unreadable("attribute st is no state")),
    };
    Ok(Ledger {
        state,
        opens: item.seconds("oa")?,
        closes: item.seconds("ca")?,
        starts: item.seconds("sa")?,
        offer_hours: item.number_or_none("oh")?,
        organisation_limit: item.number_or_none("ol")?,
        rules: item.number("rv")?,
        version: item.number("v")?,
        lanes: item
            .map("ln")?
            .iter()
            .map(|(key, lane)| Ok((lane_key(key)?, read_lane(lane)?)))
            .collect::<Result<_, Failure>>()?,
        members: item.map("m")?.iter().map(read_member).collect::<Result<_, Failure>>()?,
        offers: read_offers(item.map("of")?)?,
        organisations: read_organisations(item.map("og")?)?,
    })
}

fn lane_key(text: &str) -> Result<LaneKey, Failure> {
    if text == "g" {
        return Ok(GENERAL);
    }
    text.parse().map(LaneKey::new).map_err(Failure::unreadable)
}

fn read_lane(value: &AttributeValue) -> Result<Lane, Failure> {
    let item = value.as_m().map_err(|_| Failure::unreadable("a lane is not a map"))?;
    let release = match item.number_or_none::<i64>("rel")? {
        None => Release::Never,
        Some(0) => Release::Done,
        Some(second) => Release::At(Timestamp::from_second(second).map_err(Failure::unreadable)?),
    };
    Ok(Lane {
        places: item.number("c")?,
        issued: item.number("i")?,
        admitted: item.number("h")?,
        ceiling: item.number("x")?,
        line_limit: item.number_or_none("wl")?,
        release,
        approval: item.flag("appr"),
    })
}

fn read_member((person, value): (&String, &AttributeValue)) -> Result<(PersonId, Entry), Failure> {
    let person = person.parse().map_err(Failure::unreadable)?;
    let number = value.as_n().map_err(|_| Failure::unreadable("an entry is not a number"))?;
    let entry = Entry::from_number(number.parse().map_err(Failure::unreadable)?).map_err(Failure::unreadable)?;
    Ok((person, entry))
}

fn read_offers(item: &Item) -> Result<BTreeMap<PersonId, Timestamp>, Failure> {
    item.keys().map(|person| Ok((person.parse().map_err(Failure::unreadable)?, item.seconds(person)?))).collect()
}

fn read_organisations(item: &Item) -> Result<BTreeMap<String, u32>, Failure> {
    item.keys().map(|key| Ok((key.clone(), item.number(key)?))).collect()
}
