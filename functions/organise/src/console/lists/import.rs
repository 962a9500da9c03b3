//! A table somebody kept in a spreadsheet becomes part of a list: looked at first, with all that it would change, then
//! taken in whole.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{Hub, ListedOrganisation, Programme};
use serde_json::Value;
use web::Problem;
use web::components::{Column, Content, ErrorSummary, Field, FileUpload, Table, Textarea};
use web::page::{Mistake, see_other};
use web::sign_in::Organiser;
use web::upload::Upload;

use super::page;
use crate::access::Admin;
use crate::changes::{Changes, Difference, differences};
use crate::console::{mistakes, words};
use crate::import::{self, decode};
use crate::{organisations, programmes};

/// The longest file that a page takes, in bytes; a longer one goes through the API.
const FILE_MAX: usize = 1_024 * 1_024;
/// The longest form around it, in bytes.
const FORM_MAX: usize = FILE_MAX + 64 * 1_024;
/// Changes shown one by one.
const SHOWN: usize = 200;
/// Mistakes shown one by one.
const MISTAKES: usize = 20;

/// A list that takes tables.
#[derive(Debug, Clone, Copy)]
enum List {
    Organisations,
    Programmes,
}

impl List {
    fn of(name: &str) -> Result<Self, Problem> {
        match name {
            "organisations" => Ok(Self::Organisations),
            "programmes" => Ok(Self::Programmes),
            _ => Err(Problem::not_found()),
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Organisations => "/organise/lists/organisations",
            Self::Programmes => "/organise/lists/programmes",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Organisations => "Import organisations",
            Self::Programmes => "Import programmes",
        }
    }

    fn columns(self) -> Vec<&'static str> {
        match self {
            Self::Organisations => import::ORGANISATIONS.columns().collect(),
            Self::Programmes => import::PROGRAMMES.columns().collect(),
        }
    }

    fn rule(self) -> &'static str {
        match self {
            Self::Organisations => {
                "A line replaces the organisation of the same code or, without one, of the same name. Several other names \
                 (aliases) are parted by semicolons, types are practice, school, trust or other, and dates are written \
                 like 2026-04-01."
            }
            Self::Programmes => {
                "A line replaces the programme of the same identifier. Confidential is yes or no, and the targets are \
                 numbers for a year from April."
            }
        }
    }
}

/// What a table comes to, in words.
struct Outcome {
    added: Vec<String>,
    changed: Vec<(String, Vec<Difference>)>,
    unchanged: usize,
}

impl Outcome {
    fn of<T: Clone + PartialEq>(changes: &Changes<T>, name: fn(&T) -> &str, json: fn(&T) -> Value) -> Self {
        let changed = changes.changed.iter();
        Self {
            added: changes.added.iter().map(|one| name(one).to_owned()).collect(),
            changed: changed.map(|(old, new)| (name(new).to_owned(), differences(&json(old), &json(new)))).collect(),
            unchanged: changes.unchanged,
        }
    }
}

#[derive(Template)]
#[template(path = "console/lists/import.html")]
struct ImportPage<'a> {
    summary: ErrorSummary<'a>,
    heading: &'a str,
    rule: &'a str,
    columns: Vec<&'a str>,
    file: FileUpload<'a>,
    table: Textarea<'a>,
}

#[derive(Template)]
#[template(path = "console/lists/import_check.html")]
struct CheckPage<'a> {
    here: String,
    counts: [String; 3],
    changes: Option<Table<'a>>,
    more: usize,
    table: &'a str,
}

/// `GET /organise/lists/import/{organisations|programmes}`
pub async fn show(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    Path(list): Path<String>,
) -> Result<Response, Rejection> {
    Ok(form(&app.hub().await?, &organiser, List::of(&list)?, "", &[]))
}

/// `POST /organise/lists/import/{organisations|programmes}`: a file or a table that was pasted, looked at first
/// (`do=check`), then taken (`do=import`).
pub async fn take(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    Path(list): Path<String>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let list = List::of(&list)?;
    let sent = Upload::read(&headers, request, FORM_MAX).await?;
    let table = match &sent.file {
        Some(file) => decode(&file.bytes).map_err(Rejection::from),
        None => Ok(sent.typed.one("table").to_owned()),
    };
    let taken = match &table {
        Ok(table) => import_table(&app, &organiser, list, table, sent.typed.one("do") == "import").await,
        Err(_) => Err(Problem::invalid_field("", "The file could not be read as a table: save it as CSV").into()),
    };
    let table = table.unwrap_or_default();
    match taken {
        Ok(None) => Ok(see_other(&format!("{}?done=imported", list.path()))),
        Ok(Some(outcome)) => Ok(check(&app.hub().await?, &organiser, list, &table, &outcome)),
        Err(rejection) => {
            Ok(form(&app.hub().await?, &organiser, list, sent.typed.one("table"), &placed(mistakes(rejection)?)))
        }
    }
}

