//! A message to a group of those who booked: written, looked at with how many get it, tried out, sent.

use std::sync::Arc;

use app::{App, Notice, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::audience::Audience;
use domain::{EmailAddress, Hub};
use mail::{Letter, Part};
use serde_json::json;
use web::components::{Choice, ErrorSummary, Field, InputKind, Radios, TextInput, Textarea};
use web::forms::FormData;
use web::page::{Mistake, see_other};

use super::{EVENTS, events_page, words};
use crate::access::ManagedEvent;
use crate::messages::{self, Asked};

#[derive(Template)]
#[template(path = "console/message.html")]
struct MessagePage<'a> {
    summary: ErrorSummary<'a>,
    /// The message as it will go, and to how many, to be agreed to.
    preview: Option<Preview>,
    /// Where a test has gone.
    tested: Option<String>,
    to: Radios<'a>,
    subject: TextInput<'a>,
    body: Textarea<'a>,
    test: TextInput<'a>,
}

struct Preview {
    recipients: String,
    subject: String,
    body: String,
    to: &'static str,
}

/// `GET /organise/events/{id}/message`
pub async fn show(State(app): State<Arc<App>>, managed: ManagedEvent) -> Result<Response, Rejection> {
    let nothing = FormData::default();
    Ok(page(&app.hub().await?, &managed, &nothing, &[], None, None))
}

/// `POST /organise/events/{id}/message`
pub async fn send(State(app): State<Arc<App>>, managed: ManagedEvent, form: FormData) -> Result<Response, Rejection> {
    let sent = json!({"to": form.one("to"), "subject": form.one("subject"), "body": form.one("body")});
    let hub = app.hub().await?;
    let asked = match messages::read(sent) {
        Ok(asked) => asked,
        Err(problem) => return Ok(page(&hub, &managed, &form, &Mistake::of(problem.errors()), None, None)),
    };
    match form.one("do") {
        "send" => {
            messages::post(&app, &managed, asked).await?;
            Ok(see_other(&format!("{EVENTS}/{}?done=sent", managed.record.id)))
        }
        "test" => match EmailAddress::parse(form.one("test")) {
            Ok(address) => {
                try_out(&app, &hub, (&address, &asked)).await?;
                let preview = preview(&app, &managed, &asked).await?;
                Ok(page(&hub, &managed, &form, &[], Some(preview), Some(address.as_str().to_owned())))
            }
            Err(error) => {
                let wrong = [Mistake { detail: error.to_string(), field: "test".to_owned() }];
                Ok(page(&hub, &managed, &form, &wrong, Some(preview(&app, &managed, &asked).await?), None))
            }
        },
        _ => Ok(page(&hub, &managed, &form, &[], Some(preview(&app, &managed, &asked).await?), None)),
    }
}

async fn preview(app: &App, managed: &ManagedEvent, asked: &Asked) -> Result<Preview, Rejection> {
    let recipients = messages::recipients(app, &managed.record, asked.to).await?;
    let recipients = words::counted(recipients as u64, "person gets this message", "people get this message");
    Ok(Preview { recipients, subject: asked.subject.clone(), body: asked.body.clone(), to: asked.to.name() })
}

/// The message to one address, before anybody else gets it.
async fn try_out(app: &App, hub: &Hub, (to, asked): (&EmailAddress, &Asked)) -> Result<(), Rejection> {
    let letter = Letter {
        subject: format!("Test: {}", asked.subject),
        greeting: String::new(),
        parts: vec![Part::Text(asked.body.clone())],
        hub: hub.name.clone(),
    };
    let notice = Notice { to, kind: "message-test", mark: app.action_id(), letter, enclosures: Vec::new() };
    app.post(notice).await.map_err(Rejection::Busy)?;
    Ok(())
}

fn page(
    hub: &Hub,
    managed: &ManagedEvent,
    typed: &FormData,
    wrong: &[Mistake],
    preview: Option<Preview>,
    tested: Option<String>,
) -> Response {
    let groups = [
        (Audience::Confirmed, "Those who have a place"),
        (Audience::Waiting, "Those who wait"),
        (Audience::Attended, "Those who attended"),
        (Audience::Absent, "Those who did not attend"),
        (Audience::All, "Everybody"),
    ];
    let choice =
        |(group, words): (Audience, &'static str)| Choice::new(group.name(), words, typed.one("to") == group.name());
    let subject = managed.organiser.subject.as_str();
    let own = if typed.has("test") {
        typed.one("test")
    } else if subject.contains('@') {
        subject
    } else {
        ""
    };
    let input = |name: &'static str, label: &'static str, value, kind| TextInput {
        field: Field::new(name, label).mistakes(wrong),
        value,
        kind,
        autocomplete: "off",
    };
    let content = MessagePage {
        summary: ErrorSummary { mistakes: wrong },
        preview,
        tested,
        to: Radios {
            field: Field::new("to", "To whom").mistakes(wrong),
            choices: groups.into_iter().map(choice).collect(),
        },
        subject: input("subject", "Subject", typed.one("subject"), InputKind::Text),
        body: Textarea { field: Field::new("body", "Message").mistakes(wrong), value: typed.one("body"), rows: 10 },
        test: input("test", "Email address for a test", own, InputKind::Email),
    };
    let back = format!("{EVENTS}/{}", managed.record.id);
    let page = events_page(hub, &managed.organiser, "Send a message").back(back, managed.record.event.title.as_str());
    if wrong.is_empty() { page.show(&content) } else { page.show_again(&content) }
}
