//! An event is made and changed. A change of what is public shows first who will be told what.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::event::Event;
use domain::{EventStatus, Programme, Programmes};
use web::components::{Checkboxes, Choice, ErrorSummary, Field, InputKind, Radios, Select, TextInput, Textarea, Width};
use web::forms::FormData;
use web::page::{Mistake, see_other};
use web::sign_in::Organiser;

use super::fields::Typed;
use super::{events_page, mistakes};
use crate::access::{ManagedEvent, Manager};
use crate::consequences::{self, Consequence};
use crate::{change, create};

#[derive(Template)]
#[template(path = "console/edit.html")]
struct EditPage<'a> {
    heading: &'a str,
    summary: ErrorSummary<'a>,
    about: Vec<Box<dyn std::fmt::Display + Send + 'a>>,
    sessions: Vec<[TextInput<'a>; 3]>,
    places: Vec<Box<dyn std::fmt::Display + Send + 'a>>,
    rules: Vec<Box<dyn std::fmt::Display + Send + 'a>>,
    /// What saving sets off, to be agreed to.
    consequences: &'a [Consequence],
    button: &'a str,
}

/// `GET /organise/events/new`
pub async fn new(State(app): State<Arc<App>>, Manager(organiser): Manager) -> Result<Response, Rejection> {
    form(&app, &organiser, "New event", &Typed::blank(), &[], &[]).await
}

/// `POST /organise/events/new`
pub async fn create(
    State(app): State<Arc<App>>,
    Manager(organiser): Manager,
    sent: FormData,
) -> Result<Response, Rejection> {
    let typed = Typed::of_form(&sent);
    let (json, mut wrong) = typed.to_json();
    if wrong.is_empty() {
        match create::create_event(&app, &organiser, json, None).await {
            Ok(record) => return Ok(see_other(&format!("{}/{}", super::EVENTS, record.id))),
            Err(rejection) => wrong = mistakes(rejection)?,
        }
    } else {
        add_readers_mistakes(&mut wrong, Event::parse(json));
    }
    form(&app, &organiser, "New event", &typed, &wrong, &[]).await
}

/// `GET /organise/events/{id}/edit`
pub async fn show(State(app): State<Arc<App>>, managed: ManagedEvent) -> Result<Response, Rejection> {
    let typed = Typed::of_event(&managed.record.event);
    form(&app, &managed.organiser, "Change the event", &typed, &[], &[]).await
}

/// `POST /organise/events/{id}/edit`
pub async fn change(State(app): State<Arc<App>>, managed: ManagedEvent, sent: FormData) -> Result<Response, Rejection> {
    let typed = Typed::of_form(&sent);
    let (json, mut wrong) = typed.to_json();
    let read = managed.record.event.patched(&json);
    if !wrong.is_empty() || read.is_err() {
        add_readers_mistakes(&mut wrong, read);
        return form(&app, &managed.organiser, "Change the event", &typed, &wrong, &[]).await;
    }
    if managed.record.status == EventStatus::Published && !sent.has("sure") {
        let consequences = consequences::of_change(&app, &managed.record, &json).await?;
        if !consequences.is_empty() {
            return form(&app, &managed.organiser, "Change the event", &typed, &[], &consequences).await;
        }
    }
    match change::patch_event(&app, &managed, &json).await {
        Ok(record) => Ok(see_other(&format!("{}/{}?done=changed", super::EVENTS, record.id))),
        Err(rejection) => form(&app, &managed.organiser, "Change the event", &typed, &mistakes(rejection)?, &[]).await,
    }
}

/// What the event's reader says, besides what could not even be read.
fn add_readers_mistakes(wrong: &mut Vec<Mistake>, read: Result<Event, Vec<domain::FieldError>>) {
    for mistake in Mistake::of(&read.err().unwrap_or_default()) {
        let is_said = wrong.iter().any(|known| known.field.starts_with(&mistake.field));
        if !is_said {
            wrong.push(mistake);
        }
    }
}

