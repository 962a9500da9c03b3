//! An organiser's hand on certificates: the list, zips to keep, and taking back, keeping back, correcting. Everything is
//! in the trail.

use std::io::{Cursor, Write as _};
use std::sync::Arc;

use app::access::{ManagedEvent, path_part};
use app::trail::{self, Deed};
use app::{App, Failure, Rejection};
use axum::body::Body;
use axum::extract::{FromRequestParts, RawQuery, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use domain::certificate::{Facts, Standing};
use domain::{FieldError, Fields, PersonName, Reference, Refusal, Registration};
use serde_json::{Value, json};
use store::{BookingKey, Certificate, Holding};
use web::forms::FormData;
use web::{Problem, body, page};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::grant::Grounds;
use crate::{keeping, paper};

/// Certificates in one zip: a Lambda's answer ends at 6 MB.
const IN_A_ZIP: usize = 100;
/// The longest reason, in characters.
const REASON_MAX: usize = 1_000;

/// Somebody's certificate for an event, and an organiser who may change it.
pub(crate) struct Concerned {
    managed: ManagedEvent,
    reference: Reference,
    registration: Registration,
    holding: Option<Holding>,
}

impl FromRequestParts<Arc<App>> for Concerned {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let managed = ManagedEvent::from_request_parts(parts, app).await?;
        let event = managed.record.id;
        let reference = path_part(parts, app, "reference").await;
        let reference: Reference = reference.parse().map_err(|_| Refusal::BookingNotFound)?;
        let ledger = app.store.ledger(event).await?.ok_or(Refusal::EventNotFound)?;
        let mut people = app.store.attendance(event).await?.people();
        people.extend(ledger.members.keys());
        let person = people.into_iter().find(|person| app.identity.reference(event, *person) == reference);
        let person = person.ok_or(Refusal::BookingNotFound)?;
        let registration = app.store.registration(person, event).await?.ok_or(Refusal::BookingNotFound)?;
        let holding = app.store.holding(person, event).await?;
        Ok(Self { managed, reference, registration, holding })
    }
}

impl Concerned {
    /// The latest certificate.
    async fn certificate(&self, app: &App) -> Result<Certificate, Rejection> {
        let latest = self.holding.as_ref().and_then(|holding| holding.latest);
        let (number, _) = latest.ok_or(Refusal::CertificateNotFound)?;
        app.store.certificate(number).await?.ok_or_else(|| Refusal::CertificateNotFound.into())
    }

    async fn record(&self, app: &App, action: &'static str, reason: Option<String>) -> Result<(), Rejection> {
        let Registration { person, event, generation, .. } = self.registration;
        let booking = BookingKey { person, event, generation, version: 0 };
        let deed = Deed::registration(action, booking, self.reference).because(reason);
        trail::record(app, &self.managed.organiser, deed).await
    }

    fn answer(&self, certificate: Option<&Certificate>) -> Response {
        page::ok(&row(self.reference, certificate, certificate.is_none()))
    }
}

/// A certificate as organisers see it.
fn row(reference: Reference, certificate: Option<&Certificate>, is_withheld: bool) -> Value {
    let facts = certificate.map(|certificate| &certificate.facts);
    let name = facts.and_then(|facts| facts.holder.as_ref()).map(|holder| holder.name.as_str());
    json!({
        "reference": reference,
        "number": certificate.map(|certificate| certificate.number),
        "status": certificate.map_or(if is_withheld { "withheld" } else { "none" }, |found| found.standing.name()),
        "name": name,
        "version": certificate.map(|certificate| certificate.version),
        "minutes": facts.map(Facts::credited),
        "issued_on": facts.map(Facts::issued_on),
    })
}

/// What is said with a change: a reason, and for a correction the name.
fn read(
    value: Value,
    is_reason_required: bool,
    has_name: bool,
) -> Result<(Option<PersonName>, Option<String>), Vec<FieldError>> {
    let mut fields = Fields::of(value)?;
    let name = if has_name { fields.parse("name", "Enter the corrected full name", PersonName::parse) } else { None };
    let reason = fields.lines("reason", REASON_MAX);
    if is_reason_required && reason.is_none() {
        fields.refuse("reason", "Enter a reason");
    }
    fields.finish().map(|()| (name, reason))
}

/// `POST …/{reference}/revoke {"reason"}`
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let value = body::json_or_nothing(&headers, request).await?;
    let (_, reason) = read(value, true, false).map_err(Problem::invalid)?;
    let reason = reason.unwrap_or_default();
    let certificate = concerned.certificate(&app).await?;
    let standing = Standing::Revoked { at: app.clock.now(), reason: reason.clone() };
    let certificate = keeping::end(&app, certificate, &standing).await.map_err(Rejection::Failure)?;
    concerned.record(&app, "certificate.revoke", Some(reason)).await?;
    Ok(concerned.answer(Some(&certificate)))
}

