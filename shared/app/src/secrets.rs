//! The hub's keys: the identity key (made once, never rotated), link keys (the newest signs, all verify), the keys that
//! sign certificates (the newest signs; a retired one may be kept by its public half alone), and the secret that the
//! organisers' issuer may have given the console.
//!
//! On AWS each is a parameter under one path: `identity-key`, `link-keys`, `signing-keys`, `client-secret`. On one machine
//! they are one file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::uk_time::uk;
use ed25519_dalek::SigningKey as Secret;
use serde::{Deserialize, Serialize};

use crate::clock::random_bytes;
use crate::{Clock, Failure};

/// Every key of a hub. Does not print.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Secrets {
    pub(crate) identity_key: [u8; 32],
    pub(crate) link_keys: Vec<LinkKey>,
    pub(crate) client_secret: Option<String>,
    pub(crate) signing_keys: Vec<SigningKey>,
}

/// A key that signs certificates (Ed25519), or once did.
#[derive(Clone)]
pub struct SigningKey {
    /// The day from which it signs; its name for those who verify.
    pub id: String,
    /// The secret half; a retired key may be without.
    pub secret: Option<[u8; 32]>,
    /// The public half.
    pub public: [u8; 32],
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    #[serde(default)]
    signing_keys: Vec<StoredSigningKey>,
}

#[derive(Clone, Serialize, Deserialize)]
struct StoredSigningKey {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public: Option<String>,
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
    /// New keys.
    pub fn generate() -> Self {
        let link_keys = vec![LinkKey { id: 1, key: random_bytes() }];
        let mut secrets =
            Self { identity_key: random_bytes(), link_keys, client_secret: None, signing_keys: Vec::new() };
        secrets.ensure_signing_key();
        secrets
    }

    /// Makes a key for certificates where there is none, named after the day; whether it made one.
    pub fn ensure_signing_key(&mut self) -> bool {
        let is_needed = self.signing_keys.is_empty();
        if is_needed {
            self.add_signing_key();
        }
        is_needed
    }

    /// Makes a new key for certificates; the earlier ones stay published.
    pub fn add_signing_key(&mut self) {
        let day = uk().to_datetime(Clock::real()).date();
        let same_day = self.signing_keys.iter().filter(|key| key.id.starts_with(&day.to_string())).count();
        let id = if same_day == 0 { day.to_string() } else { format!("{day}-{}", same_day + 1) };
        self.signing_keys.push(SigningKey::of_secret(id, random_bytes()));
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
            client_secret: values.get("client-secret").cloned(),
            signing_keys: match values.get("signing-keys") {
                Some(keys) => serde_json::from_str(keys).map_err(Failure::new)?,
                None => Vec::new(),
            },
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
        let signing_key = |stored: StoredSigningKey| match (&stored.key, &stored.public) {
            (Some(secret), _) => Ok(SigningKey::of_secret(stored.id.clone(), key(secret)?)),
            (None, Some(public)) => Ok(SigningKey { id: stored.id.clone(), secret: None, public: key(public)? }),
            (None, None) => Err(InvalidSecrets),
        };
        let signing_keys = stored.signing_keys.into_iter().map(signing_key).collect::<Result<_, _>>()?;
        Ok(Self {
            identity_key: key(&stored.identity_key)?,
            link_keys,
            client_secret: stored.client_secret,
            signing_keys,
        })
    }
}

impl From<Secrets> for Stored {
    fn from(secrets: Secrets) -> Self {
        let link_key = |key: &LinkKey| StoredLinkKey { id: key.id, key: STANDARD.encode(key.key) };
        Self {
            identity_key: STANDARD.encode(secrets.identity_key),
            link_keys: secrets.link_keys.iter().map(link_key).collect(),
            client_secret: secrets.client_secret,
            signing_keys: secrets.signing_keys.iter().map(StoredSigningKey::from).collect(),
        }
    }
}

impl SigningKey {
    fn of_secret(id: String, secret: [u8; 32]) -> Self {
        Self { id, secret: Some(secret), public: Secret::from_bytes(&secret).verifying_key().to_bytes() }
    }
}

impl From<&SigningKey> for StoredSigningKey {
    fn from(key: &SigningKey) -> Self {
        let public = key.secret.is_none().then(|| STANDARD.encode(key.public));
        Self { id: key.id.clone(), key: key.secret.map(|secret| STANDARD.encode(secret)), public }
    }
}
