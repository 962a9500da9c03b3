//! Status lists: which bit stands for which certificate, and which bits are set.
//!
//! Bits are drawn by a counter, so that no two certificates share one; whoever signs scatters them over the list, so
//! that a bit says nothing about when its certificate was issued.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, number};
use crate::keys::Key;

/// The attribute that holds the set bits of a list.
const SET_BITS: &str = "bits";

impl Store {
    /// Draws places in the status lists: the first of as many as are asked for, in a row.
    pub async fn draw_status_places(&self, count: u32) -> Result<u64, Failure> {
        let reply = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::StatusCounter.attributes()))
            .update_expression("ADD drawn :count")
            .expression_attribute_values(":count", number(count))
            .return_values(ReturnValue::AllNew)
            .send()
            .await?;
        let drawn: u64 = reply.attributes.unwrap_or_default().number("drawn")?;
        Ok(drawn - u64::from(count))
    }

    /// Sets a bit of a list.
    pub async fn set_status_bit(&self, list: u32, index: u32) -> Result<(), Failure> {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::StatusList(list).attributes()))
            .update_expression("ADD bits :index")
            .expression_attribute_values(":index", AttributeValue::Ns(vec![index.to_string()]))
            .send()
            .await?;
        Ok(())
    }

    /// The set bits of a list; `None` for a list of which no bit has been drawn.
    pub async fn status_bits(&self, list: u32, list_length: u32) -> Result<Option<BTreeSet<u32>>, Failure> {
        let items = self.batch(vec![Key::StatusCounter, Key::StatusList(list)]).await?;
        let drawn = items.iter().find_map(|item| item.number::<u64>("drawn").ok()).unwrap_or(0);
        if drawn <= u64::from(list) * u64::from(list_length) {
            return Ok(None);
        }
        let numbers = items.iter().filter_map(|item| item.get(SET_BITS)?.as_ns().ok()).flatten();
        let bits: Result<_, _> = numbers.map(|digits| digits.parse().map_err(Failure::unreadable)).collect();
        bits.map(Some)
    }
}
