//! What has been kept long enough goes: access needs soon after an event, names and addresses when the hub's retention
//! says so. How far an event has got is kept beside it, so that every morning reads only what may be left to do.

use std::collections::BTreeSet;

use app::{App, Failure};
use domain::hub::Purge;
use domain::{EventId, Ledger, PersonId, Registration, RegistrationForm};
use jiff::Timestamp;
use store::{EventRecord, Traces};

/// Events of one morning; what is left goes the next.
const EVENTS_MAX: usize = 50;

/// Purges what is due.
pub(crate) async fn apply(app: &App, now: Timestamp) -> Result<(), Failure> {
    let retention = app.hub().await?.retention;
    // Had it ended when it began, this would be due, and no more than this is.
    let starts = app.store.starts_from(Timestamp::UNIX_EPOCH).await?.into_iter();
    let at_most = starts.map(|(start, id)| (retention.purge(start, now), id));
    let begun: Vec<(Purge, EventId)> = at_most.filter(|(most, _)| *most != Purge::Nothing).collect();
    let done = app.store.purged(begun.iter().map(|(_, id)| *id)).await?;
    let before = |id: &EventId| done.get(id).copied().unwrap_or_default();
    let open: Vec<EventId> = begun.into_iter().filter(|(most, id)| *most > before(id)).map(|(_, id)| id).collect();
    let mut left = EVENTS_MAX;
    for (record, ledger) in app.store.events_with_ledgers(&open, true).await? {
        let due = retention.purge(record.event.ends(), now);
        if due <= before(&record.id) || left == 0 {
            continue;
        }
        left -= 1;
        purge(app, &record, &ledger, due).await?;
        app.store.keep_purged(record.id, due).await?;
        tracing::info!(event.id = %record.id, ?due, "event purged");
    }
    Ok(())
}

async fn purge(app: &App, record: &EventRecord, ledger: &Ledger, due: Purge) -> Result<(), Failure> {
    // Whoever came without booking is in no ledger.
    let came = app.store.attendance(record.id).await?.people();
    let people = came.into_iter().chain(ledger.members.keys().copied()).collect::<BTreeSet<_>>();
    let registrations = app.store.registrations(record.id, people).await?;
    for registration in registrations.into_values() {
        match due {
            Purge::Nothing => {}
            Purge::AccessNeeds => forget_needs(app, registration).await?,
            Purge::People => forget_person(app, &registration).await?,
        }
    }
    Ok(())
}

/// Takes out what somebody needed, and what was answered. A booking that changes at this moment is read again.
async fn forget_needs(app: &App, registration: Registration) -> Result<(), Failure> {
    let mut found = Some(registration);
    while let Some(registration) = found.take().filter(|found| found.form.access_needs.is_some()) {
        let form = RegistrationForm { access_needs: None, ..registration.form.clone() };
        if !app.store.correct(&registration, &registration.corrected(form)).await? {
            found = app.store.registration(registration.person, registration.event).await?;
        }
    }
    Ok(())
}

/// Reduces a booking to what counts are made of, and forgets whoever has no other.
async fn forget_person(app: &App, registration: &Registration) -> Result<(), Failure> {
    app.store.strip(registration).await?;
    let person: PersonId = registration.person;
    app.forget_certificates(person, registration.event).await?;
    let others = app.store.registrations_of_mailbox(person.mailbox()).await?;
    let is_known = others.iter().any(|other| other.person == person && !other.form.is_without_person());
    if !is_known {
        let traces = Traces::new([(&registration.form.name, registration.form.email.as_ref())]);
        app.store.forget(person, others.iter().all(|other| other.form.is_without_person()), &traces).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::hub::Retention;

    use super::*;

    #[test]
    fn a_hub_that_has_set_nothing_keeps_needs_a_fortnight_and_names_seven_years() {
        let ended: Timestamp = "2026-12-01T16:30:00Z".parse().expect("a time");
        let purge = |now: &str| Retention::default().purge(ended, now.parse().expect("a time"));
        assert_eq!(purge("2026-12-15T16:29:59Z"), Purge::Nothing);
        assert_eq!(purge("2026-12-15T16:30:00Z"), Purge::AccessNeeds);
        assert_eq!(purge("2033-12-01T16:29:59Z"), Purge::AccessNeeds);
        assert_eq!(purge("2033-12-01T16:30:00Z"), Purge::People);
    }
}
