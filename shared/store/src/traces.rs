//! What somebody is known by, looked for where it may stand without being anybody's: in letters that are yet to go, and
//! among those who wait for a human.

use domain::{EmailAddress, EventId, MailboxId, PersonName, text};

use crate::failure::Failure;
use crate::item::Attributes as _;
use crate::keys::{NOTICE, mailbox};
use crate::{Notice, Store};

/// Names and addresses of one person. Prints redacted.
#[derive(Clone, Default)]
pub struct Traces {
    names: Vec<String>,
    addresses: Vec<String>,
}

impl std::fmt::Debug for Traces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Traces").field("names", &self.names.len()).finish_non_exhaustive()
    }
}

impl Traces {
    /// Of somebody who is called and written to like this.
    pub fn new<'a>(known: impl IntoIterator<Item = (&'a PersonName, Option<&'a EmailAddress>)>) -> Self {
        let mut traces = Self::default();
        for (name, email) in known {
            traces.names.push(name.folded());
            traces.addresses.extend(email.map(EmailAddress::normalised));
        }
        traces
    }

    /// Whether a text has the person's name or address in it.
    pub(crate) fn are_in(&self, words: &str) -> bool {
        let folded = text::fold(words);
        let has_name = self.names.iter().any(|name| !name.is_empty() && folded.contains(name.as_str()));
        let words = words.to_lowercase();
        has_name || self.addresses.iter().any(|address| words.contains(address.as_str()))
    }

    /// Whether this is the person: the name, and the address where there is one.
    fn are_of(&self, name: &str, email: Option<&str>) -> bool {
        let email = email.and_then(|email| EmailAddress::parse(email).ok());
        let is_address = email.is_none_or(|email| self.addresses.contains(&email.normalised()));
        is_address && self.names.contains(&text::fold(name))
    }
}

impl Store {
    /// Drops what is to be told at a mailbox and names this person: an organiser's, who was to ring them.
    pub async fn forget_notices(&self, of: MailboxId, traces: &Traces) -> Result<(), Failure> {
        for item in self.query(&mailbox(of), NOTICE, true).await? {
            if item.text("d").is_ok_and(|words| traces.are_in(words)) {
                self.delete(&Notice::read(&item)?.key()).await?;
            }
        }
        Ok(())
    }

    /// Forgets whoever waits for a human at an event and is this person.
    pub async fn forget_unidentified(&self, event: EventId, traces: &Traces) -> Result<(), Failure> {
        for one in self.unidentified(event).await? {
            if traces.are_of(&one.name, one.email.as_deref()) {
                self.settle_unidentified(event, &one.entry).await?;
            }
        }
        Ok(())
    }
}
