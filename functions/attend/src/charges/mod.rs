//! What unused places of a quarter cost, by organisation: late cancellations and absences under the booking policy, as
//! data, as a table, as a workbook and as a page. Nobody is named, and nothing is charged for where confidences are kept.

mod forms;
mod page;
mod waive;

use std::sync::Arc;

use app::access::ChargesReader;
use app::{App, Rejection};
use axum::extract::{Path, State};
use axum::response::Response;
use documents::Form;
use domain::charge::{self, Cause, Terms};
use domain::policy::{Policy, Waiver};
use domain::report::Period;
use domain::{Hub, Ledger, Organisation, Reference};
use store::EventRecord;
use web::Problem;
use web::sign_in::Organiser;

pub use page::{show, start};
pub use waive::{waive, waive_from_page};

/// A place that is charged for.
struct Charge {
    organisation: Option<Organisation>,
    record: Arc<EventRecord>,
    reference: Reference,
    place: charge::Charge,
    /// What the person asks for it to be waived for.
    asked: Option<Waiver>,
}

impl Charge {
    /// Charges of one organisation are told together.
    fn organisation_key(&self) -> String {
        self.organisation.as_ref().and_then(Organisation::key).unwrap_or_default()
    }

    /// The organisation in words; empty where none was named.
    fn organisation_words(&self) -> String {
        let organisation = self.organisation.as_ref();
        let name = organisation.and_then(|found| found.name.clone().or_else(|| found.ods_code.clone()));
        name.unwrap_or_default()
    }

    /// Who pays, in the API's words.
    fn liable(&self) -> &'static str {
        if self.place.owed.by_person { "person" } else { "organisation" }
    }
}

/// A quarter's charges.
struct Charges {
    period: Period,
    policy: Policy,
    /// By organisation, event and reference.
    list: Vec<Charge>,
}

impl Charges {
    /// What is to be paid in all, in whole pounds.
    fn total(&self) -> u32 {
        self.list.iter().map(|charge| charge.place.due()).sum()
    }

    /// The charges of each organisation.
    fn by_organisation(&self) -> impl Iterator<Item = &[Charge]> {
        self.list.chunk_by(|one, next| one.organisation_key() == next.organisation_key())
    }

    /// A quarter's charges, as far as their reader may see them.
    async fn gather(app: &App, period: Period, reader: &Organiser) -> Result<Self, Rejection> {
        let hub = app.hub().await?;
        let mut list = Vec::new();
        for (record, ledger) in events(app, period, reader).await? {
            list.extend(of_event(app, &hub, record, &ledger).await?);
        }
        list.sort_by_key(|charge: &Charge| (charge.organisation_key(), charge.record.event.starts(), charge.reference));
        Ok(Self { period, policy: hub.policy, list })
    }
}

/// What one organisation owes.
struct Sum {
    late_cancellations: usize,
    absences: usize,
    waived: usize,
    gbp: u32,
}

impl Sum {
    fn of(group: &[Charge]) -> Self {
        let count = |wanted| group.iter().filter(|charge| charge.place.cause == wanted).count();
        Self {
            late_cancellations: count(Cause::LateCancellation),
            absences: count(Cause::Absence),
            waived: group.iter().filter(|charge| charge.place.waived.is_some()).count(),
            gbp: group.iter().map(|charge| charge.place.due()).sum(),
        }
    }
}

/// Answers in the form that the path's ending asks for.
pub async fn read(
    State(app): State<Arc<App>>,
    ChargesReader(reader): ChargesReader,
    Path(name): Path<String>,
) -> Result<Response, Rejection> {
    let (period, form) = name.rsplit_once('.').ok_or_else(Problem::not_found)?;
    let (period, form) = (quarter(period)?, Form::from_extension(form).ok_or_else(Problem::not_found)?);
    let charges = Charges::gather(&app, period, &reader).await?;
    forms::answer(&charges, form)
}

/// A quarter by its name.
fn quarter(name: &str) -> Result<Period, Problem> {
    let period = name.parse().ok().filter(|period| matches!(period, Period::Quarter { .. }));
    period.ok_or_else(Problem::not_found)
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

async fn of_event(app: &App, hub: &Hub, record: EventRecord, ledger: &Ledger) -> Result<Vec<Charge>, Rejection> {
    let attendance = app.store.attendance(record.id).await?;
    let record = Arc::new(record);
    let event = &record.event;
    // Events of confidential programmes have been left out.
    let policy = hub.policy_at(event.starts());
    let terms = Terms { policy, event, confidential: false, ledger, attendance: &attendance };
    let people = ledger.members.keys();
    let causes: Vec<_> = people.filter_map(|person| Some((*person, terms.cause(*person)?))).collect();
    if causes.is_empty() {
        return Ok(Vec::new());
    }
    let (waivers, said) = (app.store.waivers(record.id).await?, app.store.absences(record.id).await?);
    let mut registrations = app.store.registrations(record.id, causes.iter().map(|(person, _)| *person)).await?;
    let charges = causes.into_iter().map(|(person, cause)| {
        let organisation = registrations.remove(&person).and_then(|found| found.form.organisation);
        let has_organisation = organisation.is_some();
        Charge {
            organisation,
            reference: app.identity.reference(record.id, person),
            place: terms.charge(cause, has_organisation, waivers.get(&person).copied()),
            asked: said.get(&person).and_then(|why| why.waiver()).filter(|why| hub.policy.waives(*why)),
            record: Arc::clone(&record),
        }
    });
    Ok(charges.collect())
}
