//! Signatures: Ed25519 (RFC 8032), as a Data Integrity proof (`eddsa-rdfc-2022`, W3C) and as a JWS (RFC 7515, 8037).
//!
//! The same statements under the same key give the same signature, so what is issued twice is issued once.

use app::{Failure, Signatory};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
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

/// The proof's value for a document with these statements.
pub(crate) async fn prove(
    signatory: &Signatory<'_>,
    statements: &Quads,
    method: &str,
    created: &str,
) -> Result<String, Failure> {
    let mut message = Sha256::digest(proof_statements(method, created).text()).to_vec();
    message.extend(Sha256::digest(statements.text()));
    Ok(base58(&signatory.sign(&message).await?))
}

/// A JWS's signature over a header and a payload; `None` where they are longer than the signatory takes.
pub(crate) async fn sign(
    signatory: &Signatory<'_>,
    header: &Value,
    payload: &Value,
) -> Result<Option<String>, Failure> {
    let input = signing_input(header, payload);
    if !signatory.takes(input.len()) {
        return Ok(None);
    }
    Ok(Some(URL_SAFE_NO_PAD.encode(signatory.sign(input.as_bytes()).await?)))
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