async fn form(
    app: &App,
    organiser: &Organiser,
    title: &str,
    typed: &Typed,
    wrong: &[Mistake],
    consequences: &[Consequence],
) -> Result<Response, Rejection> {
    let programmes = app.programmes().await?;
    let wrong: Vec<Mistake> = wrong.iter().map(placed).collect();
    let content = EditPage {
        heading: title,
        summary: ErrorSummary { mistakes: &wrong },
        about: about(organiser, &programmes, typed, &wrong),
        sessions: (0..typed.session_lines()).map(|index| session(index, typed, &wrong)).collect(),
        places: places(typed, &wrong),
        rules: rules(typed, &wrong),
        consequences,
        button: if consequences.is_empty() { "Save" } else { "Save and tell them" },
    };
    let page = events_page(app, organiser, title).back(super::EVENTS, "Events");
    Ok(if wrong.is_empty() { page.show(&content) } else { page.show_again(&content) })
}

/// A mistake at a field that the form has.
fn placed(mistake: &Mistake) -> Mistake {
    let field = match mistake.field.as_str() {
        "sessions" => "sessions.0.date",
        "registration" => "registration.opens",
        "lanes" => "capacity",
        "cancellation" => "cancellation.notice_days",
        field if field.starts_with("organisers") => "organisers",
        field => field,
    };
    Mistake { detail: mistake.detail.clone(), field: field.to_owned() }
}

fn line<'a>(
    name: &'static str,
    label: &'a str,
    typed: &'a Typed,
    wrong: &'a [Mistake],
    is_required: bool,
) -> TextInput<'a> {
    let field = Field::new(name, label).required(is_required).mistakes(wrong);
    TextInput { field, value: typed.one(name), kind: InputKind::Text, autocomplete: "off" }
}

fn number<'a>(
    name: &'static str,
    label: &'a str,
    hint: &'a str,
    typed: &'a Typed,
    wrong: &'a [Mistake],
) -> TextInput<'a> {
    let field = Field::new(name, label).hint(hint).optional().width(Width::Characters4).mistakes(wrong);
    TextInput { field, value: typed.one(name), kind: InputKind::Digits, autocomplete: "off" }
}

fn lines<'a>(
    name: &'static str,
    label: &'a str,
    hint: &'a str,
    rows: u8,
    typed: &'a Typed,
    wrong: &'a [Mistake],
) -> Textarea<'a> {
    Textarea { field: Field::new(name, label).hint(hint).optional().mistakes(wrong), value: typed.one(name), rows }
}

type Part<'a> = Box<dyn std::fmt::Display + Send + 'a>;

fn about<'a>(
    organiser: &Organiser,
    programmes: &'a Programmes,
    typed: &'a Typed,
    wrong: &'a [Mistake],
) -> Vec<Part<'a>> {
    let programmes = programmes.iter().filter(|programme| organiser.sees(programme.id));
    let programme =
        |one: &'a Programme| Choice::new(one.id.slug(), one.name.as_str(), typed.one("programme") == one.id.slug());
    let formats = [("online", "Online"), ("in-person", "In person"), ("hybrid", "Both")];
    let format = |(value, words): (&'static str, &'static str)| Choice::new(value, words, typed.one("format") == value);
    vec![
        Box::new(line("title", "Title", typed, wrong, true)),
        Box::new(Select {
            field: Field::new("programme", "Programme").mistakes(wrong),
            empty: "Select a programme",
            choices: programmes.map(programme).collect(),
            autocomplete: "off",
        }),
        Box::new(lines("summary", "Summary", "One paragraph, for lists", 3, typed, wrong)),
        Box::new(lines("description", "Description", "You can use Markdown", 8, typed, wrong)),
        Box::new(Radios {
            field: Field::new("format", "Where").mistakes(wrong),
            choices: formats.into_iter().map(format).collect(),
        }),
        Box::new(lines("venue", "Venue", "Address and how to get there", 3, typed, wrong)),
        Box::new(line("joining_url", "Joining link, seen only by those who have a place", typed, wrong, false)),
    ]
}

