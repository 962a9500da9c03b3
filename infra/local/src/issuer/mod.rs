//! The dev issuer: signs organisers in on this machine, with keys that stay in the data folder.
//!
//! It is an `OpenID` provider under `/_local/oidc/` (`provider`), and hands out tokens to programs. Its name does not change
//! with the hub's port, so a token outlives a restart; the functions' requests to that name do not leave the machine
//! (`wire::issuer`). It refuses to start on AWS, where a function knows only the issuer that its parameters name.

pub mod provider;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::folder::Folder;

/// Who signs.
pub const ISSUER: &str = "https://sign-in.hub.example";
/// For whom, of programs' tokens.
pub const AUDIENCE: &str = "lectern";
/// The console's name here.
pub const CLIENT_ID: &str = "lectern-console";

const FILE: &str = "issuer.pem";
/// Where one key ends and the next begins.
const KEY_END: &str = "-----END PRIVATE KEY-----";
/// Ten years of 365 days and the leap days they may hold.
const VALID_SECONDS: i64 = (10 * 365 + 3) * 86_400;
/// How long somebody has to take an ID token up.
const ID_TOKEN_SECONDS: i64 = 300;

/// The dev issuer of one data folder.
pub struct Issuer {
    folder: Arc<Folder>,
    keys: Mutex<Vec<SecretKey>>,
}

/// Whom to sign in, as what.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    role: Role,
    #[serde(default = "developer")]
    subject: String,
    #[serde(default)]
    programmes: Option<Vec<String>>,
}

