//! Filter patterns of stream mappings: the part of Lambda's event filtering that the template uses.
//!
//! See <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>. Fields nest; a list gives the
//! values that a field may have, each a text or `{"prefix": …}`. Any other rule, and any about an image, is refused when the
//! template is read.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// What is read of a record only once it is passed on.
const IMAGES: [&str; 2] = ["NewImage", "OldImage"];

/// What a record must look like to be passed on.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern(Node);

impl Pattern {
    /// Whether the record, of which this is all but its images, is passed on.
    pub fn matches(&self, record: &Value) -> bool {
        self.0.matches(record)
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let node: Node = serde_json::from_str(&text).map_err(|error| format!("filter {text}: {error}"))?;
        if node.names(&IMAGES) {
            return Err(format!("filter {text}: images are not looked at here"));
        }
        Ok(Self(node))
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Node {
    OneOf(Vec<Rule>),
    Fields(BTreeMap<String, Node>),
}

impl Node {
    /// Whether it is about one of these fields.
    fn names(&self, names: &[&str]) -> bool {
        match self {
            Self::OneOf(_) => false,
            Self::Fields(fields) => {
                fields.iter().any(|(name, node)| names.contains(&name.as_str()) || node.names(names))
            }
        }
    }

    fn matches(&self, value: &Value) -> bool {
        match self {
            Self::OneOf(rules) => value.as_str().is_some_and(|text| rules.iter().any(|rule| rule.matches(text))),
            Self::Fields(fields) => {
                fields.iter().all(|(name, node)| value.get(name).is_some_and(|value| node.matches(value)))
            }
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Rule {
    Equals(String),
    Prefix(Prefix),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Prefix {
    prefix: String,
}

impl Rule {
    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Equals(value) => text == value,
            Self::Prefix(Prefix { prefix }) => text.starts_with(prefix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_record_is_passed_on_when_every_field_has_one_of_its_values() {
        let text = r#"{"eventName":["INSERT","MODIFY"],"dynamodb":{"Keys":{"SK":{"S":[{"prefix":"R#"}]}}}}"#;
        let pattern = Pattern::try_from(text.to_owned()).expect("known rules");
        let record = |name, key| json!({"eventName": name, "dynamodb": {"Keys": {"SK": {"S": key}}}, "more": 1});
        assert!(pattern.matches(&record("INSERT", "R#tag#event")));
        assert!(pattern.matches(&record("MODIFY", "R#")));
        assert!(!pattern.matches(&record("REMOVE", "R#tag#event")));
        assert!(!pattern.matches(&record("INSERT", "L")));
        assert!(!pattern.matches(&json!({"eventName": "INSERT"})), "a missing field never matches");
    }

    #[test]
    fn another_rule_is_refused() {
        for text in
            [r#"{"a":[{"exists":true}]}"#, r#"{"a":"b"}"#, r#"{"a":[1]}"#, "[", r#"{"a":[{"prefix":"b","x":1}]}"#]
        {
            assert!(Pattern::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_filter_on_images_is_refused_for_it_would_pass_nothing_on() {
        let text = r#"{"dynamodb":{"NewImage":{"st":{"S":["open"]}}}}"#;
        Pattern::try_from(text.to_owned()).expect_err("refused");
    }
}
