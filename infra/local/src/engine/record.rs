//! A record of the table's stream.

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::EngineError;
use crate::template::{REGION, Table};

/// What stands before a sequence number as the engine stores it, so that those of its API have one width, as AWS's have.
const BEFORE: char = '1';
const DIGITS: usize = 20;

/// Where a record says what was written.
const DYNAMODB: &str = "dynamodb";

/// A record as the engine keeps it. Few readers want any one of them, so its images stay text until they are asked for.
#[derive(Debug, Clone)]
pub struct Record {
    sequence_number: String,
    outline: Value,
    new_image: Option<String>,
    old_image: Option<String>,
}

impl Record {
    /// Its place in the stream.
    pub fn sequence_number(&self) -> &str {
        &self.sequence_number
    }

    /// A record of which nothing but its number matters.
    #[cfg(test)]
    pub fn numbered(number: &str) -> Self {
        Self { sequence_number: number.to_owned(), outline: Value::Null, new_image: None, old_image: None }
    }

    /// What a filter may look at: all but the images.
    pub fn outline(&self) -> &Value {
        &self.outline
    }

    /// As a stream mapping hands it to a function.
    pub fn event(&self) -> Result<Event<'_>, EngineError> {
        let [new_image, old_image] =
            [&self.new_image, &self.old_image].map(|image| image.as_deref().map(serde_json::from_str));
        Ok(Event { outline: &self.outline, new_image: new_image.transpose()?, old_image: old_image.transpose()? })
    }
}

/// A record with its images, which stay the text that they are.
#[derive(Debug)]
pub struct Event<'r> {
    outline: &'r Value,
    new_image: Option<&'r RawValue>,
    old_image: Option<&'r RawValue>,
}

impl Serialize for Event<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut event = to.serialize_map(None)?;
        for (name, value) in self.outline.as_object().into_iter().flatten() {
            match name.as_str() {
                DYNAMODB => event.serialize_entry(name, &Images { about: value, event: self })?,
                _ => event.serialize_entry(name, value)?,
            }
        }
        event.end()
    }
}

struct Images<'e> {
    about: &'e Value,
    event: &'e Event<'e>,
}

impl Serialize for Images<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut images = to.serialize_map(None)?;
        for (name, value) in self.about.as_object().into_iter().flatten() {
            images.serialize_entry(name, value)?;
        }
        for (name, image) in [("NewImage", self.event.new_image), ("OldImage", self.event.old_image)] {
            if let Some(image) = image {
                images.serialize_entry(name, image)?;
            }
        }
        images.end()
    }
}

/// The columns of a record, in the order in which [`read`] takes them.
pub(super) const COLUMNS: &str = "event_name, keys_json, new_image, old_image, CAST(sequence_number AS INTEGER), \
                                  created_at, user_identity, event_id";

/// Reads a record of this table from a row.
pub(super) fn read(row: &rusqlite::Row<'_>, table: &Table) -> Result<Record, EngineError> {
    let name: String = row.get(0)?;
    let keys: String = row.get(1)?;
    let (new_image, old_image): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
    let (number, second): (i64, i64) = (row.get(4)?, row.get(5)?);
    let (identity, id): (Option<String>, Option<String>) = (row.get(6)?, row.get(7)?);
    let images = [&new_image, &old_image].into_iter().flatten().map(String::len).sum::<usize>();
    let sequence_number = of_stored(number);
    let keys_read: Value = serde_json::from_str(&keys)?;
    let mut outline = json!({
        "eventID": id,
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "eventSourceARN": format!("{}/stream/local", table.arn),
        DYNAMODB: {
            "SequenceNumber": sequence_number,
            "SizeBytes": keys.len() + images,
            "StreamViewType": table.creation["StreamSpecification"]["StreamViewType"],
            "ApproximateCreationDateTime": f64::from(u32::try_from(second).unwrap_or(u32::MAX)),
        },
    });
    outline[DYNAMODB]["Keys"] = keys_read;
    if let Some(identity) = identity {
        outline["userIdentity"] = serde_json::from_str(&identity)?;
    }
    Ok(Record { sequence_number, outline, new_image, old_image })
}

/// A sequence number of the API, of one that is stored.
fn of_stored(number: i64) -> String {
    format!("{BEFORE}{number:0DIGITS$}")
}

/// The stored number of a place in the stream; all are after 0.
pub(super) fn stored(place: Option<&str>) -> i64 {
    place.and_then(|place| place.strip_prefix(BEFORE)?.parse().ok()).unwrap_or(0)
}
