//! Copies to managers: that a place was given up late or not used, where the booking policy says that somebody is told.
//!
//! One a booking, under the person's own mails, so that it goes with them when they are erased. It waits a day, in which
//! the person can say why and attendance can be put right; what is not so by then, is excused, or is a confidential
//! programme's, is told to nobody.

use std::collections::{BTreeMap, BTreeSet};

use app::{App, Failure};
use domain::absence::AbsenceReason;
use domain::charge::{Cause, Terms};
use domain::consequence::Booked;
use domain::ledger::{Ending, Entry};
use domain::policy::Waiver;
use domain::{
    Attendance, EmailAddress, EventId, EventStatus, ListedOrganisation, Organisations, PersonId, Place, Presence,
};
use jiff::{SignedDuration, Timestamp};
use mail::{Mail, ManagerCopy};
use store::stream::LedgerChange;
use store::{EventRecord, Message};

use crate::bookings::Booking;
use crate::delivery::{Sent, Trouble, sender};
use crate::overtaken::Dropped;
use crate::subject::{self, Subject};

/// How long a copy waits.
const WAITS: SignedDuration = SignedDuration::from_hours(24);

/// The copies that are due a day after places were given up late.
pub(crate) async fn of_cancellations(
    app: &App,
    change: &LedgerChange,
    people: impl Iterator<Item = PersonId>,
    now: Timestamp,
) -> Result<Vec<Message>, Failure> {
    let given_up = people.filter_map(|person| match change.new.place(person) {
        Some(Place::Ended(ended)) if ended.late && ended.held && ended.ending == Ending::Cancelled => {
            Some((person, ended.generation))
        }
        _ => None,
    });
    let given_up: Vec<_> = given_up.collect();
    let record = if given_up.is_empty() { None } else { app.store.event(change.event, false).await? };
    let Some(record) = record else { return Ok(Vec::new()) };
    if !is_told(app, &record).await? {
        return Ok(Vec::new());
    }
    let copy = |booking| subject::of_copy(change.event, booking, Cause::LateCancellation, now + WAITS);
    Ok(given_up.into_iter().map(copy).collect())
}

/// The copies that are due a day after an event's absences were told.
pub(crate) async fn of_absences(
    app: &App,
    (record, ledger): (&EventRecord, &domain::Ledger),
    attendance: &Attendance,
    now: Timestamp,
) -> Result<Vec<Message>, Failure> {
    if !is_told(app, record).await? {
        return Ok(Vec::new());
    }
    let hub = app.hub().await?;
    // It has been seen to that the programme keeps no confidences.
    let (event, policy) = (&record.event, hub.policy_at(record.event.starts()));
    let terms = Terms { policy, event, confidential: false, ledger, attendance };
    let absent = ledger.live_entries().filter(|(person, _)| terms.cause(*person) == Some(Cause::Absence));
    let copy = |booking| subject::of_copy(record.id, booking, Cause::Absence, now + WAITS);
    Ok(absent.map(|(person, live)| copy((person, live.generation))).collect())
}

/// Whether the policy has anybody told of what happens on this event.
async fn is_told(app: &App, record: &EventRecord) -> Result<bool, Failure> {
    let confidential = app.programmes().await?.is_confidential(record.event.programme);
    Ok(app.hub().await?.policy.tells(confidential))
}

/// What decides about a round's copies, and to whom they go.
#[derive(Default)]
pub(crate) struct Managers {
    events: BTreeMap<EventId, Known>,
    organisations: Organisations,
}

/// What is known of an event's unused places.
struct Known {
    attendance: Attendance,
    waived: BTreeMap<PersonId, Waiver>,
    said: BTreeMap<PersonId, AbsenceReason>,
}

impl Managers {
    /// Reads what the copies among these mails need.
    pub async fn read(app: &App, messages: &[&Message]) -> Result<Self, store::Failure> {
        let is_copy = |message: &&&Message| matches!(Subject::of(message), Some(Subject::Copy { .. }));
        let ids: BTreeSet<EventId> = messages.iter().filter(is_copy).map(|message| message.event).collect();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let mut events = BTreeMap::new();
        for id in ids {
            let (attendance, waived) = (app.store.attendance(id).await?, app.store.waivers(id).await?);
            events.insert(id, Known { attendance, waived, said: app.store.absences(id).await? });
        }
        Ok(Self { events, organisations: app.store.listed_organisations().await? })
    }

