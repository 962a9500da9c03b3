//! A mail handed to SES (`SendRawEmail`, API reference 2010-12-01).

use std::error::Error;

use aws_sdk_ses::Client;
use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::RawMessage;

use crate::compose::Mail;
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
}

impl Mailer {
    /// A mailer that sends from this address, as patient as one mail is worth.
    pub fn new(client: &Client, from: String) -> Self {
        let patient = patience::for_one_mail(client.config().to_builder());
        Self { client: Client::from_conf(patient.build()), from }
    }

    /// The address that mail comes from.
    pub fn from(&self) -> &str {
        &self.from
    }

    /// Sends a mail; SES's identifier.
    pub async fn send(&self, mail: &Mail<'_>) -> Result<String, Failure> {
        let message = mail.compose(&self.from).map_err(|e| Failure(Box::new(e)))?;
        let raw = RawMessage::builder().data(Blob::new(message)).build().map_err(|e| Failure(Box::new(e)))?;
        let reply = self.client.send_raw_email().raw_message(raw).send().await;
        reply.map(|sent| sent.message_id).map_err(|error| Failure(Box::new(error)))
    }
}
