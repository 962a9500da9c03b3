//! One person's certificate: what it says, where it stands, and what an organiser can do about it.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::State as Shared;
use axum::response::Response;
use domain::Refusal;
use serde_json::json;
use store::Certificate;
use web::components::{ErrorSummary, Field, InputKind, Row as Fact, SummaryList, Tag, TextInput, Textarea};
use web::forms::FormData;
use web::page::{Mistake, see_other};
use web::{Problem, dates};

use super::words::{State, holder};
use super::{EVENTS, events_page};
use crate::concerned::{Concerned, lay_hand};
use crate::grant::Grounds;
use crate::organise;

#[derive(Template)]
#[template(path = "desk/person.html")]
struct PersonPage<'a> {
    summary: ErrorSummary<'a>,
    name: String,
    state: Tag<'static>,
    facts: SummaryList<'a>,
    is_issued: bool,
    is_valid: bool,
    is_withheld: bool,
    can_be_corrected: bool,
    reason: Textarea<'a>,
    correction: TextInput<'a>,
    why: Textarea<'a>,
}

/// `GET /organise/events/{id}/certificates/{reference}`
pub(crate) async fn show(Shared(app): Shared<Arc<App>>, concerned: Concerned) -> Result<Response, Rejection> {
    page(&app, &concerned, &FormData::default(), &[]).await
}

/// `POST /organise/events/{id}/certificates/{reference}`
pub(crate) async fn act(
    Shared(app): Shared<Arc<App>>,
    concerned: Concerned,
    form: FormData,
) -> Result<Response, Rejection> {
    let verb = form.one("do");
    let sent = match verb {
        "revoke" | "withhold" => json!({"reason": form.one("reason")}),
        "reissue" => json!({"name": form.one("name"), "reason": form.one("why")}),
        "release" => json!({}),
        _ => return Err(Problem::not_found().into()),
    };
    let done = match organise::hand(verb, sent) {
        Ok(hand) => lay_hand(&app, &concerned, hand).await.map(drop),
        Err(problem) => Err(problem.into()),
    };
    match done {
        Ok(()) => {
            Ok(see_other(&format!("{EVENTS}/{}/certificates/{}", concerned.managed.record.id, concerned.reference)))
        }
        Err(Rejection::Problem(problem)) if matches!(problem.status(), 409 | 422) => {
            page(&app, &concerned, &form, &mistakes(&problem, verb)).await
        }
        Err(rejection) => Err(rejection),
    }
}

/// What a problem says, at the field that it is about.
fn mistakes(problem: &Problem, verb: &str) -> Vec<Mistake> {
    if problem.errors().is_empty() {
        let field = if verb == "reissue" { "name" } else { "reason" };
        return vec![Mistake { detail: problem.detail().to_owned(), field: field.to_owned() }];
    }
    let mut mistakes = Mistake::of(problem.errors());
    for mistake in mistakes.iter_mut().filter(|mistake| verb == "reissue" && mistake.field == "reason") {
        "why".clone_into(&mut mistake.field);
    }
    mistakes
}

async fn page(app: &App, concerned: &Concerned, typed: &FormData, wrong: &[Mistake]) -> Result<Response, Rejection> {
    let record = &concerned.managed.record;
    let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
    let grounds = Grounds::read(app, record.clone(), ledger).await.map_err(Rejection::Failure)?;
    let certificate = concerned.certificate(app).await?;
    let holding = concerned.holding.as_ref();
    let state = State::of(certificate.as_ref(), holding, grounds.merit(app, &concerned.registration));
    let name = printed(concerned, certificate.as_ref());
    let is_valid = certificate.as_ref().is_some_and(Certificate::is_valid);
    let area = |id: &'static str, label: &'static str, hint: &'static str| Textarea {
        field: Field::new(id, label).hint(hint).mistakes(wrong),
        value: typed.one(id),
        rows: 2,
    };
    let content = PersonPage {
        summary: ErrorSummary { mistakes: wrong },
        name: name.clone().unwrap_or_else(|| "No name any more".to_owned()),
        state: state.tag,
        facts: SummaryList { rows: facts(concerned, certificate.as_ref(), state.detail) },
        is_issued: certificate.is_some(),
        is_valid,
        is_withheld: certificate.is_none() && holding.is_some_and(|holding| holding.withheld.is_some()),
        can_be_corrected: is_valid && name.is_some(),
        reason: area("reason", "Reason", "Kept in the audit trail. Leave out names of people."),
        correction: TextInput {
            field: Field::new("name", "Full name as it is to be printed").mistakes(wrong),
            value: if typed.has("name") { typed.one("name") } else { name.as_deref().unwrap_or_default() },
            kind: InputKind::Text,
            autocomplete: "off",
        },
        why: Textarea {
            field: Field::new("why", "Why it is corrected").optional().mistakes(wrong),
            value: typed.one("why"),
            rows: 2,
        },
    };
    let back = format!("{EVENTS}/{}/certificates", record.id);
    let title = "Somebody’s certificate";
    let hub = app.hub().await?;
    let page = events_page(&hub, &concerned.managed.organiser, title).back(back, "Certificates");
    Ok(if wrong.is_empty() { page.show(&content) } else { page.show_again(&content) })
}

/// The name that is printed, or would be.
fn printed(concerned: &Concerned, certificate: Option<&Certificate>) -> Option<String> {
    let form = &concerned.registration.form;
    let booked = Some(form.name.as_str()).filter(|_| !form.is_without_person());
    certificate.map_or(booked, |found| holder(&found.facts)).map(str::to_owned)
}

fn facts<'a>(concerned: &'a Concerned, certificate: Option<&Certificate>, detail: String) -> Vec<Fact<'a>> {
    let mut facts = vec![Fact::new("Event", concerned.managed.record.event.title.as_str())];
    facts.push(Fact::new("Reference", concerned.reference.to_string()));
    if let Some(email) = &concerned.registration.form.email {
        facts.push(Fact::new("Email address", email.as_str()));
    }
    if !detail.is_empty() {
        facts.push(Fact::new("Where it stands", detail));
    }
    let Some(certificate) = certificate else { return facts };
    facts.push(Fact::new("Number", certificate.number.to_string()));
    facts.push(Fact::new("Issued", dates::day(certificate.facts.issued_at)));
    facts.push(Fact::new("Minutes credited", certificate.facts.credited().to_string()));
    if certificate.version > 1 {
        facts.push(Fact::new("Version", certificate.version.to_string()));
    }
    let is_mailed = concerned.holding.as_ref().is_some_and(store::Holding::is_mailed);
    let has_address = concerned.registration.form.email.is_some();
    let mailed = match (is_mailed, has_address) {
        (true, true) => "Yes",
        (_, false) => "No address is known",
        (false, true) => "Not yet",
    };
    facts.push(Fact::new("Mailed", mailed));
    facts
}
