//! A certificate on paper: the PDF of what it says, with its credential, the same bytes however often it is printed.

use app::{App, Failure};
use pdf::Attachment;
use store::Certificate;
use web::dates;

use crate::credential::{Credential, Form};

/// Prints a certificate; on a thread of its own, for it takes some milliseconds.
pub(crate) async fn print(app: &App, certificate: Certificate) -> Result<Vec<u8>, Failure> {
    let credential = Credential::of(app, &certificate, Form::Named).await?.json()?.to_string();
    let check_at = format!("{}/certificates/{}", certificate.badge.origin, certificate.number);
    let check_url = format!("{check_at}?s={}", app.identity.certificate_secret(certificate.number));
    let print = move || set(&certificate, &credential, &check_at, &check_url);
    tokio::task::spawn_blocking(print).await.map_err(Failure::new)?
}

fn set(certificate: &Certificate, credential: &str, check_at: &str, check_url: &str) -> Result<Vec<u8>, Failure> {
    let facts = &certificate.facts;
    let holder = facts.holder.as_ref().ok_or_else(|| Failure::new("the holder of this certificate was erased"))?;
    let sessions: Vec<String> = facts.sessions.iter().map(dates::session).collect();
    let page = pdf::Certificate {
        number: &certificate.number.to_string(),
        name: holder.name.as_str(),
        event: &facts.title,
        programme: &facts.programme,
        sessions: &sessions,
        cpd_minutes: facts.cpd_minutes,
        minutes: facts.minutes,
        objectives: &facts.objectives,
        registration_number: holder.registration_number.as_deref(),
        issuer: &facts.issuer,
        issued: facts.issued_on(),
        check_at,
        check_url,
        credential: Attachment { bytes: credential.as_bytes() },
    };
    page.pdf().map_err(Failure::new)
}
