//! `certificate-issue`: for every event whose timer rings, certificates are issued, printed and handed to the outbox.
//!
//! The timer rings until all is done. What is done already is found done: a certificate by its number, its mail by the
//! mark on what the person holds, and then by its key in the outbox.

use app::{App, Clock, Failure};
use domain::{EventId, EventStatus, Generation, PersonId, Registration};
use futures::{StreamExt as _, TryStreamExt as _};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::{CERTIFICATES, Certificate, Due, DueKind, Enclosure, Hold, Holding, Message};

use crate::grant::{Grounds, award_all};
use crate::paper;

/// Timers per index partition and look.
const PAGE: i32 = 25;
/// Certificates that are printed and handed over at once.
const AT_ONCE: usize = 4;
/// Real time after which no further event is begun; the next tick goes on.
const BUDGET: SignedDuration = SignedDuration::from_secs(20);

/// Handles a schedule's tick.
pub(crate) async fn issue(app: &App, _payload: Value) -> Result<Value, Failure> {
    let ends = Clock::real() + BUDGET;
    let mut failed = None;
    for due in app.store.due(DueKind::Certificate, app.clock.now(), PAGE).await? {
        let Some(event) = due.event().filter(|_| due.timer_kind() == Some(CERTIFICATES)) else { continue };
        if Clock::real() >= ends {
            break;
        }
        if let Err(failure) = ring(app, event, &due).await {
            tracing::error!(event.id = %event, error = failure.chain(), "certificates not issued");
            failed = Some(failure);
        }
    }
    failed.map_or_else(|| Ok(json!({})), Err)
}

async fn ring(app: &App, event: EventId, due: &Due) -> Result<(), Failure> {
    let found = app.store.event_with_ledger(event, true).await?;
    if let Some((record, ledger)) = found.filter(|(record, _)| record.status == EventStatus::Published) {
        let grounds = Grounds::read(app, record, ledger).await?;
        let count = issue_event(app, &grounds).await?;
        tracing::info!(event.id = %event, certificates = count, "certificates issued");
    }
    Ok(app.store.silence_timer(event, CERTIFICATES, Some(due.at)).await?)
}

/// Issues an event's certificates and hands their mails over; how many are new or were not yet handed over.
async fn issue_event(app: &App, grounds: &Grounds) -> Result<usize, Failure> {
    let event = grounds.record.id;
    let people = grounds.attendance.people();
    let registrations = app.store.registrations(event, people.iter().copied()).await?;
    let holdings = app.store.holdings(event, people).await?;
    let mut certificates = award_all(app, grounds, registrations.values(), &holdings).await?;
    certificates.extend(not_mailed(app, &holdings).await?);
    let count = certificates.len();
    let mails = certificates.into_iter().filter_map(|certificate| {
        let registration = registrations.get(&certificate.person)?;
        Some(mail(app, certificate, registration))
    });
    futures::stream::iter(mails).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    Ok(count)
}

/// Certificates that were issued, by an attempt that broke off or when their holder asked, and not mailed.
async fn not_mailed(app: &App, holdings: &BTreeMap<PersonId, Holding>) -> Result<Vec<Certificate>, Failure> {
    let numbers = holdings.values().filter(|held| !held.is_mailed()).filter_map(|held| held.latest);
    let found = app.store.certificates(numbers.map(|(number, _)| number).collect()).await?;
    Ok(found.into_iter().filter(Certificate::is_valid).collect())
}

/// Hands the mail with a certificate to the outbox, once.
pub(crate) async fn mail(app: &App, certificate: Certificate, registration: &Registration) -> Result<(), Failure> {
    if registration.form.email.is_none() {
        return Ok(());
    }
    let (now, number, version) = (app.clock.now(), certificate.number, certificate.version);
    let (person, event) = (certificate.person, certificate.facts.event);
    let name = app::certificate_file(number);
    let bytes = paper::print(app, certificate).await?;
    let enclosure = Enclosure { name: name.clone(), content_type: "application/pdf".to_owned(), bytes };
    app.store.keep_enclosure(person.mailbox(), &enclosure, now).await?;
    let generation: Generation = registration.generation;
    let message = Message {
        person,
        event,
        kind: if version > 1 { "certificate-again" } else { "certificate" }.to_owned(),
        mark: version.to_string(),
        generation,
        at: now,
        tries: 0,
        facts: json!({"number": number, "enclosures": [name]}),
    };
    app.store.post(&message, now, Hold::Nobody).await?;
    Ok(app.store.mark_mailed(person, event, version).await?)
}
