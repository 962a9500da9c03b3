//! Who has earned a certificate, and issuing it: once, whoever asks and however often.
//!
//! The number follows from event, person and version. Whoever comes first stores under it what the certificate says;
//! everybody else, at the same instant or after a crash, finds that.

use std::collections::BTreeMap;

use app::{App, Failure};
use domain::attendance::{Attendance, sessions};
use domain::certificate::{Exclusion, Facts, Holder, Merit, Standing};
use domain::evaluation::Round;
use domain::event::Event;
use domain::registration::Via;
use domain::{Ledger, PersonId, PersonName, Place, Registration};
use futures::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use store::{Certificate, EventRecord, Holding};

use crate::credential;

/// What decides about an event's certificates, read together.
pub(crate) struct Grounds {
    /// The event.
    pub record: EventRecord,
    /// Who holds its places.
    pub ledger: Ledger,
    /// Who took part, and how long.
    pub attendance: Attendance,
    /// Tokens of the evaluations that are in; empty where none is asked for.
    evaluations: Vec<String>,
    /// The name of the event's programme.
    programme: String,
    /// Who issues.
    issuer: String,
    /// Whether those who came without booking get one.
    are_walk_ins_certified: bool,
}

impl Grounds {
    /// Reads what decides about an event's certificates.
    pub async fn read(app: &App, record: EventRecord, ledger: Ledger) -> Result<Self, Failure> {
        let attendance = app.store.attendance(record.id).await?;
        let evaluations = if record.event.certificate.needs_evaluation {
            app.store.evaluation_tokens(record.id).await?
        } else {
            Vec::new()
        };
        let hub = app.hub().await?;
        let programme = app.programmes().await?.label(record.event.programme);
        Ok(Self {
            record,
            ledger,
            attendance,
            evaluations,
            programme,
            issuer: hub.name,
            are_walk_ins_certified: hub.walk_in_certificates,
        })
    }

    /// What a registration has earned.
    pub fn merit(&self, app: &App, registration: &Registration) -> Merit {
        let is_evaluated = || {
            let token = app.identity.evaluation_token(self.record.id, registration.person, Round::First.name());
            self.evaluations.contains(&token)
        };
        if let Some(exclusion) = self.exclusion(registration) {
            return Merit::Excluded(exclusion);
        }
        Merit::of(&self.record.event, &self.minutes(registration.person), is_evaluated())
    }

    /// Why somebody gets none, whatever they attended: they came without a place where that does not suffice, or have been
    /// forgotten, so that there is no name to put on anything.
    fn exclusion(&self, registration: &Registration) -> Option<Exclusion> {
        if registration.form.is_without_person() {
            return Some(Exclusion::Forgotten);
        }
        let has_place = self.ledger.place(registration.person) == Some(Place::Confirmed);
        let came = self.minutes(registration.person).iter().flatten().any(|minutes| *minutes > 0);
        let is_enough = self.are_walk_ins_certified && registration.form.email.is_some() && came;
        match registration.via {
            _ if has_place || is_enough => None,
            Via::WalkIn => Some(Exclusion::WalkIn),
            Via::Person | Via::Organiser if came => Some(Exclusion::WalkIn),
            Via::Person | Via::Organiser => Some(Exclusion::NoPlace),
        }
    }

    /// Minutes recorded for each session, none of which counts for more than its length.
    fn minutes(&self, person: PersonId) -> Vec<Option<u32>> {
        let event: &Event = &self.record.event;
        let of = |(number, _)| {
            let length = domain::attendance::length_of(event, number).unwrap_or(0);
            self.attendance.recorded(number, person).map(|minutes| minutes.min(length))
        };
        sessions(event).map(of).collect()
    }

    /// What a certificate says that is issued now, to this name.
    fn facts(&self, registration: &Registration, name: &PersonName, minutes: u32, now: Timestamp) -> Facts {
        let event = &self.record.event;
        let number = registration.form.registration_number.clone();
        Facts {
            holder: Some(Holder { name: name.clone(), registration_number: number }),
            event: self.record.id,
            title: event.title.clone(),
            programme: self.programme.clone(),
            sessions: event.sessions.clone(),
            cpd_minutes: event.cpd_minutes,
            minutes,
            objectives: event.certificate.objectives.clone(),
            issuer: self.issuer.clone(),
            issued_at: Timestamp::from_second(now.as_second()).unwrap_or(now),
        }
    }
}

/// What is issued to whom.
pub(crate) struct Award<'a> {
    /// Who gets it.
    pub registration: &'a Registration,
    /// The name on it.
    pub name: &'a PersonName,
    /// Minutes taken part.
    pub minutes: u32,
    /// Which of this person's certificates for this event.
    pub version: u16,
}

/// Issues a certificate, or finds the one that was issued; `drawn` is its place in the status lists.
pub(crate) async fn award(app: &App, grounds: &Grounds, award: &Award<'_>, drawn: u64) -> Result<Certificate, Failure> {
    let Award { registration, name, minutes, version } = *award;
    let number = app.identity.certificate_number(grounds.record.id, registration.person, version);
    let facts = grounds.facts(registration, name, minutes, app.clock.now());
    let badge = credential::sign(app, number, &facts, drawn).await?;
    let person = registration.person;
    let certificate = Certificate { number, person, version, facts, badge, standing: Standing::Valid };
    let issued = app.store.issue_certificate(certificate).await?;
    tracing::info!(
        event.id = %grounds.record.id, registration.reference = %app.identity.reference(grounds.record.id, person),
        certificate.version = version, "certificate issued"
    );
    Ok(issued)
}

/// Issues the first certificate to whoever has earned one and has none, and finds those of whoever has.
///
/// What is kept back, and what has not been earned, is left out.
pub(crate) async fn award_all<'a>(
    app: &App,
    grounds: &Grounds,
    registrations: impl IntoIterator<Item = &'a Registration>,
    holdings: &BTreeMap<PersonId, Holding>,
) -> Result<Vec<Certificate>, Failure> {
    let mut earned = Vec::new();
    for registration in registrations {
        let is_new =
            holdings.get(&registration.person).is_none_or(|held| held.latest.is_none() && held.withheld.is_none());
        match grounds.merit(app, registration) {
            Merit::Earned { minutes } if is_new => earned.push((registration.clone(), minutes)),
            Merit::Earned { .. } | Merit::NotAttended(_) | Merit::EvaluationMissing | Merit::Excluded(_) => {}
        }
    }
    if earned.is_empty() {
        return Ok(Vec::new());
    }
    let first = app.store.draw_status_places(u32::try_from(earned.len()).unwrap_or(u32::MAX)).await?;
    let awards = (first..).zip(earned).map(|(drawn, (registration, minutes))| async move {
        let (name, registration) = (&registration.form.name, &registration);
        award(app, grounds, &Award { registration, name, minutes, version: 1 }, drawn).await
    });
    futures::stream::iter(awards).buffer_unordered(AT_ONCE).try_collect().await
}

/// Certificates that are issued at once.
const AT_ONCE: usize = 16;
