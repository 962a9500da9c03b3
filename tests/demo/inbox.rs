//! The inbox of a year, read as one participant after another: every mail about a booking in the order in which its
//! story can go, none missing, none twice, none stale.

use std::collections::{BTreeMap, BTreeSet};

use domain::Event;
use domain::reminders::{self, ReminderKind};
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::Value;

use crate::hub::{TestHub, send};

/// When the year's last work is done.
const YEAR_OVER: &str = "2021-04-09T16:30:00Z";

/// A mail about one booking: the state that its subject says first, and when it went.
#[derive(Debug)]
struct Told {
    state: String,
    at: Timestamp,
    /// References of the bookings that it is about.
    about: Vec<String>,
}

/// Where a person knows a booking to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Nothing,
    Place,
    Line,
    Approval,
    Offer,
    /// Ended, and could be booked again.
    Ended,
    /// Nothing more can come of it.
    Over,
}

impl Known {
    /// What a person knows after a mail; `None` where that mail cannot come then.
    fn after(self, state: &str) -> Option<Self> {
        use Known::{Approval, Ended, Line, Nothing, Offer, Over, Place};
        Some(match (self, state) {
            (Nothing | Ended | Approval | Offer, "Confirmed")
            | (Line | Offer, "You now have a place")
            | (Place, "In a week" | "Tomorrow" | "In an hour" | "Changed") => Place,
            (Nothing | Ended | Approval, "On the waiting list") | (Offer, "Offer ended, back on the waiting list") => {
                Line
            }
            (Nothing | Ended, "Waiting for approval") => Approval,
            // Whoever is offered a place before the first mail has gone is told that alone.
            (Nothing | Ended | Line, "Accept your place") | (Line | Offer, "Last chance to accept your place") => Offer,
            (Place | Line | Approval | Offer, "Cancelled" | "Handed over")
            | (Approval, "Not approved")
            | (Offer, "Offer ended") => Ended,
            (Place | Line | Approval | Offer, "Event cancelled")
            | (Line | Approval | Offer, "Waiting list ended")
            | (Place, "Thank you")
            | (Over, "Three months later") => Over,
            // A certificate comes when attendance is in, before or after the thanks; so does the question why.
            (Place | Over, "Your certificate" | "Your new certificate" | "We missed you") => self,
            _ => return None,
        })
    }

    /// Whether the roster says the same.
    fn is(self, status: &str) -> bool {
        match status {
            "confirmed" | "attended" | "absent" => matches!(self, Self::Place | Self::Over),
            "waiting" => matches!(self, Self::Line | Self::Over),
            "offered" => self == Self::Offer,
            "approval" => matches!(self, Self::Approval | Self::Over),
            "cancelled" | "expired" => matches!(self, Self::Ended | Self::Over),
            _ => false,
        }
    }
}

/// Reads everybody's mails; how many there were.
pub async fn check(hub: &TestHub, now: Timestamp) -> usize {
    let mut inboxes: BTreeMap<String, BTreeMap<String, Vec<Told>>> = BTreeMap::new();
    let (mut count, mut seen, mut wrong) = (0, BTreeSet::new(), Vec::new());
    for (id, event) in events(hub).await {
        for row in roster(hub, &id).await {
            let (Some(address), Some(reference)) = (row["email"].as_str(), row["reference"].as_str()) else { continue };
            let status = row["status"].as_str().expect("a status");
            if !inboxes.contains_key(address) {
                inboxes.insert(address.to_owned(), threads(hub, address).await);
            }
            let thread = format!("<{reference}.{id}@hub.example>");
            let told = inboxes[address].get(&thread).map(Vec::as_slice).unwrap_or_default();
            // Whoever came without booking has been sent a certificate, and thanked where that was known in time.
            if row["ticket"].is_null() && matches!(status, "attended" | "absent") {
                let is_due = |mail: &Told| matches!(mail.state.as_str(), "Your certificate" | "Thank you");
                assert!(told.iter().all(is_due), "{reference}: {told:?}");
                count += told.len();
                seen.insert((address.to_owned(), thread));
                continue;
            }
            let others = inboxes[address].iter().filter(|(other, _)| **other != thread).flat_map(|(_, told)| told);
            let merged = others.filter(|mail| mail.about.iter().any(|about| about == reference)).collect::<Vec<_>>();
            if let Err(what) = check_story(&event, status, (told, &merged), now) {
                wrong.push(format!("{what}: booking {reference} of {} is {status}, was told {told:?}", event.title));
            }
            count += told.len();
            seen.insert((address.to_owned(), thread));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} bookings:\n{}",
        wrong.len(),
        seen.len(),
        wrong[..wrong.len().min(5)].join("\n")
    );
    for (address, threads) in &inboxes {
        for thread in threads.keys() {
            assert!(seen.contains(&(address.clone(), thread.clone())), "{thread} is about no booking");
        }
    }
    count
}

