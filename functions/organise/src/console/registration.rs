//! One registration: what was filled in, where it stands, everything that happened, and what can be done.

use std::sync::Arc;

use app::{App, Newcomer, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::Role;
use serde_json::json;
use web::Problem;
use web::components::{
    Choice, Column, Content, ErrorSummary, Field, InputKind, Row as Fact, Select, SummaryList, Table, Tag, TextInput,
    Textarea,
};
use web::dates;
use web::forms::FormData;
use web::page::{Mistake, see_other};

use super::{events_page, needs, people, told, words};
use crate::history::{self, Moment};
use crate::line::{Concerned, Hand, lay_hand};
use crate::row::Row;
use crate::substitute;

#[derive(Template)]
#[template(path = "console/registration.html")]
struct RegistrationPage<'a> {
    summary: ErrorSummary<'a>,
    name: String,
    standing: Tag<'static>,
    facts: SummaryList<'a>,
    /// Where the need is answered, and how it stands.
    need: Option<(String, Tag<'static>)>,
    /// Where a need is noted that was told later.
    note: Option<String>,
    history: Table<'a>,
    is_in: bool,
    reason: Textarea<'a>,
    priority: Select<'a>,
    newcomer: [TextInput<'a>; 2],
    role: Select<'a>,
}

/// `GET /organise/events/{id}/registrations/{reference}`
pub async fn show(State(app): State<Arc<App>>, concerned: Concerned) -> Result<Response, Rejection> {
    page(&app, &concerned, &FormData::default(), &[]).await
}

/// `POST /organise/events/{id}/registrations/{reference}`
pub async fn act(State(app): State<Arc<App>>, concerned: Concerned, form: FormData) -> Result<Response, Rejection> {
    let field = if form.one("do") == "substitute" { "name" } else { "reason" };
    match perform(&app, &concerned, &form).await {
        Ok(reference) => {
            Ok(see_other(&format!("{}/{}/registrations/{reference}", super::EVENTS, concerned.managed.record.id)))
        }
        Err(rejection) => page(&app, &concerned, &form, &told(rejection, field)?).await,
    }
}

/// Does what the form says; the reference of whoever holds the registration then.
async fn perform(app: &App, concerned: &Concerned, form: &FormData) -> Result<String, Rejection> {
    let reason = Some(form.one("reason").trim().to_owned()).filter(|reason| !reason.is_empty());
    let required = || reason.clone().ok_or_else(|| Problem::invalid_field("/reason", "Enter a reason"));
    let hand = match form.one("do") {
        "cancel" => Hand::Cancel(reason),
        "admit" => Hand::Admit(reason),
        "reject" => Hand::Reject(required()?),
        "prioritise" => {
            let priority = form.one("priority").parse().ok().filter(|priority| *priority <= 9);
            let missing = || Problem::invalid_field("/priority", "Select a place in the order");
            Hand::Prioritise(priority.ok_or_else(missing)?, required()?)
        }
        "substitute" => {
            let sent = json!({"name": form.one("name"), "email": form.one("email"), "role": form.one("role")});
            let newcomer = Newcomer::read(sent).map_err(Problem::invalid)?;
            let row = substitute::hand_over(app, concerned, newcomer).await?;
            return Ok(row.reference.to_string());
        }
        _ => return Err(Problem::not_found().into()),
    };
    lay_hand(app, concerned, hand).await.map(|row| row.reference.to_string())
}

async fn page(app: &App, concerned: &Concerned, typed: &FormData, mistakes: &[Mistake]) -> Result<Response, Rejection> {
    let record = &concerned.managed.record;
    let row = Row::read(app, record, &concerned.ledger, concerned.person).await?;
    let moments = history::moments(app, concerned).await?;
    let mut rows = facts(concerned, &row);
    rows.extend(absence(app, concerned).await?);
    let name = people::name(&row);
    let input = |name, label, kind| TextInput {
        field: Field::new(name, label).mistakes(mistakes),
        value: typed.one(name),
        kind,
        autocomplete: "off",
    };
    let content = RegistrationPage {
        summary: ErrorSummary { mistakes },
        name: name.clone(),
        standing: words::standing(row.status),
        facts: SummaryList { rows },
        need: needs::link(concerned),
        note: needs::note_link(concerned),
        history: table(&moments),
        is_in: concerned.ledger.live(concerned.person).is_some(),
        reason: Textarea {
            field: Field::new("reason", "Reason")
                .hint("Kept in the audit trail. Whoever is turned down reads it in the mail.")
                .mistakes(mistakes),
            value: typed.one("reason"),
            rows: 2,
        },
        priority: priorities(typed, mistakes),
        newcomer: [
            input("name", "Full name of the colleague", InputKind::Text),
            input("email", "Email address of the colleague", InputKind::Email),
        ],
        role: Select {
            field: Field::new("role", "Role of the colleague").mistakes(mistakes),
            empty: "Select a role",
            choices: Role::ALL
                .iter()
                .map(|role| Choice::new(role.slug(), role.label(), typed.one("role") == role.slug()))
                .collect(),
            autocomplete: "off",
        },
    };
    let back = format!("{}/{}", super::EVENTS, record.id);
    let hub = app.hub().await?;
    let page = events_page(&hub, &concerned.managed.organiser, &name).back(back, record.event.title.as_str());
    Ok(if mistakes.is_empty() { page.show(&content) } else { page.show_again(&content) })
}

fn priorities(typed: &FormData, mistakes: &[Mistake]) -> Select<'static> {
    let words = |priority: u8| match priority {
        0 => "0, before everybody".to_owned(),
        5 => "5, as everybody".to_owned(),
        9 => "9, after everybody".to_owned(),
        other => other.to_string(),
    };
    let choice = |priority: u8| {
        Choice::new(priority.to_string(), words(priority), typed.one("priority") == priority.to_string())
    };
    let has_mistake = mistakes.iter().any(|mistake| mistake.field == "priority");
    Select {
        field: Field::new(
            "priority",
            if has_mistake { "Select a place in the order of the line" } else { "Place in the order of the line" },
        ),
        empty: "Leave as it is",
        choices: (0..=9).map(choice).collect(),
        autocomplete: "off",
    }
}

fn facts<'a>(concerned: &Concerned, row: &Row) -> Vec<Fact<'a>> {
    let mut facts = vec![Fact::new("Reference", row.reference.to_string())];
    let mut add = |key: &'static str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push(Fact::new(key, value));
        }
    };
    add("Place", Some(people::place(row)));
    add("Email address", row.email.as_ref().map(|email| email.as_str().to_owned()));
    add("Role", row.role.map(|role| role.label().to_owned()));
    add("Organisation", Some(people::organisation(row)));
    add("Lane", row.lane.clone());
    add("Booked", row.registered_at.map(dates::moment));
    let form = concerned.registration.as_ref().map(|registration| &registration.form);
    add("Registration number", form.and_then(|form| form.registration_number.clone()));
    add("Access needs", form.and_then(|form| form.access_needs.clone()));
    add("Perhaps the same as", row.possible_duplicate_of.map(|twin| twin.to_string()));
    add("Minutes attended", row.minutes.map(|minutes| minutes.to_string()));
    add("Certificate", row.certificate_number.clone());
    facts
}