    /// The organisation that is told, and the manager's address there.
    fn addressee(
        &self,
        booking: &Booking<'_>,
        message: &Message,
        cause: Cause,
    ) -> Result<(&ListedOrganisation, &EmailAddress), Dropped> {
        let (record, ledger, confidential) = (booking.record, booking.ledger, booking.confidential);
        let known = self.events.get(&message.event).ok_or(Dropped::Overtaken)?;
        let (event, policy) = (&record.event, booking.hub.policy_at(record.event.starts()));
        let terms = Terms { policy, event, confidential, ledger, attendance: &known.attendance };
        let generation = ledger.members.get(&message.person).map(Entry::generation);
        let is_true = generation == Some(message.generation)
            && terms.cause(message.person) == Some(cause)
            && record.status == EventStatus::Published
            && booking.hub.policy.tells(confidential);
        let (waived, said) = (known.waived.get(&message.person), known.said.get(&message.person));
        if !is_true || policy.is_kept_back(waived.copied(), said.copied()) {
            return Err(Dropped::Overtaken);
        }
        let form = &booking.registration.form;
        if form.is_without_person() {
            return Err(Dropped::NobodyToTell);
        }
        let organisation = form.organisation.as_ref().and_then(|given| self.organisations.resolve(given));
        let (organisation, manager) =
            organisation.and_then(|found| Some((found, found.manager.as_ref()?))).ok_or(Dropped::NoAddress)?;
        // Managers who were absent themselves have a mail of their own.
        let is_own = form.email.as_ref().is_some_and(|own| own.normalised() == manager.normalised());
        if is_own { Err(Dropped::Merged) } else { Ok((organisation, manager)) }
    }

    /// Whether the person came for a part.
    fn came_for_part(&self, booking: &Booking<'_>, message: &Message) -> bool {
        let presence =
            self.events.get(&message.event).map(|k| k.attendance.presence(&booking.record.event, message.person));
        presence == Some(Presence::AttendedPart)
    }
}

/// Sends a copy, if it is still true and there is anybody to send it to.
pub(crate) async fn attempt(
    app: &App,
    managers: &Managers,
    booking: &Booking<'_>,
    message: &Message,
    cause: Cause,
) -> Result<Sent, Trouble> {
    let (organisation, manager) = match managers.addressee(booking, message, cause) {
        Ok(found) => found,
        Err(dropped) => return Ok(Sent::Not(dropped)),
    };
    if app.store.is_suppressed(app.identity.mailbox(manager)).await? {
        return Ok(Sent::Not(Dropped::Suppressed));
    }
    let event = &booking.record.event;
    let policy = booking.hub.policy_at(event.starts());
    let owed = policy.owed(Booked { event, confidential: booking.confidential, has_organisation: true });
    let reference = app.identity.reference(message.event, message.person);
    let copy = ManagerCopy {
        name: booking.registration.form.name.as_str(),
        organisation: &organisation.name,
        event,
        reference: reference.to_string(),
        cause,
        came_for_part: managers.came_for_part(booking, message),
        gbp: owed.gbp.filter(|_| !owed.by_person),
        base_url: &app.config.base_url,
        hub: &booking.hub.name,
    };
    let (letter, thread) = (copy.letter(), format!("manager.{reference}.{}", message.event));
    let mail =
        Mail { reply_to: booking.hub.reply_to.as_ref(), ..Mail::new(sender(booking.hub), manager, &letter, &thread) };
    let ses_id = app.mailer.send(&mail).await?;
    tracing::info!(
        message.kind = message.kind, message.tries = message.tries, message.ses_id = ses_id,
        event.id = %message.event, registration.reference = %reference, "manager told"
    );
    Ok(Sent::Gone { ses_id, told: None })
}
