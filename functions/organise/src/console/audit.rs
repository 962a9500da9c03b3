//! What organisers did on one day.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::uk_time::uk;
use jiff::ToSpan as _;
use jiff::civil::Date;
use store::Action;
use web::components::{Column, Content, Link, Pagination, Table};
use web::dates;
use web::forms::FormData;

use super::words;
use crate::access::Admin;

#[derive(Template)]
#[template(path = "console/audit.html")]
struct AuditPage<'a> {
    day: String,
    actions: Option<Table<'a>>,
    pagination: Pagination<'a>,
}

/// `GET /organise/audit?date=`
pub async fn show(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let today = uk().to_datetime(app.clock.now()).date();
    let day = query.one("date").parse::<Date>().unwrap_or(today);
    let actions = app.store.actions(day).await?;
    let link = |day: Date| Link::new(format!("/organise/audit?date={day}"), day.strftime("%-d %B %Y").to_string());
    let content = AuditPage {
        day: day.strftime("%A %-d %B %Y").to_string(),
        actions: (!actions.is_empty()).then(|| table(&actions)),
        pagination: Pagination {
            previous: day.checked_sub(1.day()).ok().map(link),
            next: day.checked_add(1.day()).ok().filter(|next| *next <= today).map(link),
        },
    };
    let hub = app.hub().await?;
    Ok(web::console::page("Audit trail", &hub, &organiser, "/organise/audit").show(&content))
}

fn table<'a>(actions: &[Action]) -> Table<'a> {
    let line = |action: &Action| {
        let reason = action.reason.clone().unwrap_or_default();
        let reference = action.reference.clone().unwrap_or_else(|| action.on.clone());
        let cells = [dates::time(action.at), words::deed(&action.action), reference, action.by.clone(), reason];
        cells.map(Content::text).into()
    };
    let columns = ["When", "What", "To what", "By whom", "Why"].map(Column::words).into();
    Table { id: "actions", caption: "What organisers did", columns, rows: actions.iter().map(line).collect() }
}
