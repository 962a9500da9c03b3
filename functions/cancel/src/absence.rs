//! Why somebody did not come: a page with a button for each reason. Opening it changes nothing; the last button pressed
//! counts. Under a policy that waives charges for the reason, it is the request to do so.

use std::sync::Arc;

use app::{App, HeldBooking, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::absence::AbsenceReason;
use web::Problem;
use web::forms::FormData;
use web::page::{Page, see_other};

#[derive(Template)]
#[template(path = "absence.html")]
struct AbsencePage<'a> {
    token: String,
    /// Where it is no confidence what it was about.
    title: Option<&'a str>,
    is_absent: bool,
    said: Option<AbsenceReason>,
}

impl AbsencePage<'_> {
    fn reasons() -> [AbsenceReason; 7] {
        AbsenceReason::ALL
    }
}

/// `GET /bookings/{token}/absence`
pub async fn show(State(app): State<Arc<App>>, held: HeldBooking) -> Result<Response, Rejection> {
    let confidential = app.programmes().await?.is_confidential(held.record.event.programme);
    let content = AbsencePage {
        token: app.identity.token(&held.link),
        title: (!confidential).then_some(held.record.event.title.as_str()),
        is_absent: is_absent(&held),
        said: app.store.absence(held.record.id, held.link.person).await?,
    };
    let hub = app.hub().await?;
    let frame = Page::new("Why you could not come", &hub).back(app.booking_page(&held), "Back to your booking");
    Ok(frame.show(&content))
}

/// `POST /bookings/{token}/absence`; of somebody who was there nothing is kept.
pub async fn say(State(app): State<Arc<App>>, held: HeldBooking, form: FormData) -> Result<Response, Rejection> {
    let why = AbsenceReason::from_slug(form.one("reason"));
    let why = why.ok_or_else(|| Problem::invalid_field("/reason", "Select a reason"))?;
    if is_absent(&held) {
        app.store.say_absent(held.record.id, held.link.person, why).await?;
    }
    Ok(see_other(&format!("{}/absence", app.booking_page(&held))))
}

fn is_absent(held: &HeldBooking) -> bool {
    held.standing.status == "absent"
}
