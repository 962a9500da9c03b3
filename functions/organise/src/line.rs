//! An organiser's hand in the line: cancel, admit, reject, prioritise. Each is one step of the ledger and one entry of
//! the trail; the answer is the registration's row.

use std::sync::Arc;

use app::{App, Rejection};
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use domain::{Command, Generation, Ledger, Organisation, PersonId, Reference, Refusal, Registration};
use serde_json::json;
use store::BookingKey;
use web::{body, page};

use crate::access::{ManagedEvent, path_part};
use crate::asked;
use crate::row::Row;
use crate::trail::{self, Deed};

/// A registration, and somebody who may change it.
pub struct Concerned {
    /// The event, and who asks.
    pub managed: ManagedEvent,
    /// Whose registration.
    pub person: PersonId,
    /// As it was asked for.
    pub reference: Reference,
    /// The ledger it stands in.
    pub ledger: Ledger,
    /// Which booking.
    pub generation: Generation,
    /// What was filled in; a group's unnamed place has nothing.
    pub registration: Option<Registration>,
}

impl FromRequestParts<Arc<App>> for Concerned {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let managed = ManagedEvent::from_request_parts(parts, app).await?;
        let event = managed.record.id;
        let reference = path_part(parts, app, "reference").await;
        let reference: Reference = reference.parse().map_err(|_| Refusal::BookingNotFound)?;
        let ledger = app.store.ledger(event).await?.ok_or(Refusal::EventNotFound)?;
        let mut people = ledger.members.iter().map(|(person, entry)| (*person, entry.generation()));
        let is_asked_for = |person| app.identity.reference(event, person) == reference;
        let found = people.find(|(person, _)| is_asked_for(*person));
        drop(people);
        let (person, generation) = if let Some(found) = found {
            found
        } else {
            let came = app.attendance(&managed.record).await?.people();
            let walk_in = came.into_iter().find(|person| is_asked_for(*person));
            (walk_in.ok_or(Refusal::BookingNotFound)?, Generation::FIRST)
        };
        let registration = app.store.registration(person, event).await?;
        Ok(Self { managed, person, reference, ledger, generation, registration })
    }
}

impl Concerned {
    /// What an organisation limit counts this registration by.
    pub fn organisation(&self) -> Option<String> {
        self.registration.as_ref()?.form.organisation.as_ref().and_then(Organisation::key)
    }

    fn is_live(&self) -> bool {
        self.ledger.live(self.person).is_some()
    }

    /// An entry of the trail about this registration.
    pub fn deed(&self, action: &'static str) -> Deed {
        let event = self.managed.record.id;
        let booking = BookingKey { person: self.person, event, generation: self.generation, version: 0 };
        Deed::registration(action, booking, self.reference)
    }
}

/// `POST …/{reference}/cancel {"reason"?}`
pub async fn cancel(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let reason = asked::reason_if_any(body::json_or_nothing(&headers, request).await?)?;
    let late = concerned.managed.record.event.is_late(app.clock.now());
    let command = Command::Cancel { person: concerned.person, organisation: concerned.organisation(), late };
    let deed = concerned.deed("registration.cancel").because(reason);
    step(&app, &concerned, &command, deed).await
}

/// `POST …/{reference}/admit {"reason"?}`
pub async fn admit(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let reason = asked::reason_if_any(body::json_or_nothing(&headers, request).await?)?;
    let command = Command::Admit(concerned.person);
    let deed = concerned.deed("registration.admit").because(reason);
    step(&app, &concerned, &command, deed).await
}

/// `POST …/{reference}/reject {"reason"}`
pub async fn reject(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let reason = asked::reason(body::json_or_nothing(&headers, request).await?)?;
    if let Some(registration) = concerned.registration.as_ref().filter(|_| concerned.is_live()) {
        // Before the step, which sets off the mail.
        app.store.keep_rejection(registration, &reason).await?;
    }
    let command = Command::Reject { person: concerned.person, organisation: concerned.organisation() };
    let deed = concerned.deed("registration.reject").because(Some(reason));
    step(&app, &concerned, &command, deed).await
}

/// `POST …/{reference}/prioritise {"priority", "reason"}`
pub async fn prioritise(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let (priority, reason) = asked::priority(body::json_or_nothing(&headers, request).await?)?;
    let command = Command::Prioritise { person: concerned.person, priority };
    let deed = concerned.deed("registration.prioritise").because(Some(reason)).with_priority(priority);
    step(&app, &concerned, &command, deed).await
}

/// Decides and commits, records, answers.
async fn step(app: &App, concerned: &Concerned, command: &Command, deed: Deed) -> Result<Response, Rejection> {
    let ManagedEvent { organiser, record } = &concerned.managed;
    let outcome = app.store.change(record.id, app.clock.now(), |_| command.clone()).await??;
    trail::record(app, organiser, deed.seen_in(&outcome.ledger)).await?;
    let row = Row::read(app, record, &outcome.ledger, concerned.person).await?;
    tracing::info!(
        event.id = %record.id, registration.reference = %concerned.reference, status = row.status, "line changed"
    );
    Ok(page::ok(&json!(row)))
}
