//! `GET /organise/reports`: every month, quarter and year that there is something to tell of, how complete the months are,
//! and what is still missing; and the form that leads to any period in any reading.

use domain::Hub;
use std::collections::BTreeMap;
use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::report::{Audience, Completeness, Figure, Period, Report};
use domain::uk_time::uk;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use jiff::civil::Date;
use store::{Failure, Store};
use web::components::{Choice, ErrorSummary, Field, InputKind, Select, TextInput, Width};
use web::forms::FormData;
use web::page::{self, Mistake};
use web::sign_in::Organiser;

use crate::access::Reader;
use crate::facts::{Lists, gather};
use crate::form::standing_of;
use crate::kept::{ReportError, report_of};

/// The part of the console that reports belong to.
pub const REPORTS: &str = "/organise/reports";
/// Months that are told of one by one; of those before, the years.
const MONTHS_MAX: usize = 24;
/// Months that are read at a time.
const AT_ONCE: usize = 4;
/// Words beside the choice of a period.
const HINT: &str = "For example 2026-10, 2026-27-Q3, 2026-27 or 2026-10-05..2026-11-20";

#[derive(Template)]
#[template(path = "reports.html")]
struct ReportsPage<'a> {
    summary: ErrorSummary<'a>,
    missing: Vec<Missing>,
    may_see_roster: bool,
    years: Vec<Year>,
    earlier: Vec<(String, String)>,
    period: TextInput<'a>,
    audience: Select<'a>,
}

/// A financial year of the page.
struct Year {
    period: String,
    words: String,
    quarters: Vec<(String, String)>,
    months: Vec<Month>,
}

/// A month of the page.
struct Month {
    period: String,
    words: String,
    events: String,
    places: String,
    attendance: String,
    standing: String,
}

/// An event that lacks attendance.
struct Missing {
    id: String,
    title: String,
    when: String,
    lacking: String,
}

/// The index, or, where a period is asked for, the way to it: `?period=2026-10&audience=funder`.
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let (typed, audience) = (query.one("period").trim(), query.one("audience"));
    let audience = Audience::from_slug(audience).unwrap_or_default();
    let mut mistakes = Vec::new();
    if !typed.is_empty() {
        match typed.parse::<Period>() {
            Ok(period) => return Ok(page::see_other(&format!("{REPORTS}/{period}?audience={}", audience.slug()))),
            Err(_) => mistakes.push(Mistake {
                detail: "Enter a month, quarter, year or range of days, like 2026-10".to_owned(),
                field: "period".to_owned(),
            }),
        }
    }
    let now = app.clock.now();
    let months = months(&app.store, now).await?;
    let (told, missing) = told(&app, &reader, &months, now).await?;
    let content = ReportsPage {
        summary: ErrorSummary { mistakes: &mistakes },
        missing,
        may_see_roster: reader.0.may_see_roster(),
        years: years(&months, told),
        earlier: earlier(&months),
        period: period_field(typed, &mistakes),
        audience: audience_field(audience),
    };
    let hub = app.hub().await?;
    let page = frame("Reports", &hub, &reader.0);
    Ok(if mistakes.is_empty() { page.show(&content) } else { page.show_again(&content) })
}

/// A page of the reports, in the console's frame.
pub fn frame<'a>(title: &'a str, hub: &'a Hub, organiser: &'a Organiser) -> page::Page<'a> {
    web::console::page(title, hub, organiser, REPORTS)
}

/// Where a period is typed.
pub fn period_field<'a>(value: &'a str, mistakes: &'a [Mistake]) -> TextInput<'a> {
    let field = Field::new("period", "Month, quarter, year or range").hint(HINT).width(Width::Characters20);
    TextInput { field: field.mistakes(mistakes), value, kind: InputKind::Text, autocomplete: "off" }
}

/// Where a reading is chosen.
pub fn audience_field(chosen: Audience) -> Select<'static> {
    let choice = |(audience, words): (Audience, &'static str)| Choice::new(audience.slug(), words, audience == chosen);
    let choices = [
        (Audience::Organiser, "Organisers: exact"),
        (Audience::Funder, "Funders: exact, no organisation's figures"),
        (Audience::Public, "The public: small numbers withheld"),
    ];
    let field = Field::new("audience", "As read by");
    Select { field, empty: "", choices: choices.into_iter().map(choice).collect(), autocomplete: "off" }
}

