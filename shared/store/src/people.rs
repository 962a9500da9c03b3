//! People apart from their bookings: the profile, and how often a mailbox has asked for its links.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::ReturnValue;
use domain::{EmailAddress, PersonId, PersonName};
use jiff::Timestamp;

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, number, text};
use crate::keys::Key;

/// A person as last seen. Prints redacted, through its parts.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Who.
    pub person: PersonId,
    /// The name of the first booking.
    pub name: PersonName,
    /// Where mail goes.
    pub email: EmailAddress,
}

impl Store {
    /// Keeps people's profiles; of each person the first one stays. Bookings of one person come one after the other, as
    /// the stream has them, so none is stored between the look and the write.
    pub async fn keep_profiles(&self, profiles: &[Profile]) -> Result<(), Failure> {
        let kept = self.taken(profiles.iter().map(|profile| Key::Profile(profile.person))).await?;
        let mut items = BTreeMap::new();
        for profile in profiles {
            let key = Key::Profile(profile.person);
            if kept.has(&key) {
                continue;
            }
            let mut item = key.attributes();
            item.insert("name".to_owned(), text(profile.name.as_str()));
            item.insert("email".to_owned(), text(profile.email.as_str()));
            items.entry((key.pk(), key.sk())).or_insert(item);
        }
        self.put_all(items).await
    }

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
