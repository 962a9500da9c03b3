//! An event is cancelled: who will be told, and in what words, before it happens.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use mail::{About, LetterKind, Part};
use web::Problem;
use web::components::{ErrorSummary, Field, Textarea};
use web::dates;
use web::forms::FormData;
use web::page::Mistake;

use super::{EVENTS, events_page, to_event};
use crate::access::ManagedEvent;
use crate::asked;
use crate::change;
use crate::consequences::{self, Consequence};

#[derive(Template)]
#[template(path = "console/ending.html")]
struct EndingPage<'a> {
    id: String,
    summary: ErrorSummary<'a>,
    title: &'a str,
    when: String,
    consequences: Vec<Consequence>,
    reason: Textarea<'a>,
    /// The reason, to be agreed to.
    agreed: Option<&'a str>,
    /// The mail: its subject, and what it says before the facts of the booking.
    mail: (String, String),
}

/// `GET /organise/events/{id}/cancel`
pub async fn show(State(app): State<Arc<App>>, managed: ManagedEvent) -> Result<Response, Rejection> {
    page(&app, &managed, "", &[], false).await
}

/// `POST /organise/events/{id}/cancel`
pub async fn cancel(State(app): State<Arc<App>>, managed: ManagedEvent, form: FormData) -> Result<Response, Rejection> {
    let typed = form.one("reason");
    match asked::reason(serde_json::json!({ "reason": typed })) {
        Ok(reason) if form.has("sure") => {
            change::cancel_event(&app, &managed, reason).await?;
            Ok(to_event(managed.record.id))
        }
        Ok(_) => page(&app, &managed, typed, &[], true).await,
        Err(problem) => page(&app, &managed, typed, &Mistake::of(Problem::errors(&problem)), false).await,
    }
}

async fn page(
    app: &App,
    managed: &ManagedEvent,
    typed: &str,
    wrong: &[Mistake],
    is_agreed: bool,
) -> Result<Response, Rejection> {
    let event = &managed.record.event;
    let hint = "Everybody who has booked reads this in the mail. Leave out names of people.";
    let content = EndingPage {
        id: managed.record.id.to_string(),
        summary: ErrorSummary { mistakes: wrong },
        title: &event.title,
        when: dates::moment(event.starts()),
        consequences: consequences::of_cancelling(app, &managed.record).await?,
        reason: Textarea {
            field: Field::new("reason", "Why it is cancelled").hint(hint).mistakes(wrong),
            value: typed,
            rows: 4,
        },
        agreed: is_agreed.then(|| typed.trim()),
        mail: mail(app, managed, typed.trim()).await?,
    };
    let back = format!("{EVENTS}/{}", managed.record.id);
    let hub = app.hub().await?;
    let page = events_page(&hub, &managed.organiser, "Cancel this event").back(back, event.title.as_str());
    Ok(if wrong.is_empty() { page.show(&content) } else { page.show_again(&content) })
}

/// The mail that everybody gets who has booked, as the sender writes it: its subject, and what it says first.
async fn mail(app: &App, managed: &ManagedEvent, reason: &str) -> Result<(String, String), Rejection> {
    let event = &managed.record.event;
    let hub = app.hub().await?;
    let about = About {
        name: "",
        event,
        is_confidential: app.programmes().await?.is_confidential(event.programme),
        reference: String::new(),
        manage_link: String::new(),
        follows: &[],
        also: &[],
        materials: &[],
        base_url: &app.config.base_url,
        hub: &hub.name,
        now: app.clock.now(),
    };
    let letter = about.letter(&LetterKind::EventCancelled { reason: Some(reason.to_owned()) });
    let first = letter.parts.into_iter().find_map(|part| match part {
        Part::Text(words) => Some(words),
        _ => None,
    });
    Ok((letter.subject, first.unwrap_or_default()))
}
