//! Materials of an event: what there is, one item each, and a file's content apart from it, so that a list does not read
//! all files.

use aws_sdk_dynamodb::primitives::Blob;
use domain::EventId;
use domain::material::{FILE_BYTES_MAX, Material};

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, text};
use crate::keys::{Key, MATERIALS};

impl Store {
    /// An event's materials, in the order in which they were added.
    pub async fn materials(&self, event: EventId) -> Result<Vec<Material>, Failure> {
        let items = self.query(&Key::Event(event).pk(), MATERIALS, true).await?;
        items.iter().map(|item| serde_json::from_str(item.text("d")?).map_err(Failure::unreadable)).collect()
    }

    /// Adds a material; a file with its content, which is stored first: what is listed is there.
    pub async fn add_material(
        &self,
        event: EventId,
        material: &Material,
        content: Option<&[u8]>,
    ) -> Result<(), Failure> {
        if let Some(content) = content {
            if content.len() > FILE_BYTES_MAX {
                return Err(Failure::unreadable("a file of over 300 KB is no material"));
            }
            let mut item = Key::MaterialContent(event, material.id.clone()).attributes();
            item.insert("bytes".to_owned(), aws_sdk_dynamodb::types::AttributeValue::B(Blob::new(content)));
            self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        }
        let mut item = Key::Material(event, material.id.clone()).attributes();
        item.insert("d".to_owned(), text(serde_json::to_string(material).map_err(Failure::unreadable)?));
        self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// The content of a file among the materials.
    pub async fn material_content(&self, event: EventId, id: &str) -> Result<Option<Vec<u8>>, Failure> {
        let key = Key::MaterialContent(event, id.to_owned()).attributes();
        let reply = self.client.get_item().table_name(&self.table).set_key(Some(key)).send().await?;
        let Some(item) = reply.item else { return Ok(None) };
        let bytes = item.get("bytes").and_then(|bytes| bytes.as_b().ok());
        let bytes = bytes.ok_or_else(|| Failure::unreadable("a file without content"))?;
        Ok(Some(bytes.clone().into_inner()))
    }

    /// Takes a material away, with its content.
    pub async fn remove_material(&self, event: EventId, id: &str) -> Result<(), Failure> {
        self.delete(&Key::Material(event, id.to_owned())).await?;
        self.delete(&Key::MaterialContent(event, id.to_owned())).await
    }
}
