//! Materials of an event: links and small files that those who hold a place find on their booking.

use std::sync::Arc;

use app::trail::{self, Deed};
use app::{App, Rejection};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::Fields;
use domain::material::{FILE_BYTES_MAX, MATERIALS_MAX, Material, MaterialKind, content_type};
use serde_json::json;
use web::Problem;
use web::components::{ErrorSummary, Field, FileUpload, InputKind, TextInput};
use web::forms::FormData;
use web::page::{Mistake, download, see_other};
use web::upload::{SentFile, Upload};

use super::form::text;
use super::{EVENTS, events_page, mistakes};
use crate::access::ManagedEvent;

/// The longest form with a file, in bytes; the file itself is judged in words.
const FORM_MAX: usize = 2 * FILE_BYTES_MAX;

#[derive(Template)]
#[template(path = "console/materials.html")]
struct MaterialsPage<'a> {
    done: Option<&'static str>,
    summary: ErrorSummary<'a>,
    materials: Vec<Line>,
    is_full: bool,
    link: [TextInput<'a>; 2],
    title: TextInput<'a>,
    file: FileUpload<'a>,
}

/// One material, and where it is.
struct Line {
    id: String,
    title: String,
    href: String,
    detail: String,
}

/// `GET /organise/events/{id}/materials`
pub async fn show(
    State(app): State<Arc<App>>,
    managed: ManagedEvent,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let done = match query.one("done") {
        "added" => Some("It is added. Whoever holds a place finds it on their booking."),
        "removed" => Some("It is taken away."),
        _ => None,
    };
    page(&app, &managed, &FormData::default(), &[], done).await
}

/// `POST /organise/events/{id}/materials`: `do=link`, `file` or `remove`.
pub async fn act(
    State(app): State<Arc<App>>,
    managed: ManagedEvent,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let sent = match Upload::read(&headers, request, FORM_MAX).await {
        Ok(sent) => sent,
        Err(problem) if problem.code() == "too-large" => {
            let detail = format!("The file is longer than {} KB: add a link to it instead", FILE_BYTES_MAX / 1_024);
            let wrong = [Mistake { detail, field: "file".to_owned() }];
            return page(&app, &managed, &FormData::default(), &wrong, None).await;
        }
        Err(problem) => return Err(problem.into()),
    };
    let acted = match sent.typed.one("do") {
        "link" => add_link(&app, &managed, &sent.typed).await.map(|()| "added"),
        "file" => add_file(&app, &managed, &sent.typed, sent.file).await.map(|()| "added"),
        "remove" => remove(&app, &managed, sent.typed.one("material")).await.map(|()| "removed"),
        _ => Err(Problem::not_found().into()),
    };
    match acted {
        Ok(done) => Ok(see_other(&format!("{EVENTS}/{}/materials?done={done}", managed.record.id))),
        Err(rejection) => page(&app, &managed, &sent.typed, &mistakes(rejection)?, None).await,
    }
}

/// `GET /organise/events/{id}/materials/{material}`: a file, as whoever holds a place gets it.
pub async fn file(
    State(app): State<Arc<App>>,
    managed: ManagedEvent,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Rejection> {
    let found = app.store.materials(managed.record.id).await?.into_iter().find(|material| material.id == id);
    let Some(MaterialKind::File { name, .. }) = found.map(|material| material.kind) else {
        return Err(Problem::not_found().into());
    };
    let content = app.store.material_content(managed.record.id, &id).await?.ok_or_else(Problem::not_found)?;
    Ok(download(content_type(&name).unwrap_or("application/octet-stream"), &name, content))
}

async fn add_link(app: &App, managed: &ManagedEvent, typed: &FormData) -> Result<(), Rejection> {
    let sent = json!({"title": text(typed.one("title")), "url": text(typed.one("url"))});
    let mut fields = Fields::of(sent).map_err(Problem::invalid)?;
    let link = Material::read_link(app.action_id(), &mut fields);
    fields.finish().map_err(Problem::invalid)?;
    // What is missing has been noted, so `finish` has already refused.
    let link = link.ok_or_else(|| Problem::invalid(Vec::new()))?;
    add(app, managed, &link, None).await
}

async fn add_file(
    app: &App,
    managed: &ManagedEvent,
    typed: &FormData,
    file: Option<SentFile>,
) -> Result<(), Rejection> {
    let file = file.ok_or_else(|| Problem::invalid_field("/file", "Select a file"))?;
    let material = Material::file(app.action_id(), typed.one("file_title"), &file.name, file.bytes.len());
    let material = material.map_err(|words| Problem::invalid_field("/file", &words))?;
    add(app, managed, &material, Some(&file.bytes)).await
}

async fn add(app: &App, managed: &ManagedEvent, material: &Material, content: Option<&[u8]>) -> Result<(), Rejection> {
    let event = managed.record.id;
    if app.store.materials(event).await?.len() >= MATERIALS_MAX {
        let words = format!("An event has {MATERIALS_MAX} materials at most: take one away first");
        let field = if content.is_some() { "/file" } else { "/title" };
        return Err(Problem::invalid_field(field, &words).into());
    }
    app.store.add_material(event, material, content).await?;
    trail::record(app, &managed.organiser, Deed::event("material.add", event)).await
}

async fn remove(app: &App, managed: &ManagedEvent, id: &str) -> Result<(), Rejection> {
    let event = managed.record.id;
    if !app.store.materials(event).await?.iter().any(|material| material.id == id) {
        return Err(Problem::not_found().into());
    }
    app.store.remove_material(event, id).await?;
    trail::record(app, &managed.organiser, Deed::event("material.remove", event)).await
}

async fn page(
    app: &App,
    managed: &ManagedEvent,
    typed: &FormData,
    wrong: &[Mistake],
    done: Option<&'static str>,
) -> Result<Response, Rejection> {
    let record = &managed.record;
    let materials = app.store.materials(record.id).await?;
    let here = format!("{EVENTS}/{}/materials", record.id);
    let input = |name: &'static str, label: &'static str, kind| TextInput {
        field: Field::new(name, label).mistakes(wrong),
        value: typed.one(name),
        kind,
        autocomplete: "off",
    };
    let content = MaterialsPage {
        done,
        summary: ErrorSummary { mistakes: wrong },
        is_full: materials.len() >= MATERIALS_MAX,
        materials: materials.into_iter().map(|material| line(&here, material)).collect(),
        link: [input("title", "Title", InputKind::Text), input("url", "Link", InputKind::Url)],
        title: TextInput {
            field: Field::new("file_title", "Title of the file").optional().mistakes(wrong),
            value: typed.one("file_title"),
            kind: InputKind::Text,
            autocomplete: "off",
        },
        file: FileUpload {
            field: Field::new("file", "File")
                .hint("300 KB at most: a document, a presentation, a table, a picture. Link to anything larger.")
                .mistakes(wrong),
            accept: "",
        },
    };
    let back = format!("{EVENTS}/{}", record.id);
    let hub = app.hub().await?;
    let page = events_page(&hub, &managed.organiser, "Materials").back(back, record.event.title.as_str());
    Ok(if wrong.is_empty() { page.show(&content) } else { page.show_again(&content) })
}

fn line(here: &str, material: Material) -> Line {
    let (href, detail) = match material.kind {
        MaterialKind::Link { url } => (url.clone(), url),
        MaterialKind::File { name, bytes } => {
            (format!("{here}/{}", material.id), format!("{name}, {} KB", bytes.div_ceil(1_024)))
        }
    };
    Line { id: material.id, title: material.title, href, detail }
}
