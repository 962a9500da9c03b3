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
        let reference = path_part(parts, app, "reference").await;
        Self::find(app, managed, &reference).await
    }
}

impl Concerned {
    /// The registration of an event that a reference stands for.
    pub async fn find(app: &App, managed: ManagedEvent, reference: &str) -> Result<Self, Rejection> {
        let event = managed.record.id;
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

/// What an organiser does to a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hand {
    /// Ends it.
    Cancel(Option<String>),
    /// Approves it, or confirms it even above the capacity.
    Admit(Option<String>),
    /// Turns it down, in these words.
    Reject(String),
    /// Puts it further to the front or the back of the line, for this reason.
    Prioritise(u8, String),
}

/// `POST …/{reference}/cancel {"reason"?}`
pub async fn cancel(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let reason = asked::reason_if_any(body::json_or_nothing(&headers, request).await?)?;
    answer(&app, &concerned, Hand::Cancel(reason)).await
}

/// `POST …/{reference}/admit {"reason"?}`
pub async fn admit(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let reason = asked::reason_if_any(body::json_or_nothing(&headers, request).await?)?;
    answer(&app, &concerned, Hand::Admit(reason)).await
}

/// `POST …/{reference}/reject {"reason"}`
pub async fn reject(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let reason = asked::reason(body::json_or_nothing(&headers, request).await?)?;
    answer(&app, &concerned, Hand::Reject(reason)).await
}

/// `POST …/{reference}/prioritise {"priority", "reason"}`
pub async fn prioritise(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let (priority, reason) = asked::priority(body::json_or_nothing(&headers, request).await?)?;
    answer(&app, &concerned, Hand::Prioritise(priority, reason)).await
}

async fn answer(app: &App, concerned: &Concerned, hand: Hand) -> Result<Response, Rejection> {
    Ok(page::ok(&json!(lay_hand(app, concerned, hand).await?)))
}

/// Does this to a registration; its row afterwards.
pub async fn lay_hand(app: &App, concerned: &Concerned, hand: Hand) -> Result<Row, Rejection> {
    let (person, organisation) = (concerned.person, concerned.organisation());
    let (command, deed) = match hand {
        Hand::Cancel(reason) => {
            let late = app.hub().await?.policy.is_late(&concerned.managed.record.event, app.clock.now());
            let deed = concerned.deed("registration.cancel").because(reason);
            (Command::Cancel { person, organisation, late }, deed)
        }
        Hand::Admit(reason) => (Command::Admit(person), concerned.deed("registration.admit").because(reason)),
        Hand::Reject(reason) => {
            if let Some(registration) = concerned.registration.as_ref().filter(|_| concerned.is_live()) {
                // Before the step, which sets off the mail.
                app.store.keep_rejection(registration, &reason).await?;
            }
            let deed = concerned.deed("registration.reject").because(Some(reason));
            (Command::Reject { person, organisation }, deed)
        }
        Hand::Prioritise(priority, reason) => {
            let deed = concerned.deed("registration.prioritise").because(Some(reason)).with_priority(priority);
            (Command::Prioritise { person, priority }, deed)
        }
    };
    step(app, concerned, &command, deed).await
}

/// Decides and commits, and records it.
async fn step(app: &App, concerned: &Concerned, command: &Command, deed: Deed) -> Result<Row, Rejection> {
    let ManagedEvent { organiser, record } = &concerned.managed;
    let outcome = app.store.change(record.id, app.clock.now(), |_| command.clone()).await??;
    trail::record(app, organiser, deed.seen_in(&outcome.ledger)).await?;
    let row = Row::read(app, record, &outcome.ledger, concerned.person).await?;
    tracing::info!(
        event.id = %record.id, registration.reference = %concerned.reference, status = row.status, "line changed"
    );
    Ok(row)
}
