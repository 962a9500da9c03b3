//! My certificate: the PDF, for whoever holds the booking's link. Whoever has earned one and asks before it was issued
//! gets it now; the mail follows with the others.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::{App, HeldBooking, Rejection};
use axum::extract::State;
use axum::response::Response;
use domain::Refusal;
use domain::certificate::{Merit, Standing};
use store::Certificate;
use web::page;

use crate::grant::{Grounds, award_all};
use crate::paper;

/// `GET /bookings/{token}/certificate.pdf`
pub(crate) async fn download(State(app): State<Arc<App>>, held: HeldBooking) -> Result<Response, Rejection> {
    let certificate = certificate_of(&app, held).await?;
    match certificate.standing {
        Standing::Valid if certificate.facts.holder.is_some() => {}
        Standing::Valid | Standing::Replaced { .. } | Standing::Revoked { .. } => {
            return Err(Refusal::CertificateRevoked.into());
        }
    }
    let name = app::certificate_file(certificate.number);
    let bytes = paper::print(&app, certificate).await.map_err(Rejection::Failure)?;
    Ok(page::named_file("application/pdf", &name, bytes))
}

async fn certificate_of(app: &App, held: HeldBooking) -> Result<Certificate, Rejection> {
    let (person, event) = (held.link.person, held.link.event);
    let holding = app.store.holding(person, event).await?;
    if let Some((number, _)) = holding.as_ref().and_then(|holding| holding.latest) {
        return app.store.certificate(number).await?.ok_or_else(|| Refusal::CertificateNotFound.into());
    }
    if holding.as_ref().is_some_and(|holding| holding.withheld.is_some()) {
        return Err(Refusal::CertificateWithheld.into());
    }
    let grounds = Grounds::read(app, held.record, held.ledger).await.map_err(Rejection::Failure)?;
    match grounds.merit(app, &held.registration) {
        Merit::NotAttended(_) | Merit::Excluded(_) => Err(Refusal::NotAttended.into()),
        Merit::EvaluationMissing => Err(Refusal::EvaluationMissing.into()),
        Merit::Earned { .. } => {
            let issued = award_all(app, &grounds, [&held.registration], &BTreeMap::new()).await;
            let issued = issued.map_err(Rejection::Failure)?.pop();
            issued.ok_or_else(|| Refusal::NotAttended.into())
        }
    }
}
