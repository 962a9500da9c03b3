//! A meeting's report, imported in the console; and whoever in it waits for a human, settled by one.
//!
//! There is no trying out first: an import takes nothing away, the same file again changes nothing, and whom it is not
//! sure about is asked here.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::Reference;
use serde_json::json;
use store::Unidentified;
use web::Problem;
use web::components::{Checkboxes, Choice, ErrorSummary, Field, FileUpload, Select};
use web::forms::FormData;
use web::page::{Mistake, see_other};
use web::upload::Upload;

use crate::import::{self, Asked, BYTES_MAX};
use crate::list_page::ListEvent;
use crate::records;
use crate::roll::Roll;
use crate::settle::Waiting;

/// The longest form around a file, in bytes.
const FORM_MAX: usize = BYTES_MAX + 64 * 1_024;

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage<'a> {
    summary: ErrorSummary<'a>,
    done: Option<String>,
    title: &'a str,
    has_begun: bool,
    file: FileUpload<'a>,
    others: Checkboxes<'a>,
    waiting: Vec<Line<'a>>,
}

/// Somebody in a file of whom nobody knows yet who it is.
struct Line<'a> {
    entry: String,
    name: String,
    detail: String,
    people: Select<'a>,
}

/// `GET /organise/events/{id}/attendance/import`
pub async fn show(
    State(app): State<Arc<App>>,
    event: ListEvent,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let number = |name: &str| query.one(name).parse::<usize>().ok();
    let done = match (number("matched"), number("waiting")) {
        (Some(matched), Some(waiting)) => Some(format!("{matched} recognised and recorded. {waiting} not recognised.")),
        _ => (query.one("done") == "settled").then(|| "Done.".to_owned()),
    };
    page(&app, &event, &[], done).await
}

/// `POST /organise/events/{id}/attendance/import`: `do=import` with a file; of one that waits `match`, `walk-in` or
/// `ignore`.
pub async fn act(
    State(app): State<Arc<App>>,
    event: ListEvent,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let sent = match Upload::read(&headers, request, FORM_MAX).await {
        Ok(sent) => sent,
        Err(problem) if problem.code() == "too-large" => {
            return page(&app, &event, &[at_file("The file is longer than 4 MB".to_owned())], None).await;
        }
        Err(problem) => return Err(problem.into()),
    };
    let done = match sent.typed.one("do") {
        "import" => take(&app, &event, &sent).await,
        other => settle(&app, &event, other, &sent.typed).await.map(|()| "done=settled".to_owned()),
    };
    match done {
        Ok(query) => Ok(see_other(&format!("/organise/events/{}/attendance/import?{query}", event.0.record.id))),
        Err(Rejection::Problem(problem)) if matches!(problem.status(), 409 | 422) => {
            let said = problem.errors().first().map_or_else(|| problem.detail().to_owned(), |one| one.detail.clone());
            page(&app, &event, &[at_file(said)], None).await
        }
        Err(rejection) => Err(rejection),
    }
}

fn at_file(detail: String) -> Mistake {
    Mistake { detail, field: "file".to_owned() }
}

/// Takes a file in; how many were recognised and how many were not, as a query.
async fn take(app: &App, event: &ListEvent, sent: &Upload) -> Result<String, Rejection> {
    let file = sent.file.as_ref().ok_or_else(|| Problem::invalid_field("/file", "Select a file"))?;
    let asked = Asked { is_dry_run: false, others_absent: sent.typed.has("others") };
    let answer = import::take(app, &event.0, &file.bytes, &asked).await?;
    let count = |name: &str| answer[name].as_array().map_or(0, Vec::len);
    Ok(format!("matched={}&waiting={}", count("matched"), count("ambiguous") + count("unmatched")))
}

/// Settles one that waits.
async fn settle(app: &App, event: &ListEvent, how: &str, typed: &FormData) -> Result<(), Rejection> {
    let waiting = Waiting::find(app, event.0.clone(), typed.one("entry")).await?;
    match how {
        "match" => {
            let reference: Option<Reference> = typed.one(&field_of(&waiting.found.entry)).parse().ok();
            let missing = || Problem::invalid_field("/reference", "Select who it is");
            waiting.is_person(app, reference.ok_or_else(missing)?).await.map(drop)
        }
        "walk-in" => {
            let sent = json!({"name": waiting.found.name, "email": waiting.found.email});
            let form = records::walk_in_alone(sent).map_err(Problem::invalid)?;
            waiting.came(app, form).await.map(drop)
        }
        "ignore" => waiting.is_nobody(app).await,
        _ => Err(Problem::not_found().into()),
    }
}

async fn page(
    app: &App,
    ListEvent(roster): &ListEvent,
    wrong: &[Mistake],
    done: Option<String>,
) -> Result<Response, Rejection> {
    let record = &roster.record;
    let waiting = app.store.unidentified(record.id).await?;
    let people = if waiting.is_empty() { Vec::new() } else { people(app, roster).await? };
    let content = ImportPage {
        summary: ErrorSummary { mistakes: wrong },
        done,
        title: &record.event.title,
        has_begun: app.clock.now() >= record.event.starts(),
        file: FileUpload {
            field: Field::new("file", "Attendance report")
                .hint("As Microsoft Teams or Zoom saves it, 4 MB at most")
                .mistakes(wrong),
            accept: ".csv,.txt,.tsv,text/csv",
        },
        others: Checkboxes {
            field: Field::new("others", "Everybody else"),
            choices: vec![Choice::new("absent", "Whoever has a place and is not in the report did not attend", false)],
        },
        waiting: waiting.iter().map(|one| line(one, &people)).collect(),
    };
    let back = format!("/organise/events/{}", record.id);
    let hub = app.hub().await?;
    let page = web::console::page("Import attendance", &hub, &roster.organiser, "/organise/events");
    let page = page.back(back, record.event.title.as_str());
    Ok(if wrong.is_empty() { page.show(&content) } else { page.show_again(&content) })
}

/// Everybody of the event: what they quote, and their names.
async fn people(app: &App, roster: &app::access::RosterEvent) -> Result<Vec<(String, String)>, Rejection> {
    let roll = Roll::call(app, &roster.record).await?;
    let known = roll.known(app).await?.into_iter();
    let mut people: Vec<(String, String)> = known
        .map(|one| (app.identity.reference(roster.record.id, one.person).to_string(), one.name.as_str().to_owned()))
        .collect();
    people.sort_by_key(|(reference, name)| (name.to_lowercase(), reference.clone()));
    Ok(people)
}

/// The field that says who one of those is who wait: several stand on the page.
fn field_of(entry: &str) -> String {
    format!("reference.{entry}")
}

fn line<'a>(one: &Unidentified, people: &'a [(String, String)]) -> Line<'a> {
    let minutes: u32 = one.minutes.iter().map(|(_, minutes)| minutes).sum();
    let choice = |(reference, name): &'a (String, String)| {
        Choice::new(reference.as_str(), format!("{name}, {reference}"), false)
    };
    Line {
        entry: one.entry.clone(),
        name: one.name.clone(),
        detail: one.email.iter().cloned().chain([format!("{minutes} minutes")]).collect::<Vec<_>>().join(", "),
        people: Select {
            field: Field::new(field_of(&one.entry), "Who it is"),
            empty: "Select a name",
            choices: people.iter().map(choice).collect(),
            autocomplete: "off",
        },
    }
}
