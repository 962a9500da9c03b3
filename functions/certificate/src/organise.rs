//! An organiser's hand on certificates: the list, zips to keep, and taking back, keeping back, correcting. Everything is
//! in the trail.

use std::io::{Cursor, Write as _};
use std::sync::Arc;

use app::access::ManagedEvent;
use app::{App, Failure, Rejection};
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::certificate::Facts;
use domain::{Fields, PersonName, Reference};
use serde_json::{Value, json};
use store::Certificate;
use web::forms::FormData;
use web::{Problem, body, page};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::concerned::{Concerned, Hand, lay_hand};
use crate::paper;

/// Certificates in one zip: a Lambda's answer ends at 6 MB.
pub(crate) const IN_A_ZIP: usize = 100;
/// The longest reason, in characters.
const REASON_MAX: usize = 1_000;

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
fn read(value: Value, is_reason_required: bool, has_name: bool) -> Result<(Option<PersonName>, String), Problem> {
    let mut fields = Fields::of(value).map_err(Problem::invalid)?;
    let name = if has_name { fields.parse("name", "Enter the corrected full name", PersonName::parse) } else { None };
    let reason = fields.lines("reason", REASON_MAX);
    if is_reason_required && reason.is_none() {
        fields.refuse("reason", "Enter a reason");
    }
    fields.finish().map_err(Problem::invalid)?;
    Ok((name, reason.unwrap_or_default()))
}

/// Reads what an organiser does from its verb and what was sent with it.
pub(crate) fn hand(verb: &str, sent: Value) -> Result<Hand, Problem> {
    Ok(match verb {
        "revoke" => Hand::Revoke(read(sent, true, false)?.1),
        "withhold" => Hand::Withhold(read(sent, true, false)?.1),
        "release" => Hand::Release,
        _ => {
            let (name, reason) = read(sent, false, true)?;
            // A missing name has been refused.
            let name = name.ok_or_else(|| Problem::invalid_field("/name", "Enter the corrected full name"))?;
            Hand::Reissue { name, reason: Some(reason).filter(|reason| !reason.is_empty()) }
        }
    })
}

async fn lay(
    app: &App,
    concerned: &Concerned,
    verb: &str,
    (headers, request): (HeaderMap, Body),
) -> Result<Response, Rejection> {
    let sent = body::json_or_nothing(&headers, request).await?;
    let left = lay_hand(app, concerned, hand(verb, sent)?).await?;
    Ok(page::ok(&row(concerned.reference, left.certificate.as_ref(), left.is_withheld)))
}

/// `POST …/{reference}/revoke {"reason"}`
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    lay(&app, &concerned, "revoke", (headers, request)).await
}

/// `POST …/{reference}/reissue {"name", "reason"?}`
pub(crate) async fn reissue(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    lay(&app, &concerned, "reissue", (headers, request)).await
}

/// `POST …/{reference}/withhold {"reason"}`: none is issued until it is released. What was issued is revoked instead.
pub(crate) async fn withhold(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    lay(&app, &concerned, "withhold", (headers, request)).await
}

/// `POST …/{reference}/release`: what was kept back is issued within a quarter of an hour, if it was earned.
pub(crate) async fn release(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    _: body::Nothing,
) -> Result<Response, Rejection> {
    lay_hand(&app, &concerned, Hand::Release).await?;
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
