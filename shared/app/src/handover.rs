//! A colleague takes over, with ticket and place, even when the event is full: one way for whoever leaves and for
//! organisers. The newcomer is of the same organisation, so that a limit counts on as before.

use std::collections::BTreeMap;

use domain::person::InvalidName;
use domain::{
    EmailAddress, EventId, FieldError, Fields, Ledger, Organisation, PersonId, PersonName, Registration,
    RegistrationForm, Role,
};
use serde_json::Value;
use store::{Substituted, Substitution};

use crate::{App, Rejection};

/// Who comes.
pub struct Newcomer {
    name: PersonName,
    email: EmailAddress,
    role: Role,
}

/// Who leaves.
pub struct Leaver<'a> {
    /// Which event.
    pub event: EventId,
    /// Who.
    pub person: PersonId,
    /// What was filled in; a group's unnamed place has nothing.
    pub registration: Option<&'a Registration>,
}

/// The place in the newcomer's hands.
pub struct HandedOver {
    /// Who came.
    pub to: PersonId,
    /// The ledger that holds them.
    pub ledger: Box<Ledger>,
}

impl Newcomer {
    /// Reads `{"name", "email", "role"}`.
    pub fn read(value: Value) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::of(value)?;
        let no_name = "Enter the full name of whoever takes over";
        let name = fields.parse("name", no_name, |raw| {
            PersonName::parse(raw).map_err(|invalid| match invalid {
                InvalidName::Missing => no_name.to_owned(),
                InvalidName::TooLong | InvalidName::Control => invalid.to_string(),
            })
        });
        let email = fields.parse("email", "Enter an email address", EmailAddress::parse);
        let no_role = "Select a role";
        let role = fields.parse("role", no_role, |slug| Role::from_slug(slug.trim()).ok_or(no_role));
        fields.finish()?;
        let newcomer = || Some(Self { name: name?, email: email?, role: role? });
        // A missing field has noted its mistake, so `finish` has already returned.
        newcomer().ok_or_else(Vec::new)
    }

    /// What they do.
    pub fn role(&self) -> Role {
        self.role
    }

    fn form(self, organisation: Option<Organisation>) -> RegistrationForm {
        RegistrationForm {
            name: self.name,
            email: Some(self.email),
            role: self.role,
            organisation,
            registration_number: None,
            access_needs: None,
            answers: BTreeMap::new(),
        }
    }
}

impl App {
    /// Hands a place over; repeating it changes nothing. The inner error is a mistake in what was filled in.
    pub async fn hand_over(
        &self,
        leaver: &Leaver<'_>,
        newcomer: Newcomer,
    ) -> Result<Result<HandedOver, Vec<FieldError>>, Rejection> {
        let to = self.identity.person(&newcomer.email, &newcomer.name);
        let organisation = leaver.registration.and_then(|leaving| leaving.form.organisation.clone());
        let substitution = Substitution {
            event: leaver.event,
            from: leaver.person,
            organisation: organisation.as_ref().and_then(Organisation::key),
            to,
            form: newcomer.form(organisation),
            at: self.clock.now(),
            attempt: self.random(),
        };
        match self.store.substitute(&substitution).await? {
            Substituted::Refused(refusal) => Err(refusal.into()),
            Substituted::AlreadyRegistered => {
                let detail = "This person is already registered for this event".to_owned();
                Ok(Err(vec![FieldError { pointer: "/email".to_owned(), detail }]))
            }
            Substituted::Done(ledger) => {
                let reference = |person| self.identity.reference(leaver.event, person);
                tracing::info!(
                    event.id = %leaver.event, registration.reference = %reference(leaver.person),
                    newcomer.reference = %reference(to), "place handed over"
                );
                Ok(Ok(HandedOver { to, ledger }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_newcomer_has_a_name_an_address_and_a_role() {
        let pointers = |value| match Newcomer::read(value) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().map(|error| error.pointer).collect(),
        };
        let complete = json!({"name": "Zoë Brown", "email": "zoe@practice.example", "role": "receptionist"});
        assert_eq!(pointers(complete.clone()), Vec::<String>::new());
        assert_eq!(pointers(json!({})), ["/name", "/email", "/role"]);
        assert_eq!(pointers(json!({"name": "", "email": "", "role": ""})), ["/name", "/email", "/role"]);
        let mut more = complete;
        more["organisation"] = json!({"name": "Elsewhere"});
        assert_eq!(pointers(more), ["/organisation"]);
    }
}
