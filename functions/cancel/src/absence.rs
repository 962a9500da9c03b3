//! Why somebody did not come, or gave up a place late: a page with a button for each reason. Opening it changes nothing;
//! the last button pressed counts. Under a policy that waives charges for the reason, it is the request to do so.

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
    is_asked: bool,
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
        is_asked: is_asked(&held),
        said: app.store.absence(held.record.id, held.link.person).await?,
    };
    let hub = app.hub().await?;
    let frame = Page::new("Why you could not come", &hub).back(app.booking_page(&held), "Back to your booking");
    Ok(frame.show(&content))
}

/// `POST /bookings/{token}/absence`; of somebody who was there, or cancelled in time, nothing is kept.
pub async fn say(State(app): State<Arc<App>>, held: HeldBooking, form: FormData) -> Result<Response, Rejection> {
    let why = AbsenceReason::from_slug(form.one("reason"));
    let why = why.ok_or_else(|| Problem::invalid_field("/reason", "Select a reason"))?;
    if is_asked(&held) {
        app.store.say_absent(held.record.id, held.link.person, why).await?;
    }
    Ok(see_other(&format!("{}/absence", app.booking_page(&held))))
}

/// Whether there is anything to ask: of the booking that the link is for.
fn is_asked(held: &HeldBooking) -> bool {
    held.standing.status == "absent" || held.is_given_up_late()
}
