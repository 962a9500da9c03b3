//! People apart from their bookings: the profile, and how often a mailbox has asked for its links.

use aws_sdk_dynamodb::types::ReturnValue;
use domain::{EmailAddress, PersonId, PersonName};
use futures::future::try_join_all;
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
    /// Keeps people's profiles; of each person the first one stays.
    pub async fn keep_profiles(&self, profiles: &[Profile]) -> Result<(), Failure> {
        let kept = self.taken(profiles.iter().map(|profile| Key::Profile(profile.person))).await?;
        let new = profiles.iter().filter(|profile| !kept.has(&Key::Profile(profile.person))).map(|profile| {
            let mut item = Key::Profile(profile.person).attributes();
            item.insert("name".to_owned(), text(profile.name.as_str()));
            item.insert("email".to_owned(), text(profile.email.as_str()));
            self.put_if_absent(item)
        });
        // As many as come in one batch of the stream.
        try_join_all(new).await.map(drop)
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
