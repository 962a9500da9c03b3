//! "Mail my links to me": the same answer whether the address is known or not.

use std::sync::Arc;
use std::time::Duration;

use app::{App, Rejection};
use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{EmailAddress, Hub, Registration};
use jiff::Timestamp;
use store::{Hold, Message};
use web::Problem;
use web::components::{Button, ErrorSummary, Field, InputKind, TextInput};
use web::forms::FormData;
use web::page::{Mistake, Page};

/// Requests for one mailbox in an hour that are still answered with mail.
const REQUESTS_PER_HOUR: u32 = 5;

/// The time after which every request is answered: longer than mailing all links of one mailbox takes.
const ANSWERED_AFTER: Duration = Duration::from_millis(500);

#[derive(Template)]
#[template(path = "resend.html")]
struct ResendPage<'a> {
    typed: &'a str,
    mistakes: Vec<Mistake>,
    started: i64,
}

impl ResendPage<'_> {
    fn summary(&self) -> ErrorSummary<'_> {
        ErrorSummary { mistakes: &self.mistakes }
    }

    fn button() -> Button<'static> {
        Button::new("Email my links")
    }

    fn email(&self) -> TextInput<'_> {
        let field = Field::new("email", "Email address you booked with").mistakes(&self.mistakes);
        TextInput { field, value: self.typed, kind: InputKind::Email, autocomplete: "email" }
    }
}

#[derive(Template)]
#[template(path = "resent.html")]
struct ResentPage;

/// The form.
pub async fn show(State(app): State<Arc<App>>) -> Result<Response, Rejection> {
    Ok(page(&app, &app.hub().await?, "", None))
}

fn page(app: &App, hub: &Hub, typed: &str, mistake: Option<String>) -> Response {
    let frame = Page::new("Get your booking links again", hub).back("/events", "All events");
    let is_again = mistake.is_some();
    let mistakes = mistake.into_iter().map(|detail| Mistake { detail, field: "email".to_owned() }).collect();
    let content = ResendPage { typed, mistakes, started: app.clock.now().as_second() };
    if is_again { frame.show_again(&content) } else { frame.show(&content) }
}

/// Mails the links of every booking that is still ahead.
pub async fn submit(State(app): State<Arc<App>>, headers: HeaderMap, request: Body) -> Result<Response, Rejection> {
    let typed = FormData::read(&headers, request).await?;
    let raw = typed.one("email");
    let hub = app.hub().await?;
    let email = match EmailAddress::parse(raw) {
        Ok(email) => email,
        Err(error) => return Ok(page(&app, &hub, raw, Some(error.to_string()))),
    };
    if typed.one("started").parse::<i64>().is_err() || !typed.one("website").is_empty() {
        return Ok(page(&app, &hub, raw, Some("Check the address and send the form again".to_owned())));
    }
    let now = app.clock.now();
    let mailbox = app.identity.mailbox(&email);
    let mail = async {
        if app.store.count_in_hour(&format!("resend-{mailbox}"), now).await? > REQUESTS_PER_HOUR {
            return Err(Problem::slow_down(seconds_left(now)).into());
        }
        let aliases = app.store.aliases().await?;
        let registrations = app.bookings_at(&email, &aliases).await.map_err(Rejection::Failure)?;
        let sent = registrations.iter().map(|registration| send_link(&app, registration, now));
        futures::future::try_join_all(sent).await.map(|_| ())
    };
    // Whoever has bookings is answered no later than whoever has none.
    let (mailed, ()) = tokio::join!(mail, tokio::time::sleep(ANSWERED_AFTER));
    mailed?;
    Ok(Page::new("Check your email", &hub).show(&ResentPage))
}

/// Seconds until the next hour begins, and with it the next count.
fn seconds_left(now: Timestamp) -> u32 {
    // From 1 to 3,600.
    u32::try_from(3_600 - now.as_second().rem_euclid(3_600)).unwrap_or(3_600)
}

async fn send_link(app: &App, registration: &Registration, now: Timestamp) -> Result<(), Rejection> {
    let Some(record) = app.store.event(registration.event, false).await? else { return Ok(()) };
    if record.event.ends() <= now || registration.refused {
        return Ok(());
    }
    let message = Message {
        person: registration.person,
        event: registration.event,
        kind: "link-again".to_owned(),
        mark: format!("{}-{}", registration.generation.0, now.as_millisecond()),
        generation: registration.generation,
        at: now,
        tries: 0,
        facts: serde_json::json!({}),
    };
    app.store.post(&message, now, Hold::Nobody).await?;
    Ok(())
}
