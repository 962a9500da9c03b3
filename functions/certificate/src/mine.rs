//! All my certificates: over all events, by year, with the minutes of each year; and one statement of them to keep.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::{App, Failure, HeldBooking, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::PersonId;
use domain::uk_time::uk;
use pdf::{Line, Statement, Year};
use store::Certificate;
use web::page::{self, Page};

#[derive(Template)]
#[template(path = "mine.html")]
struct MinePage {
    token: String,
    years: Vec<YearRows>,
}

/// A year's certificates, newest first.
struct YearRows {
    year: i16,
    total: u32,
    rows: Vec<Row>,
}

/// One certificate.
struct Row {
    held: String,
    title: String,
    minutes: u32,
    number: String,
}

/// `GET /bookings/{token}/certificates`
pub(crate) async fn show(State(app): State<Arc<App>>, held: HeldBooking) -> Result<Response, Rejection> {
    let years = years(&app, held.link.person).await?;
    let content = MinePage { token: app.identity.token(&held.link), years };
    let hub = app.hub().await?;
    Ok(Page::new("Your certificates", &hub).show(&content))
}

/// `GET /bookings/{token}/certificates/statement.pdf`
pub(crate) async fn statement(State(app): State<Arc<App>>, held: HeldBooking) -> Result<Response, Rejection> {
    let years = years(&app, held.link.person).await?;
    if years.is_empty() {
        return Err(domain::Refusal::CertificateNotFound.into());
    }
    let hub = app.hub().await?;
    let date = uk().to_datetime(app.clock.now()).date();
    let name = held.registration.form.name.as_str().to_owned();
    let print = move || {
        let line = |row: Row| Line { held: row.held, event: row.title, minutes: row.minutes, number: row.number };
        let year = |year: YearRows| Year {
            year: year.year,
            minutes: year.total,
            lines: year.rows.into_iter().map(line).collect(),
        };
        let years: Vec<Year> = years.into_iter().map(year).collect();
        Statement { name: &name, issuer: &hub.name, date, years: &years }.pdf()
    };
    let printed = tokio::task::spawn_blocking(print).await.map_err(|error| Rejection::Failure(Failure::new(error)))?;
    let bytes = printed.map_err(|error| Rejection::Failure(Failure::new(error)))?;
    Ok(page::named_file("application/pdf", "statement-of-attendance.pdf", bytes))
}

/// A person's valid certificates, whatever else they were known as, by the year in which the event began, the newest first.
async fn years(app: &App, person: PersonId) -> Result<Vec<YearRows>, Rejection> {
    let mut holdings = Vec::new();
    for one in app.store.aliases().await?.all(person) {
        holdings.extend(app.store.holdings_of(one).await?);
    }
    let numbers = holdings.iter().filter_map(|holding| holding.latest).map(|(number, _)| number).collect();
    let mut found = app.store.certificates(numbers).await?;
    found.retain(Certificate::is_valid);
    found.sort_by_key(|certificate| std::cmp::Reverse((certificate.facts.held_on(), certificate.number)));
    let mut years: BTreeMap<i16, YearRows> = BTreeMap::new();
    for certificate in found {
        let (facts, held_on) = (&certificate.facts, certificate.facts.held_on());
        let year = held_on.year();
        let rows = years.entry(year).or_insert_with(|| YearRows { year, total: 0, rows: Vec::new() });
        rows.total = rows.total.saturating_add(facts.credited());
        rows.rows.push(Row {
            held: held_on.strftime("%-d %B %Y").to_string(),
            title: facts.title.clone(),
            minutes: facts.credited(),
            number: certificate.number.to_string(),
        });
    }
    Ok(years.into_values().rev().collect())
}
