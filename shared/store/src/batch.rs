//! Many items read together, in as many requests as it takes (`BatchGetItem`).

use aws_sdk_dynamodb::types::KeysAndAttributes;
use aws_sdk_dynamodb::types::builders::KeysAndAttributesBuilder;

use crate::Store;
use crate::failure::Failure;
use crate::item::Item;
use crate::keys::Key;

/// Keys per request (the API's bound).
const KEYS_MAX: usize = 100;

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
}
