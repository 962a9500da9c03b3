//! What becomes of an issued certificate: taken back, or replaced by one with a corrected name. Each step can be repeated
//! after a crash, and the list that anybody can read says so too.

use app::{App, Failure};
use domain::certificate::Standing;
use domain::{PersonName, Registration};
use store::Certificate;

use crate::grant::{Award, Grounds, award};
use crate::issue;

/// Ends a certificate; one that has ended stays as it ended.
pub(crate) async fn end(app: &App, certificate: Certificate, standing: &Standing) -> Result<Certificate, Failure> {
    let standing = app.store.end_certificate(certificate.number, standing).await?;
    app.store.set_status_bit(certificate.badge.list, certificate.badge.index).await?;
    Ok(Certificate { standing, ..certificate })
}

/// Issues a certificate with a corrected name in another's place, and mails it; repeating it changes nothing.
pub(crate) async fn replace(
    app: &App,
    grounds: &Grounds,
    old: Certificate,
    registration: &Registration,
    name: &PersonName,
) -> Result<Certificate, Failure> {
    let bears = |certificate: &Certificate| certificate.facts.holder.as_ref().map(|holder| &holder.name) == Some(name);
    let is_done = old.version > 1 && bears(&old) && old.is_valid();
    let new = if is_done {
        old
    } else {
        let drawn = app.store.draw_status_places(1).await?;
        let minutes = old.facts.minutes;
        let new = Award { registration, name, minutes, version: old.version.saturating_add(1) };
        let new = award(app, grounds, &new, drawn).await?;
        end(app, old, &Standing::Replaced { at: app.clock.now() }).await?;
        new
    };
    issue::mail(app, new.clone(), registration).await?;
    Ok(new)
}
