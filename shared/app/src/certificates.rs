//! What everybody who has to do with certificates needs of them: when they are issued, a while after what they depend on
//! was stored, so that a mistake can be put right; what their files are called; and that they outlive their holders' data.

use domain::{CertificateNumber, EventId, PersonId};
use jiff::SignedDuration;
use store::{CERTIFICATES, Failure, Timer};

use crate::App;

/// How long certificates wait.
const WAIT: SignedDuration = SignedDuration::from_mins(15);

/// The name of a certificate's file.
pub fn certificate_file(number: CertificateNumber) -> String {
    format!("certificate-{number}.pdf")
}

impl App {
    /// Sets an event's certificates to be issued, anew if they were.
    pub async fn set_certificate_timer(&self, event: EventId) -> Result<(), Failure> {
        let at = self.clock.now() + WAIT;
        self.store.set_timer(&Timer { event, kind: CERTIFICATES.to_owned(), at }).await
    }

    /// Takes the holder off every certificate that a person has had for an event, the replaced ones too, and drops the
    /// copies that lie beside their mails. The numbers stay as they stand; repeating it changes nothing.
    pub async fn forget_certificates(&self, person: PersonId, event: EventId) -> Result<(), Failure> {
        let Some(holding) = self.store.holding(person, event).await? else { return Ok(()) };
        // One more than is held: it may have been issued by an attempt that broke off before it was handed over.
        let last = holding.latest.map_or(0, |(_, version)| version).saturating_add(1);
        for version in 1..=last {
            let number = self.identity.certificate_number(event, person, version);
            self.store.forget_holder(number).await?;
            self.store.drop_enclosure(person.mailbox(), &certificate_file(number)).await?;
        }
        Ok(())
    }
}
