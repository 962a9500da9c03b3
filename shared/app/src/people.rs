//! People apart from single bookings: everything under all of somebody's identifiers, and another address.

use std::collections::BTreeSet;

use domain::aliases::{Alias, AliasKind, Aliases};
use domain::{EmailAddress, PersonId, Registration};
use store::{Hold, Message};

use crate::{App, Failure};

impl App {
    /// Every booking under these identifiers.
    pub async fn bookings_of(&self, people: &[PersonId]) -> Result<Vec<Registration>, Failure> {
        let mailboxes: BTreeSet<_> = people.iter().map(PersonId::mailbox).collect();
        let mut bookings = Vec::new();
        for mailbox in mailboxes {
            let found = self.store.registrations_of_mailbox(mailbox).await?;
            bookings.extend(found.into_iter().filter(|booking| people.contains(&booking.person)));
        }
        Ok(bookings)
    }

    /// Every booking of whoever reads an address now.
    pub async fn bookings_at(&self, email: &EmailAddress, aliases: &Aliases) -> Result<Vec<Registration>, Failure> {
        let mailbox = self.identity.mailbox(email);
        let mut bookings = self.store.registrations_of_mailbox(mailbox).await?;
        let elsewhere: Vec<PersonId> = aliases.at_mailbox(mailbox).into_iter().collect();
        bookings.extend(self.bookings_of(&elsewhere).await?);
        Ok(bookings)
    }

    /// Writes to somebody at another address from now on: every booking has it; the person that the
    /// address makes of the name stands for this one. Links to what is ahead go there. Repeating it changes nothing.
    pub async fn change_address(&self, person: PersonId, to: &EmailAddress) -> Result<usize, Failure> {
        let aliases = self.store.aliases().await?;
        let people = aliases.all(person);
        let (main, now) = (aliases.main(person), self.clock.now());
        let mut changed = 0;
        for was in self.bookings_of(&people).await? {
            let mut booking = was.clone();
            if booking.form.is_without_person() || booking.form.email.as_ref() == Some(to) {
                continue;
            }
            booking.form.email = Some(to.clone());
            // A booking that is made again at this very moment keeps the address that it is made with.
            changed += usize::from(self.store.correct(&was, &booking).await?);
            self.know_as(&aliases, self.identity.person(to, &booking.form.name), main).await?;
            self.send_link(&booking).await?;
        }
        tracing::info!(bookings = changed, at = %now, "address changed");
        Ok(changed)
    }

    async fn know_as(&self, aliases: &Aliases, person: PersonId, main: PersonId) -> Result<(), Failure> {
        if aliases.is_one(person, main) {
            return Ok(());
        }
        let alias = Alias { to: main, kind: AliasKind::Address, at: self.clock.now() };
        Ok(self.store.add_alias(aliases.main(person), &alias).await?)
    }

    /// Mails the link of a booking that is still ahead.
    async fn send_link(&self, booking: &Registration) -> Result<(), Failure> {
        let now = self.clock.now();
        let record = self.store.event(booking.event, false).await?;
        if booking.refused || record.is_none_or(|record| record.event.ends() <= now) {
            return Ok(());
        }
        let message = Message {
            person: booking.person,
            event: booking.event,
            kind: "link-again".to_owned(),
            mark: format!("{}-address-{}", booking.generation.0, now.as_millisecond()),
            generation: booking.generation,
            at: now,
            tries: 0,
            facts: serde_json::json!({}),
        };
        self.store.post(&message, now, Hold::Nobody).await?;
        Ok(())
    }
}
