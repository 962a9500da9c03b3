//! People, apart from events: looked for by their address, shown all that is held about them, made one of two, written to
//! elsewhere, forgotten. No address ever stands in the page's own.

use std::sync::Arc;

use app::trail::{self, Deed};
use app::{App, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::{EmailAddress, PersonName};
use serde_json::Value;
use web::Problem;
use web::components::{ErrorSummary, Field, InputKind, Row as Fact, SummaryList, TextInput, Textarea};
use web::dates;
use web::forms::FormData;
use web::page::{Mistake, Page, see_other};
use web::sign_in::Organiser;

use super::mistakes;
use crate::access::Admin;
use crate::asked;
use crate::merge::{self, Merge};
use crate::people::{self, FoundPerson, Known};

const PEOPLE: &str = "/organise/people";

#[derive(Template)]
#[template(path = "console/people.html")]
struct PeoplePage<'a> {
    summary: ErrorSummary<'a>,
    email: TextInput<'a>,
    name: TextInput<'a>,
    /// What was found, once anybody was looked for.
    found: Option<Vec<FoundPerson>>,
}

#[derive(Template)]
#[template(path = "console/person.html")]
struct PersonPage<'a> {
    summary: ErrorSummary<'a>,
    id: String,
    name: String,
    facts: SummaryList<'a>,
    bookings: Vec<Booking<'a>>,
    /// Other identifiers, and whether a merge with them can be taken back.
    others: Vec<(String, bool)>,
    other_email: TextInput<'a>,
    other_name: TextInput<'a>,
    email: TextInput<'a>,
    address_reason: Textarea<'a>,
    erase_reason: Textarea<'a>,
}

/// One booking with all that was filled in, and what came of it.
struct Booking<'a> {
    title: String,
    facts: SummaryList<'a>,
}

#[derive(Template)]
#[template(path = "console/merge.html")]
struct MergePage<'a> {
    id: String,
    into: String,
    one: SummaryList<'a>,
    other: SummaryList<'a>,
    in_both: usize,
    reason: Textarea<'a>,
}

/// `GET /organise/people`
pub async fn start(State(app): State<Arc<App>>, Admin(organiser): Admin) -> Result<Response, Rejection> {
    search_page(&app, &organiser, &FormData::default(), None, &[]).await
}

/// `POST /organise/people`: looks for somebody; changes nothing.
pub async fn find(State(app): State<Arc<App>>, Admin(organiser): Admin, form: FormData) -> Result<Response, Rejection> {
    match who(&form, ["email", "name"]) {
        Ok((email, name)) => {
            let found = people::at_address(&app, &email, name.as_ref()).await?;
            search_page(&app, &organiser, &form, Some(found), &[]).await
        }
        Err(wrong) => search_page(&app, &organiser, &form, None, &wrong).await,
    }
}

/// An address, and perhaps a name.
type Who = (EmailAddress, Option<PersonName>);

/// Whom a form names, in these two fields.
fn who(form: &FormData, [email, name]: [&str; 2]) -> Result<Who, Vec<Mistake>> {
    let wrong = |field: &str, detail: String| vec![Mistake { detail, field: field.to_owned() }];
    let address = EmailAddress::parse(form.one(email)).map_err(|error| wrong(email, error.to_string()))?;
    let called = Some(form.one(name)).filter(|called| !called.trim().is_empty()).map(PersonName::parse);
    Ok((address, called.transpose().map_err(|error| wrong(name, error.to_string()))?))
}

async fn search_page(
    app: &App,
    organiser: &Organiser,
    form: &FormData,
    found: Option<Vec<FoundPerson>>,
    wrong: &[Mistake],
) -> Result<Response, Rejection> {
    let content = PeoplePage {
        summary: ErrorSummary { mistakes: wrong },
        email: input("email", "Email address", form.one("email"), InputKind::Email, wrong),
        name: input("name", "Name, if several people read it", form.one("name"), InputKind::Text, wrong),
        found,
    };
    let hub = app.hub().await?;
    let page = web::console::page("People", &hub, organiser, PEOPLE);
    Ok(if wrong.is_empty() { page.show(&content) } else { page.show_again(&content) })
}

fn input<'a>(
    name: &'static str,
    label: &'a str,
    value: &'a str,
    kind: InputKind,
    wrong: &'a [Mistake],
) -> TextInput<'a> {
    TextInput { field: Field::new(name, label).mistakes(wrong), value, kind, autocomplete: "off" }
}

