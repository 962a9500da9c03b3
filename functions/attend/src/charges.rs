//! `GET /api/v1/charges/{2026-27-Q3}.json | .csv`: late cancellations and absences of a quarter by organisation, under
//! the booking policy. Never of confidential programmes, and never with anybody's name: whoever may see it has a
//! reference to look up.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::access::{ChargesReader, ManagedEvent};
use app::trail::{self, Deed};
use app::{App, Failure, Rejection};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use documents::{Value as Cell, csv};
use domain::charge::Cause;
use domain::policy::{Policy, Waiver};
use domain::report::Period;
use domain::{Fields, Ledger, Organisation, Reference, Refusal};
use serde_json::{Value, json};
use store::EventRecord;
use web::sign_in::Organiser;
use web::{Problem, body, page};

use crate::roll::Roll;

/// Columns of the table.
const COLUMNS: [&str; 9] =
    ["organisation", "ods_code", "event", "title", "starts", "reference", "cause", "gbp", "waived"];

/// A place that is charged for.
struct Charge<'a> {
    organisation: Option<Organisation>,
    record: &'a EventRecord,
    reference: Reference,
    cause: Cause,
    /// Whole pounds; `None` where the policy sets no price.
    gbp: Option<u32>,
    waived: Option<Waiver>,
}

/// Answers in the form that the path's ending asks for.
pub async fn read(
    State(app): State<Arc<App>>,
    ChargesReader(reader): ChargesReader,
    Path(name): Path<String>,
) -> Result<Response, Rejection> {
    let (period, form) = name.rsplit_once('.').ok_or_else(Problem::not_found)?;
    let parsed: Period = period.parse().map_err(|_| Problem::not_found())?;
    if !matches!(parsed, Period::Quarter { .. }) || !matches!(form, "json" | "csv") {
        return Err(Problem::not_found().into());
    }
    let policy = app.hub().await?.policy;
    let events = events(&app, parsed, &reader).await?;
    let mut charges = Vec::new();
    for (record, ledger) in &events {
        charges.extend(of_event(&app, &policy, record, ledger).await?);
    }
    charges.sort_by_key(|charge| (charge.organisation_key(), charge.record.event.starts(), charge.reference));
    if form == "csv" { as_csv(period, &charges) } else { Ok(page::ok(&as_json(period, parsed, &policy, &charges))) }
}

/// The period's events that have begun, as far as their reader may see them and no confidence is kept about them.
async fn events(app: &App, period: Period, reader: &Organiser) -> Result<Vec<(EventRecord, Ledger)>, Rejection> {
    let programmes = app.programmes().await?;
    let ids = app.store.events_from(period.begins()).await?;
    let mut events = app.store.events_with_ledgers(&ids, true).await?;
    let until = period.ends().min(app.clock.now());
    events.retain(|(record, _)| {
        let programme = record.event.programme;
        (period.begins()..until).contains(&record.event.starts())
            && record.status == domain::EventStatus::Published
            && reader.sees(programme)
            && !programmes.is_confidential(programme)
    });
    Ok(events)
}

async fn of_event<'a>(
    app: &App,
    policy: &Policy,
    record: &'a EventRecord,
    ledger: &Ledger,
) -> Result<Vec<Charge<'a>>, Rejection> {
    let attendance = app.store.attendance(record.id).await?;
    let causes = ledger
        .members
        .keys()
        .filter_map(|person| Some((*person, Cause::of(policy, &record.event, ledger, &attendance, *person)?)));
    let causes: Vec<_> = causes.collect();
    if causes.is_empty() {
        return Ok(Vec::new());
    }
    let waivers = app.store.waivers(record.id).await?;
    let mut registrations = app.store.registrations(record.id, causes.iter().map(|(person, _)| *person)).await?;
    let charges = causes.into_iter().map(|(person, cause)| Charge {
        organisation: registrations.remove(&person).and_then(|found| found.form.organisation),
        record,
        reference: app.identity.reference(record.id, person),
        cause,
        gbp: policy.price(record.event.session_minutes()),
        waived: waivers.get(&person).copied(),
    });
    Ok(charges.collect())
}

