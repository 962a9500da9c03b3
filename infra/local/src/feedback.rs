//! What SES says of mail that does not arrive, on its way to the functions that are subscribed to it.
//!
//! The local SES is the mailbox simulator (<https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html>):
//! mail to its addresses, with or without a label (`bounce+ann@…`), comes back or is complained of as there, and mail to
//! any other arrives. What is on its way when the hub ends is lost.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::template::REGION;

/// The simulator's domain.
const SIMULATOR: &str = "simulator.amazonses.com";

/// Notifications that are yet to be handed on.
#[derive(Debug, Default)]
pub struct Feedback {
    waiting: Mutex<Vec<Value>>,
    said: watch::Sender<u64>,
}

impl Feedback {
    /// Considers a message that was sent: for each address at which it does not arrive there is something to say.
    pub fn consider(&self, id: &str, to: &BTreeSet<String>, now: Timestamp) {
        let said: Vec<Value> = to.iter().filter_map(|address| notification(id, address, now)).collect();
        if !said.is_empty() {
            self.waiting().extend(said);
            self.said.send_modify(|count| *count += 1);
        }
    }

    /// What is to be handed on, which then is not any more.
    pub fn take(&self) -> Vec<Value> {
        std::mem::take(&mut self.waiting())
    }

    /// Changes whenever there is something to hand on.
    pub fn said(&self) -> watch::Receiver<u64> {
        self.said.subscribe()
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Value>> {
        // Nothing panics while the lock is held.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What SES says, by way of SNS, of a message to one address; `None` where it arrives.
fn notification(id: &str, address: &str, now: Timestamp) -> Option<Value> {
    let (local, domain) = address.rsplit_once('@')?;
    let which = local.split_once('+').map_or(local, |(which, _)| which).to_ascii_lowercase();
    if !domain.eq_ignore_ascii_case(SIMULATOR) {
        return None;
    }
    let (kind, field, fact) = match which.as_str() {
        "bounce" => ("Bounce", "bounce", bounce("General", address, now)),
        "suppressionlist" => ("Bounce", "bounce", bounce("Suppressed", address, now)),
        "complaint" => ("Complaint", "complaint", complaint(address, now)),
        // `success` and `ooto` arrive.
        _ => return None,
    };
    let mail = json!({"timestamp": now, "messageId": id, "destination": [address]});
    let message = json!({"eventType": kind, field: fact, "mail": mail});
    let sns = json!({"Type": "Notification", "MessageId": format!("{id}-feedback"),
        "TopicArn": format!("arn:aws:sns:{REGION}:000000000000:MailFeedback"),
        "Subject": "Amazon SES Email Event Notification", "Message": message.to_string(), "Timestamp": now});
    Some(json!({"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": sns}]}))
}

fn bounce(kind: &str, address: &str, now: Timestamp) -> Value {
    let recipient = json!({"emailAddress": address, "action": "failed", "status": "5.1.1",
        "diagnosticCode": "smtp; 550 5.1.1 user unknown"});
    json!({"feedbackId": "local", "bounceType": "Permanent", "bounceSubType": kind, "bouncedRecipients": [recipient],
           "timestamp": now})
}

fn complaint(address: &str, now: Timestamp) -> Value {
    json!({"feedbackId": "local", "complaintFeedbackType": "abuse", "complainedRecipients": [{"emailAddress": address}],
           "timestamp": now})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simulators_addresses_come_back_as_on_aws_and_no_others() {
        let said = |address: &str| {
            let payload = notification("1", address, Timestamp::UNIX_EPOCH)?;
            let message = payload["Records"][0]["Sns"]["Message"].as_str().expect("text").to_owned();
            let message: Value = serde_json::from_str(&message).expect("JSON");
            let detail = ["bounceSubType", "complaintFeedbackType"]
                .iter()
                .find_map(|name| message["bounce"][name].as_str().or(message["complaint"][name].as_str()));
            Some(format!("{} {}", message["eventType"].as_str()?, detail?))
        };
        for (address, expected) in [
            ("bounce@simulator.amazonses.com", Some("Bounce General")),
            ("Bounce+Ann.Ash@Simulator.AmazonSES.com", Some("Bounce General")),
            ("suppressionlist+2@simulator.amazonses.com", Some("Bounce Suppressed")),
            ("complaint@simulator.amazonses.com", Some("Complaint abuse")),
            ("success@simulator.amazonses.com", None),
            ("ooto@simulator.amazonses.com", None),
            ("bounces@simulator.amazonses.com", None),
            ("bounce@practice.example", None),
        ] {
            assert_eq!(said(address).as_deref(), expected, "{address}");
        }
    }

    #[test]
    fn what_is_taken_is_there_once_and_whoever_waits_hears_of_it() {
        let feedback = Feedback::default();
        let said = feedback.said();
        let to = |address: &str| BTreeSet::from([address.to_owned()]);
        feedback.consider("1", &to("ann@practice.example"), Timestamp::UNIX_EPOCH);
        assert!(!said.has_changed().expect("open"));
        feedback.consider("2", &to("bounce@simulator.amazonses.com"), Timestamp::UNIX_EPOCH);
        assert!(said.has_changed().expect("open"));
        assert_eq!((feedback.take().len(), feedback.take().len()), (1, 0));
    }
}
