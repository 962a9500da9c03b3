//! Taking the roll: whom an event knows, what is recorded of them, and the one way in which anything is added to that.
//!
//! People who came without a booking are stored before their minutes, so that no minutes are nobody's.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use app::trail::{self, Deed};
use app::{App, Rejection};
use domain::attendance::{self, Mark, SessionNumber};
use domain::ledger::Entry;
use domain::registration::Via;
use domain::{
    Access, Attendance, FieldError, Generation, Ledger, PersonId, PersonName, Place, Reference, Refusal, Registration,
    RegistrationForm,
};
use jiff::SignedDuration;
use store::{ABSENCES_TOLD, BookingKey, CERTIFICATES, EventRecord, Timer, Unmatched};
use web::sign_in::Organiser;

use crate::matching::Known;
use crate::records::{Minutes, OfBooking, WalkIn};

/// How long certificates, and mail to those who did not come, wait after attendance was stored, so that a wrong tick can
/// be put right.
const CORRECTED_WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// An event's people and what is recorded of them.
pub struct Roll<'a> {
    record: &'a EventRecord,
    /// Who booked.
    pub ledger: Ledger,
    /// Who took part, as far as is recorded.
    pub attendance: Attendance,
    references: BTreeMap<Reference, PersonId>,
    names: OnceLock<BTreeMap<PersonId, PersonName>>,
}

/// Somebody's minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minuted {
    /// Whose.
    pub person: PersonId,
    /// How many, where.
    pub minutes: Minutes,
}

impl<'a> Roll<'a> {
    /// Reads everything there is to know.
    pub async fn call(app: &App, record: &'a EventRecord) -> Result<Self, Rejection> {
        let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
        let attendance = app.store.attendance(record.id).await?;
        let mut people = attendance.people();
        people.extend(ledger.members.keys());
        let references = people.into_iter().map(|person| (app.identity.reference(record.id, person), person)).collect();
        Ok(Self { record, ledger, attendance, references, names: OnceLock::new() })
    }

    /// The person behind a reference, if the event knows one.
    pub fn person(&self, reference: Reference) -> Option<PersonId> {
        self.references.get(&reference).copied()
    }

    /// Everybody of the event by name and address, those whose booking ended too.
    pub async fn known(&self, app: &App) -> Result<Vec<Known>, Rejection> {
        let registrations = app.store.registrations(self.record.id, self.references.values().copied()).await?;
        let names = registrations.iter().map(|(person, found)| (*person, found.form.name.clone())).collect();
        self.names.get_or_init(|| names);
        let joins = app.store.joins(self.record.id).await?;
        let known = registrations.into_values().map(|Registration { person, form, .. }| Known {
            person,
            pressed: joins.get(&person).copied(),
            name: form.name,
            email: form.email,
            is_expected: matches!(self.ledger.place(person), Some(Place::Confirmed) | None),
        });
        Ok(known.collect())
    }

    /// The name of somebody of the event, once [`Self::known`] has read it.
    pub fn name(&self, person: PersonId) -> Option<&PersonName> {
        self.names.get()?.get(&person)
    }

    /// Whose minutes were sent; every unknown reference is named.
    pub fn find(&self, of_bookings: Vec<OfBooking>) -> Result<Vec<Minuted>, Vec<FieldError>> {
        let (mut found, mut unknown) = (Vec::new(), Vec::new());
        for OfBooking { reference, minutes, pointer } in of_bookings {
            match self.person(reference) {
                Some(person) => found.push(Minuted { person, minutes }),
                None => {
                    unknown.push(FieldError { pointer, detail: "No booking for this event has this reference".into() });
                }
            }
        }
        if unknown.is_empty() { Ok(found) } else { Err(unknown) }
    }

    /// Minutes of somebody who gave a name; a registration, where the event does not know them yet.
    pub fn walk_in(&self, app: &App, came: WalkIn) -> (Minuted, Option<Registration>) {
        let (person, registration) = self.arrive(app, came.form);
        (Minuted { person, minutes: came.minutes }, registration)
    }

    /// Who somebody is who gave a name; a registration, where the event does not know them yet.
    pub fn arrive(&self, app: &App, form: RegistrationForm) -> (PersonId, Option<Registration>) {
        let person = person_of(app, self.record, &form);
        let is_known = self.ledger.members.contains_key(&person);
        (person, (!is_known).then(|| self.newcomer(app, person, form)))
    }

