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
    Command, EmailAddress, EventId, Fields, Ledger, MailboxId, Organisation, PersonId, PersonName, Refusal,
    Registration, text,
};
use serde_json::{Value, json};
use store::{EventRecord, Profile};
use web::sign_in::Organiser;
use web::{Problem, body, page};

use crate::{asked, needs};

/// A person, and an admin who asks.
pub struct Known {
    by: Organiser,
    person: PersonId,
    profile: Option<Profile>,
    registrations: Vec<Registration>,
    /// Whether somebody else reads the mailbox.
    is_alone: bool,
}

impl FromRequestParts<Arc<App>> for Known {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let Admin(by) = Admin::from_request_parts(parts, app).await?;
        let person: PersonId = path_part(parts, app, "person").await.parse().map_err(|_| Problem::not_found())?;
        let (profiles, registrations) = under(app, person.mailbox()).await?;
        let is_alone = !registrations.iter().any(|r| r.person != person && !r.form.is_without_person())
            && profiles.iter().all(|profile| profile.person == person);
        let profile = profiles.into_iter().find(|profile| profile.person == person);
        let registrations: Vec<Registration> = registrations.into_iter().filter(|r| r.person == person).collect();
        if profile.is_none() && registrations.is_empty() {
            return Err(Problem::not_found().into());
        }
        Ok(Self { by, person, profile, registrations, is_alone })
    }
}

impl Known {
    /// Whether an organiser's words say who this is: then they are not kept.
    fn is_named_in(&self, words: &str) -> bool {
        let words = text::fold(words);
        let forms = self.registrations.iter().map(|registration| &registration.form);
        let profile = self.profile.iter().map(|profile| (&profile.name, Some(&profile.email)));
        let mut known = forms.map(|form| (&form.name, form.email.as_ref())).chain(profile);
        known.any(|(name, email)| {
            let mut names = name.as_str().split_whitespace().map(text::fold).filter(|word| word.chars().count() > 2);
            names.any(|word| words.contains(&word))
                || email.is_some_and(|email| words.contains(&text::fold(email.as_str())))
        })
    }

    fn is_forgotten(&self) -> bool {
        self.profile.is_none() && self.registrations.iter().all(|registration| registration.form.is_without_person())
    }
}

async fn under(app: &App, mailbox: MailboxId) -> Result<(Vec<Profile>, Vec<Registration>), Rejection> {
    Ok((app.store.profiles_of_mailbox(mailbox).await?, app.store.registrations_of_mailbox(mailbox).await?))
}

/// `POST /api/v1/people/find {"email", "name"?}`: everybody who reads this address, or the one of this name.
pub async fn find(
    State(app): State<Arc<App>>,
    _: Admin,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let (email, name) = asked::read(body::json(&headers, request, &[]).await?, read_asked)?;
    let mailbox = app.identity.mailbox(&email);
    let (profiles, registrations) = under(&app, mailbox).await?;
    let meant = name.as_ref().map(|name| app.identity.person(&email, name));
    let mut people: BTreeMap<PersonId, (Value, usize)> = BTreeMap::new();
    for profile in &profiles {
        people.insert(profile.person, (json!(profile.name), 0));
    }
    for registration in registrations.iter().filter(|registration| !registration.form.is_without_person()) {
        people.entry(registration.person).or_insert_with(|| (json!(registration.form.name), 0)).1 += 1;
    }
    people.retain(|person, _| meant.is_none_or(|meant| meant == *person));
    if people.is_empty() {
        return Err(Problem::not_found().into());
    }
    let view = |(person, (name, bookings)): (PersonId, (Value, usize))| json!({"person": person, "name": name, "email": email, "bookings": bookings});
    Ok(page::ok(&json!({"people": people.into_iter().map(view).collect::<Vec<_>>()})))
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
    let events = events_of(&app, &known.registrations).await?;
    let mut bookings = Vec::new();
    for registration in &known.registrations {
        bookings.push(booking(&app, registration, events.get(&registration.event)).await?);
    }
    trail::record(&app, &known.by, Deed::of("person.export", known.person.to_string())).await?;
    let form = known.registrations.iter().map(|r| &r.form).find(|form| !form.is_without_person());
    let profile = known.profile.as_ref();
    Ok(page::ok(&json!({
        "person": known.person,
        "name": profile.map(|profile| &profile.name).or(form.map(|form| &form.name)),
        "email": profile.map(|profile| &profile.email).or(form.and_then(|form| form.email.as_ref())),
        "mail_suppressed": app.store.is_suppressed(known.person.mailbox()).await?,
        "registrations": bookings,
    })))
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
    let reason = Some(reason).filter(|words| !known.is_named_in(words));
    let ended = forget(&app, &known).await?;
    let deed = Deed::of("person.erase", known.person.to_string()).because(reason);
    trail::record(&app, &known.by, deed).await?;
    tracing::info!(registrations = known.registrations.len(), ended, "person erased");
    Ok(page::ok(&json!({"person": known.person, "registrations": known.registrations.len(), "ended": ended})))
}

/// Takes the person out of every booking before any of them ends, so that nobody is written to about it; how many
/// bookings ended.
async fn forget(app: &App, known: &Known) -> Result<usize, Rejection> {
    let now = app.clock.now();
    for registration in &known.registrations {
        app.store.strip(registration).await?;
        app.forget_certificates(known.person, registration.event).await?;
    }
    let mut ended = 0;
    for (record, ledger) in events_of(app, &known.registrations).await?.into_values() {
        if ledger.live(known.person).is_none() || now >= record.event.starts() {
            continue;
        }
        let registration = known.registrations.iter().find(|registration| registration.event == record.id);
        let organisation = registration.and_then(|r| r.form.organisation.as_ref()).and_then(Organisation::key);
        let command = Command::Cancel { person: known.person, organisation, late: false };
        match app.store.change(record.id, now, |_| command.clone()).await? {
            Ok(_) => ended += 1,
            Err(Refusal::EventOver | Refusal::EventCancelled | Refusal::BookingNotFound) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    app.store.forget(known.person, known.is_alone).await?;
    Ok(ended)
}
