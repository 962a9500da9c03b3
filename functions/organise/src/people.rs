//! People, apart from events: found by their address, shown all that is held about them, and forgotten. Bookings of
//! somebody who is forgotten keep role, organisation and how they went, so that counts, ledgers and reports stand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use app::access::{Admin, path_part};
use app::trail::{self, Deed};
use app::views::Standing;
use app::{App, Rejection};
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use domain::{
    Command, EmailAddress, EventId, Fields, Ledger, Organisation, PersonId, PersonName, Refusal, Registration,
    RegistrationForm, text,
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::{EventRecord, Traces};
use web::sign_in::Organiser;
use web::{Problem, body, page};

use crate::{asked, needs};

/// People who wait for a human do so for ninety days, and reports of meetings come soon after them.
const UNIDENTIFIED_WITHIN: SignedDuration = SignedDuration::from_hours(180 * 24);

/// A person, and an admin who asks.
pub struct Known {
    /// Who asks.
    pub by: Organiser,
    /// As asked for.
    pub person: PersonId,
    /// Every identifier of theirs, this one first.
    pub people: Vec<PersonId>,
    /// Their bookings, under all of them, the first one first.
    pub registrations: Vec<Registration>,
}

impl FromRequestParts<Arc<App>> for Known {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let Admin(by) = Admin::from_request_parts(parts, app).await?;
        let person: PersonId = path_part(parts, app, "person").await.parse().map_err(|_| Problem::not_found())?;
        Self::find(app, by, person).await?.ok_or_else(|| Problem::not_found().into())
    }
}

impl Known {
    /// A person whom the hub knows.
    pub async fn find(app: &App, by: Organiser, person: PersonId) -> Result<Option<Self>, Rejection> {
        let people = app.store.aliases().await?.all(person);
        let mut registrations = app.bookings_of(&people).await.map_err(Rejection::Failure)?;
        registrations.sort_by_key(|registration| (registration.at, registration.event));
        Ok((!registrations.is_empty()).then_some(Self { by, person, people, registrations }))
    }

    /// What they are known by.
    fn traces(&self) -> Traces {
        Traces::new(self.forms().map(|form| (&form.name, form.email.as_ref())))
    }

    /// What was filled in, as far as it still says by whom; the first booking's first.
    fn forms(&self) -> impl DoubleEndedIterator<Item = &RegistrationForm> {
        self.registrations.iter().map(|registration| &registration.form).filter(|form| !form.is_without_person())
    }

    /// The name of the first booking.
    pub fn name(&self) -> Option<&PersonName> {
        self.forms().next().map(|form| &form.name)
    }

    /// Where mail goes: the last booking's address.
    pub fn email(&self) -> Option<&EmailAddress> {
        self.forms().rev().find_map(|form| form.email.as_ref())
    }

    /// Whether an organiser's words say who this is: then they are not kept.
    pub fn is_named_in(&self, words: &str) -> bool {
        let words = text::fold(words);
        self.forms().any(|form| {
            let names = form.name.as_str().split_whitespace().map(text::fold);
            names.filter(|word| word.chars().count() > 2).any(|word| words.contains(&word))
                || form.email.as_ref().is_some_and(|email| words.contains(&text::fold(email.as_str())))
        })
    }

    /// Whether nothing is left that says who it was.
    pub fn is_forgotten(&self) -> bool {
        self.forms().next().is_none()
    }
}

/// `POST /api/v1/people/find {"email", "name"?}`: everybody who reads this address, or the one of this name.
pub async fn find(
    State(app): State<Arc<App>>,
    _: Admin,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let (email, name) = asked::read(body::json(&headers, request, &[]).await?, read_asked)?;
    let people = at_address(&app, &email, name.as_ref()).await?;
    if people.is_empty() {
        return Err(Problem::not_found().into());
    }
    let view = |found: &FoundPerson| {
        let FoundPerson { person, name, bookings } = found;
        json!({"person": person, "name": name, "email": email, "bookings": bookings})
    };
    Ok(page::ok(&json!({"people": people.iter().map(view).collect::<Vec<_>>()})))
}