/// The months with events up to the present one, which is always among them; the latest first.
async fn months(store: &Store, now: Timestamp) -> Result<Vec<Period>, Failure> {
    let present = Period::month_of(uk().to_datetime(now).date());
    let listed = store.months_of_events().await?;
    // An event that starts at the last hour of a month in UTC starts in the next in summer.
    let mut months: Vec<Period> = listed.into_iter().map(Period::month_of).filter(|month| *month < present).collect();
    months.push(present);
    months.reverse();
    Ok(months)
}

/// What is told of the latest months, in their order, and which events lack attendance.
async fn told(
    app: &App,
    reader: &Reader,
    months: &[Period],
    now: Timestamp,
) -> Result<(Vec<Month>, Vec<Missing>), ReportError> {
    let lists = &Lists::read(&app.store).await?;
    let months: Vec<Period> = months.iter().copied().take(MONTHS_MAX).collect();
    let reads = months.into_iter().map(|month| async move { of_month(app, reader, lists, month, now).await });
    let found: Vec<(Month, Vec<Missing>)> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
    let (months, missing): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    Ok((months, missing.into_iter().flatten().collect()))
}

/// A month that is final is told as it was kept, to whom reads all of it; any other is counted.
async fn of_month(
    app: &App,
    reader: &Reader,
    lists: &Lists,
    month: Period,
    now: Timestamp,
) -> Result<(Month, Vec<Missing>), ReportError> {
    let kept = app.store.kept_reports(&month.to_string()).await?;
    let last = kept.last().filter(|_| !reader.is_of_some_programmes());
    let (report, missing) = if let Some(last) = last {
        (serde_json::from_str(&last.json)?, Vec::new())
    } else {
        let gathered = gather(&app.store, lists, month, now, |programme| reader.0.sees(programme)).await?;
        let lacking = gathered.iter().filter(|event| kept.is_empty() && event.facts.lacks_attendance());
        let missing: Vec<Missing> = lacking.map(Missing::of).collect();
        (report_of(month, gathered), missing)
    };
    let is_over = month.ends() <= now;
    let standing = match kept.last() {
        Some(last) => standing_of(true, last.version),
        None if is_over => "Provisional".to_owned(),
        None => "Under way".to_owned(),
    };
    Ok((Month::of(month, &report, standing), missing))
}

impl Month {
    fn of(month: Period, report: &Report, standing: String) -> Self {
        let words = |figure| report.totals.get(figure).words();
        Self {
            period: month.to_string(),
            words: month.words(),
            events: words(Figure::EventsHeld),
            places: words(Figure::PlacesBooked),
            attendance: report.completeness.map_or_else(String::new, attendance),
            standing,
        }
    }
}

fn attendance(of: Completeness) -> String {
    match (of.events, of.lacking_attendance) {
        (0, _) => "–".to_owned(),
        (_, 0) => "Complete".to_owned(),
        (events, lacking) => format!("{lacking} of {events} lacking"),
    }
}

impl Missing {
    fn of(event: &crate::facts::Gathered) -> Self {
        let record = &event.items.record;
        let lacking = event.facts.not_recorded();
        Self {
            id: event.id.to_string(),
            title: record.event.title.clone(),
            when: web::dates::day(record.event.starts()),
            lacking: if lacking == 1 { "1 person".to_owned() } else { format!("{lacking} people") },
        }
    }
}

fn years(months: &[Period], told: Vec<Month>) -> Vec<Year> {
    let mut years: BTreeMap<Date, (Period, Vec<Month>)> = BTreeMap::new();
    for (month, told) in months.iter().zip(told) {
        let year = month.year();
        years.entry(year.from()).or_insert_with(|| (year, Vec::new())).1.push(told);
    }
    let year = |(year, months): (Period, Vec<Month>)| Year {
        period: year.to_string(),
        words: year.words(),
        quarters: year.quarters().map(|quarter| (quarter.to_string(), quarter.words())).into(),
        months,
    };
    years.into_values().rev().map(year).collect()
}

/// The years of months that are not told of one by one.
fn earlier(months: &[Period]) -> Vec<(String, String)> {
    let told: Vec<Period> = months.iter().take(MONTHS_MAX).map(|month| month.year()).collect();
    let mut years: Vec<Period> = months.iter().skip(MONTHS_MAX).map(|month| month.year()).collect();
    years.dedup();
    years.retain(|year| !told.contains(year));
    years.into_iter().map(|year| (year.to_string(), year.words())).collect()
}
