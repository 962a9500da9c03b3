//! The report as a page: the figures a hub shows its partners first, charts and the tables they are drawn from, and what
//! each figure counts.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use documents::chart::{Bar, Bars};
use domain::organisation::OrganisationKind;
use domain::report::{Audience, Breakdown, Completeness, Figure, Figures, Period, Report, RowKey};
use web::components::{Select, TextInput};

use crate::access::Reader;
use crate::answer::made;
use crate::asked::{self, Reading};
use crate::form::{Made, heading, standing};
use crate::index::{audience_field, frame, period_field};
use crate::reach::{self, Reach};
use crate::trend::trend;

/// A period as it is written and in words.
type Named = (String, String);

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    heading: &'a str,
    period: &'a str,
    audience: Audience,
    reading: String,
    standing: String,
    completeness: Option<String>,
    sha256: Option<String>,
    is_empty: bool,
    highlights: Vec<(&'static str, String)>,
    in_short: [Figure; 5],
    programmes: Vec<(String, Vec<String>)>,
    period_field: TextInput<'a>,
    audience_field: Select<'a>,
    totals: Vec<(Figure, String)>,
    charts: Vec<Bars>,
    tables: Vec<Shown>,
    missed: Vec<Missed>,
    restated: Vec<Restated>,
    charges: Option<Named>,
    previous: Option<Named>,
    next: Option<Named>,
}

/// One table of the page.
struct Shown {
    id: &'static str,
    label: &'static str,
    head: &'static str,
    has_figures: bool,
    rows: Vec<(String, Vec<String>)>,
}

/// Organisations of one kind that were not reached for six months.
struct Missed {
    words: String,
    names: Vec<String>,
}

/// A later version of a final report.
struct Restated {
    version: u32,
    when: String,
    changes: Vec<String>,
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
        charts.extend(trend(&app.store, period, &made.report).await?);
    }
    charts.retain(|chart| !chart.is_empty());
    let missed = match reading.audience {
        Audience::Public => Vec::new(),
        Audience::Organiser | Audience::Funder => missed(&reach::of(&app, &reader, period).await?),
    };
    let (heading, name) = (heading(&made), period.to_string());
    let content = ReportPage {
        heading: &heading,
        period: &name,
        audience: reading.audience,
        reading: reading.to_query(),
        standing: standing(&made),
        completeness: made.report.completeness.map(Completeness::words),
        sha256: made.sha256.clone(),
        is_empty: made.report.is_empty(),
        highlights: highlights(&made.report),
        in_short: IN_SHORT,
        programmes: in_short(&made.report),
        period_field: period_field(&name, &[]),
        audience_field: audience_field(reading.audience),
        totals: made.report.totals.iter().map(|(figure, cell)| (figure, cell.words())).collect(),
        charts,
        tables: tables(&made.report),
        missed,
        restated: restated(&made),
        charges: charges(period).filter(|_| reading.audience == Audience::Organiser),
        previous: period.previous().map(named),
        next: next(period, app.clock.now()),
    };
    let hub = app.hub().await?;
    Ok(frame(&heading, &hub, &reader.0).show(&content))
}

fn named(period: Period) -> Named {
    (period.to_string(), period.words())
}

/// The quarter whose charges a period's late cancellations and absences are among.
fn charges(period: Period) -> Option<Named> {
    match period {
        Period::Month { first } => {
            period.quarters().into_iter().find(|q| (q.from()..=q.to()).contains(&first)).map(named)
        }
        Period::Quarter { .. } => Some(named(period)),
        Period::Year { .. } | Period::Range { .. } => None,
    }
}

/// The period after one, once it has begun.
fn next(period: Period, now: jiff::Timestamp) -> Option<Named> {
    let after = period.to().tomorrow().ok()?;
    let next = match period {
        Period::Month { .. } => Period::Month { first: after },
        Period::Quarter { .. } => Period::Quarter { first: after },
        Period::Year { .. } => Period::Year { first: after },
        Period::Range { .. } => return None,
    };
    (next.begins() <= now).then(|| named(next))
}

