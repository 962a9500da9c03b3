//! A registration: what a person tells us when booking, checked against what the event asks.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::access::Access;
use crate::event::{Event, QuestionKind};
use crate::fields::{FieldError, Fields};
use crate::ids::{EventId, Generation, PersonId};
use crate::person::{EmailAddress, PersonName};
use crate::role::Role;
use crate::text;

/// Where somebody works: an ODS code (practices, trusts), a name, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// ODS code, upper case.
    pub ods_code: Option<String>,
    /// The name as typed.
    pub name: Option<String>,
}

impl Organisation {
    /// What an organisation limit counts by: the ODS code, else the folded name.
    pub fn key(&self) -> Option<String> {
        let by_name = || self.name.as_deref().map(|name| format!("~{}", text::fold(name)));
        self.ods_code.clone().or_else(by_name)
    }

    /// Reads `{"ods_code"?, "name"?}`; both may be missing, and then it is nobody's.
    pub fn read(fields: &mut Fields) -> Self {
        let ods_code = fields.line("ods_code", 10).map(|code| code.to_uppercase());
        if ods_code.as_deref().is_some_and(|code| !code.chars().all(|c| c.is_ascii_alphanumeric())) {
            fields.refuse("ods_code", "Enter an ODS code in the correct format, like A81001");
        }
        Self { ods_code, name: fields.line("name", 200) }
    }
}

/// An answer to one of the event's questions.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// Yes or no.
    YesNo(bool),
    /// Free text, or the option chosen.
    Text(String),
    /// The options chosen.
    Choices(Vec<String>),
}

/// What was filled in, checked. Prints redacted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationForm {
    /// As on the certificate.
    pub name: PersonName,
    /// Missing only in telephone bookings.
    pub email: Option<EmailAddress>,
    /// What the person does.
    pub role: Role,
    /// Where the person works.
    pub organisation: Option<Organisation>,
    /// The number in a professional register, as typed.
    pub registration_number: Option<String>,
    /// What the person needs to take part.
    pub access_needs: Option<String>,
    /// By question id.
    pub answers: BTreeMap<String, Answer>,
}

impl std::fmt::Debug for RegistrationForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegistrationForm").field("role", &self.role).finish_non_exhaustive()
    }
}

/// The words for a role that is missing or unknown.
const ROLE_MISSING: &str = "Select your role";

impl RegistrationForm {
    /// Reads a form from its JSON object. `email_required` is false for bookings an organiser takes by telephone.
    pub fn parse(value: Value, event: &Event, email_required: bool) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::of(value)?;
        let form = Self::read(&mut fields, event, email_required);
        fields.finish()?;
        // A missing required field has noted its mistake, so `finish` has already returned.
        form.ok_or_else(Vec::new)
    }

    /// Reads the form's fields from an object that may carry others.
    pub fn read(fields: &mut Fields, event: &Event, email_required: bool) -> Option<Self> {
        let name_missing = "Enter your full name, as it should appear on your certificate";
        let name = fields.parse("name", name_missing, PersonName::parse);
        let email = if email_required {
            fields.parse("email", "Enter an email address", EmailAddress::parse).map(Some)
        } else {
            Some(optional_email(fields))
        };
        let role = fields.parse("role", ROLE_MISSING, |slug| Role::from_slug(slug.trim()).ok_or(ROLE_MISSING));
        let organisation = fields.object("organisation", Organisation::read).filter(|o| o.key().is_some());
        if event.organisation_limit.is_some() && organisation.is_none() {
            fields.refuse("organisation", "Enter the name of your organisation");
        }
        let registration_number = fields.line("registration_number", 50);
        let access_needs = fields.lines("access_needs", 2_000);
        let answers = read_answers(fields, event);
        Some(Self { name: name?, email: email?, role: role?, organisation, registration_number, access_needs, answers })
    }
}

impl RegistrationForm {
    /// What remains of a form whose person is forgotten: role and organisation, which counts are made of.
    #[must_use]
    pub fn without_person(&self) -> Self {
        Self {
            name: PersonName::forgotten(),
            email: None,
            role: self.role,
            organisation: self.organisation.clone(),
            registration_number: None,
            access_needs: None,
            answers: BTreeMap::new(),
        }
    }

    /// Whether the person has been forgotten.
    pub fn is_without_person(&self) -> bool {
        self.name == PersonName::forgotten()
    }
}

fn optional_email(fields: &mut Fields) -> Option<EmailAddress> {
    let raw = fields.line("email", 1_000)?;
    match EmailAddress::parse(&raw) {
        Ok(address) => Some(address),
        Err(error) => {
            fields.refuse("email", error.to_string());
            None
        }
    }
}

