//! Somebody's certificate under an organiser's hand: kept back, let go, taken back, corrected. Whatever is done is in the
//! trail.

use std::sync::Arc;

use app::access::{ManagedEvent, path_part};
use app::trail::{self, Deed};
use app::{App, Rejection};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::certificate::Standing;
use domain::{PersonName, Reference, Refusal, Registration};
use store::{BookingKey, Certificate, Holding};

use crate::grant::Grounds;
use crate::keeping;

/// Somebody's certificate for an event, and an organiser who may change it.
pub(crate) struct Concerned {
    /// The event and the organiser.
    pub managed: ManagedEvent,
    /// What the person quotes.
    pub reference: Reference,
    /// Their booking, or that they came without one.
    pub registration: Registration,
    /// What they have.
    pub holding: Option<Holding>,
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
    pub async fn certificate(&self, app: &App) -> Result<Option<Certificate>, Rejection> {
        let Some((number, _)) = self.holding.as_ref().and_then(|holding| holding.latest) else { return Ok(None) };
        Ok(app.store.certificate(number).await?)
    }

    async fn record(&self, app: &App, action: &'static str, reason: Option<String>) -> Result<(), Rejection> {
        let Registration { person, event, generation, .. } = self.registration;
        let booking = BookingKey { person, event, generation, version: 0 };
        let deed = Deed::registration(action, booking, self.reference).because(reason);
        trail::record(app, &self.managed.organiser, deed).await
    }
}

/// What an organiser does about somebody's certificate.
pub(crate) enum Hand {
    /// Takes an issued one back, for a reason.
    Revoke(String),
    /// Issues one with a corrected name in its place.
    Reissue {
        /// As it is to be printed.
        name: PersonName,
        /// Why, where it is said.
        reason: Option<String>,
    },
    /// Keeps back what is not issued yet, for a reason.
    Withhold(String),
    /// Lets what was kept back be issued.
    Release,
}

/// What somebody has after a hand was laid on it.
pub(crate) struct Left {
    /// The latest certificate, if there is one.
    pub certificate: Option<Certificate>,
    /// Whether one is kept back.
    pub is_withheld: bool,
}

impl Left {
    fn with(certificate: Certificate) -> Self {
        Self { certificate: Some(certificate), is_withheld: false }
    }
}

/// Does it, and notes who did.
pub(crate) async fn lay_hand(app: &App, concerned: &Concerned, hand: Hand) -> Result<Left, Rejection> {
    let Registration { person, event, .. } = concerned.registration;
    let issued =
        async || concerned.certificate(app).await?.ok_or_else(|| Rejection::from(Refusal::CertificateNotFound));
    match hand {
        Hand::Revoke(reason) => {
            let standing = Standing::Revoked { at: app.clock.now(), reason: reason.clone() };
            let ended = keeping::end(app, issued().await?, &standing).await.map_err(Rejection::Failure)?;
            concerned.record(app, "certificate.revoke", Some(reason)).await?;
            Ok(Left::with(ended))
        }
        Hand::Reissue { name, reason } => {
            let old = issued().await?;
            let record = concerned.managed.record.clone();
            let ledger = app.store.ledger(event).await?.ok_or(Refusal::EventNotFound)?;
            let grounds = Grounds::read(app, record, ledger).await.map_err(Rejection::Failure)?;
            let new = keeping::replace(app, &grounds, old, &concerned.registration, &name).await;
            let new = new.map_err(Rejection::Failure)?;
            concerned.record(app, "certificate.reissue", reason).await?;
            Ok(Left::with(new))
        }
        Hand::Withhold(reason) => {
            if !app.store.withhold_certificate(person, event, &reason).await? {
                return Err(Refusal::CertificateIssued.into());
            }
            concerned.record(app, "certificate.withhold", Some(reason)).await?;
            Ok(Left { certificate: None, is_withheld: true })
        }
        Hand::Release => {
            app.store.release_certificate(person, event).await?;
            app.set_certificate_timer(event).await?;
            concerned.record(app, "certificate.release", None).await?;
            Ok(Left { certificate: None, is_withheld: false })
        }
    }
}
