//! Programmes: seen, added, changed. One that is in the list stays in it, for events name it.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use domain::{Hub, Programme, ProgrammeId, Programmes};
use serde_json::json;
use web::Problem;
use web::components::{Column, Content, ErrorSummary, Link, Table, Tag, TagColour};
use web::forms::FormData;
use web::page::{Mistake, see_other};
use web::sign_in::Organiser;

use super::page;
use crate::access::Admin;
use crate::console::form::{Asking, FormPage, Section, number, of_one_entry, text, written};
use crate::console::mistakes;
use crate::programmes;

const HERE: &str = "/organise/lists/programmes";
/// What it means that a programme is confidential.
const CONFIDENCES: &str = "Then subjects of mails are neutral, no manager gets a copy, nothing is charged, and neither the \
                           desk nor reports see who takes part or where they come from.";

#[derive(Template)]
#[template(path = "console/lists/programmes.html")]
struct ProgrammesPage<'a> {
    done: Option<&'static str>,
    programmes: Table<'a>,
}

/// `GET /organise/lists/programmes`
pub async fn show(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let programmes = app.store.programmes_to_change().await?.value;
    let columns = ["Programme", "Confidential", "Funder", "Owner", "To reach in a year"].map(Column::words).into();
    let content = ProgrammesPage {
        done: match query.one("done") {
            "saved" => Some("The programme is saved."),
            "imported" => Some("The programmes are imported."),
            _ => None,
        },
        programmes: Table {
            id: "programmes",
            caption: "Programmes",
            columns,
            rows: programmes.iter().map(line).collect(),
        },
    };
    Ok(page(&app.hub().await?, &organiser, "Programmes").back(super::LISTS, "Lists").show(&content))
}

fn line<'a>(programme: &Programme) -> Vec<Content<'a>> {
    let link = Link::new(format!("{HERE}/{}", programme.id), programme.name.clone());
    let confidential = Tag { words: "Confidential".into(), colour: TagColour::Yellow };
    let targets = &programme.targets;
    let reach = [(targets.events, "events"), (targets.places, "places"), (targets.organisations, "organisations")];
    let reach = reach.into_iter().filter_map(|(count, what)| Some(format!("{} {what}", count?))).collect::<Vec<_>>();
    vec![
        Content::of(&link),
        if programme.confidential { Content::of(&confidential) } else { Content::text("No") },
        Content::text(programme.funder.clone().unwrap_or_default()),
        Content::text(programme.owner.as_ref().map(|owner| owner.as_str().to_owned()).unwrap_or_default()),
        Content::text(reach.join(", ")),
    ]
}

/// `GET /organise/lists/programmes/new`
pub async fn new(State(app): State<Arc<App>>, Admin(organiser): Admin) -> Result<Response, Rejection> {
    Ok(form(&app.hub().await?, &organiser, "Add a programme", true, &FormData::default(), &[]))
}

/// `POST /organise/lists/programmes/new`
pub async fn add(State(app): State<Arc<App>>, Admin(organiser): Admin, typed: FormData) -> Result<Response, Rejection> {
    let id = ProgrammeId::from_slug(typed.one("id").trim());
    let known = app.store.programmes_to_change().await?.value;
    let saved = match id.and_then(|id| known.find(id)) {
        Some(_) => Err(Problem::invalid_field("/id", "There is a programme of this identifier already").into()),
        None => save(&app, &organiser, typed.one("id"), &typed).await,
    };
    match saved {
        Ok(()) => Ok(see_other(&format!("{HERE}?done=saved"))),
        Err(rejection) => Ok(form(&app.hub().await?, &organiser, "Add a programme", true, &typed, &told(rejection)?)),
    }
}

/// `GET /organise/lists/programmes/{programme}`
pub async fn edit(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    Path(id): Path<String>,
) -> Result<Response, Rejection> {
    let programme = find(&app, &id).await?;
    Ok(form(&app.hub().await?, &organiser, "Change a programme", false, &typed_of(&programme), &[]))
}

/// `POST /organise/lists/programmes/{programme}`
pub async fn change(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    Path(id): Path<String>,
    typed: FormData,
) -> Result<Response, Rejection> {
    let programme = find(&app, &id).await?;
    match save(&app, &organiser, programme.id.slug(), &typed).await {
        Ok(()) => Ok(see_other(&format!("{HERE}?done=saved"))),
        Err(rejection) => {
            Ok(form(&app.hub().await?, &organiser, "Change a programme", false, &typed, &told(rejection)?))
        }
    }
}

async fn find(app: &App, id: &str) -> Result<Programme, Rejection> {
    let programmes = app.store.programmes_to_change().await?.value;
    let found = ProgrammeId::from_slug(id).and_then(|id| programmes.find(id).cloned());
    found.ok_or_else(|| Problem::not_found().into())
}

fn told(rejection: Rejection) -> Result<Vec<Mistake>, Rejection> {
    mistakes(rejection).map(|mistakes| of_one_entry(mistakes, "programmes"))
}

async fn save(app: &App, organiser: &Organiser, id: &str, typed: &FormData) -> Result<(), Rejection> {
    let sent = json!({
        "id": id.trim(), "name": text(typed.one("name")), "funder": text(typed.one("funder")),
        "confidential": typed.has("confidential"), "owner": text(typed.one("owner")),
        "targets": {"events": number(typed.one("targets.events")), "places": number(typed.one("targets.places")),
                    "organisations": number(typed.one("targets.organisations"))},
    });
    let sent = Programmes::parse_list(json!({"programmes": [sent]})).map_err(Problem::invalid)?;
    programmes::change(app, organiser, sent).await.map(drop)
}

fn typed_of(programme: &Programme) -> FormData {
    let json = programme.to_json();
    let texts = ["id", "name", "funder", "owner"].into_iter().map(|name| (name.to_owned(), written(&json[name])));
    let targets = ["events", "places", "organisations"];
    let targets = targets.into_iter().map(|name| (format!("targets.{name}"), written(&json["targets"][name])));
    let confidential = programme.confidential.then(|| ("confidential".to_owned(), "yes".to_owned()));
    texts.chain(targets).chain(confidential).collect()
}

fn form(hub: &Hub, organiser: &Organiser, title: &str, is_new: bool, typed: &FormData, wrong: &[Mistake]) -> Response {
    let ask = Asking { typed, wrong };
    let mut about = vec![
        ask.line("name", "Name", ""),
        ask.line_if_any("funder", "Funder", "Who pays for it"),
        ask.email_if_any("owner", "Email address of its owner", "Who answers for it"),
        ask.ticks("confidential", "Confidences", CONFIDENCES, &[("yes", "This programme is confidential")]),
    ];
    if is_new {
        about.insert(
            1,
            ask.line(
                "id",
                "Identifier",
                "Lower-case letters, digits and hyphens, like open-doors. It cannot be changed later.",
            ),
        );
    }
    let reach = vec![
        ask.number("targets.events", "Events", ""),
        ask.number("targets.places", "Places", ""),
        ask.number("targets.organisations", "Organisations", ""),
    ];
    let content = FormPage {
        done: None,
        summary: ErrorSummary { mistakes: wrong },
        to: "?",
        heading: title,
        intro: "",
        sections: vec![
            Section::new("", about),
            Section::new("What a year is to reach", reach).hint("From April to March"),
        ],
        button: "Save",
    };
    content.show(&page(hub, organiser, title).back(HERE, "Programmes"))
}