fn reason<'a>(name: &'static str, form: &'a FormData, wrong: &'a [Mistake]) -> Textarea<'a> {
    let hint = "Kept in the audit trail; a name or an address in it is not kept.";
    Textarea { field: Field::new(name, "Reason").hint(hint).mistakes(wrong), value: form.one(name), rows: 2 }
}

/// `GET /organise/people/{person}`: all that is held about a person, which is noted in the trail as an export is.
pub async fn show(State(app): State<Arc<App>>, known: Known) -> Result<Response, Rejection> {
    if known.is_forgotten() {
        return Err(Problem::not_found().into());
    }
    trail::record(&app, &known.by, Deed::of("person.export", known.person.to_string())).await?;
    person_page(&app, &known, &FormData::default(), &[]).await
}

/// `POST /organise/people/{person}`: what the form's button says.
pub async fn act(State(app): State<Arc<App>>, known: Known, form: FormData) -> Result<Response, Rejection> {
    let done = match form.one("do") {
        "address" => to_another_address(&app, &known, &form).await,
        "erase" => erase(&app, &known, &form).await,
        "find" => return preview(&app, known, &form).await,
        "merge" => make(&app, &known, &form).await,
        "unmerge" => take_back(&app, &known, &form).await,
        _ => return Err(Problem::not_found().into()),
    };
    match done {
        Ok(response) => Ok(response),
        Err(rejection) => {
            let mut wrong = super::told(rejection, "email")?;
            // Each button has a reason of its own.
            for mistake in wrong.iter_mut().filter(|mistake| mistake.field == "reason") {
                mistake.field = format!("{}_reason", form.one("do"));
            }
            person_page(&app, &known, &form, &wrong).await
        }
    }
}

fn given_reason(form: &FormData) -> Result<String, Problem> {
    let name = format!("{}_reason", form.one("do"));
    asked::reason(serde_json::json!({"reason": form.one(&name)}))
}

fn to_person(known: &Known) -> Response {
    see_other(&format!("{PEOPLE}/{}", known.person))
}

async fn to_another_address(app: &App, known: &Known, form: &FormData) -> Result<Response, Rejection> {
    let wrong = |error: domain::person::InvalidEmail| Problem::invalid_field("/email", &error.to_string());
    let email = EmailAddress::parse(form.one("email")).map_err(wrong)?;
    merge::change_address(app, known, &email, given_reason(form)?).await?;
    Ok(to_person(known))
}

async fn erase(app: &App, known: &Known, form: &FormData) -> Result<Response, Rejection> {
    people::erase_person(app, known, given_reason(form)?).await?;
    Ok(see_other(PEOPLE))
}

async fn make(app: &App, known: &Known, form: &FormData) -> Result<Response, Rejection> {
    let reason = given_reason(form)?;
    let into = form.one("into").parse().map_err(|_| Problem::not_found())?;
    let from = Known::find(app, known.by.clone(), known.person).await?.ok_or_else(Problem::not_found)?;
    let merge = Merge::find(app, from, into).await?;
    merge.make(app, reason).await?;
    Ok(see_other(&format!("{PEOPLE}/{}", merge.into.person)))
}

async fn take_back(app: &App, known: &Known, form: &FormData) -> Result<Response, Rejection> {
    let reason = "Taken back in the console".to_owned();
    let other = form.one("other").parse().map_err(|_| Problem::not_found())?;
    let other = Some(other).filter(|other| known.people.contains(other)).ok_or_else(Problem::not_found)?;
    let alias = Known::find(app, known.by.clone(), other).await?.ok_or_else(Problem::not_found)?;
    merge::take_back(app, &alias, reason).await?;
    Ok(to_person(known))
}

/// Both people, before they are made one.
async fn preview(app: &App, known: Known, form: &FormData) -> Result<Response, Rejection> {
    let words = "Nobody else is known by this address and name, or several people are";
    let nobody = || vec![Mistake { detail: words.to_owned(), field: "other_email".to_owned() }];
    let found = match who(form, ["other_email", "other_name"]) {
        Ok((email, name)) => people::at_address(app, &email, name.as_ref()).await?,
        Err(wrong) => return person_page(app, &known, form, &wrong).await,
    };
    let others: Vec<_> = found.iter().filter(|one| !known.people.contains(&one.person)).collect();
    let [other] = others[..] else { return person_page(app, &known, form, &nobody()).await };
    let again = Known::find(app, known.by.clone(), known.person).await?.ok_or_else(Problem::not_found)?;
    let merge = match Merge::find(app, again, other.person).await {
        Ok(merge) => merge,
        Err(rejection) => {
            mistakes(rejection)?;
            return person_page(app, &known, form, &nobody()).await;
        }
    };
    let content = MergePage {
        id: known.person.to_string(),
        into: merge.into.person.to_string(),
        one: SummaryList { rows: brief(&merge.from) },
        other: SummaryList { rows: brief(&merge.into) },
        in_both: merge.in_both.len(),
        reason: reason("merge_reason", form, &[]),
    };
    Ok(frame(&app.hub().await?, &known.by, "Make two people one").show(&content))
}

