//! A booking behind its link: found, shown, and changed by whoever holds the link.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::ledger::{Command, Ending, Ledger, Place};
use domain::registration::Via;
use domain::{Attendance, CertificateNumber, Organisation, Refusal, Registration};
use serde_json::{Value, json};
use store::EventRecord;

use crate::access::path_part;
use crate::views::Standing;
use crate::{App, Link, Rejection};

/// A booking and what it is for, as read for one request.
pub struct HeldBooking {
    /// What the link says.
    pub link: Link,
    /// The event.
    pub record: EventRecord,
    /// Its ledger.
    pub ledger: Ledger,
    /// What was filled in.
    pub registration: Registration,
    /// Who took part, once it has begun.
    pub attendance: Attendance,
    /// Where it stands.
    pub standing: Standing,
    /// The number of its latest certificate.
    pub certificate: Option<CertificateNumber>,
}

/// The booking of the path's `{token}`, before anything of the body is read.
impl FromRequestParts<Arc<App>> for HeldBooking {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let token = path_part(parts, app, "token").await;
        app.booking(&token).await
    }
}

impl App {
    /// The booking that a link leads to. A link that is malformed, altered, of an earlier booking or unknown is the same
    /// refusal.
    pub async fn booking(&self, token: &str) -> Result<HeldBooking, Rejection> {
        let link = self.identity.link(token).ok_or(Refusal::BookingNotFound)?;
        let registration = self.store.registration(link.person, link.event).await?;
        let is_meant = |r: &Registration| r.generation == link.generation && !r.form.is_without_person();
        let registration = registration.filter(is_meant).ok_or(Refusal::BookingNotFound)?;
        let found = self.store.event_with_ledger(link.event, true).await?;
        let (record, ledger) = found.ok_or(Refusal::BookingNotFound)?;
        let attendance = self.attendance(&record).await?;
        let standing = standing(&ledger, &registration)?.after(attendance.presence(&record.event, link.person));
        // Nobody has a certificate of whom nothing is recorded.
        let is_recorded = attendance.minutes(&record.event, link.person).is_some();
        let holding = if is_recorded { self.store.holding(link.person, link.event).await? } else { None };
        let certificate = holding.and_then(|holding| holding.latest).map(|(number, _)| number);
        Ok(HeldBooking { link, record, ledger, registration, attendance, standing, certificate })
    }

    /// Changes a booking by a step of its ledger; the booking as it stands then.
    pub async fn change_booking(&self, held: HeldBooking, command: Command) -> Result<HeldBooking, Rejection> {
        let outcome = self.store.change(held.record.id, self.clock.now(), |_| command.clone()).await??;
        if let Some(refusal) = outcome.refused {
            return Err(refusal.into());
        }
        let presence = held.attendance.presence(&held.record.event, held.link.person);
        let standing = standing(&outcome.ledger, &held.registration)?.after(presence);
        let reference = self.identity.reference(held.record.id, held.link.person);
        tracing::info!(
            event.id = %held.record.id, registration.reference = %reference, status = standing.status, "booking changed"
        );
        Ok(HeldBooking { ledger: outcome.ledger, standing, ..held })
    }

    /// Where people see a booking.
    pub fn booking_page(&self, held: &HeldBooking) -> String {
        format!("/bookings/{}", self.identity.token(&held.link))
    }

    /// A booking as the API answers it.
    pub fn booking_json(&self, held: &HeldBooking) -> Value {
        json!({
            "reference": self.identity.reference(held.record.id, held.link.person),
            "status": held.standing.status,
            "position": held.standing.position,
            "offer_until": held.standing.offer_until,
            "event": self.event_brief(held.record.id, &held.record),
            "certificate_number": held.certificate,
        })
    }
}

impl HeldBooking {
    /// Whether it ended because a colleague took it over.
    pub fn is_handed_over(&self) -> bool {
        let place = self.ledger.place(self.link.person);
        matches!(place, Some(Place::Ended(tombstone)) if tombstone.ending == Ending::Substituted)
    }

    /// Whether a place was given up so late that the booking policy says so.
    pub fn is_given_up_late(&self) -> bool {
        let place = self.ledger.place(self.link.person);
        matches!(place, Some(Place::Ended(ended)) if ended.held && ended.late && ended.ending == Ending::Cancelled)
    }

    /// What an organisation limit counts this booking by; a ledger without a limit counts nothing.
    pub fn organisation(&self) -> Option<String> {
        self.registration.form.organisation.as_ref().and_then(Organisation::key)
    }
}

/// Where a registration stands; one that its ledger refused is a cancelled one.
fn standing(ledger: &Ledger, registration: &Registration) -> Result<Standing, Refusal> {
    let entry = ledger.members.get(&registration.person);
    let is_of_link = entry.is_some_and(|entry| entry.generation() == registration.generation);
    match Standing::of(ledger, registration.person).filter(|_| is_of_link) {
        Some(standing) => Ok(standing),
        None if registration.via == Via::WalkIn => Ok(Standing::of_walk_in()),
        None if registration.refused => Ok(Standing { status: "cancelled", position: None, offer_until: None }),
        None => Err(Refusal::BookingNotFound),
    }
}
