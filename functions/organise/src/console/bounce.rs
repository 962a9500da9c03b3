//! An address that gets no mail: who is concerned, and what can be done. The address is corrected, is written to again,
//! or its people have been reached another way.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::trail::{self, Deed};
use app::{App, Rejection};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ledger::Entry;
use domain::{EmailAddress, EventId, FieldError, ListedOrganisation, MailboxId, Reference};
use store::{BookingKey, BounceTask, EventRecord, Substituted, Substitution};
use web::Problem;
use web::components::{Checkboxes, Choice, ErrorSummary, Field, InputKind, TextInput};
use web::dates;
use web::forms::FormData;
use web::page::{Mistake, see_other};
use web::sign_in::{Organiser, OrganiserRole};

use super::{lists, told, words};
use crate::access::{ManagedEvent, Manager};
use crate::line::Concerned;

/// A booking that is concerned, of an event that the organiser sees.
pub struct Seen {
    /// The event.
    pub record: EventRecord,
    /// What the person quotes.
    pub reference: Reference,
}

#[derive(Template)]
#[template(path = "console/bounce.html")]
struct BouncePage<'a> {
    summary: ErrorSummary<'a>,
    heading: &'static str,
    since: String,
    /// Where each booking is, whose, and for what.
    bookings: Vec<(String, String, String)>,
    /// Organisations whose manager's address it is: where each is put right, and its name.
    managed: Vec<(String, String)>,
    is_unwanted: bool,
    can_correct: bool,
    which: Checkboxes<'a>,
    email: TextInput<'a>,
}

/// Where an address is dealt with.
pub fn path(id: &str) -> String {
    format!("/organise/bounces/{id}")
}

/// What has happened, in words.
pub fn heading(task: &BounceTask) -> &'static str {
    match task.why.as_str() {
        "complained" => "Mail was marked as unwanted",
        _ => "Mail came back",
    }
}

/// The bookings concerned that this organiser sees.
pub async fn seen(app: &App, organiser: &Organiser, task: &BounceTask) -> Result<Vec<Seen>, Rejection> {
    let ids: BTreeSet<EventId> = task.bookings.iter().map(|(event, _)| *event).collect();
    let found = app.store.events_with_ledgers(&ids.into_iter().collect::<Vec<_>>(), true).await?;
    let of = |(event, reference): &(EventId, Reference)| {
        let (record, _) = found.iter().find(|(record, _)| record.id == *event)?;
        organiser.sees(record.event.programme).then(|| Seen { record: record.clone(), reference: *reference })
    };
    Ok(task.bookings.iter().filter_map(of).collect())
}

/// Whether a task is this organiser's: of a booking that they see; one of none that anybody sees is an admin's.
pub fn is_concerned(organiser: &Organiser, seen: &[Seen]) -> bool {
    !seen.is_empty() || organiser.role == OrganiserRole::Admin
}

/// `GET /organise/bounces/{id}`
pub async fn show(
    State(app): State<Arc<App>>,
    Manager(organiser): Manager,
    Path(id): Path<String>,
) -> Result<Response, Rejection> {
    let (task, concerned) = find(&app, &organiser, &id).await?;
    page(&app, &organiser, &task, &concerned, &FormData::default(), &[]).await
}

