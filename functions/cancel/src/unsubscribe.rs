//! No more mail that nobody needs: the page behind the link in such mail, and the one POST that mail programs send by
//! themselves when somebody asks them to (RFC 8058). What a booking needs goes on.

use std::sync::Arc;

use app::{App, HeldBooking, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::Hub;
use web::components::Button;
use web::page::Page;

#[derive(Template)]
#[template(path = "unsubscribe.html")]
struct UnsubscribePage<'a> {
    token: &'a str,
    is_done: bool,
}

impl UnsubscribePage<'_> {
    fn button() -> Button<'static> {
        Button::new("Stop these emails")
    }
}

/// The button. Reading it changes nothing: scanners open links.
pub async fn show(State(app): State<Arc<App>>, held: HeldBooking) -> Result<Response, Rejection> {
    Ok(page(&app, &app.hub().await?, &held, false))
}

/// Whatever the body says: the link is the address's own.
pub async fn submit(State(app): State<Arc<App>>, held: HeldBooking) -> Result<Response, Rejection> {
    app.store.unsubscribe(held.link.person.mailbox(), app.clock.now()).await?;
    Ok(page(&app, &app.hub().await?, &held, true))
}

fn page(app: &App, hub: &Hub, held: &HeldBooking, is_done: bool) -> Response {
    let token = app.identity.token(&held.link);
    let title = if is_done { "You will get no more of these emails" } else { "Stop emails that ask for your opinion" };
    Page::new(title, hub).show(&UnsubscribePage { token: &token, is_done })
}
