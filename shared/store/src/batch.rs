//! Many items read or written together, in as many requests as it takes (`BatchGetItem`, `BatchWriteItem`).

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::builders::KeysAndAttributesBuilder;
use aws_sdk_dynamodb::types::{KeysAndAttributes, PutRequest, WriteRequest};

use crate::Store;
use crate::failure::Failure;
use crate::item::Item;
use crate::keys::Key;

/// Keys read per request (the API's bound).
const KEYS_MAX: usize = 100;
/// Items written per request (the API's bound).
const ITEMS_MAX: usize = 25;

impl Store {
    /// Reads many items, consistently, in no particular order; one that is not there is left out.
    pub(crate) async fn batch(&self, keys: Vec<Key>) -> Result<Vec<Item>, Failure> {
        let keys: Vec<Item> = keys.iter().map(Key::attributes).collect();
        self.batch_as(&keys, |request| request.consistent_read(true)).await
    }

    /// The same, each request set up otherwise: less consistent, or only some attributes.
    pub(crate) async fn batch_as(
        &self,
        keys: &[Item],
        set_up: impl Fn(KeysAndAttributesBuilder) -> KeysAndAttributesBuilder,
    ) -> Result<Vec<Item>, Failure> {
        let mut items = Vec::with_capacity(keys.len());
        for chunk in keys.chunks(KEYS_MAX) {
            let request = KeysAndAttributes::builder().set_keys(Some(chunk.to_vec()));
            let mut pending = Some(set_up(request).build()?);
            let mut attempt = 0;
            while let Some(request) = pending.take() {
                let reply = self.client.batch_get_item().request_items(&self.table, request).send().await?;
                items.extend(reply.responses.unwrap_or_default().into_values().flatten());
                pending = reply.unprocessed_keys.unwrap_or_default().remove(&self.table);
                if pending.is_some() {
                    attempt += 1;
                    self.pause(attempt).await;
                }
            }
        }
        Ok(items)
    }

    /// Stores items, each under its key and over whatever is there, in no particular order.
    pub(crate) async fn put_all(&self, items: BTreeMap<(String, String), Item>) -> Result<(), Failure> {
        let put = |item| {
            let put = PutRequest::builder().set_item(Some(item)).build()?;
            Ok(WriteRequest::builder().put_request(put).build())
        };
        let puts = items.into_values().map(put).collect::<Result<Vec<_>, Failure>>()?;
        for chunk in puts.chunks(ITEMS_MAX) {
            let mut pending = Some(chunk.to_vec());
            let mut attempt = 0;
            while let Some(puts) = pending.take() {
                let reply = self.client.batch_write_item().request_items(&self.table, puts).send().await?;
                pending = reply.unprocessed_items.unwrap_or_default().remove(&self.table);
                if pending.is_some() {
                    attempt += 1;
                    self.pause(attempt).await;
                }
            }
        }
        Ok(())
    }
}
