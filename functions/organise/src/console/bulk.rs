//! One thing done to several people: asked once more with their names, then done one by one, each as by the API.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use web::components::{ErrorSummary, Field, Textarea};
use web::forms::FormData;
use web::page::{Mistake, see_other};

use super::{events_page, people, to_event, told};
use crate::access::ManagedEvent;
use crate::line::{Concerned, Hand, lay_hand};
use crate::row::Row;

/// How many are dealt with in one request: each is a step of the ledger.
const PEOPLE_MAX: usize = 50;

#[derive(Template)]
#[template(path = "console/bulk.html")]
struct BulkPage<'a> {
    id: String,
    question: &'static str,
    button: &'static str,
    deed: &'a str,
    people: Vec<(String, String)>,
    summary: ErrorSummary<'a>,
    reason: Textarea<'a>,
}

/// What is done, in words: the question, the button, whether a reason is wanted.
fn words(deed: &str) -> Option<(&'static str, &'static str, bool)> {
    Some(match deed {
        "admit" => ("Give these people places, even above the capacity?", "Give places", false),
        "cancel" => ("Cancel the bookings of these people?", "Cancel bookings", false),
        "reject" => ("Turn these people down?", "Turn down", true),
        _ => return None,
    })
}

fn hand(deed: &str, reason: &str) -> Option<Hand> {
    let given = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    match deed {
        "admit" => Some(Hand::Admit(given)),
        "cancel" => Some(Hand::Cancel(given)),
        "reject" => given.map(Hand::Reject),
        _ => None,
    }
}

/// `POST /organise/events/{id}/people`
pub async fn act(State(app): State<Arc<App>>, managed: ManagedEvent, form: FormData) -> Result<Response, Rejection> {
    let (deed, references) = (form.one("do"), form.all("reference"));
    let Some((question, button, wants_reason)) = words(deed).filter(|_| !references.is_empty()) else {
        return Ok(to_event(managed.record.id));
    };
    let (mut mistakes, mut left) = (Vec::new(), Vec::new());
    for reference in references.iter().take(PEOPLE_MAX) {
        let organiser = managed.organiser.clone();
        let concerned =
            Concerned::find(&app, ManagedEvent { organiser, record: managed.record.clone() }, reference).await?;
        if form.has("sure")
            && let Some(hand) = hand(deed, form.one("reason"))
        {
            let Err(rejection) = lay_hand(&app, &concerned, hand).await else { continue };
            mistakes.extend(told(rejection, "reason")?);
        }
        let row = Row::read(&app, &managed.record, &concerned.ledger, concerned.person).await?;
        left.push((reference.clone(), people::name(&row)));
    }
    if left.is_empty() {
        return Ok(see_other(&format!("{}/{}?done=people", super::EVENTS, managed.record.id)));
    }
    if form.has("sure") && mistakes.is_empty() {
        mistakes.push(Mistake { detail: "Enter a reason".to_owned(), field: "reason".to_owned() });
    }
    let label = "Reason, kept in the audit trail";
    let field = Field::new("reason", label).required(wants_reason).mistakes(&mistakes);
    let field = if wants_reason { field.hint("Everybody whom you turn down reads it in the mail.") } else { field };
    let content = BulkPage {
        id: managed.record.id.to_string(),
        question,
        button,
        deed,
        people: left,
        summary: ErrorSummary { mistakes: &mistakes },
        reason: Textarea { field, value: form.one("reason"), rows: 3 },
    };
    let hub = app.hub().await?;
    let page = events_page(&hub, &managed.organiser, question);
    Ok(if mistakes.is_empty() { page.show(&content) } else { page.show_again(&content) })
}