/// Somebody who reads an address.
pub struct FoundPerson {
    /// Who.
    pub person: PersonId,
    /// As in the first booking.
    pub name: PersonName,
    /// How many there are.
    pub bookings: usize,
}

/// Everybody who reads an address, whichever they had before, or the one of this name.
pub async fn at_address(
    app: &App,
    email: &EmailAddress,
    name: Option<&PersonName>,
) -> Result<Vec<FoundPerson>, Rejection> {
    let aliases = app.store.aliases().await?;
    let mut people: BTreeMap<PersonId, FoundPerson> = BTreeMap::new();
    let mut bookings = app.bookings_at(email, &aliases).await.map_err(Rejection::Failure)?;
    bookings.sort_by_key(|booking| booking.at);
    for booking in bookings {
        let (person, form) = (booking.person, booking.form);
        if !form.is_without_person() {
            let entry = people.entry(person);
            entry.or_insert_with(|| FoundPerson { person, name: form.name, bookings: 0 }).bookings += 1;
        }
    }
    let meant = name.map(|name| app.identity.person(email, name));
    people.retain(|person, _| meant.is_none_or(|meant| aliases.is_one(meant, *person)));
    Ok(people.into_values().collect())
}

fn read_asked(fields: &mut Fields) -> Option<(EmailAddress, Option<PersonName>)> {
    let email = fields.parse("email", "Enter an email address", EmailAddress::parse);
    let name = fields.line("name", PersonName::CHARACTERS_MAX);
    let name = name.map(|name| PersonName::parse(&name).map_err(|error| fields.refuse("name", error.to_string())));
    Some((email?, name.transpose().ok()?))
}

/// `GET /api/v1/people/{person}/export`: all that is held about a person (UK GDPR, article 15).
pub async fn export(State(app): State<Arc<App>>, known: Known) -> Result<Response, Rejection> {
    if known.is_forgotten() {
        return Err(Problem::not_found().into());
    }
    let held = all_held(&app, &known).await?;
    trail::record(&app, &known.by, Deed::of("person.export", known.person.to_string())).await?;
    Ok(page::ok(&held))
}

/// All that is held about a person, under whichever identifier.
pub async fn all_held(app: &App, known: &Known) -> Result<Value, Rejection> {
    let events = events_of(app, &known.registrations).await?;
    let mut bookings = Vec::new();
    for registration in &known.registrations {
        bookings.push(booking(app, registration, events.get(&registration.event)).await?);
    }
    let mailbox = known.email().map_or(known.person.mailbox(), |email| app.identity.mailbox(email));
    Ok(json!({
        "person": known.person,
        "also_known_as": known.people[1..],
        "name": known.name(),
        "email": known.email(),
        "mail_suppressed": app.store.is_suppressed(mailbox).await?,
        "registrations": bookings,
    }))
}

async fn events_of(
    app: &App,
    registrations: &[Registration],
) -> Result<BTreeMap<EventId, (EventRecord, Ledger)>, Rejection> {
    let ids: BTreeSet<EventId> = registrations.iter().map(|registration| registration.event).collect();
    let found = app.store.events_with_ledgers(&ids.into_iter().collect::<Vec<_>>(), true).await?;
    Ok(found.into_iter().map(|(record, ledger)| (record.id, (record, ledger))).collect())
}

