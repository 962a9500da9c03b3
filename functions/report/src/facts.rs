//! The facts of a period, gathered from the store: each item is read once.

use std::collections::BTreeSet;

use domain::aliases::Aliases;
use domain::charge::{Charge, Terms};
use domain::evaluation;
use domain::organisation::OrganisationKind;
use domain::report::{EventFacts, Fate, Period, PersonFacts, Standing, Workplace, WorkplaceKind};
use domain::{EventId, Hub, Organisation, Organisations, PersonId, ProgrammeId, Programmes, Role};
use jiff::Timestamp;
use store::{Booker, EventItems, Failure, Store};

/// One event with what a report counts of it.
pub struct Gathered {
    /// Which.
    pub id: EventId,
    /// As it is stored.
    pub items: EventItems,
    /// As it counts.
    pub facts: EventFacts,
}

/// What there is to know besides events.
pub struct Lists {
    /// The hub's programmes.
    pub programmes: Programmes,
    /// The hub's organisations.
    pub organisations: Organisations,
    /// Who is known under several identifiers.
    pub aliases: Aliases,
    /// The hub's settings, which hold what has been agreed with those who book.
    pub hub: Hub,
}

impl Lists {
    /// Reads them.
    pub async fn read(store: &Store) -> Result<Self, Failure> {
        let lists =
            futures::future::try_join4(store.programmes(), store.listed_organisations(), store.aliases(), store.hub());
        let (programmes, organisations, aliases, hub) = Box::pin(lists).await?;
        Ok(Self { programmes, organisations, aliases, hub: hub.unwrap_or_default() })
    }

    fn workplace(&self, given: &Organisation, role: Role) -> Option<Workplace> {
        if let Some(listed) = self.organisations.resolve(given) {
            let kind = match listed.kind {
                OrganisationKind::School => WorkplaceKind::School,
                OrganisationKind::Practice => WorkplaceKind::Practice,
                OrganisationKind::Trust | OrganisationKind::Other => WorkplaceKind::Other,
            };
            let (network, borough) = (listed.network.clone(), listed.borough.clone());
            return Some(Workplace { key: listed.id(), name: listed.name.clone(), kind, network, borough });
        }
        let key = given.key()?;
        let name = given.name.clone().unwrap_or_else(|| key.clone());
        Some(Workplace { key, name, kind: kind_of(role), network: None, borough: None })
    }
}

/// What an organisation that is in no list seems to be, from who comes from it.
fn kind_of(role: Role) -> WorkplaceKind {
    match role {
        Role::SchoolStaff => WorkplaceKind::School,
        Role::Gp
        | Role::GpTrainee
        | Role::PracticeNurse
        | Role::NurseAssociate
        | Role::HealthcareAssistant
        | Role::PracticeManager
        | Role::Receptionist
        | Role::SocialPrescriber => WorkplaceKind::Practice,
        Role::Pharmacist
        | Role::Paramedic
        | Role::PhysicianAssociate
        | Role::AlliedHealth
        | Role::Student
        | Role::Volunteer
        | Role::Other => WorkplaceKind::Other,
    }
}

/// The events of a period that count as of `now`, of the programmes that `sees` lets through, in order of start.
pub async fn gather(
    store: &Store,
    lists: &Lists,
    period: Period,
    now: Timestamp,
    sees: impl Fn(ProgrammeId) -> bool,
) -> Result<Vec<Gathered>, Failure> {
    let ids = store.events_starting(period.begins(), period.ends()).await?;
    let mut counted = Vec::new();
    for items in store.event_items(ids).await? {
        let record = &items.record;
        // Whatever the directory says: an event is where it starts.
        let starts = record.event.starts();
        let is_cancelled = record.status == domain::EventStatus::Cancelled;
        let fate = Fate::of(starts, record.is_public(), is_cancelled, now);
        if let Some(fate) = fate.filter(|_| period.contains(starts) && sees(record.event.programme)) {
            counted.push((items, fate));
        }
    }
    let (mut bookings, mut came) = (Vec::new(), Vec::new());
    for (items, fate) in &counted {
        for person in people(items, *fate) {
            bookings.push((items.record.id, person));
            // Nobody else was ever issued a certificate.
            if items.attendance.minutes(&items.record.event, person).is_some() {
                came.push((items.record.id, person));
            }
        }
    }
    let bookers = store.bookers(&bookings, &came).await?;
    let gathered = counted.into_iter().map(|(items, fate)| {
        let event = items.record.id;
        let person = |person: PersonId| {
            let booker = bookers.booked.get(&(event, person));
            let workplace = |booker: &Booker| lists.workplace(booker.organisation.as_ref()?, booker.role);
            PersonFacts {
                person,
                counts_as: lists.aliases.main(person),
                standing: Standing::of(&items.ledger, person),
                minutes: items.attendance.minutes(&items.record.event, person),
                role: booker.map(|booker| booker.role),
                organisation: booker.and_then(workplace),
                is_certified: bookers.certified.contains(&(event, person)),
                charge: charge(&items, fate, lists, person, booker),
            }
        };
        let people = people(&items, fate).into_iter().map(person).collect();
        let facts = event_facts(&items, fate, lists, people);
        Gathered { id: event, items, facts }
    });
    Ok(gathered.collect())
}

/// Everybody who ever booked or came; nobody, where the event did not take place.
fn people(items: &EventItems, fate: Fate) -> BTreeSet<PersonId> {
    match fate {
        Fate::Cancelled => BTreeSet::new(),
        Fate::Held => items.ledger.members.keys().copied().chain(items.attendance.people()).collect(),
    }
}

/// What somebody's place costs that was not used, by the rule by which charges are listed.
fn charge(items: &EventItems, fate: Fate, lists: &Lists, person: PersonId, booker: Option<&Booker>) -> Option<Charge> {
    let event = &items.record.event;
    let terms = Terms {
        policy: lists.hub.policy_at(event.starts()),
        event,
        confidential: lists.programmes.is_confidential(event.programme),
        ledger: &items.ledger,
        attendance: &items.attendance,
    };
    let cause = terms.cause(person).filter(|_| fate == Fate::Held)?;
    let has_organisation = booker.is_some_and(|booker| booker.organisation.is_some());
    Some(terms.charge(cause, has_organisation, items.waivers.get(&person).copied()))
}

fn event_facts(items: &EventItems, fate: Fate, lists: &Lists, people: Vec<PersonFacts>) -> EventFacts {
    let event = &items.record.event;
    let (scores, ratings) = evaluation::scores(&items.evaluations);
    EventFacts {
        programme: event.programme.slug().to_owned(),
        programme_label: lists.programmes.label(event.programme),
        is_confidential: lists.programmes.is_confidential(event.programme),
        format: event.format,
        fate,
        capacity: event.capacity,
        minimum_minutes: event.certificate_minutes(),
        cpd_minutes: event.cpd_minutes.unwrap_or(0),
        people,
        answers: u32::try_from(items.evaluations.len()).unwrap_or(u32::MAX),
        scores,
        ratings,
    }
}
