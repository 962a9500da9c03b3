//! The hub's keys: the identity key (made once, never rotated), link keys (the newest signs, all verify), and the
//! public keys of the organisers' issuer.
//!
//! On AWS each is a parameter under one path: `identity-key`, `link-keys`, `jwks`. On one machine they are one file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::JwkSet;
use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::clock::random_bytes;

/// Every key of a hub. Does not print.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Secrets {
    pub(crate) identity_key: [u8; 32],
    pub(crate) link_keys: Vec<LinkKey>,
    pub(crate) jwks: JwkSet,
}

/// A key that signs links, or once did.
#[derive(Clone)]
pub(crate) struct LinkKey {
    pub id: u8,
    pub key: [u8; 32],
}

/// The stored form: keys in base64.
#[derive(Clone, Serialize, Deserialize)]
struct Stored {
    identity_key: String,
    link_keys: Vec<StoredLinkKey>,
    jwks: JwkSet,
}

#[derive(Clone, Serialize, Deserialize)]
struct StoredLinkKey {
    id: u8,
    key: String,
}

/// Keys that are missing, of the wrong length, or not base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the hub's keys do not read")]
pub struct InvalidSecrets;

impl Secrets {
    /// New keys; no issuer yet.
    pub fn generate() -> Self {
        let link_keys = vec![LinkKey { id: 1, key: random_bytes() }];
        Self { identity_key: random_bytes(), link_keys, jwks: JwkSet { keys: Vec::new() } }
    }

    /// Sets the public keys of the organisers' issuer (RFC 7517).
    pub fn set_jwks(&mut self, jwks: JwkSet) {
        self.jwks = jwks;
    }

    /// Makes a new key for links; the earlier ones verify as long as they are kept.
    pub fn add_link_key(&mut self) {
        let id = self.link_keys.iter().map(|key| key.id).max().unwrap_or(0).wrapping_add(1);
        self.link_keys.push(LinkKey { id, key: random_bytes() });
    }

    /// Reads the keys from the parameter store.
    pub(crate) async fn from_parameters(client: &aws_sdk_ssm::Client, path: &str) -> Result<Self, Failure> {
        let mut request = client.get_parameters_by_path().path(path).with_decryption(true).into_paginator().send();
        let mut values = std::collections::BTreeMap::new();
        while let Some(page) = request.next().await {
            for parameter in page.map_err(Failure::new)?.parameters.unwrap_or_default() {
                let name = parameter.name.unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
                values.insert(name, parameter.value.unwrap_or_default());
            }
        }
        let value = |name: &str| values.get(name).ok_or(InvalidSecrets).map_err(Failure::new);
        let stored = Stored {
            identity_key: value("identity-key")?.clone(),
            link_keys: serde_json::from_str(value("link-keys")?).map_err(Failure::new)?,
            jwks: serde_json::from_str(value("jwks")?).map_err(Failure::new)?,
        };
        Self::try_from(stored).map_err(Failure::new)
    }
}

impl TryFrom<Stored> for Secrets {
    type Error = InvalidSecrets;

    fn try_from(stored: Stored) -> Result<Self, InvalidSecrets> {
        let key = |text: &str| STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(InvalidSecrets);
        let link_keys = stored.link_keys.iter().map(|k| Ok(LinkKey { id: k.id, key: key(&k.key)? }));
        let link_keys: Vec<LinkKey> = link_keys.collect::<Result<_, _>>()?;
        if link_keys.is_empty() {
            return Err(InvalidSecrets);
        }
        Ok(Self { identity_key: key(&stored.identity_key)?, link_keys, jwks: stored.jwks })
    }
}

impl From<Secrets> for Stored {
    fn from(secrets: Secrets) -> Self {
        let link_key = |key: &LinkKey| StoredLinkKey { id: key.id, key: STANDARD.encode(key.key) };
        Self {
            identity_key: STANDARD.encode(secrets.identity_key),
            link_keys: secrets.link_keys.iter().map(link_key).collect(),
            jwks: secrets.jwks,
        }
    }
}