/// One booking: what was filled in, where it stands, what was mailed, and what organisers did.
async fn booking(
    app: &App,
    registration: &Registration,
    event: Option<&(EventRecord, Ledger)>,
) -> Result<Value, Rejection> {
    let (person, id) = (registration.person, registration.event);
    let standing = event.and_then(|(_, ledger)| Standing::of(ledger, person));
    let mails = app.store.filed(person, id).await?;
    let deeds = app.store.deeds(person, id).await?;
    Ok(json!({
        "reference": app.identity.reference(id, person),
        "event": event.map(|(record, _)| json!({
            "id": id, "title": record.event.title, "starts": record.event.starts(),
        })),
        "status": standing.map(|standing| standing.status),
        "position": standing.and_then(|standing| standing.position),
        "registered_at": registration.at,
        "form": registration.form,
        "access": needs::state(registration),
        "mails": mails.iter().map(|mail| json!({"kind": mail.kind, "at": mail.at})).collect::<Vec<_>>(),
        "organisers": deeds.iter().map(|deed| json!({
            "at": deed.action.at, "action": deed.action.action, "reason": deed.action.reason,
        })).collect::<Vec<_>>(),
    }))
}

/// `POST /api/v1/people/{person}/erase {"reason"}`. Repeating it changes nothing more.
pub async fn erase(
    State(app): State<Arc<App>>,
    known: Known,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let reason = asked::reason(body::json_or_nothing(&headers, request).await?)?;
    let ended = erase_person(&app, &known, reason).await?;
    Ok(page::ok(&json!({"person": known.person, "registrations": known.registrations.len(), "ended": ended})))
}

/// Forgets a person; how many bookings ended with it.
pub async fn erase_person(app: &App, known: &Known, reason: String) -> Result<usize, Rejection> {
    let reason = Some(reason).filter(|words| !known.is_named_in(words));
    let ended = forget(app, known).await?;
    let deed = Deed::of("person.erase", known.person.to_string()).because(reason);
    trail::record(app, &known.by, deed).await?;
    tracing::info!(registrations = known.registrations.len(), ended, "person erased");
    Ok(ended)
}

/// Forgets what stands beside the bookings first: they say who it is, should this break off and be repeated. Then takes
/// the person out of every booking before any of them ends, so that nobody is written to about it; how many ended.
async fn forget(app: &App, known: &Known) -> Result<usize, Rejection> {
    let now = app.clock.now();
    let events = events_of(app, &known.registrations).await?;
    forget_beside(app, known, events.values().map(|(record, _)| record)).await?;
    for registration in &known.registrations {
        app.store.strip(registration).await?;
        app.forget_certificates(registration.person, registration.event).await?;
    }
    let mut ended = 0;
    for registration in &known.registrations {
        let Some((record, ledger)) = events.get(&registration.event) else { continue };
        if ledger.live(registration.person).is_none() || now >= record.event.starts() {
            continue;
        }
        let organisation = registration.form.organisation.as_ref().and_then(Organisation::key);
        let command = Command::Cancel { person: registration.person, organisation, late: false };
        match app.store.change(record.id, now, |_| command.clone()).await? {
            Ok(_) => ended += 1,
            Err(Refusal::EventOver | Refusal::EventCancelled | Refusal::BookingNotFound) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(ended)
}

async fn forget_beside(app: &App, known: &Known, events: impl Iterator<Item = &EventRecord>) -> Result<(), Rejection> {
    let (now, traces) = (app.clock.now(), known.traces());
    for person in &known.people {
        app.store.forget(*person, is_alone(app, *person, &known.people).await?, &traces).await?;
    }
    // Whoever was to ring them is not told any more who that was.
    let organisers = events.flat_map(|record| record.event.organiser_addresses());
    for mailbox in organisers.map(|organiser| app.identity.mailbox(&organiser)).collect::<BTreeSet<_>>() {
        app.store.forget_notices(mailbox, &traces).await?;
    }
    // Whoever signed in at a poster may have booked nothing there.
    for event in app.store.events_from(now - UNIDENTIFIED_WITHIN).await? {
        app.store.forget_unidentified(event, &traces).await?;
    }
    Ok(())
}

/// Whether nobody else reads a mailbox.
async fn is_alone(app: &App, person: PersonId, people: &[PersonId]) -> Result<bool, Rejection> {
    let bookings = app.store.registrations_of_mailbox(person.mailbox()).await?;
    let mut others = bookings.iter().filter(|booking| !booking.form.is_without_person()).map(|booking| booking.person);
    Ok(others.all(|other| people.contains(&other)))
}
