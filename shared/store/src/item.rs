//! Reading and writing attributes: typed getters that say what was wrong, and short constructors.

use std::collections::HashMap;
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::Failure;

/// An item or a map within one.
pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn seconds(at: Timestamp) -> AttributeValue {
    number(at.as_second())
}

/// Typed access to an item's attributes.
pub(crate) trait Attributes {
    fn text(&self, name: &str) -> Result<&str, Failure>;
    fn number<T: FromStr>(&self, name: &str) -> Result<T, Failure>;
    fn number_or_none<T: FromStr>(&self, name: &str) -> Result<Option<T>, Failure>;
    fn seconds(&self, name: &str) -> Result<Timestamp, Failure>;
    fn map(&self, name: &str) -> Result<&Item, Failure>;
    fn flag(&self, name: &str) -> bool;
}

fn unreadable(name: &str) -> Failure {
    Failure::unreadable(format!("attribute {name} is missing or of another type"))
}

impl Attributes for Item {
    fn text(&self, name: &str) -> Result<&str, Failure> {
        self.get(name).and_then(|value| value.as_s().ok()).map(String::as_str).ok_or_else(|| unreadable(name))
    }

    fn number<T: FromStr>(&self, name: &str) -> Result<T, Failure> {
        self.number_or_none(name)?.ok_or_else(|| unreadable(name))
    }

    fn number_or_none<T: FromStr>(&self, name: &str) -> Result<Option<T>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let parsed = value.as_n().ok().and_then(|digits| digits.parse().ok());
        parsed.map(Some).ok_or_else(|| unreadable(name))
    }

    fn seconds(&self, name: &str) -> Result<Timestamp, Failure> {
        Timestamp::from_second(self.number(name)?).map_err(|_| unreadable(name))
    }

    fn map(&self, name: &str) -> Result<&Item, Failure> {
        self.get(name).and_then(|value| value.as_m().ok()).ok_or_else(|| unreadable(name))
    }

    fn flag(&self, name: &str) -> bool {
        self.get(name).and_then(|value| value.as_bool().ok()).copied().unwrap_or(false)
    }
}
