//! Reading what somebody sent: every field once, every mistake named by its JSON pointer, nothing unknown let through.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::person::EmailAddress;
use crate::text::{self, InvalidText};

/// One mistake: where (RFC 6901 pointer) and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// JSON pointer to the field.
    pub pointer: String,
    /// Words for the person.
    pub detail: String,
}

/// A JSON object being read. Getters take fields out and note mistakes; [`Fields::finish`] refuses what is left.
#[derive(Debug)]
pub struct Fields {
    path: String,
    values: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// Begins to read `value`, which must be an object.
    pub fn of(value: Value) -> Result<Self, Vec<FieldError>> {
        Self::at(String::new(), value).map_err(|error| vec![error])
    }

    fn at(path: String, value: Value) -> Result<Self, FieldError> {
        match value {
            Value::Object(values) => Ok(Self { path, values, errors: Vec::new() }),
            _ => Err(FieldError { pointer: path, detail: "Must be an object".to_owned() }),
        }
    }

    /// The pointer of one field.
    pub fn pointer(&self, name: &str) -> String {
        format!("{}/{}", self.path, name.replace('~', "~0").replace('/', "~1"))
    }

    /// Notes a mistake in one field.
    pub fn refuse(&mut self, name: &str, detail: impl Into<String>) {
        let pointer = self.pointer(name);
        self.errors.push(FieldError { pointer, detail: detail.into() });
    }

    /// Notes mistakes found by a nested reader.
    pub fn refuse_all(&mut self, errors: Vec<FieldError>) {
        self.errors.extend(errors);
    }

