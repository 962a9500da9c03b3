//! JSON in which every key stands once: a value that was sent twice is a mistake, not a choice for us to make.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Marks the error message, so that a repeated field is told from text that is no JSON.
pub(crate) const REPEATED: &str = "field sent twice: ";

pub(crate) struct Unique;

impl<'de> DeserializeSeed<'de> for Unique {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Unique)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            let value = fields.next_value_seed(Unique).map_err(|error| within(&pointer, error))?;
            if map.contains_key(&name) {
                return Err(A::Error::custom(format!("{REPEATED}{pointer}")));
            }
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

/// An error about a repeated field, with the pointer of the object it is in put before it.
fn within<E: Error>(pointer: &str, error: E) -> E {
    match error.to_string().split_once(REPEATED) {
        // serde_json appends " at line … column …".
        Some((_, inner)) => {
            let inner = inner.split(" at line ").next().unwrap_or(inner);
            E::custom(format!("{REPEATED}{pointer}{inner}"))
        }
        None => error,
    }
}