fn brief<'a>(known: &Known) -> Vec<Fact<'a>> {
    let text = |words: Option<&str>| words.unwrap_or("–").to_owned();
    vec![
        Fact::new("Name", text(known.name().map(PersonName::as_str))),
        Fact::new("Email address", text(known.email().map(EmailAddress::as_str))),
        Fact::new("Bookings", known.registrations.len().to_string()),
    ]
}

fn frame<'a>(hub: &'a domain::Hub, organiser: &'a Organiser, title: &'a str) -> Page<'a> {
    web::console::page(title, hub, organiser, PEOPLE).back(PEOPLE, "People")
}

async fn person_page(app: &App, known: &Known, form: &FormData, wrong: &[Mistake]) -> Result<Response, Rejection> {
    let held = people::all_held(app, known).await?;
    let (aliases, now) = (app.store.aliases().await?, app.clock.now());
    let name = known.name().map_or("–".to_owned(), |name| name.as_str().to_owned());
    let others = known.people[1..].iter().map(|other| {
        let is_reversible = aliases.find(*other).is_some_and(|alias| alias.is_reversible(now));
        (other.to_string(), is_reversible)
    });
    let mut facts = brief(known);
    if held["mail_suppressed"] == true {
        facts.push(Fact::new("Mail", "Nothing is sent to this address: mail came back, or was complained of"));
    }
    let bookings = held["registrations"].as_array().into_iter().flatten().map(booking).collect();
    let typed = |name, label, kind| input(name, label, form.one(name), kind, wrong);
    let content = PersonPage {
        summary: ErrorSummary { mistakes: wrong },
        id: known.person.to_string(),
        name: name.clone(),
        facts: SummaryList { rows: facts },
        bookings,
        others: others.collect(),
        other_email: typed("other_email", "Their other email address", InputKind::Email),
        other_name: typed("other_name", "Name there, if several people read it", InputKind::Text),
        email: typed("email", "New email address", InputKind::Email),
        address_reason: reason("address_reason", form, wrong),
        erase_reason: reason("erase_reason", form, wrong),
    };
    let hub = app.hub().await?;
    let page = frame(&hub, &known.by, &name);
    Ok(if wrong.is_empty() { page.show(&content) } else { page.show_again(&content) })
}

/// A booking as the export has it.
fn booking<'a>(held: &Value) -> Booking<'a> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let when = |value: &Value| value.as_str().and_then(|at| at.parse().ok()).map(dates::moment);
    let form = &held["form"];
    let mut facts = Vec::new();
    let mut add = |key: &'static str, value: Option<String>| facts.extend(value.map(|value| Fact::new(key, value)));
    add("Reference", text(&held["reference"]));
    add("Standing", text(&held["status"]));
    add("Begins", when(&held["event"]["starts"]));
    add("Booked", when(&held["registered_at"]));
    add("Name", text(&form["name"]));
    add("Email address", text(&form["email"]));
    add("Role", text(&form["role"]));
    let organisation = &form["organisation"];
    add("Organisation", text(&organisation["name"]).or_else(|| text(&organisation["ods_code"])));
    add("Registration number", text(&form["registration_number"]));
    add("Access needs", text(&form["access_needs"]));
    for (question, answer) in form["answers"].as_object().into_iter().flatten() {
        let answer = text(answer).unwrap_or_else(|| answer.to_string());
        add("Answer", Some(format!("{question}: {answer}")));
    }
    let mails = held["mails"].as_array().cloned().unwrap_or_default();
    let line = |mail: &Value| {
        let kind = text(&mail["kind"]).unwrap_or_default();
        format!("{}: {}", when(&mail["at"]).unwrap_or_default(), super::words::deed(&kind))
    };
    let lines: Vec<String> = mails.iter().map(line).collect();
    if !lines.is_empty() {
        facts.push(Fact::lines("Mails", &lines));
    }
    Booking {
        title: text(&held["event"]["title"]).unwrap_or_else(|| "An event that is no more".to_owned()),
        facts: SummaryList { rows: facts },
    }
}
