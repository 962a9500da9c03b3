//! The API's description says what the code says: references lead somewhere, lists are the domain's lists, an event has
//! the event's fields.

use std::collections::BTreeSet;

use domain::{Event, ProgrammeId, Refusal, Role};
use serde_json::{Value, json};

fn document() -> Value {
    serde_json::from_str(include_str!("../openapi.json")).expect("JSON")
}

/// Every object in the document that has this member, as its value.
fn members<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get(name));
            fields.values().for_each(|field| members(field, name, found));
        }
        Value::Array(items) => items.iter().for_each(|item| members(item, name, found)),
        _ => {}
    }
}

fn names(value: &Value) -> BTreeSet<&str> {
    match value {
        Value::Object(fields) => fields.keys().map(String::as_str).collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => BTreeSet::new(),
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1.")));
    let mut references = Vec::new();
    members(&document, "$ref", &mut references);
    assert!(references.len() > 100);
    for reference in references {
        let pointer = reference.as_str().and_then(|text| text.strip_prefix('#')).expect("a local reference");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn operations_have_names_of_their_own() {
    let document = document();
    let mut operations = Vec::new();
    members(&document, "operationId", &mut operations);
    let distinct: BTreeSet<&str> = operations.iter().filter_map(|id| id.as_str()).collect();
    assert_eq!(distinct.len(), operations.len());
}

#[test]
fn lists_are_the_domains_lists() {
    let schemas = &document()["components"]["schemas"];
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.slug()).collect();
    assert_eq!(schemas["Role"]["enum"], json!(roles));
    assert_eq!(schemas["Programme"]["examples"], json!(ProgrammeId::OF_THE_START));
}

#[test]
fn an_event_has_the_events_fields() {
    let event = Event::parse(json!({
        "title": "Suturing", "programme": "clinical-updates",
        "sessions": [{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T16:30:00Z"}],
        "lanes": [{"name": "gp", "roles": ["gp"], "places": 4}],
    }));
    let written = event.expect("an event").to_json();
    let schemas = &document()["components"]["schemas"];
    let sent = names(&written);
    assert_eq!(names(&schemas["EventFields"]["properties"]), sent);
    let answered: BTreeSet<&str> = sent.into_iter().chain(["id", "status", "places"]).collect();
    assert_eq!(names(&schemas["Event"]["properties"]), answered);
    assert_eq!(names(&schemas["Event"]["required"]), answered);
    for (schema, part) in [
        ("Session", &written["sessions"][0]),
        ("Lane", &written["lanes"][0]),
        ("WaitingList", &written["waiting_list"]),
        ("Opening", &written["registration"]),
        ("Cancellation", &written["cancellation"]),
        ("CertificateRule", &written["certificate"]),
        ("EvaluationRule", &written["evaluation"]),
    ] {
        assert_eq!(names(&schemas[schema]["properties"]), names(part), "{schema}");
    }
}

#[test]
fn every_refusal_has_its_code() {
    let document = document();
    let codes = names(&document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]);
    for refusal in [
        Refusal::EventNotFound,
        Refusal::BookingNotFound,
        Refusal::EventFull,
        Refusal::RegistrationNotOpen,
        Refusal::RegistrationClosed,
        Refusal::EventCancelled,
        Refusal::EventOver,
        Refusal::OrganisationLimit,
        Refusal::OfferExpired,
        Refusal::NoOffer,
        Refusal::NotStarted,
        Refusal::CertificateNotFound,
        Refusal::NotAttended,
        Refusal::EvaluationMissing,
        Refusal::CertificateWithheld,
        Refusal::CertificateRevoked,
        Refusal::CertificateIssued,
        Refusal::AskOrganisers,
        Refusal::SelfOnly,
        Refusal::MergeFinal,
        Refusal::RulesChanged,
    ] {
        assert!(codes.contains(refusal.code()), "{}", refusal.code());
    }
}
