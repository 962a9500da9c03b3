//! The report as a page: the figures a hub shows its partners first, charts and the tables they are drawn from, and what
//! each figure counts.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use documents::chart::{Bar, Bars};
use domain::report::{Audience, Breakdown, Figure, Figures, Period, Report};
use domain::working_hours::uk;
use web::forms::FormData;
use web::page::{self, Page};

use crate::access::Reader;
use crate::answer::made;
use crate::asked::{self, Reading};
use crate::form::{Made, heading, standing};
use crate::trend::trend;

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    heading: String,
    period: String,
    audience: Audience,
    standing: String,
    completeness: String,
    sha256: Option<String>,
    highlights: Vec<(&'static str, String)>,
    totals: Vec<(Figure, String)>,
    charts: Vec<Drawn>,
    tables: Vec<Shown>,
    restated: Vec<(String, Vec<String>)>,
    previous: Option<String>,
    next: Option<String>,
}

/// A chart, and what it shows in words where there is nothing to draw.
struct Drawn {
    title: String,
    svg: Option<String>,
}

/// One table of the page.
struct Shown {
    id: &'static str,
    label: &'static str,
    head: &'static str,
    has_figures: bool,
    rows: Vec<(String, Vec<String>)>,
}

/// `GET /organise/reports`, and the form that leads to one: `?period=2026-10&audience=funder`.
pub async fn start(State(app): State<Arc<App>>, _: Reader, RawQuery(query): RawQuery) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let asked = query.one("period").trim().parse::<Period>();
    let today = uk().to_datetime(app.clock.now()).date();
    // The month that is over is what most come for.
    let month = Period::month_of(today);
    let period = asked.unwrap_or_else(|_| month.previous().unwrap_or(month));
    let audience = Audience::from_slug(query.one("audience")).unwrap_or_default();
    Ok(page::see_other(&format!("/organise/reports/{period}?audience={}", audience.slug())))
}

/// `GET /organise/reports/{period}?audience=&version=`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(period): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let period = asked::period(&period)?;
    let reading = Reading::of(query.as_deref())?;
    let made = made(&app, &reader, period, reading).await?;
    let mut charts = vec![programmes(&made.report), roles(&made.report)];
    if reading.audience != Audience::Public && !reader.is_of_some_programmes() {
        charts.extend(trend(&app.store, period, &made.report).await?.map(|bars| draw(&bars)));
    }
    let heading = heading(&made);
    let content = ReportPage {
        period: period.to_string(),
        audience: reading.audience,
        standing: standing(&made),
        completeness: made.report.completeness.words(),
        sha256: made.sha256.clone(),
        highlights: highlights(&made.report),
        totals: made.report.totals.iter().map(|(figure, cell)| (figure, cell.words())).collect(),
        charts,
        tables: tables(&made.report),
        restated: restated(&made),
        previous: period.previous().map(|period| period.to_string()),
        next: next(period, app.clock.now()),
        heading: heading.clone(),
    };
    Ok(Page::new(&heading, &app.config.hub_name).show(&content))
}

/// The period after one, once it has begun.
fn next(period: Period, now: jiff::Timestamp) -> Option<String> {
    let after = period.to().tomorrow().ok()?;
    let next = match period {
        Period::Month { .. } => Period::Month { first: after },
        Period::Quarter { .. } => Period::Quarter { first: after },
        Period::Year { .. } => Period::Year { first: after },
        Period::Range { .. } => return None,
    };
    (next.begins() <= now).then(|| next.to_string())
}

/// What a hub shows its partners.
fn highlights(report: &Report) -> Vec<(&'static str, String)> {
    let figures = &report.totals;
    let words = |figure| figures.get(figure).words();
    let rate = |part, whole| figures.percent(part, whole).map_or_else(|| "–".to_owned(), |rate| format!("{rate}%"));
    let mut shown = vec![
        ("Events held", words(Figure::EventsHeld)),
        ("Places filled", words(Figure::PlacesBooked)),
        ("Attended", words(Figure::Attended)),
        ("Different people", words(Figure::People)),
    ];
    if let Some(reach) = report.reach {
        let count = domain::report::grouped;
        shown.push(("Schools reached", count(reach.schools)));
        shown.push(("Practices reached", count(reach.practices)));
        shown.push(("People certified", count(reach.people_certified)));
    }
    let hours = figures.get(Figure::CpdMinutes).count();
    shown.push(("CPD hours", hours.map_or_else(|| "–".to_owned(), |m| domain::report::grouped(m / 60))));
    shown.push(("Did not attend", rate(Figure::DidNotAttend, Figure::PlacesBooked)));
    shown
}

/// What is drawn of a row.
const PARTS: [Figure; 4] = [Figure::Attended, Figure::AttendedPart, Figure::DidNotAttend, Figure::NotRecorded];
/// Rows that a chart has at most; the table has all.
const BARS_MAX: usize = 12;

fn programmes(report: &Report) -> Drawn {
    draw(&bars(report, Breakdown::Programme, "programmes", "Places booked by programme, and what became of them"))
}

fn roles(report: &Report) -> Drawn {
    draw(&bars(report, Breakdown::Role, "roles", "Places booked by role, and what became of them"))
}

fn bars(report: &Report, of: Breakdown, id: &'static str, title: &str) -> Bars {
    let parts = |figures: &Figures| PARTS.iter().map(|figure| figures.count(*figure)).collect();
    let bar = |row: &domain::report::Row| Some(Bar { label: row.label.clone(), parts: parts(row.figures.as_ref()?) });
    let mut bars: Vec<Bar> = report.rows(of).iter().filter_map(bar).collect();
    bars.sort_by_key(|bar| std::cmp::Reverse(bar.parts.iter().sum::<u64>()));
    bars.truncate(BARS_MAX);
    Bars { id, title: title.to_owned(), legend: PARTS.iter().map(|figure| figure.label()).collect(), bars }
}

fn draw(bars: &Bars) -> Drawn {
    Drawn { title: bars.title.clone(), svg: bars.svg() }
}

fn tables(report: &Report) -> Vec<Shown> {
    let table = |table: &domain::report::Table| {
        let has_figures = table.rows.iter().any(|row| row.figures.is_some());
        let rows = table.rows.iter().map(|row| {
            let cells = match &row.figures {
                Some(figures) => figures.iter().map(|(_, cell)| cell.words()).collect(),
                None => vec![if row.is_reached { "yes" } else { "no" }.to_owned()],
            };
            (row.label.clone(), cells)
        });
        let label = table.of.label();
        let head = label.strip_prefix("By ").unwrap_or(label);
        Shown { id: table.of.slug(), label, head, has_figures, rows: rows.collect() }
    };
    report.tables.iter().map(table).filter(|table| !table.rows.is_empty()).collect()
}

fn restated(made: &Made) -> Vec<(String, Vec<String>)> {
    let words = |restated: &domain::report::Restatement| {
        let read = restated.changes.iter().filter(|c| made.audience.reads(c.row.as_ref().map(|(of, _)| *of)));
        let when = web::dates::day(restated.at);
        (format!("Version {}, {when}", restated.version), read.map(domain::report::Change::words).collect())
    };
    made.restated.iter().map(words).collect()
}
