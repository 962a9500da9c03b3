//! Another email address: asked for on the booking, confirmed from the mailbox that has the mail so far. Whoever only
//! holds a link that was forwarded to them changes nothing by it.

use std::sync::Arc;

use app::{App, HeldBooking, Notice, Rejection};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{EmailAddress, Refusal};
use mail::{Letter, Part};
use web::Problem;
use web::components::{Button, ErrorSummary, Field, InputKind, TextInput};
use web::forms::FormData;
use web::page::{Mistake, Page, see_other};

/// Requests of one person in an hour that are still answered with mail.
const REQUESTS_PER_HOUR: u32 = 5;

#[derive(Template)]
#[template(path = "address.html")]
struct AddressPage<'a> {
    token: &'a str,
    typed: &'a str,
    mistakes: Vec<Mistake>,
}

impl AddressPage<'_> {
    fn summary(&self) -> ErrorSummary<'_> {
        ErrorSummary { mistakes: &self.mistakes }
    }

    fn email(&self) -> TextInput<'_> {
        let field = Field::new("email", "New email address").mistakes(&self.mistakes);
        TextInput { field, value: self.typed, kind: InputKind::Email, autocomplete: "email" }
    }

    fn button() -> Button<'static> {
        Button::new("Continue")
    }
}

#[derive(Template)]
#[template(path = "address_asked.html")]
struct AskedPage;

#[derive(Template)]
#[template(path = "address_confirm.html")]
struct ConfirmPage<'a> {
    token: &'a str,
    proof: &'a str,
    email: &'a str,
}

impl ConfirmPage<'_> {
    fn button() -> Button<'static> {
        Button::new("Change my email address")
    }
}

/// `GET /bookings/{token}/address`
pub async fn show(State(app): State<Arc<App>>, held: HeldBooking) -> Result<Response, Rejection> {
    let hub = app.hub().await?;
    let token = app.identity.token(&held.link);
    let content = AddressPage { token: &token, typed: "", mistakes: Vec::new() };
    Ok(Page::new("Change your email address", &hub)
        .back(app.booking_page(&held), "Back to your booking")
        .show(&content))
}

/// `POST /bookings/{token}/address`: mails the old address, and changes nothing yet.
pub async fn ask(State(app): State<Arc<App>>, held: HeldBooking, form: FormData) -> Result<Response, Rejection> {
    let (hub, now, person) = (app.hub().await?, app.clock.now(), held.link.person);
    let token = app.identity.token(&held.link);
    // A booking by telephone has no mailbox to confirm from.
    let old = held.registration.form.email.as_ref().ok_or(Refusal::AskOrganisers)?;
    let new = match EmailAddress::parse(form.one("email")) {
        Ok(new) => new,
        Err(error) => {
            let mistakes = vec![Mistake { detail: error.to_string(), field: "email".to_owned() }];
            let content = AddressPage { token: &token, typed: form.one("email"), mistakes };
            let frame =
                Page::new("Change your email address", &hub).back(app.booking_page(&held), "Back to your booking");
            return Ok(frame.show_again(&content));
        }
    };
    if app.store.count_in_hour(&format!("address-{person}"), now).await? > REQUESTS_PER_HOUR {
        return Err(Problem::slow_down(3_600).into());
    }
    app.store.wish_address(person, &new, now).await?;
    let proof = app.identity.address_proof(person, &new);
    let letter = Letter {
        subject: "Is this your new email address?".to_owned(),
        greeting: format!("Dear {},", held.registration.form.name.as_str()),
        parts: vec![
            Part::Text(format!(
                "Somebody, probably you, asked us to write to {} instead of this address from now on.",
                new.as_str()
            )),
            Part::Link {
                label: "Yes, change it".to_owned(),
                url: format!("{}/bookings/{token}/address/{proof}", app.config.base_url),
            },
            Part::Text("If you did not ask for this, there is nothing to do: nothing changes.".to_owned()),
        ],
        hub: hub.name.clone(),
    };
    let mark = format!("{}-{}", held.record.id, now.as_millisecond());
    let notice = Notice { to: old, kind: "address", mark, letter, enclosures: Vec::new() };
    app.post(notice).await.map_err(Rejection::Failure)?;
    Ok(Page::new("Check your email", &hub).back(app.booking_page(&held), "Back to your booking").show(&AskedPage))
}

/// `GET /bookings/{token}/address/{proof}`: asks once more, and changes nothing.
pub async fn look(
    State(app): State<Arc<App>>,
    held: HeldBooking,
    Path((token, proof)): Path<(String, String)>,
) -> Result<Response, Rejection> {
    let email = wished(&app, &held, &proof).await?;
    let content = ConfirmPage { token: &token, proof: &proof, email: email.as_str() };
    Ok(Page::new("Change your email address", &app.hub().await?).show(&content))
}

/// `POST /bookings/{token}/address/{proof}`; again is harmless.
pub async fn confirm(
    State(app): State<Arc<App>>,
    held: HeldBooking,
    Path((_, proof)): Path<(String, String)>,
    _: FormData,
) -> Result<Response, Rejection> {
    let email = wished(&app, &held, &proof).await?;
    app.change_address(held.link.person, &email).await.map_err(Rejection::Failure)?;
    Ok(see_other(&app.booking_page(&held)))
}

/// The address that waits, if this is the proof that the mail about it was read.
async fn wished(app: &App, held: &HeldBooking, proof: &str) -> Result<EmailAddress, Rejection> {
    let person = held.link.person;
    let wish = app.store.address_wish(person, app.clock.now()).await?;
    let wish = wish.filter(|email| app.identity.is_address_proof(person, email, proof));
    wish.ok_or_else(|| Problem::not_found().into())
}