impl SignIn {
    /// Somebody who may do everything.
    pub fn admin(subject: &str) -> Self {
        Self { role: Role::Admin, subject: subject.to_owned(), programmes: None }
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    Admin,
    Programme,
    Desk,
    Reader,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'static str,
    aud: &'static str,
    sub: String,
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    programmes: Option<Vec<String>>,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

/// Why there is no issuer.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// Anybody could sign in as anything.
    #[error("the dev issuer does not run on AWS")]
    OnAws,
    /// The keys' file.
    #[error("the issuer's keys cannot be kept")]
    Io(#[from] std::io::Error),
    /// A key itself.
    #[error("the issuer's keys cannot be read")]
    Key,
    /// A token.
    #[error("the token cannot be signed")]
    Token(#[from] jsonwebtoken::errors::Error),
}

impl Issuer {
    /// The folder's issuer, made if there is none; never on AWS.
    pub fn open(folder: &Arc<Folder>, is_on_aws: bool) -> Result<Self, IssuerError> {
        if is_on_aws {
            return Err(IssuerError::OnAws);
        }
        let kept = folder.read(FILE)?.unwrap_or_default();
        let text = String::from_utf8(kept).map_err(|_| IssuerError::Key)?;
        let pems = text.split_inclusive(KEY_END).filter(|pem| pem.contains(KEY_END));
        let read = |pem: &str| SecretKey::from_pkcs8_pem(pem.trim_start()).map_err(|_| IssuerError::Key);
        let keys: Vec<SecretKey> = pems.map(read).collect::<Result<_, _>>()?;
        let is_new = keys.is_empty();
        let issuer = Self { folder: Arc::clone(folder), keys: Mutex::new(keys) };
        if is_new {
            issuer.rotate()?;
        }
        Ok(issuer)
    }

    /// Signs with a new key from now on; the earlier ones verify what they have signed.
    pub fn rotate(&self) -> Result<(), IssuerError> {
        let mut keys = self.keys();
        keys.push(new_key());
        let pem = |key: &SecretKey| key.to_pkcs8_pem(LineEnding::LF).map(|pem| pem.to_string());
        let pems: String = keys.iter().map(pem).collect::<Result<_, _>>().map_err(|_| IssuerError::Key)?;
        Ok(self.folder.write(FILE, pems.as_bytes())?)
    }

    /// The public keys (RFC 7517).
    pub fn public_keys(&self) -> Value {
        let keys: Vec<Value> = self.keys().iter().enumerate().filter_map(|(index, key)| public(index, key)).collect();
        json!({ "keys": keys })
    }

    /// A program's token, valid for ten years from `now`.
    pub fn token(&self, sign_in: SignIn, now: Timestamp) -> Result<String, IssuerError> {
        self.sign(sign_in, AUDIENCE, VALID_SECONDS, None, now)
    }

    /// The console's ID token (`OpenID` Connect Core, section 2).
    pub fn id_token(&self, sign_in: SignIn, nonce: &str, now: Timestamp) -> Result<String, IssuerError> {
        self.sign(sign_in, CLIENT_ID, ID_TOKEN_SECONDS, Some(nonce), now)
    }

    fn sign(
        &self,
        sign_in: SignIn,
        aud: &'static str,
        seconds: i64,
        nonce: Option<&str>,
        now: Timestamp,
    ) -> Result<String, IssuerError> {
        let keys = self.keys();
        // Opening makes a key where there is none.
        let (index, key) = keys.iter().enumerate().next_back().ok_or(IssuerError::Key)?;
        let der = key.to_pkcs8_der().map_err(|_| IssuerError::Key)?;
        let header = Header { kid: Some(key_id(index)), ..Header::new(Algorithm::ES256) };
        let iat = now.as_second();
        let SignIn { role, subject: sub, programmes } = sign_in;
        let claims = Claims { iss: ISSUER, aud, sub, role, programmes, iat, exp: iat + seconds, nonce };
        Ok(jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ec_der(der.as_bytes()))?)
    }

    fn keys(&self) -> MutexGuard<'_, Vec<SecretKey>> {
        // Nothing panics while the lock is held.
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn developer() -> String {
    "dev@hub.example".to_owned()
}

fn new_key() -> SecretKey {
    loop {
        let mut bytes = [0; 32];
        #[expect(clippy::disallowed_methods, reason = "a key for this machine alone, made once")]
        // Without entropy there is no key, and nothing to go on with.
        getrandom::fill(&mut bytes).expect("the operating system has entropy");
        // All but one in four billion numbers are keys.
        if let Ok(key) = SecretKey::from_slice(&bytes) {
            return key;
        }
    }
}

/// The name of a key by its place among all: `dev`, `dev-1`, …
fn key_id(index: usize) -> String {
    if index == 0 { "dev".to_owned() } else { format!("dev-{index}") }
}

fn public(index: usize, key: &SecretKey) -> Option<Value> {
    let point = key.public_key().to_encoded_point(false);
    let (x, y) = (URL_SAFE_NO_PAD.encode(point.x()?), URL_SAFE_NO_PAD.encode(point.y()?));
    Some(json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": key_id(index), "x": x, "y": y}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_in_the_folder_and_a_rotation_adds_one() {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, _hold) = Folder::hold(place.path()).expect("free");
        let issuer = Issuer::open(&folder, false).expect("made");
        let first = issuer.public_keys();
        issuer.rotate().expect("kept");
        let both = Issuer::open(&folder, false).expect("kept").public_keys();
        assert_eq!(both["keys"][0], first["keys"][0]);
        assert_eq!(both["keys"][1]["kid"], "dev-1");
        assert_eq!(both, issuer.public_keys());
    }

    #[test]
    fn it_does_not_start_on_aws() {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, _hold) = Folder::hold(place.path()).expect("free");
        assert!(matches!(Issuer::open(&folder, true), Err(IssuerError::OnAws)));
    }

    #[test]
    fn who_signs_in_has_a_known_role() {
        assert!(serde_json::from_str::<SignIn>(r#"{"role":"admin"}"#).is_ok());
        assert!(serde_json::from_str::<SignIn>(r#"{"role":"owner"}"#).is_err());
        assert!(serde_json::from_str::<SignIn>(r#"{"role":"admin","roles":[]}"#).is_err());
    }
}
