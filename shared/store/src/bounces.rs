//! Mail that came back: found by SES's identifier, marked in the history, and left as a task for organisers.

use domain::{EventId, MailboxId, Reference};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, text};
use crate::keys::{Key, NOTICE, OUTBOX, TASKS, mailbox};
use crate::sending::{Outgoing, unless_gone};

/// An address that gets no mail any more, for organisers to see to: somebody has to be reached some other way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BounceTask {
    /// Identifies the task.
    pub id: String,
    /// Since when.
    pub at: Timestamp,
    /// `bounced` or `complained`.
    pub why: String,
    /// The bookings concerned, of events that are not over: which, and what the person quotes.
    pub bookings: Vec<(EventId, Reference)>,
}

impl Store {
    /// The mail to this mailbox that SES knows under an identifier.
    pub async fn mail_sent_as(&self, of: MailboxId, ses_id: &str) -> Result<Option<Outgoing>, Failure> {
        for prefix in [OUTBOX, NOTICE] {
            let items = self.query(&mailbox(of), prefix, true).await?;
            let found = items.iter().find(|item| item.text("detail").is_ok_and(|detail| detail == ses_id));
            if let Some(item) = found {
                return Outgoing::read(item).map(Some);
            }
        }
        Ok(None)
    }

    /// Marks a sent mail as one that did not arrive.
    pub async fn mark_bounced(&self, mail: &Key, why: &str) -> Result<(), Failure> {
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(mail.attributes()))
            .update_expression("SET st = :st, why = :why")
            .condition_expression("attribute_exists(PK)")
            .expression_attribute_values(":st", text("bounced"))
            .expression_attribute_values(":why", text(why));
        unless_gone(request.send().await)
    }

    /// Leaves a task for organisers; one that is there stays.
    pub async fn add_bounce_task(&self, task: &BounceTask) -> Result<(), Failure> {
        let mut item = Key::BounceTask(task.id.clone()).attributes();
        item.insert("d".to_owned(), text(serde_json::to_string(task).map_err(Failure::unreadable)?));
        self.put_if_absent(item).await.map(drop)
    }

    /// The tasks that are left.
    pub async fn bounce_tasks(&self) -> Result<Vec<BounceTask>, Failure> {
        let items = self.query(TASKS, "bounce#", true).await?;
        items.iter().map(|item| serde_json::from_str(item.text("d")?).map_err(Failure::unreadable)).collect()
    }

    /// Takes a task away: somebody has seen to it.
    pub async fn finish_bounce_task(&self, id: &str) -> Result<(), Failure> {
        self.delete(&Key::BounceTask(id.to_owned())).await
    }
}
