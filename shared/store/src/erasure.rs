//! What is held about one person, found under their mailbox, and taken away again: bookings keep role, organisation and
//! generation, so that counts stand; names, addresses and organisers' words about the person go.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use domain::policy::Waiver;
use domain::uk_time::uk;
use domain::{PersonId, Registration};

use crate::failure::Failure;
use crate::item::{Attributes as _, Item, number, text};
use crate::keys::{Due, Key, PK, SK, mailbox};
use crate::{Store, Traces};

impl Store {
    /// Reduces a booking to what counts are made of, unless it has been replaced since it was read.
    pub async fn strip(&self, registration: &Registration) -> Result<(), Failure> {
        let form = serde_json::to_string(&registration.form.without_person()).map_err(Failure::unreadable)?;
        let reply = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::Registration(registration.person, registration.event).attributes()))
            .update_expression("SET d = :d REMOVE rejection, na")
            .condition_expression("g = :g")
            .expression_attribute_values(":d", text(form))
            .expression_attribute_values(":g", number(registration.generation.0))
            .send()
            .await;
        match reply {
            Err(error)
                if !error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Err(error.into())
            }
            _ => self.forget_beside(registration).await,
        }
    }

    /// Forgets what stands beside a booking: why the person did not come, when they joined; and of a charge that was
    /// waived, the reason. It stays waived.
    async fn forget_beside(&self, registration: &Registration) -> Result<(), Failure> {
        let (event, person) = (registration.event, registration.person);
        self.delete(&Key::Absence(event, person)).await?;
        self.delete(&Key::Join(event, person)).await?;
        if self.waivers(event).await?.contains_key(&person) {
            self.waive(event, person, Waiver::Other).await?;
        }
        Ok(())
    }

    /// Forgets a person apart from their bookings: the mails, and what organisers said of them. What is
    /// under the mailbox without being anybody's goes when nobody else reads it, or it names the person.
    pub async fn forget(&self, person: PersonId, is_alone: bool, traces: &Traces) -> Result<(), Failure> {
        let items = self.query(&mailbox(person.mailbox()), "", true).await?;
        let tag = person.tag();
        // `-#` is a profile, which folders from before still have.
        let own: BTreeSet<String> =
            ["-#", "O#", "H#", "G#", "AD#"].into_iter().map(|kind| format!("{kind}{tag}")).collect();
        for item in &items {
            let sort_key = item.text(SK)?;
            let is_own = own.iter().any(|start| sort_key == start || sort_key.starts_with(&format!("{start}#")));
            let names_them = || item.text("d").is_ok_and(|words| traces.are_in(words));
            let is_nobodys = match sort_key.split('#').next() {
                Some("N") => is_alone || names_them(),
                Some("B") => is_alone,
                _ => false,
            };
            if sort_key.starts_with("H#") && is_own {
                self.forget_words(item).await?;
            }
            if is_own || is_nobodys {
                let key = Due { pk: item.text(PK)?.to_owned(), sk: sort_key.to_owned(), at: jiff::Timestamp::MIN };
                let request = self.client.delete_item().table_name(&self.table);
                request.set_key(Some(key.attributes())).send().await?;
            }
        }
        // There is nobody left to reach some other way.
        if is_alone { self.finish_bounce_task(&person.mailbox().to_string()).await } else { Ok(()) }
    }

    /// Takes the organiser's words out of the trail's entry that stands beside this booking too.
    async fn forget_words(&self, beside: &Item) -> Result<(), Failure> {
        let mut action: crate::Action = serde_json::from_str(beside.text("d")?).map_err(Failure::unreadable)?;
        let time_and_id = beside.text(SK)?.splitn(4, '#').nth(3).unwrap_or_default().to_owned();
        if action.reason.take().is_none() {
            return Ok(());
        }
        let mut item = Key::Action(uk().to_datetime(action.at).date(), time_and_id).attributes();
        item.insert("d".to_owned(), text(serde_json::to_string(&action).map_err(Failure::unreadable)?));
        self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        Ok(())
    }
}
