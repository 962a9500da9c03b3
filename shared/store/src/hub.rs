//! The hub's settings and its programmes: two items, each read whole and replaced if nobody was quicker.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use domain::{Hub, Programme, Programmes};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, number, text};
use crate::keys::Key;

/// Something stored with the version under which it may be replaced; 0 where nothing is stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// What is stored.
    pub value: T,
    /// Rises with every change.
    pub version: u64,
}

impl Store {
    /// The hub's settings; `None` until an organiser sets any.
    pub async fn hub(&self) -> Result<Option<Hub>, Failure> {
        Ok(self.versioned(Key::Hub, false).await?.map(|found| found.value))
    }

    /// The hub's settings, consistently read in order to be replaced.
    pub async fn hub_to_change(&self) -> Result<Option<Versioned<Hub>>, Failure> {
        self.versioned(Key::Hub, true).await
    }

    /// Replaces the settings that had this version; whether nobody was quicker.
    pub async fn replace_hub(&self, hub: &Hub, version: u64) -> Result<bool, Failure> {
        self.replace_versioned(Key::Hub, hub, version).await
    }

    /// The hub's programmes.
    pub async fn programmes(&self) -> Result<Programmes, Failure> {
        let found: Option<Versioned<Vec<Programme>>> = self.versioned(Key::Programmes, false).await?;
        Ok(found.map(|found| found.value).unwrap_or_default().into_iter().collect())
    }

    /// The hub's programmes, consistently read in order to be replaced.
    pub async fn programmes_to_change(&self) -> Result<Versioned<Programmes>, Failure> {
        let found: Option<Versioned<Vec<Programme>>> = self.versioned(Key::Programmes, true).await?;
        let Versioned { value, version } = found.unwrap_or(Versioned { value: Vec::new(), version: 0 });
        Ok(Versioned { value: value.into_iter().collect(), version })
    }

    /// Replaces the programmes that had this version; whether nobody was quicker.
    pub async fn replace_programmes(&self, programmes: &Programmes, version: u64) -> Result<bool, Failure> {
        self.replace_versioned(Key::Programmes, &programmes.iter().collect::<Vec<_>>(), version).await
    }

    async fn versioned<T: DeserializeOwned>(
        &self,
        key: Key,
        consistent: bool,
    ) -> Result<Option<Versioned<T>>, Failure> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key.attributes()));
        let reply = request.consistent_read(consistent).send().await?;
        let Some(item) = reply.item else { return Ok(None) };
        let value = serde_json::from_str(item.text("d")?).map_err(Failure::unreadable)?;
        Ok(Some(Versioned { value, version: item.number("ver")? }))
    }

    async fn replace_versioned(&self, key: Key, value: &impl Serialize, version: u64) -> Result<bool, Failure> {
        let mut item = key.attributes();
        item.insert("d".to_owned(), text(serde_json::to_string(value).map_err(Failure::unreadable)?));
        item.insert("ver".to_owned(), number(version + 1));
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        let request = match version {
            0 => request.condition_expression("attribute_not_exists(PK)"),
            _ => request.condition_expression("ver = :ver").expression_attribute_values(":ver", number(version)),
        };
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) => {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }
}