/// What a hub shows its partners.
fn highlights(report: &Report) -> Vec<(&'static str, String)> {
    let figures = &report.totals;
    let words = |figure| figures.get(figure).words();
    let rate = |part, whole| figures.percent(part, whole).map_or_else(|| "–".to_owned(), |rate| format!("{rate}%"));
    let mut shown = vec![("Events held", words(Figure::EventsHeld)), ("Places filled", words(Figure::PlacesBooked))];
    if let Some(reach) = report.reach {
        let count = domain::report::grouped;
        shown.push(("Schools reached", count(reach.schools)));
        shown.push(("Practices reached", count(reach.practices)));
        shown.push(("People certified", count(reach.people_certified)));
    }
    shown.push(("Different people", words(Figure::People)));
    let hours = figures.get(Figure::CpdMinutes).count();
    shown.push(("CPD hours", hours.map_or_else(|| "–".to_owned(), |m| domain::report::grouped(m / 60))));
    shown.push(("Attended", words(Figure::Attended)));
    shown.push(("Did not attend", rate(Figure::DidNotAttend, Figure::PlacesBooked)));
    if figures.count(Figure::UnusedGbp) > 0 {
        shown.push(("Cost of unused places", format!("£{}", words(Figure::UnusedGbp))));
    }
    shown.push(("Evaluation, of 5", words(Figure::EvaluationMean)));
    shown
}

/// What is told of each programme at once.
const IN_SHORT: [Figure; 5] = [
    Figure::EventsHeld,
    Figure::PlacesBooked,
    Figure::Attended,
    Figure::OrganisationsReached,
    Figure::CertificatesIssued,
];

fn in_short(report: &Report) -> Vec<(String, Vec<String>)> {
    let row = |row: &domain::report::Row| {
        let figures = row.figures?;
        Some((row.label.clone(), IN_SHORT.map(|figure| figures.get(figure).words()).into()))
    };
    report.rows(Breakdown::Programme).iter().filter_map(row).collect()
}

/// What is drawn of a row.
const PARTS: [Figure; 4] = [Figure::Attended, Figure::AttendedPart, Figure::DidNotAttend, Figure::NotRecorded];
/// Rows that a chart has at most; the table has all.
const BARS_MAX: usize = 12;

fn programmes(report: &Report) -> Bars {
    bars(report, Breakdown::Programme, "Places booked by programme, and what became of them")
}

fn roles(report: &Report) -> Bars {
    bars(report, Breakdown::Role, "Places booked by role, and what became of them")
}

fn bars(report: &Report, of: Breakdown, title: &str) -> Bars {
    let parts = |figures: &Figures| PARTS.iter().map(|figure| figures.count(*figure)).collect();
    let bar = |row: &domain::report::Row| Some(Bar { label: row.label.clone(), parts: parts(row.figures.as_ref()?) });
    let mut bars: Vec<Bar> = report.rows(of).iter().filter_map(bar).filter(|bar| bar.whole() > 0).collect();
    bars.sort_by_key(|bar| std::cmp::Reverse(bar.whole()));
    bars.truncate(BARS_MAX);
    Bars { title: title.to_owned(), legend: PARTS.iter().map(|figure| figure.label()).collect(), bars }
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
        let head = table.of.head();
        Shown { id: table.of.slug(), label, head, has_figures, rows: rows.collect() }
    };
    // A table that knows nobody's network repeats the totals.
    let tells = |table: &&domain::report::Table| table.rows.iter().any(|row| matches!(row.key, RowKey::Known(_)));
    let is_shown = |table: &&domain::report::Table| table.of.is_of_events() || tells(table);
    report.tables.iter().filter(is_shown).map(table).filter(|table| !table.rows.is_empty()).collect()
}

/// "3 of 40 schools have not been reached since 1 May 2026", and which; kinds of which the list has none are left out.
fn missed(reach: &Reach) -> Vec<Missed> {
    let since = reach.from.strftime("%-d %B %Y");
    let kinds = [(OrganisationKind::Practice, "practices"), (OrganisationKind::School, "schools")];
    let of_kind = |(kind, name): (OrganisationKind, &str)| {
        let (all, missed) = reach.missed(kind);
        let words = match missed.len() {
            0 => format!("All {all} {name} have been reached since {since}"),
            count => format!("{count} of {all} {name} not reached since {since}"),
        };
        (all > 0).then(|| Missed { words, names: missed.iter().map(|listed| listed.name.clone()).collect() })
    };
    kinds.into_iter().filter_map(of_kind).collect()
}

fn restated(made: &Made) -> Vec<Restated> {
    let restated = |restated: &domain::report::Restatement| {
        let read = restated.changes.iter().filter(|c| made.audience.reads(c.row.as_ref().map(|(of, _)| *of)));
        let changes = read.map(domain::report::Change::words).collect();
        Restated { version: restated.version, when: web::dates::day(restated.at), changes }
    };
    made.restated.iter().map(restated).collect()
}
