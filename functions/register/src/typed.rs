//! What was typed into the form, as the API's JSON: fields bear the API's names, `organisation` is the name, and an
//! answer's field is `answers.` and the question's id.

use domain::FieldError;
use domain::event::{Event, QuestionKind};
use serde_json::{Map, Value};
use web::forms::FormData;

use crate::organisation::CHOICE;

/// Fields of the page that are not part of a registration.
pub const STARTED: &str = "started";
/// Looks like a field, is hidden from people, and is filled by programs only.
pub const HONEYPOT: &str = "website";

const PLAIN: [&str; 5] = ["name", "email", "role", "registration_number", "access_needs"];

/// The form as JSON, or what cannot be told.
pub fn to_json(typed: &FormData, event: &Event) -> Result<Value, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut fields = Map::new();
    for name in PLAIN {
        if !typed.one(name).trim().is_empty() {
            fields.insert(name.to_owned(), typed.one(name).into());
        }
    }
    let mut organisation = Map::new();
    for (field, key) in [("organisation", "name"), ("organisation.name", "name"), ("organisation.ods_code", "ods_code")]
    {
        if !typed.one(field).trim().is_empty() {
            organisation.insert(key.to_owned(), typed.one(field).into());
        }
    }
    if !organisation.is_empty() {
        fields.insert("organisation".to_owned(), Value::Object(organisation));
    }
    fields.insert("answers".to_owned(), Value::Object(answers(typed, event)));
    for name in typed.names() {
        let question = name.strip_prefix("answers.");
        let asked = question.and_then(|id| event.questions.iter().find(|q| q.id == id));
        let is_known = PLAIN.contains(&name)
            || ["organisation", "organisation.name", "organisation.ods_code", CHOICE, STARTED, HONEYPOT]
                .contains(&name)
            || asked.is_some();
        let may_repeat = asked.is_some_and(|q| matches!(q.kind, QuestionKind::Choices { .. }));
        let pointer = format!("/{}", name.replace('.', "/"));
        if !is_known {
            errors.push(FieldError { pointer, detail: "This form does not have this field".to_owned() });
        } else if typed.all(name).len() > 1 && !may_repeat {
            errors.push(FieldError { pointer, detail: "This field was sent twice".to_owned() });
        }
    }
    if errors.is_empty() { Ok(Value::Object(fields)) } else { Err(errors) }
}

fn answers(typed: &FormData, event: &Event) -> Map<String, Value> {
    let mut answers = Map::new();
    for question in &event.questions {
        let field = format!("answers.{}", question.id);
        let value = match question.kind {
            QuestionKind::YesNo => match typed.one(&field) {
                "yes" | "true" => Some(Value::Bool(true)),
                "no" | "false" => Some(Value::Bool(false)),
                "" => None,
                other => Some(other.into()),
            },
            QuestionKind::Choices { .. } => typed.has(&field).then(|| typed.all(&field).into()),
            QuestionKind::Text | QuestionKind::Choice { .. } => {
                Some(typed.one(&field)).filter(|text| !text.is_empty()).map(Value::from)
            }
        };
        if let Some(value) = value {
            answers.insert(question.id.clone(), value);
        }
    }
    answers
}