fn session<'a>(index: usize, typed: &'a Typed, wrong: &'a [Mistake]) -> [TextInput<'a>; 3] {
    let part = |name: &str, label: &'static str, width| {
        let name = format!("sessions.{index}.{name}");
        let value = typed.one(&name);
        let field = Field::new(name, label).required(index == 0).width(width).mistakes(wrong);
        TextInput { field, value, kind: InputKind::Text, autocomplete: "off" }
    };
    [
        part("date", "Date", Width::Characters10),
        part("starts", "Starts", Width::Characters4),
        part("ends", "Ends", Width::Characters4),
    ]
}

fn places<'a>(typed: &'a Typed, wrong: &'a [Mistake]) -> Vec<Part<'a>> {
    let kinds = [
        ("offer", "Offer the place to the next person, who has some working hours to accept"),
        ("at-once", "Give the place to the next person at once"),
        ("none", "There is no line"),
    ];
    let kind =
        |(value, words): (&'static str, &'static str)| Choice::new(value, words, typed.one("waiting_list") == value);
    vec![
        Box::new(number("capacity", "Places", "Leave empty if there is no limit", typed, wrong)),
        Box::new(number(
            "minimum",
            "Fewest people it goes ahead with",
            "You are told when there are fewer",
            typed,
            wrong,
        )),
        Box::new(number(
            "organisation_limit",
            "Most people from one organisation",
            "The form then asks for the organisation",
            typed,
            wrong,
        )),
        Box::new(Radios {
            field: Field::new("waiting_list", "When a place becomes free").mistakes(wrong),
            choices: kinds.into_iter().map(kind).collect(),
        }),
        Box::new(number(
            "waiting_list.offer_hours",
            "Working hours to accept an offer",
            "Monday to Friday, 8am to 8pm; 12 if you leave it empty",
            typed,
            wrong,
        )),
        Box::new(number(
            "waiting_list.limit",
            "Most people who may wait",
            "Leave empty if there is no limit",
            typed,
            wrong,
        )),
    ]
}

fn rules<'a>(typed: &'a Typed, wrong: &'a [Mistake]) -> Vec<Part<'a>> {
    let date = |name, label| {
        let field = Field::new(name, label)
            .hint("For example, 1/12/2026")
            .optional()
            .width(Width::Characters10)
            .mistakes(wrong);
        TextInput { field, value: typed.one(name), kind: InputKind::Text, autocomplete: "off" }
    };
    let time = |name, label| {
        let field =
            Field::new(name, label).hint("For example, 09:30").optional().width(Width::Characters4).mistakes(wrong);
        TextInput { field, value: typed.one(name), kind: InputKind::Text, autocomplete: "off" }
    };
    let tick = |name: &'static str, legend, words| Checkboxes {
        field: Field::new(name, legend),
        choices: vec![Choice::new("yes", words, !typed.one(name).is_empty())],
    };
    vec![
        Box::new(date("registration.opens", "Booking opens on")),
        Box::new(time("registration.opens.time", "Booking opens at")),
        Box::new(date("registration.closes", "Booking closes on")),
        Box::new(time("registration.closes.time", "Booking closes at")),
        Box::new(tick("approval", "Approval", "Every booking waits until an organiser approves it")),
        Box::new(number(
            "cancellation.notice_days",
            "Days of notice for cancelling",
            "Whoever cancels later is counted as late",
            typed,
            wrong,
        )),
        Box::new(number("cpd_minutes", "CPD minutes", "As on the certificate", typed, wrong)),
        Box::new(number(
            "certificate.minimum_minutes",
            "Minutes that a certificate takes",
            "80% of the sessions if you leave it empty",
            typed,
            wrong,
        )),
        Box::new(tick("certificate.needs_evaluation", "Evaluation", "A certificate takes the evaluation too")),
        Box::new(lines(
            "organisers",
            "Who hears about this event",
            "Email addresses, one on each line",
            2,
            typed,
            wrong,
        )),
    ]
}
