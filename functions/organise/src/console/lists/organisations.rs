//! Organisations: searched, page by page.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::ListedOrganisation;
use domain::organisation::OrganisationKind;
use web::components::{Choice, Column, Content, Field, InputKind, Link, Pagination, Select, Table, TextInput};
use web::forms::FormData;

use super::{organisation, page};
use crate::access::Admin;
use crate::console::words;

/// Organisations of one page.
const PAGE: usize = 50;
const HERE: &str = "/organise/lists/organisations";

/// What an organisation is: as the API names it, and in words.
pub const KINDS: [(&str, &str, OrganisationKind); 4] = [
    ("practice", "Practice", OrganisationKind::Practice),
    ("school", "School", OrganisationKind::School),
    ("trust", "NHS trust", OrganisationKind::Trust),
    ("other", "Other", OrganisationKind::Other),
];

/// A kind in words.
pub fn kind_words(kind: OrganisationKind) -> &'static str {
    KINDS.iter().find(|(.., known)| *known == kind).map_or("", |(_, words, _)| words)
}

#[derive(Template)]
#[template(path = "console/lists/organisations.html")]
struct OrganisationsPage<'a> {
    done: Option<&'static str>,
    search: TextInput<'a>,
    kind: Select<'a>,
    found: String,
    organisations: Option<Table<'a>>,
    pagination: Option<Pagination<'a>>,
}

/// `GET /organise/lists/organisations?search=&type=&page=`
pub async fn show(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let (search, kind) = (query.one("search").trim(), query.one("type"));
    let listed = app.store.listed_organisations().await?;
    let mut found: Vec<&ListedOrganisation> =
        if search.is_empty() { listed.iter().collect() } else { listed.search(search, usize::MAX) };
    let wanted = KINDS.iter().find(|(name, ..)| *name == kind).map(|(.., kind)| *kind);
    found.retain(|organisation| wanted.is_none_or(|wanted| organisation.kind == wanted));
    if search.is_empty() {
        found.sort_by(|one, other| one.name.cmp(&other.name));
    }
    let pages = found.len().div_ceil(PAGE).max(1);
    let shown = query.one("page").parse().unwrap_or(1).clamp(1, pages);
    let some: Vec<_> = found.iter().skip((shown - 1) * PAGE).take(PAGE).map(|one| line(one)).collect();
    let to = |page: usize| Link::new(address(search, kind, page), format!("{page} of {pages}"));
    let content = OrganisationsPage {
        done: (query.one("done") == "imported").then_some("The organisations are imported."),
        search: TextInput {
            field: Field::new("search", "Name or code"),
            value: search,
            kind: InputKind::Text,
            autocomplete: "off",
        },
        kind: Select {
            field: Field::new("type", "Type"),
            empty: "All",
            choices: KINDS.iter().map(|(name, words, _)| Choice::new(*name, *words, *name == kind)).collect(),
            autocomplete: "off",
        },
        found: words::counted(found.len() as u64, "organisation", "organisations"),
        organisations: (!some.is_empty()).then(|| Table {
            id: "organisations",
            caption: "Organisations",
            columns: ["Name", "Code", "Type", "Borough", "Network"].map(Column::words).into(),
            rows: some,
        }),
        pagination: (pages > 1).then(|| Pagination {
            previous: (shown > 1).then(|| to(shown - 1)),
            next: (shown < pages).then(|| to(shown + 1)),
        }),
    };
    Ok(page(&app.hub().await?, &organiser, "Organisations").back(super::LISTS, "Lists").show(&content))
}

fn line<'a>(organisation: &ListedOrganisation) -> Vec<Content<'a>> {
    let text = |text: &Option<String>| Content::text(text.clone().unwrap_or_default());
    vec![
        Content::of(&Link::new(organisation::address("", &organisation.id()), organisation.name.clone())),
        text(&organisation.code),
        Content::text(kind_words(organisation.kind)),
        text(&organisation.borough),
        text(&organisation.network),
    ]
}

fn address(search: &str, kind: &str, page: usize) -> String {
    let page = page.to_string();
    let pairs = [("search", search), ("type", kind), ("page", &page)];
    let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    format!("{HERE}?{}", serde_html_form::to_string(pairs).unwrap_or_default())
}
