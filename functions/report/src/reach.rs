//! Whom the hub's events have not reached for six months: `GET /api/v1/reports/{period}/reach.json|.csv`, and what the
//! page of a report says of it. Only organisations of the hub's list can be missed; confidential programmes reach nobody
//! that is told of.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::{App, Failure, Rejection};
use axum::extract::{Path, State};
use axum::response::Response;
use documents::{Form, Value, csv};
use domain::ListedOrganisation;
use domain::organisation::OrganisationKind;
use domain::report::Period;
use domain::uk_time::uk;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;
use web::page;

use crate::access::Reader;
use crate::asked;
use crate::facts::{Gathered, Lists, gather};

/// Months after which somebody who has not come counts as missed.
const MONTHS: i32 = 6;
/// Columns of the table.
const COLUMNS: [&str; 6] = ["type", "id", "name", "network", "borough", "last_reached"];

/// A practice or school of the hub's list.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: OrganisationKind,
    /// What it is known by.
    pub id: String,
    /// Its name.
    pub name: String,
    network: Option<String>,
    borough: Option<String>,
    /// The last day, of the six months, on which somebody of it attended.
    pub last_reached: Option<Date>,
}

/// The practices and schools that are open, and when each was last reached, up to a period's end.
pub struct Reach {
    /// First day of the six months.
    pub from: Date,
    /// Last day: the period's, or today while it goes on.
    pub to: Date,
    /// In order of kind and name.
    pub listed: Vec<Listed>,
}

/// `…/reach.json`
pub async fn as_json(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(period): Path<String>,
) -> Result<Response, Rejection> {
    let reach = of(&app, &reader, asked::period(&period)?).await?;
    Ok(page::ok(&json!({"period": period, "from": reach.from, "to": reach.to, "organisations": reach.listed})))
}

/// `…/reach.csv`
pub async fn as_csv(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(period): Path<String>,
) -> Result<Response, Rejection> {
    let period = asked::period(&period)?;
    let reach = of(&app, &reader, period).await?;
    let bytes = csv::write(COLUMNS, reach.listed.iter().map(Listed::cells)).map_err(Failure::new);
    let bytes = bytes.map_err(Rejection::Failure)?;
    Ok(page::download(Form::Csv.content_type(), &format!("reach-{period}.csv"), bytes))
}

/// Who was reached in the six months before a period's end, as far as this reader may know.
pub async fn of(app: &App, reader: &Reader, period: Period) -> Result<Reach, Rejection> {
    let now = app.clock.now();
    let to = period.to().min(uk().to_datetime(now).date());
    let from = to.tomorrow().map_or(to, |next| next.saturating_sub(MONTHS.months()));
    let lists = Lists::read(&app.store).await?;
    let range = Period::Range { from, to };
    let gathered = gather(&app.store, &lists, range, now, |programme| reader.0.sees(programme)).await?;
    let last = last_reached(&gathered);
    let is_meant = |organisation: &&ListedOrganisation| {
        let kind = matches!(organisation.kind, OrganisationKind::Practice | OrganisationKind::School);
        kind && organisation.is_open_on(to)
    };
    let mut listed: Vec<Listed> =
        lists.organisations.iter().filter(is_meant).map(|organisation| Listed::of(organisation, &last)).collect();
    let order = |listed: &Listed| (listed.kind == OrganisationKind::School, listed.name.clone(), listed.id.clone());
    listed.sort_by_cached_key(order);
    Ok(Reach { from, to, listed })
}

/// By what organisations are counted by: the last day on which somebody attended.
fn last_reached(gathered: &[Gathered]) -> BTreeMap<&str, Date> {
    let mut last = BTreeMap::new();
    for event in gathered.iter().filter(|event| !event.facts.is_confidential) {
        let day = uk().to_datetime(event.items.record.event.starts()).date();
        let attended = event.facts.people.iter().filter(|person| event.facts.has_attended(person));
        for workplace in attended.filter_map(|person| person.organisation.as_ref()) {
            let known = last.entry(workplace.key.as_str()).or_insert(day);
            *known = day.max(*known);
        }
    }
    last
}

impl Reach {
    /// Of one kind: how many there are, and those that were not reached.
    pub fn missed(&self, kind: OrganisationKind) -> (usize, Vec<&Listed>) {
        let of_kind = || self.listed.iter().filter(|listed| listed.kind == kind);
        (of_kind().count(), of_kind().filter(|listed| listed.last_reached.is_none()).collect())
    }
}

impl Listed {
    fn of(organisation: &ListedOrganisation, last: &BTreeMap<&str, Date>) -> Self {
        let id = organisation.id();
        Self {
            kind: organisation.kind,
            last_reached: last.get(id.as_str()).copied(),
            id,
            name: organisation.name.clone(),
            network: organisation.network.clone(),
            borough: organisation.borough.clone(),
        }
    }

    fn cells(&self) -> Vec<Value> {
        let kind = match self.kind {
            OrganisationKind::Practice => "practice",
            OrganisationKind::School => "school",
            OrganisationKind::Trust | OrganisationKind::Other => "other",
        };
        let day = self.last_reached.map(|day| day.to_string());
        vec![
            Value::Text(kind.to_owned()),
            Value::Text(self.id.clone()),
            Value::Text(self.name.clone()),
            Value::text(self.network.as_deref()),
            Value::text(self.borough.as_deref()),
            Value::text(day),
        ]
    }
}