/// What a person was told of one booking, in mails of its own and in another's that says it too.
fn check_story(event: &Event, status: &str, (told, merged): (&[Told], &[&Told]), now: Timestamp) -> Result<(), String> {
    let mut known = Known::Nothing;
    let mut story = vec![(Timestamp::MIN, known)];
    for mail in told {
        known = known.after(&mail.state).ok_or_else(|| format!("{} cannot follow {known:?}", mail.state))?;
        story.push((mail.at, known));
    }
    if !known.is(status) {
        return Err(format!("{known:?} is not what the roster says"));
    }
    let stood = |at: Timestamp| story.iter().rfind(|(since, _)| *since < at).map_or(Known::Nothing, |(_, then)| *then);
    for (kind, due) in reminders::of(event).into_iter().filter(|(_, due)| *due <= now) {
        let own = told.iter().filter(|mail| mail.state == subject(kind) && mail.at == due).count();
        // Several events of a week are one reminder, which comes with the first.
        let week = SignedDuration::from_hours(7 * 24);
        let is_merged = |mail: &&&Told| kind == ReminderKind::Week && mail.state == subject(kind);
        let before: Vec<_> = merged.iter().filter(is_merged).filter(|m| m.at < due && m.at >= due - week).collect();
        if let Some(stale) = before.iter().find(|mail| stood(mail.at) != Known::Place) {
            return Err(format!("{} of another event's mail came at {} without a place", stale.state, stale.at));
        }
        // Whoever is asked after three months was there; nobody was at the hub between the year and today.
        if kind == ReminderKind::FollowUp {
            if own != usize::from(status == "attended" && due < YEAR_OVER.parse().expect("a time")) {
                return Err(format!("asked {own} times after three months"));
            }
            continue;
        }
        // Attendance is in by noon, when the thanks have gone: they went to everyone with a place.
        let is_right = match stood(due) {
            Known::Place => own + before.len() == 1,
            // Whoever has left since was told in time that it was near.
            _ => own == 0 && before.len() <= 1,
        };
        if !is_right {
            return Err(format!("{} came {own} times at {due}, and {} times before", subject(kind), before.len()));
        }
    }
    let reminded = |mail: &&Told| ReminderKind::ALL.iter().any(|kind| subject(*kind) == mail.state);
    let dates: Vec<Timestamp> = reminders::of(event).into_iter().map(|(_, due)| due).collect();
    match told.iter().find(|mail| reminded(mail) && !dates.contains(&mail.at)) {
        Some(stale) => Err(format!("{} came at {}", stale.state, stale.at)),
        None => Ok(()),
    }
}

fn subject(kind: ReminderKind) -> &'static str {
    match kind {
        ReminderKind::Week => "In a week",
        ReminderKind::Day => "Tomorrow",
        ReminderKind::Hour => "In an hour",
        ReminderKind::Thanks => "Thank you",
        ReminderKind::FollowUp => "Three months later",
    }
}

/// One participant's inbox, by thread.
async fn threads(hub: &TestHub, address: &str) -> BTreeMap<String, Vec<Told>> {
    let reply = send(hub.request(Method::GET, "/_local/inbox").query(&[("to", address)])).await;
    let mut threads: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for message in reply.body["messages"].as_array().expect("messages") {
        let subject = message["subject"].as_str().expect("a subject");
        let state = subject.split(": ").next().unwrap_or_default().to_owned();
        // Whoever names a group's people is told of places, not of a booking.
        if state == "Name your group" {
            continue;
        }
        let at = message["at"].as_str().and_then(|at| at.parse().ok()).expect("a time");
        let thread = message["headers"]["References"].as_str().expect("a thread").to_owned();
        let text = message["text"].as_str().expect("text");
        let about = text.lines().filter_map(|line| line.trim().strip_prefix("Your reference: ")).map(str::to_owned);
        threads.entry(thread).or_default().push(Told { state, at, about: about.collect() });
    }
    threads
}

/// Every published or cancelled event that there is.
async fn events(hub: &TestHub) -> Vec<(String, Event)> {
    let mut pages = hub.hub().operator().scan().table_name(hub.hub().table()).into_paginator().items().send();
    let mut events = Vec::new();
    while let Some(item) = pages.next().await {
        let item = item.expect("an item");
        let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
        let id = text("PK").and_then(|pk| pk.strip_prefix("E#")).filter(|_| text("SK").is_some_and(|sk| sk == "C"));
        let (Some(id), Some(event)) = (id, text("d")) else { continue };
        events.push((id.to_owned(), serde_json::from_str(event).expect("an event")));
    }
    events
}

async fn roster(hub: &TestHub, event: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/events/{event}/registrations?cursor={cursor}");
        let mut body = hub.as_admin(Method::GET, &path, &Value::Null).await.body;
        rows.append(body["registrations"].as_array_mut().expect("rows"));
        match body["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return rows,
        }
    }
}