    fn newcomer(&self, app: &App, person: PersonId, form: RegistrationForm) -> Registration {
        Registration {
            event: self.record.id,
            person,
            generation: Generation::FIRST,
            at: app.clock.now(),
            via: Via::WalkIn,
            attempt: app.random(),
            refused: false,
            rejection: None,
            access: Access::default(),
            form,
        }
    }

    /// Records minutes, and newcomers before them; nothing before the event has begun. Minutes that are recorded already
    /// are left alone, others that stand are corrected, and both kinds of change go into the trail.
    pub async fn keep(
        &self,
        app: &App,
        by: &Organiser,
        newcomers: &[Registration],
        minuted: &[Minuted],
    ) -> Result<(), Rejection> {
        if app.clock.now() < self.record.event.starts() {
            return Err(Refusal::NotStarted.into());
        }
        for newcomer in newcomers {
            app.store.add_walk_in(newcomer).await?;
        }
        let unmatched: Vec<Unmatched> = newcomers.iter().filter_map(Unmatched::of).collect();
        app.store.note_unmatched(&unmatched).await?;
        let marks: Vec<Mark> = minuted.iter().flat_map(|one| self.marks(*one)).collect();
        self.keep_marks(app, by, "attendance.record", &marks).await
    }

    /// Records marks of people whom the event knows.
    pub async fn keep_marks(
        &self,
        app: &App,
        by: &Organiser,
        action: &'static str,
        marks: &[Mark],
    ) -> Result<(), Rejection> {
        let news = self.store_marks(app, marks).await?;
        trail::record(app, by, self.deed(action, &news)).await?;
        tracing::info!(event.id = %self.record.id, marks = news.len(), action, "attendance recorded");
        Ok(())
    }

    /// Stores what is new among some marks, for whoever signs in by themselves: no organiser has done anything.
    pub async fn store_marks(&self, app: &App, marks: &[Mark]) -> Result<Vec<Mark>, Rejection> {
        let news = self.attendance.news(marks.iter().copied());
        app.store.record_attendance(self.record.id, &news).await?;
        if !news.is_empty() {
            let at = app.clock.now() + CORRECTED_WITHIN;
            app.store.set_timer(&Timer { event: self.record.id, kind: CERTIFICATES.to_owned(), at }).await?;
            // Whoever missed one session may come to the next.
            let at = at.max(self.record.event.ends() + CORRECTED_WITHIN);
            app.store.set_timer(&Timer { event: self.record.id, kind: ABSENCES_TOLD.to_owned(), at }).await?;
        }
        Ok(news)
    }

    fn marks(&self, minuted: Minuted) -> Vec<Mark> {
        let Minuted { person, minutes: Minutes { minutes, session } } = minuted;
        match session {
            Some(session) => vec![Mark { session, person, minutes: Some(minutes) }],
            None => attendance::spread(&self.record.event, person, minutes),
        }
    }

    /// What was done; a correction stands beside the booking that it concerns, too.
    fn deed(&self, action: &'static str, news: &[Mark]) -> Deed {
        let corrected = news.iter().filter(|mark| self.attendance.recorded(mark.session, mark.person).is_some());
        let concerned: BTreeMap<PersonId, BookingKey> =
            corrected.map(|mark| (mark.person, self.booking(mark.person))).collect();
        let deed = Deed::event(if concerned.is_empty() { action } else { "attendance.correct" }, self.record.id);
        concerned.into_values().fold(deed, Deed::about)
    }

    /// The booking of somebody whom the event knows.
    pub fn booking(&self, person: PersonId) -> BookingKey {
        let entry = self.ledger.members.get(&person);
        let generation = entry.map_or(Generation::FIRST, Entry::generation);
        BookingKey { person, event: self.record.id, generation, version: self.ledger.version }
    }
}

/// What stands for somebody who signed in at the poster and is not known.
pub fn entry_of(session: SessionNumber, reference: Reference) -> String {
    format!("poster.{session}.{reference}")
}

/// Who somebody is who gave a name, and perhaps an address.
pub fn person_of(app: &App, record: &EventRecord, form: &RegistrationForm) -> PersonId {
    match &form.email {
        Some(email) => app.identity.person(email, &form.name),
        None => app.identity.person_without_address(record.id, &form.name),
    }
}
