//! An item as the stream shows it: each attribute an object that names its type, as in the API (`AttributeValue`).

use std::fmt;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::item::Item;

/// An item, read straight into the SDK's type, which reads no JSON itself.
#[derive(Debug)]
pub(crate) struct Image(pub Item);

impl<'de> Deserialize<'de> for Image {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Attributes)
    }
}

struct Attributes;

impl<'de> Visitor<'de> for Attributes {
    type Value = Image;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an item")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Image, M::Error> {
        let mut item = Item::with_capacity(map.size_hint().unwrap_or_default());
        while let Some((name, Attribute(value))) = map.next_entry()? {
            item.insert(name, value);
        }
        Ok(Image(item))
    }
}

struct Attribute(AttributeValue);

impl<'de> Deserialize<'de> for Attribute {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(match Typed::deserialize(from)? {
            Typed::S(text) => AttributeValue::S(text),
            Typed::N(number) => AttributeValue::N(number),
            Typed::B(bytes) => AttributeValue::B(Blob::new(bytes)),
            Typed::Bool(flag) => AttributeValue::Bool(flag),
            Typed::Null(null) => AttributeValue::Null(null),
            Typed::M(Image(fields)) => AttributeValue::M(fields),
            Typed::L(values) => AttributeValue::L(values.into_iter().map(|Self(value)| value).collect()),
        }))
    }
}

/// The types of the API, but for sets, which no item of ours has.
#[derive(Deserialize)]
enum Typed {
    S(String),
    N(String),
    B(String),
    #[serde(rename = "BOOL")]
    Bool(bool),
    #[serde(rename = "NULL")]
    Null(bool),
    M(Image),
    L(Vec<Attribute>),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::item::{number, text};

    #[test]
    fn an_image_reads_as_the_item_it_shows() {
        let shown = json!({
            "PK": {"S": "E#1"}, "n": {"N": "1.5"}, "pub": {"BOOL": true}, "gone": {"NULL": true},
            "m": {"M": {"a": {"L": [{"N": "2"}, {"M": {}}]}}},
        });
        let Image(item) = serde_json::from_value(shown).expect("an item");
        let list = AttributeValue::L(vec![number(2), AttributeValue::M(Item::new())]);
        let expected = Item::from(
            [
                ("PK", text("E#1")),
                ("n", AttributeValue::N("1.5".to_owned())),
                ("pub", AttributeValue::Bool(true)),
                ("gone", AttributeValue::Null(true)),
                ("m", AttributeValue::M(Item::from([("a".to_owned(), list)]))),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        assert_eq!(item, expected);
    }

    #[test]
    fn what_is_no_attribute_is_no_image() {
        for shown in [json!({"a": "b"}), json!({"a": {"X": "b"}}), json!({"a": {}}), json!([]), json!(null)] {
            serde_json::from_value::<Image>(shown.clone()).expect_err(&shown.to_string());
        }
    }
}
