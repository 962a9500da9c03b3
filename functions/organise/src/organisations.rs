//! The organisations behind the figures: the list, and what forms said that it does not have.

use std::sync::Arc;

use app::access::Admin;
use app::trail::{self, Deed};
use app::{App, Rejection};
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{Fields, ListedOrganisation, Organisations, organisation};
use serde_json::{Value, json};
use store::Unmatched;
use web::forms::FormData;
use web::{Problem, body, page};

use crate::{asked, import};

/// The longest file, in bytes.
const FILE_MAX: usize = 4 * 1_024 * 1_024;

/// `GET /api/v1/organisations`
pub async fn read(State(app): State<Arc<App>>, _: Admin) -> Result<Response, Rejection> {
    let listed = app.store.listed_organisations().await?;
    let organisations: Vec<Value> = listed.iter().map(ListedOrganisation::to_json).collect();
    Ok(page::ok(&json!({"organisations": organisations})))
}

/// `PUT /api/v1/organisations?dry_run=`: `{"organisations": […]}`, or a table as CSV. What is sent replaces what has the
/// same code (or, without one, the same name); the rest stays. Nothing is stored unless all of it reads.
pub async fn put(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let bytes = body::bytes(request, FILE_MAX).await?;
    let sent = read_list(&headers, bytes)?;
    let is_dry = is_dry_run(&query.unwrap_or_default())?;
    let before = app.store.listed_organisations().await?;
    let changes: Vec<&ListedOrganisation> = sent.iter().filter(|o| before.get(&o.id()) != Some(*o)).collect();
    let added = changes.iter().filter(|o| before.get(&o.id()).is_none()).count();
    if !is_dry {
        app.store.put_organisations(&changes).await?;
        forget_matched(&app).await?;
        trail::record(&app, &organiser, Deed::of("organisations.put", format!("{} organisations", sent.len()))).await?;
    }
    Ok(page::ok(&json!({
        "dry_run": is_dry, "read": sent.len(), "added": added, "changed": changes.len() - added,
        "unchanged": sent.len() - changes.len(),
    })))
}

/// A table where one is sent, else JSON.
fn read_list(headers: &HeaderMap, bytes: Vec<u8>) -> Result<Vec<ListedOrganisation>, Problem> {
    if body::media_type(headers) == "application/json" {
        return organisation::parse_list(body::parse(&bytes)?).map_err(Problem::invalid);
    }
    if body::media_type(headers) != "text/csv" {
        return Err(Problem::unsupported_media_type("application/json, text/csv"));
    }
    let (value, lines) = import::read(&bytes, &import::ORGANISATIONS)?;
    organisation::parse_list(value).map_err(|errors| Problem::invalid(import::by_line(errors, &lines)))
}

fn is_dry_run(query: &str) -> Result<bool, Problem> {
    match FormData::parse(query.as_bytes())?.one("dry_run") {
        "" | "false" => Ok(false),
        "true" => Ok(true),
        _ => Err(Problem::invalid_field("/dry_run", "Must be true or false")),
    }
}

/// What the list has by now is no task any more.
async fn forget_matched(app: &App) -> Result<(), Rejection> {
    let listed = app.store.listed_organisations().await?;
    for unmatched in app.store.unmatched().await? {
        if listed.resolve(&unmatched.given).is_some()
            && let Some(key) = unmatched.given.key()
        {
            app.store.forget_unmatched(&key).await?;
        }
    }
    Ok(())
}

/// `GET /api/v1/organisations/unmatched`: what forms said, with listed organisations that may be meant.
pub async fn unmatched(State(app): State<Arc<App>>, _: Admin) -> Result<Response, Rejection> {
    let listed = app.store.listed_organisations().await?;
    let open = open_tasks(&listed, app.store.unmatched().await?);
    Ok(page::ok(&json!({"unmatched": open.iter().map(|task| task_json(&listed, task)).collect::<Vec<_>>()})))
}

fn open_tasks(listed: &Organisations, noted: Vec<Unmatched>) -> Vec<Unmatched> {
    noted.into_iter().filter(|task| listed.resolve(&task.given).is_none()).collect()
}

fn task_json(listed: &Organisations, task: &Unmatched) -> Value {
    let name = task.given.name.as_deref().unwrap_or_default();
    let candidates = listed.search(name, 5);
    json!({
        "key": task.given.key(), "code": task.given.ods_code, "name": task.given.name, "since": task.since,
        "candidates": candidates.iter().map(|o| json!({"organisation": o.id(), "name": o.name})).collect::<Vec<_>>(),
    })
}

/// `POST /api/v1/organisations/match {"key", "organisation"}`: what a form said becomes another name of an organisation,
/// or, where that is `null`, is let be.
pub async fn match_one(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let (key, organisation) = asked::read(body::json(&headers, request, &[]).await?, read_match)?;
    let noted = app.store.unmatched().await?;
    let task = noted.into_iter().find(|task| task.given.key().as_deref() == Some(&key));
    let task = task.ok_or_else(|| Problem::invalid_field("/key", "Nothing on a form has this key"))?;
    if let Some(id) = &organisation {
        let listed = app.store.listed_organisations().await?;
        let meant = listed.get(id).ok_or_else(|| Problem::invalid_field("/organisation", "This is not in the list"))?;
        app.store.put_organisations(&[&also_called(meant, &task)]).await?;
    }
    app.store.forget_unmatched(&key).await?;
    trail::record(&app, &organiser, Deed::of("organisation.match", organisation.unwrap_or(key))).await?;
    Ok(page::ok(&json!({})))
}

fn read_match(fields: &mut Fields) -> Option<(String, Option<String>)> {
    let words = "Enter the key of what is to be matched";
    let key = fields.parse("key", words, |raw| if raw.is_empty() { Err(words) } else { Ok(raw.to_owned()) });
    let organisation = fields.line("organisation", 300);
    Some((key?, organisation))
}

/// The organisation with one more name; one that was given by another code alone has that as its name.
fn also_called(meant: &ListedOrganisation, task: &Unmatched) -> ListedOrganisation {
    let mut organisation = meant.clone();
    let name = task.given.name.clone().or_else(|| task.given.ods_code.clone());
    organisation.aliases.extend(name.filter(|name| !meant.aliases.contains(name)));
    organisation
}
