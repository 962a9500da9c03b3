//! Requests to KMS: `GetPublicKey` and `Sign` of its JSON protocol, of the one key that the folder has.
//!
//! See <https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html>: Ed25519 takes a whole message, of 4,096 bytes
//! at the most.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Value, json};

use super::demands::Demand;
use super::replies::{json_error, json_reply};
use super::{Caller, Wire};

/// The longest message, in bytes.
const MESSAGE_MAX: usize = 4_096;
/// How a request's target begins.
pub(super) const TARGET: &str = "TrentService.";

/// One operation on keys, named as in KMS's API reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum KeyOperation {
    /// As in KMS's API reference.
    GetPublicKey,
    /// As in KMS's API reference.
    Sign,
}

impl Wire {
    pub(super) fn answer_kms(&self, operation: &str, body: &[u8]) -> HttpResponse {
        let operation = match operation {
            "GetPublicKey" => KeyOperation::GetPublicKey,
            "Sign" => KeyOperation::Sign,
            _ => return json_error(400, "UnknownOperationException", operation),
        };
        let Ok(request) = serde_json::from_slice::<Value>(body) else {
            return json_error(400, "SerializationException", "not JSON");
        };
        let arn = request["KeyId"].as_str().unwrap_or_default();
        let demand = Demand { action: format!("kms:{operation:?}"), resource: arn.to_owned() };
        if let Some(message) = self.denied(vec![demand]) {
            return json_error(400, "AccessDeniedException", &message);
        }
        let Some(kms) = self.ground.kms.as_ref().filter(|kms| kms.arn == arn) else {
            return json_error(400, "NotFoundException", &format!("Key '{arn}' does not exist"));
        };
        if let Caller::Function { name, .. } = &self.caller {
            self.ground.usage.key_used(name, operation);
        }
        match operation {
            KeyOperation::GetPublicKey => {
                let answer = json!({"KeyId": arn, "PublicKey": STANDARD.encode(kms.public_key()),
                    "KeySpec": "ECC_NIST_EDWARDS25519", "KeyUsage": "SIGN_VERIFY",
                    "SigningAlgorithms": ["ED25519_SHA_512", "ED25519_PH_SHA_512"]});
                json_reply(200, answer.to_string())
            }
            KeyOperation::Sign => match message(&request) {
                Ok(message) => {
                    let signature = STANDARD.encode(kms.sign(&message));
                    let algorithm = "ED25519_SHA_512";
                    let answer = json!({"KeyId": arn, "Signature": signature, "SigningAlgorithm": algorithm});
                    json_reply(200, answer.to_string())
                }
                Err(words) => json_error(400, "ValidationException", words),
            },
        }
    }
}

/// The message that is to be signed, if it is asked for as Ed25519 takes it.
fn message(request: &Value) -> Result<Vec<u8>, &'static str> {
    if request["SigningAlgorithm"] != "ED25519_SHA_512" {
        return Err("The local KMS knows ED25519_SHA_512 only.");
    }
    if request["MessageType"] != "RAW" {
        return Err("ED25519_SHA_512 requires MessageType RAW.");
    }
    let message = request["Message"].as_str().and_then(|text| STANDARD.decode(text).ok());
    message
        .filter(|message| (1..=MESSAGE_MAX).contains(&message.len()))
        .ok_or("Member must have length less than or equal to 4096")
}
