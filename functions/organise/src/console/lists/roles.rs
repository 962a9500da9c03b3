//! The roles that people have, and those that organisers have.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::Role;
use web::components::{Column, Content, Table};

use super::page;
use crate::access::Admin;

#[derive(Template)]
#[template(path = "console/lists/roles.html")]
struct RolesPage<'a> {
    people: Table<'a>,
    organisers: Table<'a>,
}

/// What each role of an organiser may, as the public surface says.
const ORGANISERS: [(&str, &str, &str); 4] = [
    ("Admin", "admin", "Everything"),
    (
        "Programme",
        "programme",
        "Events, lines, messages, groups, certificates, rosters, attendance and reports of some programmes",
    ),
    ("Desk", "desk", "Rosters and attendance; of confidential programmes only how many there are"),
    ("Reader", "reader", "Reports and charges"),
];

/// `GET /organise/lists/roles`
pub async fn show(State(app): State<Arc<App>>, Admin(organiser): Admin) -> Result<Response, Rejection> {
    let role = |role: &Role| vec![Content::text(role.label()), Content::text(role.slug())];
    let organisers = ORGANISERS.map(|(name, slug, may)| [name, slug, may].map(Content::text).into());
    let content = RolesPage {
        people: Table {
            id: "people",
            caption: "What people do",
            columns: ["Role", "In tables and in the API"].map(Column::words).into(),
            rows: Role::ALL.iter().map(role).collect(),
        },
        organisers: Table {
            id: "organisers",
            caption: "What organisers may",
            columns: ["Role", "In the sign-in’s claim", "May"].map(Column::words).into(),
            rows: organisers.into(),
        },
    };
    Ok(page(&app.hub().await?, &organiser, "Roles").back(super::LISTS, "Lists").show(&content))
}
