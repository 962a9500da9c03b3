//! What happened to one registration, in order of time: when it was booked, each mail about it, as that tells offers,
//! lapses and promotions, and what organisers did.

use std::sync::Arc;

use app::{App, Rejection};
use axum::extract::State;
use axum::response::Response;
use domain::ledger::{Entry, Live};
use domain::{Generation, Registration};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use store::{Action, Deed, Filed, MessageState, TO_MANAGER};
use web::{dates, page};

use crate::line::Concerned;
use crate::needs;
use crate::row::Row;

/// Something that happened.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// The kind of mail, or what was done.
    pub what: String,
    /// Which organiser did it.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The place in the order that was given.
    pub priority: Option<u8>,
    /// The mail that it is.
    pub mail: Option<Mail>,
    #[serde(skip)]
    order: (Generation, u64, Rank),
}

/// What comes first of one booking's moments that one version of the ledger shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Booked,
    Deed,
    Mail,
}

/// How far a mail has got.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Mail {
    kind: String,
    state: &'static str,
    /// Since when.
    at: Timestamp,
    /// Why it was dropped.
    why: Option<String>,
}

impl Mail {
    /// How far it has got, in words.
    pub fn words(&self) -> String {
        let since = dates::moment(self.at);
        match (self.state, &self.why) {
            ("sent", _) => format!("sent {since}"),
            ("due", _) if self.kind.starts_with(TO_MANAGER) => format!("to be sent {since}"),
            ("due", _) => format!("waiting to be sent since {since}"),
            (state, Some(why)) => format!("{state} {since}: {why}"),
            (state, None) => format!("{state} {since}"),
        }
    }
}

/// `GET …/{reference}`: the row, and its history.
pub async fn registration(State(app): State<Arc<App>>, concerned: Concerned) -> Result<Response, Rejection> {
    let mut answer = json!(row(&app, &concerned).await?);
    answer["history"] = json!(moments(&app, &concerned).await?);
    answer["absence_reason"] = json!(app.store.absence(concerned.managed.record.id, concerned.person).await?);
    Ok(page::ok(&answer))
}

/// `GET …/{reference}/history`: the row, what the ledger holds, what the person needs, and the history.
pub async fn read(State(app): State<Arc<App>>, concerned: Concerned) -> Result<Response, Rejection> {
    let row = row(&app, &concerned).await?;
    let place = place(&concerned, &row);
    let access = needs::state_if_any(concerned.registration.as_ref());
    let history = moments(&app, &concerned).await?;
    Ok(page::ok(&json!({"registration": row, "place": place, "access": access, "history": history})))
}

async fn row(app: &App, concerned: &Concerned) -> Result<Row, Rejection> {
    Row::read(app, &concerned.managed.record, &concerned.ledger, concerned.person).await
}

/// What the ledger holds; of a registration that has ended, only which booking it was.
fn place(concerned: &Concerned, row: &Row) -> Value {
    let live = concerned.ledger.live(concerned.person);
    let of = |fact: fn(&Live) -> bool| live.map(fact);
    json!({
        "ticket": live.map(|live| live.ticket),
        "lane": row.lane,
        "priority": live.map(|live| live.priority.number()),
        "returned": of(|live| live.returned),
        "approved": of(|live| live.approved),
        "admitted_by_name": of(|live| live.admitted),
        "generation": concerned.ledger.members.get(&concerned.person).map(Entry::generation),
    })
}

/// Everything that happened to a registration.
pub async fn moments(app: &App, concerned: &Concerned) -> Result<Vec<Moment>, Rejection> {
    let (person, event) = (concerned.person, concerned.managed.record.id);
    let mails = app.store.filed(person, event).await?;
    let deeds = app.store.deeds(person, event).await?;
    Ok(in_order(concerned.registration.as_ref(), mails, deeds))
}

/// All of it in order. An earlier booking was made, as far as is still known, when its first mail says so.
fn in_order(present: Option<&Registration>, mails: Vec<Filed>, deeds: Vec<Deed>) -> Vec<Moment> {
    let mut moments: Vec<Moment> = Vec::new();
    let first = |generation: Generation| {
        let of = mails.iter().filter(|mail| mail.generation == generation && is_told_on_booking(&mail.kind));
        of.map(|mail| mail.at).min()
    };
    if let Some(present) = present {
        let earlier = (1..present.generation.0).map(Generation).filter_map(|g| Some((g, first(g)?)));
        moments.extend(earlier.map(|(generation, at)| booked(generation, at)));
        moments.push(booked(present.generation, present.at));
    }
    moments.extend(deeds.into_iter().map(deed));
    moments.extend(mails.into_iter().map(mail));
    moments.sort_by_key(|moment| (moment.at, moment.order));
    moments
}

fn booked(generation: Generation, at: Timestamp) -> Moment {
    let what = if generation == Generation::FIRST { "booked" } else { "booked-again" };
    let order = (generation, 0, Rank::Booked);
    Moment { at, what: what.to_owned(), by: None, reason: None, priority: None, mail: None, order }
}

fn deed(deed: Deed) -> Moment {
    let Action { at, by, action, reason, priority, .. } = deed.action;
    let order = (deed.generation, deed.version, Rank::Deed);
    Moment { at, what: action, by: Some(by), reason, priority, mail: None, order }
}

fn mail(filed: Filed) -> Moment {
    let Filed { kind, generation, version, at, state, since, why, .. } = filed;
    let state = match state {
        MessageState::Due => "due",
        MessageState::Sent => "sent",
        MessageState::Dropped => "dropped",
        MessageState::Bounced => "bounced",
    };
    let order = (generation, version.unwrap_or(u64::MAX), Rank::Mail);
    let mail = Some(Mail { kind: kind.clone(), state, at: since, why });
    Moment { at, what: kind, by: None, reason: None, priority: None, mail, order }
}

/// Whether a mail of this kind says what a booking came to.
fn is_told_on_booking(kind: &str) -> bool {
    matches!(kind, "confirmed" | "waiting" | "approval")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn filed(kind: &str, generation: u16, version: u64, second: i64) -> Filed {
        let (generation, at) = (Generation(generation), at(second));
        let version = Some(version);
        Filed {
            kind: kind.to_owned(),
            generation,
            version,
            told: None,
            at,
            state: MessageState::Sent,
            since: at,
            why: None,
        }
    }

    #[test]
    fn what_happened_at_one_time_stands_in_the_order_in_which_it_can_have_happened() {
        let action = Action {
            at: at(7),
            by: "dev@hub.example".to_owned(),
            action: "registration.admit".to_owned(),
            on: "2222222223".to_owned(),
            reference: None,
            reason: None,
            priority: None,
        };
        let of = |kind, version| filed(kind, 2, version, 7);
        let mails = vec![of("promoted", 4), of("returned", 3), of("waiting", 1), filed("cancelled", 1, 1, 7)];
        let deed = Deed { generation: Generation(2), version: 4, action };
        let moments = in_order(None, mails, vec![deed]);
        let what: Vec<&str> = moments.iter().map(|moment| moment.what.as_str()).collect();
        assert_eq!(what, ["cancelled", "waiting", "returned", "registration.admit", "promoted"]);
    }
}
