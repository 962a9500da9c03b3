//! One organisation: what the list has of it, added and changed. Its identifier stands in the query, for a name may have
//! any letters.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::uk_time::uk;
use domain::{Fields, Hub, ListedOrganisation};
use jiff::civil::Date;
use serde_json::{Value, json};
use web::Problem;
use web::components::{ErrorSummary, Row, SummaryList};
use web::forms::FormData;
use web::page::{Mistake, see_other};
use web::sign_in::Organiser;

use super::organisations::{KINDS, kind_words};
use super::page;
use crate::access::Admin;
use crate::console::fields::{day, read_day};
use crate::console::form::{Asking, FormPage, Section, text, written};
use crate::console::mistakes;
use crate::organisations::save;

/// The list that it belongs to.
const LIST: &str = "/organise/lists/organisations";

/// Where an organisation is shown, or changed.
pub fn address(part: &str, id: &str) -> String {
    let query = serde_html_form::to_string([("id", id)]).unwrap_or_default();
    format!("/organise/lists/organisation{part}?{query}")
}

#[derive(Template)]
#[template(path = "console/lists/organisation.html")]
struct OrganisationPage<'a> {
    done: bool,
    name: &'a str,
    facts: SummaryList<'a>,
    change: String,
}

/// `GET /organise/lists/organisation?id=`
pub async fn show(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let found = find(&app, &query).await?;
    let today = uk().to_datetime(app.clock.now()).date();
    let content = OrganisationPage {
        done: query.one("done") == "saved",
        name: &found.name,
        facts: SummaryList { rows: facts(&found, today) },
        change: address("/change", &found.id()),
    };
    Ok(page(&app.hub().await?, &organiser, &found.name).back(LIST, "Organisations").show(&content))
}

fn facts<'a>(found: &ListedOrganisation, today: Date) -> Vec<Row<'a>> {
    let said = |text: &Option<String>| text.clone().unwrap_or_else(|| "Not known".to_owned());
    let date = |date: Date| date.strftime("%-d %B %Y").to_string();
    let open = match (found.open_from, found.open_to) {
        (None, None) => "Yes".to_owned(),
        (from, to) => {
            let is_open = if found.is_open_on(today) { "Yes" } else { "No" };
            let from = from.map(|from| format!(", from {}", date(from))).unwrap_or_default();
            let to = to.map(|to| format!(", until {}", date(to))).unwrap_or_default();
            format!("{is_open}{from}{to}")
        }
    };
    let mut rows = vec![
        Row::new("Code", found.code.clone().unwrap_or_else(|| "None".to_owned())),
        Row::new("Type", kind_words(found.kind)),
        Row::new("Network", said(&found.network)),
        Row::new("Borough", said(&found.borough)),
        Row::new("Open", open),
        Row::new("Manager’s email address", said(&found.manager.as_ref().map(|manager| manager.as_str().to_owned()))),
    ];
    if !found.aliases.is_empty() {
        rows.insert(1, Row::lines("Also written", &found.aliases));
    }
    rows
}

/// `GET /organise/lists/organisations/new?name=&code=`
pub async fn new(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let typed = FormData::parse(query.unwrap_or_default().as_bytes())?;
    Ok(form(&app.hub().await?, &organiser, None, &typed, &[]))
}

/// `POST /organise/lists/organisations/new`
pub async fn add(State(app): State<Arc<App>>, Admin(organiser): Admin, typed: FormData) -> Result<Response, Rejection> {
    store(&app, &organiser, None, &typed).await
}

/// `GET /organise/lists/organisation/change?id=`
pub async fn edit(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let found = find(&app, &FormData::parse(query.unwrap_or_default().as_bytes())?).await?;
    Ok(form(&app.hub().await?, &organiser, Some(&found), &typed_of(&found), &[]))
}

/// `POST /organise/lists/organisation/change?id=`
pub async fn change(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    RawQuery(query): RawQuery,
    typed: FormData,
) -> Result<Response, Rejection> {
    let found = find(&app, &FormData::parse(query.unwrap_or_default().as_bytes())?).await?;
    store(&app, &organiser, Some(&found), &typed).await
}

