//! Credentials: what a certificate says, signed by the hub, so that anybody can check it without asking the hub.

mod document;
mod quads;
mod signing;
mod status;

use std::collections::BTreeMap;

use app::{App, Failure, PublicKey};
use domain::CertificateNumber;
use domain::certificate::Facts;
use serde_json::{Value, json};
use store::{Badge, Certificate};

use document::Claims;
pub(crate) use document::Form;
pub(crate) use status::{FRESH_SECONDS, LIST_LENGTH, place, status_credential};

impl Form {
    fn name(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Open => "open",
        }
    }

    /// Under which names the signatures of the proof and of the JWT are kept.
    fn signatures(self) -> (String, String) {
        (format!("{}-proof", self.name()), format!("{}-jwt", self.name()))
    }
}

/// The hub's DID (W3C, method `did:web`): its address, with a port's colon escaped.
pub(crate) fn did(origin: &str) -> String {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    format!("did:web:{}", host.replace(':', "%3A").replace('/', ":"))
}

/// The name of a key in the DID's document.
fn method(origin: &str, key: &str) -> String {
    format!("{}#{key}", did(origin))
}

/// The DID's document: every key that signs or once signed, each in the two forms that verifiers look for.
pub(crate) async fn did_document(app: &App) -> Result<Value, Failure> {
    let did = did(&app.config.base_url);
    let multikey = |key: &PublicKey| {
        json!({"id": format!("{did}#{}", key.id), "type": "Multikey", "controller": did,
            "publicKeyMultibase": signing::multikey(key.public)})
    };
    let web_key = |key: &PublicKey| {
        json!({"id": format!("{did}#{}-jwk", key.id), "type": "JsonWebKey", "controller": did,
            "publicKeyJwk": signing::jwk(key.public)})
    };
    let methods: Vec<Value> =
        app.signing.published().await?.iter().flat_map(|key| [multikey(key), web_key(key)]).collect();
    let names: Vec<&Value> = methods.iter().map(|method| &method["id"]).collect();
    Ok(json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1",
            "https://w3id.org/security/jwk/v1"],
        "id": did, "assertionMethod": names, "verificationMethod": methods,
    }))
}

/// A holder's name in credentials: a UUID (RFC 9562, version 8) that says nothing.
fn subject(app: &App, number: CertificateNumber) -> String {
    let mut bytes = app.identity.credential_subject(number);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex::encode(bytes);
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// Signs what a certificate says, both ways in both forms; `drawn` is its place in the status lists. A JWT that is longer
/// than KMS signs is left out.
pub(crate) async fn sign(app: &App, number: CertificateNumber, facts: &Facts, drawn: u64) -> Result<Badge, Failure> {
    let signatory = app.signing.signatory().await?;
    let PublicKey { id: key, public } = signatory.key.clone();
    let (list, index) = place(app, drawn);
    let origin = app.config.base_url.clone();
    let issuer = did(&origin);
    let claims = Claims {
        number: number.to_string(),
        facts,
        origin: &origin,
        issuer,
        list,
        index,
        subject: subject(app, number),
    };
    let method = method(&origin, &key);
    let header = signing::header(&format!("{method}-jwk"), public);
    let mut signatures = BTreeMap::new();
    for form in [Form::Named, Form::Open] {
        let (proof, jwt) = form.signatures();
        let proven = signing::prove(&signatory, &claims.statements(form), &method, &claims.issued()).await?;
        signatures.insert(proof, proven);
        let signed = signing::sign(&signatory, &header, &claims.payload(form)).await?;
        signatures.extend(signed.map(|signed| (jwt, signed)));
    }
    Ok(Badge { origin, list, index, key, signatures })
}

/// One of a certificate's credentials, ready to be made into text.
pub(crate) struct Credential<'a> {
    claims: Claims<'a>,
    badge: &'a Badge,
    form: Form,
    public: [u8; 32],
}

impl<'a> Credential<'a> {
    /// The credential of a certificate.
    pub async fn of(app: &App, certificate: &'a Certificate, form: Form) -> Result<Self, Failure> {
        let badge = &certificate.badge;
        let claims = Claims {
            number: certificate.number.to_string(),
            facts: &certificate.facts,
            origin: &badge.origin,
            issuer: did(&badge.origin),
            list: badge.list,
            index: badge.index,
            subject: subject(app, certificate.number),
        };
        Ok(Self { claims, badge, form, public: app.signing.public(&badge.key).await? })
    }

    /// With a Data Integrity proof.
    pub fn json(&self) -> Result<Value, Failure> {
        let method = method(&self.badge.origin, &self.badge.key);
        let mut document = self.claims.document(self.form);
        let value = self.badge.signatures.get(&self.form.signatures().0);
        let value = value.ok_or_else(|| Failure::new("a certificate lacks a signature"))?;
        document["proof"] = signing::proof(&method, &self.claims.issued(), value);
        Ok(document)
    }

    /// As a JWT; `None` where it was too long for what signed it.
    pub fn jwt(&self) -> Option<String> {
        let signature = self.badge.signatures.get(&self.form.signatures().1)?;
        let method = method(&self.badge.origin, &self.badge.key);
        let header = signing::header(&format!("{method}-jwk"), self.public);
        Some(signing::compact(&header, &self.claims.payload(self.form), signature))
    }
}
