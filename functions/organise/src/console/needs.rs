//! Access needs: everybody's of one event, and one person's with its answer.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::Ledger;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::EventRecord;
use web::Problem;
use web::components::{ErrorSummary, Field, Tag, TagColour, Textarea};
use web::dates;
use web::forms::FormData;
use web::page::{Mistake, see_other};

use super::tasks::{Group, Task};
use super::{EVENTS, events_page, told, words};
use crate::access::RosterEvent;
use crate::line::Concerned;
use crate::needs::{self, Counts, Need};

/// How far ahead needs are asked after: an interpreter is booked weeks before.
const FAR: SignedDuration = SignedDuration::from_hours(24 * 56);
/// How far ahead what was agreed should be arranged.
const NEAR: SignedDuration = SignedDuration::from_hours(24 * 14);

/// Where a need stands.
fn tag(state: &str) -> Tag<'static> {
    let (words, colour) = match state {
        "new" => ("Not answered", TagColour::Red),
        "agreed" => ("Agreed", TagColour::Yellow),
        _ => ("Arranged", TagColour::Green),
    };
    Tag { words: words.into(), colour }
}

fn path(record: &EventRecord, reference: impl std::fmt::Display) -> String {
    format!("{EVENTS}/{}/registrations/{reference}/access", record.id)
}

/// Where a registration's need is answered, and how it stands.
pub fn link(concerned: &Concerned) -> Option<(String, Tag<'static>)> {
    let registration = concerned.registration.as_ref().filter(|found| found.form.access_needs.is_some())?;
    Some((path(&concerned.managed.record, concerned.reference), tag(registration.access.state())))
}

/// Where a need is noted that was told later, of somebody who is in and of whom none is known.
pub fn note_link(concerned: &Concerned) -> Option<String> {
    let has_one = concerned.registration.as_ref().is_some_and(|found| found.form.access_needs.is_some());
    (!has_one && needs::can_note(concerned)).then(|| path(&concerned.managed.record, concerned.reference))
}

/// How many there are of each, in words; nothing where there are none.
pub fn counted(needs: &[Need]) -> String {
    let Counts { new, agreed, arranged } = Counts::of(needs);
    let counts = [(new, "not answered"), (agreed, "agreed"), (arranged, "arranged")];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    counts.map(|(count, state)| format!("{count} {state}")).collect::<Vec<_>>().join(", ")
}

/// What is to be answered, and what is to be arranged soon.
pub(super) async fn tasks(
    app: &App,
    events: &[(EventRecord, Ledger)],
    now: Timestamp,
) -> Result<[Group; 2], Rejection> {
    let (mut new, mut agreed) = (Vec::new(), Vec::new());
    let ahead = events.iter().filter(|(record, _)| record.event.starts().duration_since(now) <= FAR);
    for (record, ledger) in ahead {
        let is_near = record.event.starts().duration_since(now) <= NEAR;
        for need in needs::of_event(app, record, ledger).await? {
            let detail = format!("{}, {}", record.event.title, words::when(&record.event));
            let task = || Task { path: path(record, need.reference), words: need.name.as_str().to_owned(), detail };
            match need.state {
                "new" => new.push(task()),
                "agreed" if is_near => agreed.push(task()),
                _ => {}
            }
        }
    }
    Ok([
        Group { heading: "Access needs not yet answered", tasks: new },
        Group { heading: "Agreed, but not arranged yet", tasks: agreed },
    ])
}

#[derive(Template)]
#[template(path = "console/needs.html")]
struct NeedsPage {
    needs: Vec<(Need, Tag<'static>, String)>,
    counts: Counts,
    may_manage: bool,
    is_counts_only: bool,
}

/// `GET /organise/events/{id}/access`
pub async fn show_all(State(app): State<Arc<App>>, roster: RosterEvent) -> Result<Response, Rejection> {
    let (found, counts) = needs::seen(&app, &roster).await?;
    let line = |need: Need| {
        let (tag, path) = (tag(need.state), path(&roster.record, need.reference));
        (need, tag, path)
    };
    let content = NeedsPage {
        needs: found.into_iter().map(line).collect(),
        counts,
        may_manage: roster.organiser.may_manage(),
        is_counts_only: roster.is_counts_only(),
    };
    let back = format!("{EVENTS}/{}", roster.record.id);
    let title = roster.record.event.title.as_str();
    let hub = app.hub().await?;
    Ok(events_page(&hub, &roster.organiser, "Access needs").back(back, title).show(&content))
}

#[derive(Template)]
#[template(path = "console/need.html")]
struct NeedPage<'a> {
    summary: ErrorSummary<'a>,
    done: bool,
    name: &'a str,
    needs: &'a str,
    tag: Tag<'static>,
    /// The last reply, and when it was given.
    answered: Option<(&'a str, String)>,
    has_address: bool,
    reply: Textarea<'a>,
    /// Something has been noted just now.
    noted: bool,
    /// What they need, to be put right.
    other: Textarea<'a>,
}

#[derive(Template)]
#[template(path = "console/need_told.html")]
struct ToldPage<'a> {
    summary: ErrorSummary<'a>,
    name: &'a str,
    needs: Textarea<'a>,
}

