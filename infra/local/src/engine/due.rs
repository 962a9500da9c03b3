//! What is due, and when: the index of timers, read whole.

use std::collections::BTreeMap;

use dynoxide::Item;
use dynoxide::types::AttributeValue;
use jiff::Timestamp;
use serde_json::json;

use super::{Engine, EngineError};

/// One entry of the index; two are equal only if neither the item nor its time has changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// When.
    pub at: Timestamp,
    /// What: all that the index holds of the item.
    entry: String,
}

impl Engine {
    /// Everything in the index, soonest first, whatever partitions it has been spread over.
    pub async fn due(&self) -> Result<Vec<Due>, EngineError> {
        self.run(|inner| {
            let index = &inner.table.index;
            let mut request = json!({ "TableName": inner.table.name, "IndexName": index.name });
            let mut due = Vec::new();
            loop {
                let page = inner.database.scan(serde_json::from_value(request.clone())?)?;
                for item in page.items.unwrap_or_default() {
                    due.extend(entry(&item, &index.range)?);
                }
                match page.last_evaluated_key {
                    Some(key) => request["ExclusiveStartKey"] = serde_json::to_value(key)?,
                    None => break,
                }
            }
            due.sort();
            Ok(due)
        })
        .await
    }
}

/// An index entry; none if its time is not one.
fn entry(item: &Item, range: &str) -> Result<Option<Due>, EngineError> {
    let Some(AttributeValue::N(number)) = item.get(range) else { return Ok(None) };
    let Some(at) = number.parse().ok().and_then(|second| Timestamp::from_second(second).ok()) else { return Ok(None) };
    let in_order: BTreeMap<_, _> = item.iter().collect();
    Ok(Some(Due { at, entry: serde_json::to_string(&in_order)? }))
}