    /// Takes a field as it is; absent and `null` are both `None`.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.values.remove(name).filter(|value| !value.is_null())
    }

    /// Whether a field was sent as `null`, where that means something other than leaving it out.
    pub fn is_null(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(Value::is_null)
    }

    /// Every field that has not been read yet.
    pub fn names_left(&self) -> Vec<String> {
        self.values.keys().cloned().collect()
    }

    fn string(&mut self, name: &str) -> Option<String> {
        if let Value::String(text) = self.take(name)? {
            return Some(text);
        }
        self.refuse(name, "Must be text");
        None
    }

    /// The text of a field, unchecked; for parsers that bring their own words.
    pub fn raw(&mut self, name: &str, missing: &str) -> Option<String> {
        let present = self.values.get(name).is_some_and(|v| !v.is_null());
        if !present {
            self.values.remove(name);
            self.refuse(name, missing);
            return None;
        }
        self.string(name)
    }

    /// Parses a required field with a parser that brings its own words.
    pub fn parse<T, E: std::fmt::Display>(
        &mut self,
        name: &str,
        missing: &str,
        parser: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let raw = self.raw(name, missing)?;
        match parser(&raw) {
            Ok(value) => Some(value),
            Err(error) => {
                self.refuse(name, error.to_string());
                None
            }
        }
    }

    /// One line of text or nothing; an empty one is nothing.
    pub fn line(&mut self, name: &str, max: usize) -> Option<String> {
        let raw = self.string(name)?;
        self.checked(name, text::line(&raw, max))
    }

    /// Several lines of text or nothing.
    pub fn lines(&mut self, name: &str, max: usize) -> Option<String> {
        let raw = self.string(name)?;
        self.checked(name, text::lines(&raw, max))
    }

    fn checked(&mut self, name: &str, outcome: Result<String, InvalidText>) -> Option<String> {
        match outcome {
            Ok(text) => Some(text),
            Err(InvalidText::Empty) => None,
            Err(error) => {
                self.refuse(name, capitalised(&error.to_string()));
                None
            }
        }
    }

    /// Notes that a field is missing, where it is.
    pub fn require(&mut self, name: &str, missing: &str) {
        if !self.has(name) || self.is_null(name) {
            self.refuse(name, missing);
        }
    }

    /// A whole number within bounds, or nothing.
    pub fn number(&mut self, name: &str, min: u32, max: u32) -> Option<u32> {
        let value = self.take(name)?;
        let number = value.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| (min..=max).contains(n));
        if number.is_none() {
            self.refuse(name, format!("Must be a whole number from {min} to {max}"));
        }
        number
    }

    /// Yes or no; absent is no.
    pub fn flag(&mut self, name: &str) -> bool {
        self.flag_or(name, false)
    }

    /// Yes or no, with a default.
    pub fn flag_or(&mut self, name: &str, default: bool) -> bool {
        match self.take(name) {
            None => default,
            Some(Value::Bool(flag)) => flag,
            Some(_) => {
                self.refuse(name, "Must be true or false");
                default
            }
        }
    }

    /// A list; absent is empty.
    pub fn list(&mut self, name: &str, max: usize) -> Vec<Value> {
        match self.take(name) {
            None => Vec::new(),
            Some(Value::Array(items)) if items.len() <= max => items,
            Some(Value::Array(_)) => {
                self.refuse(name, format!("Must have {max} items or fewer"));
                Vec::new()
            }
            Some(_) => {
                self.refuse(name, "Must be a list");
                Vec::new()
            }
        }
    }

    /// Whether a field was sent, as `null` too.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// An address, or nothing; an empty one is nothing.
    pub fn email_if_any(&mut self, name: &str) -> Option<EmailAddress> {
        let raw = self.line(name, 1_000)?;
        match EmailAddress::parse(&raw) {
            Ok(address) => Some(address),
            Err(error) => {
                self.refuse(name, error.to_string());
                None
            }
        }
    }

    /// A list of addresses; absent is empty.
    pub fn emails(&mut self, name: &str, max: usize) -> Vec<EmailAddress> {
        let items = self.list(name, max);
        let path = self.pointer(name);
        let mut read = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match EmailAddress::parse(item.as_str().unwrap_or_default()) {
                Ok(address) => read.push(address),
                Err(error) => {
                    self.errors.push(FieldError { pointer: format!("{path}/{index}"), detail: error.to_string() });
                }
            }
        }
        read
    }

    /// One of the values that `T` reads, or nothing; `words` say which there are.
    pub fn choice<T: DeserializeOwned>(&mut self, name: &str, words: &str) -> Option<T> {
        let value = self.take(name)?;
        let read = serde_json::from_value(value).ok();
        if read.is_none() {
            self.refuse(name, words);
        }
        read
    }

    /// A nested object, read by `reader`; `None` where it is absent.
    pub fn object<T>(&mut self, name: &str, reader: impl FnOnce(&mut Fields) -> T) -> Option<T> {
        let value = self.take(name)?;
        let path = self.pointer(name);
        self.nested(path, value, reader)
    }

    /// Reads each object of a list.
    pub fn objects<T>(&mut self, name: &str, max: usize, mut reader: impl FnMut(&mut Fields) -> Option<T>) -> Vec<T> {
        let items = self.list(name, max);
        let path = self.pointer(name);
        let read = |(index, item)| self.nested(format!("{path}/{index}"), item, &mut reader).flatten();
        items.into_iter().enumerate().filter_map(read).collect()
    }

    fn nested<T>(&mut self, path: String, value: Value, reader: impl FnOnce(&mut Fields) -> T) -> Option<T> {
        match Self::at(path, value) {
            Ok(mut inner) => {
                let read = reader(&mut inner);
                self.errors.extend(inner.into_errors());
                Some(read)
            }
            Err(error) => {
                self.errors.push(error);
                None
            }
        }
    }

    fn into_errors(mut self) -> Vec<FieldError> {
        for name in self.names_left() {
            self.refuse(&name, "This field is not known here");
        }
        self.errors
    }

    /// All mistakes, unknown fields included; or that there are none.
    pub fn finish(self) -> Result<(), Vec<FieldError>> {
        let errors = self.into_errors();
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// Merges a patch into a document (RFC 7396), but that a `null` stays in place: a reader may tell it from a field that is
/// left out.
pub fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    if let Value::Object(fields) = target {
        for (name, change) in changes {
            merge_patch(fields.entry(name.clone()).or_insert(Value::Null), change);
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