impl Charge<'_> {
    fn organisation_key(&self) -> String {
        self.organisation.as_ref().and_then(Organisation::key).unwrap_or_default()
    }

    /// What is to be paid.
    fn due(&self) -> u32 {
        if self.waived.is_some() { 0 } else { self.gbp.unwrap_or(0) }
    }

    fn to_json(&self) -> Value {
        let event = &self.record.event;
        json!({"organisation": self.organisation, "reference": self.reference, "cause": self.cause, "gbp": self.gbp,
               "waived": self.waived,
               "event": {"id": self.record.id, "title": event.title, "starts": event.starts()}})
    }
}

fn as_json(name: &str, period: Period, policy: &Policy, charges: &[Charge<'_>]) -> Value {
    let mut groups: BTreeMap<String, Vec<&Charge<'_>>> = BTreeMap::new();
    for charge in charges {
        groups.entry(charge.organisation_key()).or_default().push(charge);
    }
    let by_organisation = groups.values().map(|group| {
        let count = |wanted| group.iter().filter(|charge| charge.cause == wanted).count();
        json!({"organisation": group[0].organisation, "late_cancellations": count(Cause::LateCancellation),
               "absences": count(Cause::Absence), "waived": group.iter().filter(|one| one.waived.is_some()).count(),
               "gbp": group.iter().map(|charge| charge.due()).sum::<u32>()})
    });
    json!({"period": name, "from": period.from(), "to": period.to(), "policy": policy.to_json(),
           "total_gbp": charges.iter().map(Charge::due).sum::<u32>(),
           "by_organisation": by_organisation.collect::<Vec<_>>(),
           "charges": charges.iter().map(Charge::to_json).collect::<Vec<_>>()})
}

fn as_csv(name: &str, charges: &[Charge<'_>]) -> Result<Response, Rejection> {
    let text = |words: Option<&str>| words.map_or(Cell::Empty, |words| Cell::Text(words.to_owned()));
    let rows = charges.iter().map(|charge| {
        let organisation = charge.organisation.as_ref();
        let starts = domain::working_hours::uk().to_datetime(charge.record.event.starts());
        vec![
            text(organisation.and_then(|found| found.name.as_deref())),
            text(organisation.and_then(|found| found.ods_code.as_deref())),
            text(Some(&charge.record.id.to_string())),
            text(Some(&charge.record.event.title)),
            Cell::Moment(starts),
            text(Some(&charge.reference.to_string())),
            text(Some(charge.cause.slug())),
            charge.gbp.map_or(Cell::Empty, |gbp| Cell::Count(u64::from(gbp))),
            text(charge.waived.map(Waiver::slug)),
        ]
    });
    let table = csv::write(COLUMNS, rows).map_err(|error| Rejection::Failure(Failure::new(error)))?;
    let mut response = page::file(csv::CONTENT_TYPE, table);
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"charges-{name}.csv\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// `POST /api/v1/events/{id}/registrations/{reference}/waive {"reason": "sickness" | "bereavement" | "other"}`
pub async fn waive(
    State(app): State<Arc<App>>,
    managed: ManagedEvent,
    Path((_, reference)): Path<(String, String)>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let roll = Roll::call(&app, &managed.record).await?;
    let reference: Reference = reference.parse().map_err(|_| Refusal::BookingNotFound)?;
    let person = roll.person(reference).ok_or(Refusal::BookingNotFound)?;
    let why = read_waiver(body::json(&headers, request, &[]).await?)?;
    app.store.waive(managed.record.id, person, why).await?;
    let deed = Deed::registration("charge.waive", roll.booking(person), reference);
    trail::record(&app, &managed.organiser, deed.because(Some(why.slug().to_owned()))).await?;
    Ok(page::ok(&json!({"reference": reference, "waived": why})))
}

fn read_waiver(value: Value) -> Result<Waiver, Problem> {
    let mut fields = Fields::of(value).map_err(Problem::invalid)?;
    let words = "Select sickness, bereavement or other";
    let why = fields.choice("reason", words);
    fields.finish().map_err(Problem::invalid)?;
    why.ok_or_else(|| Problem::invalid_field("/reason", words))
}