/// `POST /organise/bounces/{id}`: `do=correct`, `lift` or `done`.
pub async fn act(
    State(app): State<Arc<App>>,
    Manager(organiser): Manager,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Rejection> {
    let (task, concerned) = find(&app, &organiser, &id).await?;
    let done = match form.one("do") {
        "correct" => correct(&app, &organiser, &task, &concerned, &form).await,
        "lift" => lift(&app, &organiser, &task, &concerned).await,
        "done" => finish(&app, &organiser, &task, &concerned, "bounce.done").await,
        _ => Err(Problem::not_found().into()),
    };
    match done {
        Ok(()) => Ok(see_other("/organise")),
        Err(rejection) => page(&app, &organiser, &task, &concerned, &form, &told(rejection, "email")?).await,
    }
}

/// The task, and what it is about that this organiser sees.
async fn find(app: &App, organiser: &Organiser, id: &str) -> Result<(BounceTask, Vec<Concerned>), Rejection> {
    let task = app.store.bounce_tasks().await?.into_iter().find(|task| task.id == id);
    let task = task.ok_or_else(Problem::not_found)?;
    let seen = seen(app, organiser, &task).await?;
    if !is_concerned(organiser, &seen) {
        return Err(Problem::not_found().into());
    }
    let mut concerned = Vec::new();
    for Seen { record, reference } in seen {
        let managed = ManagedEvent { organiser: organiser.clone(), record };
        match Concerned::find(app, managed, &reference.to_string()).await {
            Ok(found) => concerned.push(found),
            // Whoever has been forgotten since is not concerned any more.
            Err(Rejection::Problem(_)) => {}
            Err(rejection) => return Err(rejection),
        }
    }
    Ok((task, concerned))
}

/// The bookings that were chosen go on under another address; the others stay in the task.
async fn correct(
    app: &App,
    organiser: &Organiser,
    task: &BounceTask,
    concerned: &[Concerned],
    form: &FormData,
) -> Result<(), Rejection> {
    let chosen = |one: &&Concerned| form.all("reference").iter().any(|known| *known == one.reference.to_string());
    let moved: Vec<&Concerned> = concerned.iter().filter(|one| can_move(one)).filter(chosen).collect();
    let mut wrong = Vec::new();
    let email = EmailAddress::parse(form.one("email"));
    if let Err(error) = &email {
        wrong.push(mistake("/email", error.to_string()));
    }
    if moved.is_empty() {
        wrong.push(mistake("/reference", "Select the bookings that go on under this address".to_owned()));
    }
    let (Ok(email), true) = (email, wrong.is_empty()) else { return Err(Problem::invalid(wrong).into()) };
    let mut left = task.clone();
    for one in moved {
        readdress(app, one, &email).await?;
        left.bookings.retain(|(_, reference)| *reference != one.reference);
        app.store.finish_bounce_task(&task.id).await?;
        if !left.bookings.is_empty() {
            app.store.add_bounce_task(&left).await?;
        }
    }
    trail::record(app, organiser, Deed::of("bounce.correct", task.id.clone())).await
}

fn mistake(pointer: &str, detail: String) -> FieldError {
    FieldError { pointer: pointer.to_owned(), detail }
}

/// Whether a booking can go on under another address.
fn can_move(one: &Concerned) -> bool {
    one.ledger.live(one.person).is_some() && one.registration.is_some()
}

/// One booking goes on under another address, with all that was filled in, its ticket and its place.
async fn readdress(app: &App, one: &Concerned, email: &EmailAddress) -> Result<(), Rejection> {
    let Some(registration) = &one.registration else { return Ok(()) };
    let mut form = registration.form.clone();
    let to = app.identity.person(email, &form.name);
    form.email = Some(email.clone());
    let event = one.managed.record.id;
    let substitution = Substitution {
        event,
        from: one.person,
        organisation: one.organisation(),
        to,
        form,
        at: app.clock.now(),
        attempt: app.random(),
    };
    let ledger = match app.store.substitute(&substitution).await? {
        Substituted::Done(ledger) => ledger,
        Substituted::AlreadyRegistered => {
            let detail = "This address has booked this event under the same name already";
            return Err(Problem::invalid_field("/email", detail).into());
        }
        Substituted::Refused(refusal) => return Err(refusal.into()),
    };
    let mut deed = one.deed("registration.readdress");
    if let Some(generation) = ledger.members.get(&to).map(Entry::generation) {
        deed = deed.about(BookingKey { person: to, event, generation, version: 0 });
    }
    trail::record(app, &one.managed.organiser, deed.seen_in(&ledger)).await
}

/// Sends mail to the address again.
async fn lift(app: &App, organiser: &Organiser, task: &BounceTask, concerned: &[Concerned]) -> Result<(), Rejection> {
    // A task goes by the mailbox that it is about.
    let mailbox: MailboxId = task.id.parse().map_err(|_| Problem::not_found())?;
    app.store.lift_suppression(mailbox).await?;
    finish(app, organiser, task, concerned, "bounce.lift").await
}

/// Takes the task away, and says so in the history of every booking concerned.
async fn finish(
    app: &App,
    organiser: &Organiser,
    task: &BounceTask,
    concerned: &[Concerned],
    action: &'static str,
) -> Result<(), Rejection> {
    app.store.finish_bounce_task(&task.id).await?;
    let key = |one: &Concerned| BookingKey {
        person: one.person,
        event: one.managed.record.id,
        generation: one.generation,
        version: one.ledger.version,
    };
    let deed = concerned.iter().map(key).fold(Deed::of(action, task.id.clone()), Deed::about);
    trail::record(app, organiser, deed).await
}

async fn page(
    app: &App,
    organiser: &Organiser,
    task: &BounceTask,
    concerned: &[Concerned],
    typed: &FormData,
    wrong: &[Mistake],
) -> Result<Response, Rejection> {
    let is_first = !typed.has("do");
    let ticked = |reference: &str| is_first || typed.all("reference").iter().any(|known| known == reference);
    let choice = |one: &Concerned| {
        let reference = one.reference.to_string();
        let is_ticked = ticked(&reference);
        let event = &one.managed.record.event;
        Choice::new(reference.clone(), format!("{}, {reference}", name(one)), is_ticked).hint(format!(
            "{}, {}",
            event.title,
            words::when(event)
        ))
    };
    let link = |one: &Concerned| {
        let (event, reference) = (&one.managed.record, one.reference.to_string());
        let path = format!("{}/{}/registrations/{reference}", super::EVENTS, event.id);
        (path, name(one), format!("{}, {}", event.event.title, words::when(&event.event)))
    };
    let content = BouncePage {
        summary: ErrorSummary { mistakes: wrong },
        heading: heading(task),
        since: dates::moment(task.at),
        bookings: concerned.iter().map(link).collect(),
        managed: managed(app, organiser, task).await?,
        is_unwanted: task.why == "complained",
        can_correct: concerned.iter().any(can_move),
        which: Checkboxes {
            field: Field::new("reference", "Bookings that go on under the other address").mistakes(wrong),
            choices: concerned.iter().filter(|one| can_move(one)).map(choice).collect(),
        },
        email: TextInput {
            field: Field::new("email", "Correct email address").mistakes(wrong),
            value: typed.one("email"),
            kind: InputKind::Email,
            autocomplete: "off",
        },
    };
    let hub = app.hub().await?;
    let page = web::console::page(heading(task), &hub, organiser, "/organise").back("/organise", "Today");
    Ok(if wrong.is_empty() { page.show(&content) } else { page.show_again(&content) })
}

/// The organisations of the list whose manager is written to at this address, for those who look after the list.
async fn managed(app: &App, organiser: &Organiser, task: &BounceTask) -> Result<Vec<(String, String)>, Rejection> {
    if organiser.role != OrganiserRole::Admin {
        return Ok(Vec::new());
    }
    let listed = app.store.listed_organisations().await?;
    let is_here = |one: &&ListedOrganisation| {
        one.manager.as_ref().is_some_and(|manager| app.identity.mailbox(manager).to_string() == task.id)
    };
    let found = listed.iter().filter(is_here);
    Ok(found.map(|one| (lists::path_to_change(&one.id()), one.name.clone())).collect())
}

fn name(one: &Concerned) -> String {
    one.registration.as_ref().map_or_else(|| "Somebody".to_owned(), |found| found.form.name.as_str().to_owned())
}
