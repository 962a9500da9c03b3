//! What forms said of organisations that the list does not have: each matched once with one that it has, added, or let
//! be.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::{ListedOrganisation, Organisations};
use store::Unmatched;
use web::Problem;
use web::components::{Choice, Column, Content, ErrorSummary, Field, InputKind, Link, Radios, Table, TextInput};
use web::dates;
use web::forms::FormData;
use web::page::{Mistake, see_other};
use web::sign_in::Organiser;

use super::page;
use crate::access::Admin;
use crate::console::{mistakes, words};
use crate::organisations::{match_name, noted, open_tasks};

const HERE: &str = "/organise/lists/unlisted";
/// Organisations that are offered.
const OFFERED: usize = 8;

#[derive(Template)]
#[template(path = "console/lists/unlisted.html")]
struct UnlistedPage<'a> {
    done: bool,
    found: String,
    names: Option<Table<'a>>,
}

/// `GET /organise/lists/unlisted`
pub async fn show(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let listed = app.store.listed_organisations().await?;
    let open = open_tasks(&listed, app.store.unmatched().await?);
    let content = UnlistedPage {
        done: query.one("done") == "matched",
        found: words::counted(open.len() as u64, "name is not in the list", "names are not in the list"),
        names: (!open.is_empty()).then(|| Table {
            id: "names",
            caption: "Names to match",
            columns: ["As people wrote it", "Code", "Since"].map(Column::words).into(),
            rows: open.iter().map(line).collect(),
        }),
    };
    Ok(page(&app.hub().await?, &organiser, "Names to match").back(super::LISTS, "Lists").show(&content))
}

fn line<'a>(task: &Unmatched) -> Vec<Content<'a>> {
    let key = task.given.key().unwrap_or_default();
    let to = format!("{HERE}/match?{}", serde_html_form::to_string([("key", key)]).unwrap_or_default());
    vec![
        Content::of(&Link::new(to, said(task))),
        Content::text(task.given.ods_code.clone().unwrap_or_default()),
        Content::text(dates::day(task.since)),
    ]
}

/// What somebody wrote: a name, else a code alone.
fn said(task: &Unmatched) -> String {
    task.given.name.clone().or_else(|| task.given.ods_code.clone()).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "console/lists/match.html")]
struct MatchPage<'a> {
    summary: ErrorSummary<'a>,
    said: String,
    key: &'a str,
    search: TextInput<'a>,
    organisations: Radios<'a>,
    add: String,
}

/// `GET /organise/lists/unlisted/match?key=&search=`
pub async fn ask(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    question(&app, &organiser, &query, &[]).await
}

/// `POST /organise/lists/unlisted/match`
pub async fn match_one(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    form: FormData,
) -> Result<Response, Rejection> {
    let chosen = match form.one("organisation") {
        "" => {
            let detail = "Select the organisation that is meant".to_owned();
            return question(&app, &organiser, &form, &[Mistake { detail, field: "organisation".to_owned() }]).await;
        }
        "none" => None,
        id => Some(id.to_owned()),
    };
    match match_name(&app, &organiser, form.one("key"), chosen).await {
        Ok(()) => Ok(see_other(&format!("{HERE}?done=matched"))),
        Err(rejection) => question(&app, &organiser, &form, &mistakes(rejection)?).await,
    }
}

async fn question(
    app: &App,
    organiser: &Organiser,
    typed: &FormData,
    wrong: &[Mistake],
) -> Result<Response, Rejection> {
    let task = noted(app, typed.one("key")).await?.ok_or_else(Problem::not_found)?;
    let listed = app.store.listed_organisations().await?;
    let said = said(&task);
    let search = if typed.has("search") { typed.one("search") } else { said.as_str() };
    let add = [("name", task.given.name.as_deref()), ("code", task.given.ods_code.as_deref())];
    let add: Vec<_> = add.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let content = MatchPage {
        summary: ErrorSummary { mistakes: wrong },
        key: typed.one("key"),
        search: TextInput {
            field: Field::new("search", "Name or code in the list"),
            value: search,
            kind: InputKind::Text,
            autocomplete: "off",
        },
        organisations: Radios {
            field: Field::new("organisation", "Which organisation is meant?")
                .hint("What was written becomes another name of it, so that this is asked once.")
                .mistakes(wrong),
            choices: choices(&listed, search, typed.one("organisation")),
        },
        add: format!("/organise/lists/organisations/new?{}", serde_html_form::to_string(add).unwrap_or_default()),
        said: said.clone(),
    };
    let hub = app.hub().await?;
    let page = page(&hub, organiser, "Match a name").back(HERE, "Names to match");
    Ok(if wrong.is_empty() { page.show(&content) } else { page.show_again(&content) })
}

fn choices<'a>(listed: &Organisations, search: &str, chosen: &str) -> Vec<Choice<'a>> {
    let choice = |one: &ListedOrganisation| {
        let more: Vec<String> = [&one.borough, &one.code].into_iter().flatten().cloned().collect();
        let choice = Choice::new(one.id(), one.name.clone(), one.id() == chosen);
        if more.is_empty() { choice } else { choice.hint(more.join(", ")) }
    };
    let mut found: Vec<&ListedOrganisation> = listed.search(search, OFFERED);
    if found.is_empty() {
        // Nobody writes all the words of a name alike: whatever shares one of them may be meant.
        let mut words: Vec<&str> = search.split_whitespace().filter(|word| word.chars().count() > 3).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        found =
            words.iter().map(|word| listed.search(word, OFFERED)).find(|found| !found.is_empty()).unwrap_or_default();
    }
    let none = Choice::new("none", "None of these: leave the name as it is", chosen == "none");
    found.into_iter().map(choice).chain([none]).collect()
}
