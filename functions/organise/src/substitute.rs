//! A colleague takes over: the same ticket and place, even when the event is full. The newcomer is of the same
//! organisation, so that a limit counts on as before.

use std::sync::Arc;

use app::{App, Rejection};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{EmailAddress, PersonId, PersonName, Refusal, RegistrationForm, Role};
use serde_json::{Value, json};
use store::{Substituted, Substitution};
use web::{Problem, body, page};

use crate::asked;
use crate::line::Concerned;
use crate::row::Row;
use crate::trail;

/// `POST …/{reference}/substitute {"name", "email", "role"}`; answers with the newcomer's row.
pub async fn substitute(
    State(app): State<Arc<App>>,
    concerned: Concerned,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let newcomer = Newcomer::read(body::json_or_nothing(&headers, request).await?)?;
    let to = app.identity.person(&newcomer.email, &newcomer.name);
    let substitution = Substitution {
        event: concerned.managed.record.id,
        from: concerned.person,
        organisation: concerned.organisation(),
        to,
        form: newcomer.form(&concerned),
        at: app.clock.now(),
        attempt: app.random(),
    };
    match app.store.substitute(&substitution).await? {
        Substituted::Refused(refusal) => Err(refusal.into()),
        Substituted::AlreadyRegistered => {
            Err(Problem::invalid_field("/email", "This person is already registered for this event").into())
        }
        Substituted::Done(ledger) => {
            let deed = concerned.deed("registration.substitute");
            trail::record(&app, &concerned.managed.organiser, deed).await?;
            answer(&app, &concerned, &ledger, to).await
        }
    }
}

async fn answer(
    app: &App,
    concerned: &Concerned,
    ledger: &domain::Ledger,
    to: PersonId,
) -> Result<Response, Rejection> {
    let record = &concerned.managed.record;
    let registration = app.store.registration(to, record.id).await?;
    let row = Row::of(app, record, ledger, to, registration.as_ref()).ok_or(Refusal::BookingNotFound)?;
    tracing::info!(
        event.id = %record.id, registration.reference = %concerned.reference, newcomer.reference = %row.reference,
        "place handed over"
    );
    Ok(page::ok(&json!(row)))
}

/// Who comes.
struct Newcomer {
    name: PersonName,
    email: EmailAddress,
    role: Role,
}

impl Newcomer {
    fn read(value: Value) -> Result<Self, Problem> {
        asked::read(value, |fields| {
            let name = fields.parse("name", "Enter the full name of who comes", PersonName::parse);
            let email = fields.parse("email", "Enter an email address", EmailAddress::parse);
            let missing = "Select a role";
            let role = fields.parse("role", missing, |slug| Role::from_slug(slug.trim()).ok_or(missing));
            Some(Self { name: name?, email: email?, role: role? })
        })
    }

    fn form(self, concerned: &Concerned) -> RegistrationForm {
        RegistrationForm {
            name: self.name,
            email: Some(self.email),
            role: self.role,
            organisation: concerned.registration.as_ref().and_then(|leaving| leaving.form.organisation.clone()),
            registration_number: None,
            access_needs: None,
            answers: std::collections::BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newcomer_has_a_name_an_address_and_a_role() {
        let pointers = |value| match Newcomer::read(value) {
            Ok(_) => Vec::new(),
            Err(problem) => problem.errors().iter().map(|error| error.pointer.clone()).collect(),
        };
        let complete = json!({"name": "Zoë Brown", "email": "zoe@practice.example", "role": "receptionist"});
        assert_eq!(pointers(complete.clone()), Vec::<String>::new());
        assert_eq!(pointers(json!({})), ["/name", "/email", "/role"]);
        let mut more = complete;
        more["organisation"] = json!({"name": "Elsewhere"});
        assert_eq!(pointers(more), ["/organisation"]);
    }
}
