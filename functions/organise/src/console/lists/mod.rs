//! The lists behind the figures: programmes, organisations, what forms said that the list does not have, roles.

mod import;
mod organisation;
mod organisations;
mod programmes;
mod roles;
mod unlisted;

use domain::Hub;
use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use web::components::{Card, Content};
use web::page::Page;
use web::sign_in::Organiser;

use super::words;
use crate::access::Admin;
use crate::organisations::open_tasks;

/// The part of the console that the lists belong to.
pub const LISTS: &str = "/organise/lists";

/// Where an organisation is put right.
pub fn path_to_change(id: &str) -> String {
    organisation::address("/change", id)
}

/// The routes of the lists.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/organise/lists", get(show))
        .route("/organise/lists/programmes", get(programmes::show))
        .route("/organise/lists/programmes/new", get(programmes::new).post(programmes::add))
        .route("/organise/lists/programmes/{programme}", get(programmes::edit).post(programmes::change))
        .route("/organise/lists/organisations", get(organisations::show))
        .route("/organise/lists/organisations/new", get(organisation::new).post(organisation::add))
        .route("/organise/lists/organisation", get(organisation::show))
        .route("/organise/lists/organisation/change", get(organisation::edit).post(organisation::change))
        .route("/organise/lists/unlisted", get(unlisted::show))
        .route("/organise/lists/unlisted/match", get(unlisted::ask).post(unlisted::match_one))
        .route("/organise/lists/import/{list}", get(import::show).post(import::take))
        .route("/organise/lists/roles", get(roles::show))
}

/// A page of the lists, with the way back to their start.
fn page<'a>(hub: &'a Hub, organiser: &'a Organiser, title: &'a str) -> Page<'a> {
    web::console::page(title, hub, organiser, LISTS)
}

#[derive(Template)]
#[template(path = "console/lists/start.html")]
struct StartPage<'a> {
    cards: Vec<Card<'a>>,
}

/// `GET /organise/lists`
pub async fn show(State(app): State<Arc<App>>, Admin(organiser): Admin) -> Result<Response, Rejection> {
    let listed = app.store.listed_organisations().await?;
    let programmes = app.programmes().await?.iter().count();
    let unlisted = open_tasks(&listed, app.store.unmatched().await?).len();
    let card = |heading, href, words: String| Card {
        heading,
        level: 2,
        href,
        is_clickable: true,
        content: Content::text(words),
    };
    let cards = vec![
        card("Programmes", "/organise/lists/programmes", words::counted(programmes as u64, "programme", "programmes")),
        card(
            "Organisations",
            "/organise/lists/organisations",
            words::counted(listed.iter().count() as u64, "organisation", "organisations"),
        ),
        card(
            "Names to match",
            "/organise/lists/unlisted",
            match unlisted {
                0 => "Every organisation that people named is in the list".to_owned(),
                count => words::counted(count as u64, "name is not in the list", "names are not in the list"),
            },
        ),
        card("Roles", "/organise/lists/roles", "What people do, and what organisers may".to_owned()),
    ];
    Ok(page(&app.hub().await?, &organiser, "Lists").show(&StartPage { cards }))
}