fn read_answers(fields: &mut Fields, event: &Event) -> BTreeMap<String, Answer> {
    let given = fields.take("answers").unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    let mut errors = Vec::new();
    let mut answers = BTreeMap::new();
    match given {
        Value::Object(mut given) => {
            for question in &event.questions {
                let value = given.remove(&question.id).filter(|value| !value.is_null());
                match question.kind.read(value, &question.label, question.required) {
                    Ok(Some(answer)) => drop(answers.insert(question.id.clone(), answer)),
                    Ok(None) => {}
                    Err(detail) => errors.push((question.id.clone(), detail)),
                }
            }
            errors.extend(given.into_iter().map(|(id, _)| (id, "This event does not ask this question".to_owned())));
        }
        _ => fields.refuse("answers", "Must be an object"),
    }
    let path = fields.pointer("answers");
    let at = |id: String| format!("{path}/{}", id.replace('~', "~0").replace('/', "~1"));
    fields.refuse_all(errors.into_iter().map(|(id, detail)| FieldError { pointer: at(id), detail }).collect());
    answers
}

impl QuestionKind {
    /// Reads one answer; `Ok(None)` where an optional question was left open.
    fn read(&self, value: Option<Value>, label: &str, required: bool) -> Result<Option<Answer>, String> {
        let missing = || format!("Answer the question: {label}");
        let answer = match (self, value) {
            (_, None) => None,
            (Self::YesNo, Some(Value::Bool(flag))) => Some(Answer::YesNo(flag)),
            (Self::YesNo, Some(_)) => return Err("Select yes or no".to_owned()),
            (Self::Text, Some(Value::String(raw))) => match text::lines(&raw, 2_000) {
                Ok(text) => Some(Answer::Text(text)),
                Err(text::InvalidText::Empty) => None,
                Err(error) => return Err(format!("The answer {error}")),
            },
            (Self::Choice { options }, Some(Value::String(raw))) if raw.is_empty() || options.contains(&raw) => {
                (!raw.is_empty()).then_some(Answer::Text(raw))
            }
            (Self::Choices { options }, Some(Value::Array(items))) => {
                let chosen: Option<Vec<String>> = items.iter().map(|i| i.as_str().map(str::to_owned)).collect();
                let mut chosen = chosen
                    .filter(|chosen| chosen.iter().all(|c| options.contains(c)))
                    .ok_or("Select only from the options shown")?;
                let mut seen = std::collections::BTreeSet::new();
                chosen.retain(|option| seen.insert(option.clone()));
                (!chosen.is_empty()).then_some(Answer::Choices(chosen))
            }
            (Self::Choice { .. } | Self::Choices { .. }, Some(_)) => {
                return Err("Select only from the options shown".to_owned());
            }
            (Self::Text, Some(_)) => return Err("Must be text".to_owned()),
        };
        if required && answer.is_none() { Err(missing()) } else { Ok(answer) }
    }
}

/// How a registration came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// The person booked.
    #[serde(rename = "self")]
    Person,
    /// An organiser booked for the person.
    Organiser,
    /// The person came without a booking; the ledger knows nothing of it.
    #[serde(rename = "walk-in")]
    WalkIn,
}

/// One person's booking for one event, at its present generation.
#[derive(Clone, PartialEq, Eq)]
pub struct Registration {
    /// Which event.
    pub event: EventId,
    /// Who.
    pub person: PersonId,
    /// Which booking of this person for this event.
    pub generation: Generation,
    /// When the form arrived.
    pub at: Timestamp,
    /// By whom it was made.
    pub via: Via,
    /// The writer's mark: whoever undoes a registration undoes its own attempt only.
    pub attempt: u64,
    /// Refused by the ledger after it was stored: the generation never held a place in the line.
    pub refused: bool,
    /// Why an organiser did not approve, in words for the person.
    pub rejection: Option<String>,
    /// How what the person needs to take part stands.
    pub access: Access,
    /// What was filled in.
    pub form: RegistrationForm,
}

impl Registration {
    /// The same with what was filled in put right; another need is nobody's answer yet.
    #[must_use]
    pub fn corrected(&self, form: RegistrationForm) -> Self {
        let is_same = self.form.access_needs == form.access_needs;
        let access = if is_same { self.access.clone() } else { self.access.anew() };
        Self { access, form, ..self.clone() }
    }
}

impl std::fmt::Debug for Registration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registration")
            .field("event", &self.event)
            .field("person", &self.person)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}
