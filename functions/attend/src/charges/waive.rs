//! Waiving a charge, for a reason that the booking policy knows; in the trail, and beside the booking.

use std::sync::Arc;

use app::access::{ManagedEvent, path_part};
use app::trail::{self, Deed};
use app::{App, Rejection};
use axum::body::Body;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use domain::consequence::listed;
use domain::policy::{Policy, Waiver};
use domain::{Fields, Reference, Refusal};
use serde_json::{Value, json};
use web::forms::FormData;
use web::{Problem, body, page};

use super::quarter;
use crate::roll::Roll;

/// A place of an event, and somebody who may change what becomes of it.
pub struct Charged {
    managed: ManagedEvent,
    reference: Reference,
}

impl FromRequestParts<Arc<App>> for Charged {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let managed = ManagedEvent::from_request_parts(parts, app).await?;
        let reference = path_part(parts, app, "reference").await.parse().map_err(|_| Refusal::BookingNotFound)?;
        Ok(Self { managed, reference })
    }
}

/// `POST /api/v1/events/{id}/registrations/{reference}/waive {"reason": "sickness" | "bereavement" | "other"}`
pub async fn waive(
    State(app): State<Arc<App>>,
    charged: Charged,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let sent = body::json(&headers, request, &[]).await?;
    let why = read_waiver(&app.hub().await?.policy, sent)?;
    charged.waive(&app, why).await?;
    Ok(page::ok(&json!({"reference": charged.reference, "waived": why})))
}

/// `POST /organise/charges/{quarter}/{id}/{reference}`; again is harmless.
pub async fn waive_from_page(
    State(app): State<Arc<App>>,
    charged: Charged,
    Path((name, ..)): Path<(String, String, String)>,
    form: FormData,
) -> Result<Response, Rejection> {
    let period = quarter(&name)?;
    let why = read_waiver(&app.hub().await?.policy, json!({"reason": form.one("reason")}))?;
    charged.waive(&app, why).await?;
    Ok(page::see_other(&format!("/organise/charges/{period}")))
}

impl Charged {
    async fn waive(&self, app: &App, why: Waiver) -> Result<(), Rejection> {
        let record = &self.managed.record;
        let roll = Roll::call(app, record).await?;
        let person = roll.person(self.reference).ok_or(Refusal::BookingNotFound)?;
        app.store.waive(record.id, person, why).await?;
        let deed = Deed::registration("charge.waive", roll.booking(person), self.reference);
        trail::record(app, &self.managed.organiser, deed.because(Some(why.slug().to_owned()))).await
    }
}

/// A reason that the policy knows.
fn read_waiver(policy: &Policy, value: Value) -> Result<Waiver, Problem> {
    let known: Vec<&str> = policy.waivers.iter().map(|why| why.slug()).collect();
    let words = match known.as_slice() {
        [] => "The booking policy waives no charges".to_owned(),
        known => format!("Select {}", listed(known)),
    };
    let mut fields = Fields::of(value).map_err(Problem::invalid)?;
    let why: Option<Waiver> = fields.choice("reason", &words);
    fields.finish().map_err(Problem::invalid)?;
    why.filter(|why| policy.waives(*why)).ok_or_else(|| Problem::invalid_field("/reason", &words))
}