/// Why the person did not come, as they said, and whether that asks for a charge to be waived.
async fn absence<'a>(app: &App, concerned: &Concerned) -> Result<Option<Fact<'a>>, Rejection> {
    let said = app.store.absence(concerned.managed.record.id, concerned.person).await?;
    let Some(why) = said else { return Ok(None) };
    let policy = app.hub().await?.policy;
    let asks = why.waiver().is_some_and(|waiver| policy.waives(waiver));
    let more = if asks { "; this asks for the charge to be waived" } else { "" };
    Ok(Some(Fact::new("Why they could not come", format!("“{}”{more}", why.words()))))
}

fn table<'a>(moments: &[Moment]) -> Table<'a> {
    let line = |moment: &Moment| {
        let what = if moment.mail.is_some() {
            format!("Mail: {}", words::deed(&moment.what))
        } else {
            words::deed(&moment.what)
        };
        let mut notes = Vec::new();
        notes.extend(moment.by.as_ref().map(|by| format!("by {by}")));
        notes.extend(moment.reason.clone());
        notes.extend(moment.priority.map(|priority| format!("priority {priority}")));
        notes.extend(moment.mail.as_ref().map(history::Mail::words));
        vec![Content::text(dates::moment(moment.at)), Content::text(what), Content::text(notes.join("; "))]
    };
    Table {
        id: "history",
        caption: "What happened",
        columns: vec![Column::words("When"), Column::words("What"), Column::words("More")],
        rows: moments.iter().map(line).collect(),
    }
}