/// `GET /organise/events/{id}/registrations/{reference}/access`
pub async fn show(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    page(&app, &concerned, &FormData::default(), &[], query.one("done")).await
}

/// `POST /organise/events/{id}/registrations/{reference}/access`
pub async fn answer(State(app): State<Arc<App>>, concerned: Concerned, form: FormData) -> Result<Response, Rejection> {
    let is_note = form.one("do") == "note";
    let given = if is_note { note(&app, &concerned, &form).await } else { give(&app, &concerned, &form).await };
    match given {
        Ok(()) => {
            let done = if is_note { "noted" } else { "answered" };
            Ok(see_other(&format!("{}?done={done}", path(&concerned.managed.record, concerned.reference))))
        }
        Err(rejection) => {
            let wrong = told(rejection, if is_note { "needs" } else { "reply" })?;
            // As it stands by now: another need may be why.
            let reference = concerned.reference.to_string();
            let concerned = Concerned::find(&app, concerned.managed, &reference).await?;
            page(&app, &concerned, &form, &wrong, "").await
        }
    }
}

async fn give(app: &App, concerned: &Concerned, form: &FormData) -> Result<(), Rejection> {
    let (step, reply) = needs::asked(json!({"state": form.one("state"), "reply": form.one("reply")}))?;
    needs::give(app, concerned, step, &reply).await.map(drop)
}

async fn note(app: &App, concerned: &Concerned, form: &FormData) -> Result<(), Rejection> {
    let needs = needs::told(json!({"needs": form.one("needs")}))?;
    needs::note(app, concerned, &needs).await
}

/// What somebody needs; where nothing is known, what is told now.
async fn page(
    app: &App,
    concerned: &Concerned,
    typed: &FormData,
    wrong: &[Mistake],
    done: &str,
) -> Result<Response, Rejection> {
    let registration = concerned.registration.as_ref();
    let form = registration.map(|registration| &registration.form);
    let Some((registration, needs)) = registration.zip(form.and_then(|form| form.access_needs.as_deref())) else {
        return told_page(app, concerned, typed, wrong).await;
    };
    let record = &concerned.managed.record;
    let answered = registration.access.answered.as_ref();
    let hint = "The person reads this in a mail and on their booking. Say what will be there, not what they wrote.";
    let content = NeedPage {
        summary: ErrorSummary { mistakes: wrong },
        done: done == "answered",
        noted: done == "noted",
        name: registration.form.name.as_str(),
        needs,
        tag: tag(registration.access.state()),
        answered: answered.map(|answered| (answered.reply.as_str(), dates::moment(answered.at))),
        has_address: registration.form.email.is_some(),
        reply: Textarea {
            field: Field::new("reply", "Your reply").hint(hint).mistakes(wrong),
            value: typed.one("reply"),
            rows: 4,
        },
        other: Textarea {
            field: Field::new("needs", "What they need now").mistakes(wrong),
            value: if typed.has("needs") { typed.one("needs") } else { needs },
            rows: 4,
        },
    };
    let back = format!("{EVENTS}/{}/access", record.id);
    let hub = app.hub().await?;
    let page = events_page(&hub, &concerned.managed.organiser, "Access needs").back(back, "Access needs of this event");
    Ok(if wrong.is_empty() { page.show(&content) } else { page.show_again(&content) })
}

/// What somebody tells later, by telephone, who is in and has told of nothing with the booking.
async fn told_page(
    app: &App,
    concerned: &Concerned,
    typed: &FormData,
    wrong: &[Mistake],
) -> Result<Response, Rejection> {
    let registration = concerned.registration.as_ref().filter(|_| needs::can_note(concerned));
    let registration = registration.ok_or_else(Problem::not_found)?;
    let hint = "As they said it. It is seen by those who see to it, and goes a fortnight after the event.";
    let content = ToldPage {
        summary: ErrorSummary { mistakes: wrong },
        name: registration.form.name.as_str(),
        needs: Textarea {
            field: Field::new("needs", "What they need").hint(hint).mistakes(wrong),
            value: typed.one("needs"),
            rows: 4,
        },
    };
    let back = format!("{EVENTS}/{}/registrations/{}", concerned.managed.record.id, concerned.reference);
    let hub = app.hub().await?;
    let page = events_page(&hub, &concerned.managed.organiser, "Access needs").back(back, "Back to the booking");
    Ok(if wrong.is_empty() { page.show(&content) } else { page.show_again(&content) })
}
