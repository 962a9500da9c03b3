//! Requests to SES: `SendRawEmail` of its query API, and nothing else.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::MessageParser;

use super::faults::Mail;
use super::replies::{mail_error, mail_taken};
use super::{Wire, demands};
use crate::inbox::Rejected;

/// A message to send, as the form says it.
#[derive(Debug, Default)]
struct SendRawEmail {
    source: Option<String>,
    destinations: Vec<String>,
    message: Vec<u8>,
}

impl Wire {
    pub(super) fn answer_mail(&self, body: &[u8]) -> Result<HttpResponse, ConnectorError> {
        let Some(request) = SendRawEmail::read(body) else {
            return Ok(mail_error(400, "InvalidAction", "The local hub knows SendRawEmail only."));
        };
        if let Some(message) = self.denied(vec![demands::of_mail(&request.from())]) {
            return Ok(mail_error(403, "AccessDenied", &message));
        }
        if self.ground.faults.mail() == Mail::Down {
            return Ok(mail_error(400, "AccountSendingPausedException", "Sending is paused for this account."));
        }
        let now = self.ground.clock.now();
        match self.ground.inbox.file(&request.message, request.destinations, now) {
            Ok(id) => {
                self.ground.feedback.consider(&id, &self.ground.inbox.recipients(&id), now);
                Ok(mail_taken(&id))
            }
            Err(Rejected::Io(error)) => Err(ConnectorError::io(error.into())),
            Err(rejected) => Ok(mail_error(400, "InvalidParameterValue", &rejected.to_string())),
        }
    }
}

impl SendRawEmail {
    fn read(body: &[u8]) -> Option<Self> {
        let fields: Vec<(String, String)> = serde_html_form::from_bytes(body).ok()?;
        let mut request = Self::default();
        let mut action = None;
        for (name, value) in fields {
            match name.as_str() {
                "Action" => action = Some(value),
                "Source" => request.source = Some(value),
                "RawMessage.Data" => request.message = STANDARD.decode(value).ok()?,
                name if name.starts_with("Destinations.member.") => request.destinations.push(value),
                _ => {}
            }
        }
        (action.as_deref() == Some("SendRawEmail")).then_some(request)
    }

    /// The address that it is sent from: the envelope's, else the header's.
    fn from(&self) -> String {
        let header = || {
            let message = MessageParser::new().with_address_headers().parse_headers(self.message.as_slice())?;
            Some(message.from()?.first()?.address.as_deref()?.to_owned())
        };
        self.source.clone().or_else(header).unwrap_or_default()
    }
}
