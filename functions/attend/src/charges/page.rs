//! The charges of a quarter in the console: what each organisation owes, and every charge with what waives it.

use std::sync::Arc;

use app::access::ChargesReader;
use app::{App, Rejection};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::charge::Cause;
use domain::policy::Waiver;
use domain::report::Period;
use domain::uk_time::uk;
use web::components::{Column, Content, Link, Pagination, Table};
use web::{dates, page};

use super::{Charge, Charges, Sum, quarter};

#[derive(Template)]
#[template(path = "charges.html")]
struct ChargesPage<'a> {
    quarter: String,
    words: String,
    total: u32,
    sums: Option<Table<'a>>,
    list: Option<Table<'a>>,
    pagination: Pagination<'a>,
}

/// The reasons for which a charge can be waived, a button each.
#[derive(Template)]
#[template(path = "waive.html")]
struct WaiveForm<'a> {
    quarter: &'a str,
    charge: &'a Charge,
    reasons: &'a [Waiver],
}

#[derive(Template)]
#[template(source = "<a href=\"{{ href }}\">{{ words }}</a>", ext = "html")]
struct To {
    href: String,
    words: String,
}

/// `GET /organise/charges`: the quarter that is on.
pub async fn start(State(app): State<Arc<App>>, _: ChargesReader) -> Response {
    page::see_other(&format!("/organise/charges/{}", Period::quarter_of(uk().to_datetime(app.clock.now()).date())))
}

/// `GET /organise/charges/{quarter}`
pub async fn show(
    State(app): State<Arc<App>>,
    ChargesReader(reader): ChargesReader,
    Path(name): Path<String>,
) -> Result<Response, Rejection> {
    let period = quarter(&name)?;
    let charges = Charges::gather(&app, period, &reader).await?;
    let quarter = period.to_string();
    let reasons: &[Waiver] = if reader.may_manage() { &charges.policy.waivers } else { &[] };
    let link = |period: Period| Link::new(format!("/organise/charges/{period}"), period.words());
    let content = ChargesPage {
        words: period.words(),
        total: charges.total(),
        sums: (!charges.list.is_empty()).then(|| sums(&charges)),
        list: (!charges.list.is_empty()).then(|| list(&charges, &quarter, reasons)),
        pagination: Pagination {
            previous: period.previous().map(link),
            next: period.next().filter(|next| next.begins() <= app.clock.now()).map(link),
        },
        quarter: quarter.clone(),
    };
    let hub = app.hub().await?;
    Ok(web::console::page("Charges", &hub, &reader, "/organise/charges").show(&content))
}

fn sums<'a>(charges: &Charges) -> Table<'a> {
    let row = |group: &[Charge]| {
        let sum = Sum::of(group);
        vec![
            Content::text(organisation(&group[0])),
            Content::text(sum.late_cancellations.to_string()),
            Content::text(sum.absences.to_string()),
            Content::text(sum.waived.to_string()),
            Content::text(format!("£{}", sum.gbp)),
        ]
    };
    let numbers = ["Late cancellations", "Absences", "Waived", "To pay"].map(Column::numbers);
    Table {
        id: "sums",
        caption: "By organisation",
        columns: [Column::words("Organisation")].into_iter().chain(numbers).collect(),
        rows: charges.by_organisation().map(row).collect(),
    }
}

fn list<'a>(charges: &Charges, quarter: &str, reasons: &[Waiver]) -> Table<'a> {
    let columns = ["Booking", "Organisation", "Event", "Why", "Charge", "Waived"].map(Column::words).into();
    let rows = charges.list.iter().map(|charge| row(charge, quarter, reasons)).collect();
    Table { id: "charges", caption: "Every charge", columns, rows }
}

fn row<'a>(charge: &Charge, quarter: &str, reasons: &[Waiver]) -> Vec<Content<'a>> {
    let (event, id, reference) = (&charge.record.event, charge.record.id, charge.reference);
    let booking = To { href: format!("/organise/events/{id}/registrations/{reference}"), words: reference.to_string() };
    let who = if charge.place.owed.by_person { ", by the person" } else { "" };
    let price = charge.place.owed.gbp.map_or("no price is set".to_owned(), |gbp| format!("£{gbp}"));
    let waived = match charge.place.waived {
        Some(why) => Content::text(capitalised(why.words())),
        None if reasons.is_empty() => Content::text("–"),
        None => Content::of(&WaiveForm { quarter, charge, reasons }),
    };
    vec![
        Content::of(&booking),
        Content::text(organisation(charge)),
        Content::text(format!("{}, {}", event.title, dates::moment(event.starts()))),
        Content::text(match charge.place.cause {
            Cause::LateCancellation => "Cancelled late",
            Cause::Absence => "Did not come",
        }),
        Content::text(format!("{price}{who}")),
        waived,
    ]
}

fn organisation(charge: &Charge) -> String {
    Some(charge.organisation_words()).filter(|words| !words.is_empty()).unwrap_or_else(|| "None named".to_owned())
}

fn capitalised(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
