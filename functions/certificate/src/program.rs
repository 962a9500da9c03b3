//! What programs read: a certificate's state, its credential, the status lists, and the hub's keys.

use std::sync::Arc;

use app::{App, Rejection};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use domain::certificate::Standing;
use domain::uk_time::uk;
use domain::{CertificateNumber, Refusal};
use serde_json::json;
use store::Certificate;
use web::forms::FormData;
use web::{Problem, page};

use crate::credential::{self, Credential, FRESH_SECONDS, Form, LIST_LENGTH};

/// The certificate with this number, in its one text.
pub(crate) async fn find(app: &App, number: &str) -> Result<Certificate, Rejection> {
    let number: CertificateNumber = number.parse().map_err(|_| Refusal::CertificateNotFound)?;
    app.store.certificate(number).await?.ok_or_else(|| Refusal::CertificateNotFound.into())
}

/// `GET /api/v1/certificates/{number}`
pub(crate) async fn certificate(
    State(app): State<Arc<App>>,
    number: Option<Path<String>>,
) -> Result<Response, Rejection> {
    let found = find(&app, &text(number)).await?;
    let facts = &found.facts;
    let replaced_on = replaced_on(&found);
    Ok(page::ok(&json!({
        "number": found.number,
        "status": found.standing.name(),
        "event": {"title": facts.title, "held_on": facts.held_on()},
        "minutes": facts.credited(),
        "issued_on": facts.issued_on(),
        "holder_initials": facts.initials(),
        "replaced_on": replaced_on,
    })))
}

fn text(part: Option<Path<String>>) -> String {
    part.map(|Path(text)| text).unwrap_or_default()
}

/// `GET /api/v1/certificates/{number}/credential`: without the holder's name, but for whoever sends the secret of the
/// certificate's code as `s`. As a JWT where `Accept` asks for `application/vc+jwt` or the query for `format=jwt`; the few
/// that are too long to be signed as one by KMS have only their other form.
pub(crate) async fn credential(
    State(app): State<Arc<App>>,
    number: Option<Path<String>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let found = find(&app, &text(number)).await?;
    let is_named = app.identity.is_certificate_secret(found.number, query.one("s")) && found.facts.holder.is_some();
    let form = if is_named { Form::Named } else { Form::Open };
    let credential = Credential::of(&app, &found, form).await.map_err(Rejection::Failure)?;
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_jwt_demanded = query.one("format") == "jwt";
    if is_jwt_demanded || accepts.contains("application/vc+jwt") {
        match credential.jwt() {
            Some(jwt) => return Ok(page::file("application/vc+jwt", jwt)),
            None if is_jwt_demanded => return Err(Problem::not_found().into()),
            None => {}
        }
    }
    let json = credential.json().map_err(Rejection::Failure)?;
    Ok(page::file("application/vc+ld+json", json.to_string()))
}

/// `GET /api/v1/status/{list}`
pub(crate) async fn status(State(app): State<Arc<App>>, list: Option<Path<String>>) -> Result<Response, Rejection> {
    let list = text(list);
    let number = list.parse::<u32>().ok().filter(|number| number.to_string() == list);
    let number = number.ok_or_else(Problem::not_found)?;
    let bits = app.store.status_bits(number, LIST_LENGTH).await?.ok_or_else(Problem::not_found)?;
    let signed =
        credential::status_credential(&app, number, &bits, app.clock.now()).await.map_err(Rejection::Failure)?;
    let response = page::file("application/vc+ld+json", signed.to_string());
    Ok(page::keep(response, u32::try_from(FRESH_SECONDS).unwrap_or_default()))
}

/// `GET /.well-known/did.json`
pub(crate) async fn did(State(app): State<Arc<App>>) -> Result<Response, Rejection> {
    let document = credential::did_document(&app).await.map_err(Rejection::Failure)?;
    Ok(page::keep(page::file("application/did+ld+json", document.to_string()), 3_600))
}

/// The day on which another certificate took this one's place: all that an old number says of its successor.
pub(crate) fn replaced_on(certificate: &Certificate) -> Option<jiff::civil::Date> {
    match &certificate.standing {
        Standing::Replaced { at } => Some(uk().to_datetime(*at).date()),
        Standing::Valid | Standing::Revoked { .. } => None,
    }
}