async fn find(app: &App, query: &FormData) -> Result<ListedOrganisation, Rejection> {
    let listed = app.store.listed_organisations().await?;
    listed.get(query.one("id")).cloned().ok_or_else(|| Problem::not_found().into())
}

async fn store(
    app: &App,
    organiser: &Organiser,
    before: Option<&ListedOrganisation>,
    typed: &FormData,
) -> Result<Response, Rejection> {
    let (json, mut wrong) = to_json(typed);
    let read = read(json);
    let Ok(after) = &read else {
        wrong.extend(Mistake::of(&read.err().unwrap_or_default()));
        return Ok(form(&app.hub().await?, organiser, before, typed, &wrong));
    };
    if wrong.is_empty() {
        match save(app, organiser, before, after.clone()).await {
            Ok(()) => return Ok(see_other(&format!("{}&done=saved", address("", &after.id())))),
            Err(rejection) => wrong = mistakes(rejection)?,
        }
    }
    Ok(form(&app.hub().await?, organiser, before, typed, &wrong))
}

fn read(json: Value) -> Result<ListedOrganisation, Vec<domain::FieldError>> {
    let mut fields = Fields::of(json)?;
    let read = ListedOrganisation::read(&mut fields);
    fields.finish()?;
    // A missing name has noted its mistake, so `finish` has already returned.
    read.ok_or_else(Vec::new)
}

/// The API's JSON, and the days that are none.
fn to_json(typed: &FormData) -> (Value, Vec<Mistake>) {
    let mut wrong = Vec::new();
    let mut json = json!({
        "aliases": typed.one("aliases").lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>(),
    });
    for name in ["code", "name", "type", "network", "borough", "manager"] {
        json[name] = text(typed.one(name));
    }
    for name in ["open_from", "open_to"] {
        let date = typed.one(name).trim();
        json[name] = json!(read_day(date));
        if !date.is_empty() && json[name].is_null() {
            wrong.push(Mistake { detail: "Enter a date like 1/4/2026".to_owned(), field: name.to_owned() });
        }
    }
    (json, wrong)
}

fn typed_of(found: &ListedOrganisation) -> FormData {
    let json = found.to_json();
    let texts = ["code", "name", "type", "network", "borough", "manager"];
    let texts = texts.into_iter().map(|name| (name.to_owned(), written(&json[name])));
    let days = [("open_from", found.open_from), ("open_to", found.open_to)];
    let days = days.into_iter().map(|(name, date)| (name.to_owned(), date.map(day).unwrap_or_default()));
    texts.chain(days).chain([("aliases".to_owned(), found.aliases.join("\n"))]).collect()
}

/// The form for a new organisation, or for a change of the one it is about.
fn form(
    hub: &Hub,
    organiser: &Organiser,
    before: Option<&ListedOrganisation>,
    typed: &FormData,
    wrong: &[Mistake],
) -> Response {
    let (title, to, back) = match before.map(ListedOrganisation::id) {
        None => ("Add an organisation", "?".to_owned(), LIST.to_owned()),
        Some(id) => ("Change an organisation", address("/change", &id), address("", &id)),
    };
    let ask = Asking { typed, wrong };
    let kinds = KINDS.map(|(name, words, _)| (name, words));
    let parts = vec![
        ask.line("name", "Name", ""),
        ask.code_if_any(
            "code",
            "Code",
            "ODS code of a practice or trust, like A81001, or URN of a school, like 100123",
        ),
        ask.lines("aliases", "Other names", "As people write it, one on each line", 3),
        ask.select("type", "Type", "Select a type", &kinds),
        ask.line_if_any("network", "Network", "Primary care network, academy trust or the like"),
        ask.line_if_any("borough", "Borough", ""),
        ask.code_if_any("open_from", "Open from", "First day, like 1/4/2026"),
        ask.code_if_any("open_to", "Open to", "Last day, like 31/3/2027"),
        ask.email_if_any(
            "manager",
            "Manager’s email address",
            "Told of late cancellations and absences, where the booking policy says so",
        ),
    ];
    let content = FormPage {
        done: None,
        summary: ErrorSummary { mistakes: wrong },
        to: &to,
        heading: title,
        intro: "",
        sections: vec![Section::new("", parts)],
        button: "Save",
    };
    content.show(&page(hub, organiser, title).back(&back, "Back"))
}
