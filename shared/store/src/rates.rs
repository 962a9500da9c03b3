//! How often something was asked for within an hour.

use aws_sdk_dynamodb::types::ReturnValue;
use jiff::Timestamp;

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, number};
use crate::keys::Key;

impl Store {
    /// Counts a request in the hour of `now`; how many there have been, this one included.
    pub async fn count_in_hour(&self, bucket: &str, now: Timestamp) -> Result<u32, Failure> {
        let hour = now.as_second() / 3_600;
        let key = Key::Rate { bucket: bucket.to_owned(), window: hour };
        let reply = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .update_expression("ADD n :one SET #ttl = :gone")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":gone", number((hour + 2) * 3_600))
            .return_values(ReturnValue::AllNew)
            .send()
            .await?;
        reply.attributes.unwrap_or_default().number("n")
    }
}