/// `POST …/{reference}/reissue {"name", "reason"?}`
pub(crate) async fn reissue(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let value = body::json_or_nothing(&headers, request).await?;
    let (name, reason) = read(value, false, true).map_err(Problem::invalid)?;
    // A missing name has been refused.
    let name = name.unwrap_or_else(|| concerned.registration.form.name.clone());
    let old = concerned.certificate(&app).await?;
    let ledger = app.store.ledger(concerned.managed.record.id).await?.ok_or(Refusal::EventNotFound)?;
    let grounds = Grounds::read(&app, concerned.managed.record.clone(), ledger).await.map_err(Rejection::Failure)?;
    let new = keeping::replace(&app, &grounds, old, &concerned.registration, &name).await;
    let new = new.map_err(Rejection::Failure)?;
    concerned.record(&app, "certificate.reissue", reason).await?;
    Ok(concerned.answer(Some(&new)))
}

/// `POST …/{reference}/withhold {"reason"}`: none is issued until it is released. What was issued is revoked instead.
pub(crate) async fn withhold(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let value = body::json_or_nothing(&headers, request).await?;
    let (_, reason) = read(value, true, false).map_err(Problem::invalid)?;
    let reason = reason.unwrap_or_default();
    let Registration { person, event, .. } = concerned.registration;
    if !app.store.withhold_certificate(person, event, &reason).await? {
        return Err(Refusal::CertificateIssued.into());
    }
    concerned.record(&app, "certificate.withhold", Some(reason)).await?;
    Ok(concerned.answer(None))
}

/// `POST …/{reference}/release`: what was kept back is issued within a quarter of an hour, if it was earned.
pub(crate) async fn release(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    _: body::Nothing,
) -> Result<Response, Rejection> {
    let Registration { person, event, .. } = concerned.registration;
    app.store.release_certificate(person, event).await?;
    app.set_certificate_timer(event).await?;
    concerned.record(&app, "certificate.release", None).await?;
    Ok(page::ok(&row(concerned.reference, None, false)))
}

/// An event's latest certificates with the registrations that they are of, by reference.
async fn all(app: &App, managed: &ManagedEvent) -> Result<Vec<(Reference, Certificate)>, Rejection> {
    let event = managed.record.id;
    let people = app.store.attendance(event).await?.people();
    let holdings = app.store.holdings(event, people).await?;
    let numbers = holdings.values().filter_map(|holding| holding.latest).map(|(number, _)| number).collect();
    let found = app.store.certificates(numbers).await?.into_iter();
    let mut rows: Vec<_> = found.map(|found| (app.identity.reference(event, found.person), found)).collect();
    rows.sort_by_key(|(reference, _)| *reference);
    Ok(rows)
}

/// `GET /api/v1/events/{id}/certificates`
pub(crate) async fn list(State(app): State<Arc<App>>, managed: ManagedEvent) -> Result<Response, Rejection> {
    let rows = all(&app, &managed).await?;
    let zips = valid(&rows).count().div_ceil(IN_A_ZIP);
    let rows: Vec<Value> = rows.iter().map(|(reference, found)| row(*reference, Some(found), false)).collect();
    Ok(page::ok(&json!({"certificates": rows, "zips": zips})))
}

fn valid(rows: &[(Reference, Certificate)]) -> impl Iterator<Item = &(Reference, Certificate)> {
    rows.iter().filter(|(_, found)| found.is_valid() && found.facts.holder.is_some())
}

/// `GET /api/v1/events/{id}/certificates.zip?part=1`
pub(crate) async fn zip(
    State(app): State<Arc<App>>,
    managed: ManagedEvent,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let part: usize = match query.one("part") {
        "" => 1,
        text => text.parse().ok().filter(|part| *part > 0).ok_or_else(Problem::not_found)?,
    };
    let rows = all(&app, &managed).await?;
    let chosen: Vec<_> = valid(&rows).skip((part - 1) * IN_A_ZIP).take(IN_A_ZIP).cloned().collect();
    if chosen.is_empty() {
        return Err(Problem::not_found().into());
    }
    let bytes = pack(&app, chosen).await.map_err(Rejection::Failure)?;
    let name = format!("certificates-{}-{part}.zip", managed.record.id);
    Ok(page::named_file("application/zip", &name, bytes))
}

/// The PDFs of these certificates, one beside the other; they are compressed already.
async fn pack(app: &App, chosen: Vec<(Reference, Certificate)>) -> Result<Vec<u8>, Failure> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (reference, certificate) in chosen {
        let name = format!("{reference}-{}.pdf", certificate.number);
        let bytes = paper::print(app, certificate).await?;
        writer.start_file(name, options).map_err(Failure::new)?;
        writer.write_all(&bytes).map_err(Failure::new)?;
    }
    Ok(writer.finish().map_err(Failure::new)?.into_inner())
}
