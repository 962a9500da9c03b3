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
use web::sign_in::Organiser;
use web::{Problem, body, page};

use crate::asked;
use crate::changes::Changes;
use crate::import::{self, FILE_MAX};

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
    let sent = read_sent(&headers, &bytes)?;
    let is_dry = import::is_dry_run(&query.unwrap_or_default())?;
    let changes = changes(&app, sent).await?;
    if !is_dry {
        apply(&app, &organiser, &changes).await?;
    }
    Ok(page::ok(&changes.to_json(is_dry)))
}

/// A table where one is sent, else JSON.
fn read_sent(headers: &HeaderMap, bytes: &[u8]) -> Result<Vec<ListedOrganisation>, Problem> {
    match body::media_type(headers).as_str() {
        "application/json" => organisation::parse_list(body::parse(bytes)?).map_err(Problem::invalid),
        "text/csv" => read_table(bytes),
        _ => Err(Problem::unsupported_media_type("application/json, text/csv")),
    }
}

/// Organisations as somebody kept them in a spreadsheet.
pub fn read_table(bytes: &[u8]) -> Result<Vec<ListedOrganisation>, Problem> {
    let (value, lines) = import::read(bytes, &import::ORGANISATIONS)?;
    organisation::parse_list(value).map_err(|errors| Problem::invalid(import::by_line(errors, &lines)))
}

/// What organisations that are sent come to.
pub async fn changes(app: &App, sent: Vec<ListedOrganisation>) -> Result<Changes<ListedOrganisation>, Rejection> {
    let listed = app.store.listed_organisations().await?;
    Ok(Changes::of(sent, |organisation| listed.get(&organisation.id())))
}

/// Stores what was sent.
pub async fn apply(app: &App, organiser: &Organiser, changes: &Changes<ListedOrganisation>) -> Result<(), Rejection> {
    app.store.put_organisations(&changes.to_store()).await?;
    forget_matched(app).await?;
    let deed = Deed::of("organisations.put", format!("{} organisations", changes.count()));
    trail::record(app, organiser, deed).await
}

/// Adds one organisation, or changes the one that went by an identifier. One that goes by another name or code from then
/// on is still found by the name it had: bookings name it so.
pub async fn save(
    app: &App,
    organiser: &Organiser,
    before: Option<&ListedOrganisation>,
    mut after: ListedOrganisation,
) -> Result<(), Rejection> {
    let is_same = before.is_some_and(|before| before.id() == after.id());
    if !is_same && app.store.listed_organisations().await?.get(&after.id()).is_some() {
        let field = if after.code.is_some() { "/code" } else { "/name" };
        return Err(Problem::invalid_field(field, "Another organisation of the list goes by this").into());
    }
    if let Some(before) = before.filter(|before| before.name != after.name)
        && !after.aliases.contains(&before.name)
    {
        after.aliases.push(before.name.clone());
    }
    app.store.put_organisations(&[&after]).await?;
    if let Some(before) = before.filter(|_| !is_same) {
        app.store.remove_organisation(&before.id()).await?;
    }
    forget_matched(app).await?;
    trail::record(app, organiser, Deed::of("organisation.put", after.id())).await
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

/// What forms said that the list does not have.
pub fn open_tasks(listed: &Organisations, noted: Vec<Unmatched>) -> Vec<Unmatched> {
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
    match_name(&app, &organiser, &key, organisation).await?;
    Ok(page::ok(&json!({})))
}

/// Matches what a form said, under its key, with an organisation; lets it be where there is none.
pub async fn match_name(
    app: &App,
    organiser: &Organiser,
    key: &str,
    organisation: Option<String>,
) -> Result<(), Rejection> {
    let task = noted(app, key).await?;
    let task = task.ok_or_else(|| Problem::invalid_field("/key", "Nothing on a form has this key"))?;
    if let Some(id) = &organisation {
        let listed = app.store.listed_organisations().await?;
        let meant = listed.get(id).ok_or_else(|| Problem::invalid_field("/organisation", "This is not in the list"))?;
        app.store.put_organisations(&[&also_called(meant, &task)]).await?;
    }
    app.store.forget_unmatched(key).await?;
    trail::record(app, organiser, Deed::of("organisation.match", organisation.unwrap_or_else(|| key.to_owned()))).await
}

/// What a form said, under its key.
pub async fn noted(app: &App, key: &str) -> Result<Option<Unmatched>, Rejection> {
    let noted = app.store.unmatched().await?;
    Ok(noted.into_iter().find(|task| task.given.key().as_deref() == Some(key)))
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
