//! Signatures: Ed25519 (RFC 8032), as a Data Integrity proof (`eddsa-rdfc-2022`, W3C) and as a JWS (RFC 7515, 8037).
//!
//! The same statements under the same key give the same signature, so what is issued twice is issued once.

use app::{Failure, SigningKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey as Secret};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::quads::{BLANK, Quads};

const SECURITY: &str = "https://w3id.org/security#";
/// The multicodec prefix of an Ed25519 public key.
const ED25519_PUBLIC: [u8; 2] = [0xed, 0x01];

/// Bytes as a multibase text in base58 (the Bitcoin alphabet).
fn base58(bytes: &[u8]) -> String {
    format!("z{}", bs58::encode(bytes).into_string())
}

/// A public key as a Multikey.
pub(crate) fn multikey(public: [u8; 32]) -> String {
    base58(&[&ED25519_PUBLIC[..], &public].concat())
}

/// A public key as a JWK (RFC 8037).
pub(crate) fn jwk(public: [u8; 32]) -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(public)})
}

/// Who signs, with which key.
pub(crate) struct Signer {
    secret: Secret,
    /// The key's name, unique in the hub: the day from which it signs.
    pub key: String,
}

impl Signer {
    /// The newest key that can still sign.
    pub fn newest(keys: &[SigningKey]) -> Result<Self, Failure> {
        let newest = keys.iter().rev().find_map(|key| Some((key.id.clone(), key.secret?)));
        let (key, secret) = newest.ok_or_else(|| Failure::new("the hub has no key to sign certificates with"))?;
        Ok(Self { secret: Secret::from_bytes(&secret), key })
    }

    /// The proof's value for a document with these statements.
    pub fn prove(&self, statements: &Quads, method: &str, created: &str) -> String {
        let mut message = Sha256::digest(proof_statements(method, created).text()).to_vec();
        message.extend(Sha256::digest(statements.text()));
        base58(&self.secret.sign(&message).to_bytes())
    }

    /// A JWS's signature over a header and a payload.
    pub fn sign(&self, header: &Value, payload: &Value) -> String {
        let signature = self.secret.sign(signing_input(header, payload).as_bytes());
        URL_SAFE_NO_PAD.encode(signature.to_bytes())
    }
}

/// What a proof says of itself, which is signed with the document.
fn proof_statements(method: &str, created: &str) -> Quads {
    let mut quads = Quads::default();
    quads
        .kind(BLANK, &format!("{SECURITY}DataIntegrityProof"))
        .typed(BLANK, "http://purl.org/dc/terms/created", created, "dateTime")
        .typed(BLANK, &format!("{SECURITY}cryptosuite"), "eddsa-rdfc-2022", &format!("{SECURITY}cryptosuiteString"))
        .iri(BLANK, &format!("{SECURITY}proofPurpose"), &format!("{SECURITY}assertionMethod"))
        .iri(BLANK, &format!("{SECURITY}verificationMethod"), method);
    quads
}

/// A proof, as it stands in the document.
pub(crate) fn proof(method: &str, created: &str, value: &str) -> Value {
    json!({
        "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": created,
        "verificationMethod": method, "proofPurpose": "assertionMethod", "proofValue": value,
    })
}

/// The header of a credential's JWS.
pub(crate) fn header(method: &str, public: [u8; 32]) -> Value {
    json!({"alg": "EdDSA", "typ": "JWT", "kid": method, "jwk": jwk(public)})
}

/// The first two parts of a JWS.
fn signing_input(header: &Value, payload: &Value) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(payload.to_string()))
}

/// A whole JWS.
pub(crate) fn compact(header: &Value, payload: &Value, signature: &str) -> String {
    format!("{}.{signature}", signing_input(header, payload))
}
