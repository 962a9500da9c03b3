//! Who is known under which other identifiers, and addresses that wait to be confirmed.

use std::collections::BTreeMap;

use domain::aliases::{Alias, Aliases};
use domain::{EmailAddress, PersonId};
use jiff::{SignedDuration, Timestamp};

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item, seconds, text};
use crate::keys::{ALIASES, Key, SK};

/// How long an address waits to be confirmed.
const WISH_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Store {
    /// Every alias of the hub: one short list.
    pub async fn aliases(&self) -> Result<Aliases, Failure> {
        let read = |item: &Item| {
            let person = item.text(SK)?.parse().map_err(Failure::unreadable)?;
            let alias: Alias = serde_json::from_str(item.text("d")?).map_err(Failure::unreadable)?;
            Ok((person, alias))
        };
        let found: Result<BTreeMap<PersonId, Alias>, Failure> =
            self.query(ALIASES, "", true).await?.iter().map(read).collect();
        found.map(Aliases::new)
    }

    /// Lets one identifier stand for another.
    pub async fn add_alias(&self, person: PersonId, alias: &Alias) -> Result<(), Failure> {
        let mut item = Key::Alias(person).attributes();
        item.insert("d".to_owned(), text(serde_json::to_string(alias).map_err(Failure::unreadable)?));
        self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Lets an identifier stand for itself again.
    pub async fn remove_alias(&self, person: PersonId) -> Result<(), Failure> {
        self.delete(&Key::Alias(person)).await
    }

    /// Keeps the address that somebody wants to be written to at, until it is confirmed.
    pub async fn wish_address(&self, person: PersonId, to: &EmailAddress, now: Timestamp) -> Result<(), Failure> {
        let mut item = Key::AddressWish(person).attributes();
        item.insert("email".to_owned(), text(to.as_str()));
        item.insert("ttl".to_owned(), seconds(now + WISH_KEPT));
        self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// The address that somebody wants to be written to at, while it can still be confirmed.
    pub async fn address_wish(&self, person: PersonId, now: Timestamp) -> Result<Option<EmailAddress>, Failure> {
        let key = Key::AddressWish(person).attributes();
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let Some(item) = request.send().await?.item else { return Ok(None) };
        if item.seconds("ttl")? <= now {
            return Ok(None);
        }
        EmailAddress::parse(item.text("email")?).map(Some).map_err(Failure::unreadable)
    }
}
