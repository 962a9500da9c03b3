//! A letter as MIME, handed to SES (`SendRawEmail`, API reference 2010-12-01).

use std::error::Error;

use aws_sdk_ses::Client;
use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::RawMessage;
use domain::EmailAddress;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;

use crate::letter::Letter;
use crate::patience;

/// SES did not take the mail.
#[derive(Debug, thiserror::Error)]
#[error("SES did not take the mail")]
pub struct Failure(#[source] Box<dyn Error + Send + Sync>);

/// Sends the hub's mail.
#[derive(Clone)]
pub struct Mailer {
    client: Client,
    from: String,
    hub: String,
}

impl Mailer {
    /// A mailer that sends from this address in the hub's name.
    pub fn new(client: Client, from: String, hub: String) -> Self {
        Self { client, from, hub }
    }

    /// Sends a letter; SES's identifier. `thread` groups the mails of one booking and seeds the part boundaries, so that
    /// the same letter is the same bytes.
    pub async fn send(&self, to: &EmailAddress, letter: &Letter, thread: &str) -> Result<String, Failure> {
        let message = self.compose(to, letter, thread)?;
        let raw = RawMessage::builder().data(Blob::new(message)).build().map_err(|e| Failure(Box::new(e)))?;
        let request = self.client.send_raw_email().raw_message(raw).customize();
        let reply = request.config_override(patience::for_one_mail()).send().await;
        reply.map(|sent| sent.message_id).map_err(|error| Failure(Box::new(error)))
    }

    fn compose(&self, to: &EmailAddress, letter: &Letter, thread: &str) -> Result<Vec<u8>, Failure> {
        let domain = self.from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let body = MimePart::new(
            ContentType::new("multipart/alternative").attribute("boundary", thread),
            vec![MimePart::new("text/plain", letter.text()), MimePart::new("text/html", letter.html())],
        );
        MessageBuilder::new()
            .from(Address::new_address(Some(self.hub.as_str()), self.from.as_str()))
            .to(Address::new_address(None::<&str>, to.as_str()))
            .subject(letter.subject.as_str())
            .header("References", Raw::new(format!("<{thread}@{domain}>")))
            .header("Auto-Submitted", Raw::new("auto-generated"))
            .body(body)
            .write_to_vec()
            .map_err(|error| Failure(Box::new(error)))
    }
}