/// Takes a table in; or, where it is only looked at, what it would come to.
async fn import_table(
    app: &App,
    organiser: &Organiser,
    list: List,
    table: &str,
    is_sure: bool,
) -> Result<Option<Outcome>, Rejection> {
    if table.trim().is_empty() {
        return Err(Problem::invalid_field("/file", "Select a file, or paste a table").into());
    }
    match list {
        List::Organisations => {
            let changes = organisations::changes(app, organisations::read_table(table.as_bytes())?).await?;
            if is_sure {
                return organisations::apply(app, organiser, &changes).await.map(|()| None);
            }
            Ok(Some(Outcome::of(&changes, |one| one.name.as_str(), ListedOrganisation::to_json)))
        }
        List::Programmes => {
            let sent = programmes::read_table(table.as_bytes())?;
            if is_sure {
                return programmes::change(app, organiser, sent).await.map(|_| None);
            }
            let changes = programmes::changes(app, sent).await?;
            Ok(Some(Outcome::of(&changes, |one| one.name.as_str(), Programme::to_json)))
        }
    }
}

/// All mistakes are the file's; a page shows the first of them.
fn placed(mistakes: Vec<Mistake>) -> Vec<Mistake> {
    let more = mistakes.len().saturating_sub(MISTAKES);
    let at_file = |detail| Mistake { detail, field: "file".to_owned() };
    let first = mistakes.into_iter().take(MISTAKES).map(|mistake| at_file(mistake.detail));
    first.chain((more > 0).then(|| at_file(format!("And {more} more")))).collect()
}

fn form(hub: &Hub, organiser: &Organiser, list: List, pasted: &str, wrong: &[Mistake]) -> Response {
    let content = ImportPage {
        summary: ErrorSummary { mistakes: wrong },
        heading: list.title(),
        rule: list.rule(),
        columns: list.columns(),
        file: FileUpload {
            field: Field::new("file", "File")
                .hint("CSV, as a spreadsheet saves it, 1 MB at most. Larger ones go through the API.")
                .mistakes(wrong),
            accept: ".csv,.txt,text/csv",
        },
        table: Textarea {
            field: Field::new("table", "Or paste the table").hint("With the line of the columns’ names").optional(),
            value: pasted,
            rows: 8,
        },
    };
    let page = page(hub, organiser, list.title()).back(list.path(), "Back to the list");
    if wrong.is_empty() { page.show(&content) } else { page.show_again(&content) }
}

fn check(hub: &Hub, organiser: &Organiser, list: List, table: &str, outcome: &Outcome) -> Response {
    let added = outcome.added.iter().map(|name| (name, "New".to_owned()));
    let changed = outcome.changed.iter().map(|(name, fields)| (name, said(fields)));
    let lines = added.chain(changed).map(|(name, what)| vec![Content::text(name.clone()), Content::text(what)]);
    let count = outcome.added.len() + outcome.changed.len();
    let content = CheckPage {
        here: format!("/organise/lists/import/{}", list.path().rsplit('/').next().unwrap_or_default()),
        counts: [
            words::counted(outcome.added.len() as u64, "is new", "are new"),
            words::counted(outcome.changed.len() as u64, "changes", "change"),
            words::counted(outcome.unchanged as u64, "stays as it is", "stay as they are"),
        ],
        changes: (count > 0).then(|| Table {
            id: "changes",
            caption: "What would change",
            columns: ["Entry", "What happens"].map(Column::words).into(),
            rows: lines.take(SHOWN).collect(),
        }),
        more: count.saturating_sub(SHOWN),
        table,
    };
    page(hub, organiser, "Check the import").back(list.path(), "Back to the list").show(&content)
}

fn said(fields: &[Difference]) -> String {
    let or_nothing = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
    let one = |d: &Difference| format!("{}: {} becomes {}", d.field, or_nothing(&d.before), or_nothing(&d.after));
    fields.iter().map(one).collect::<Vec<_>>().join("; ")
}
