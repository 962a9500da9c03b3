//! The dev issuer: signs organisers in on this machine, with a key that is made once and stays in the data folder.
//!
//! It runs nowhere else: a function on AWS knows only the issuer that its parameters name, and that issuer's keys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::folder::Folder;

/// Who signs.
pub const ISSUER: &str = "https://sign-in.hub.example";
/// For whom.
pub const AUDIENCE: &str = "lectern";

const FILE: &str = "issuer.pem";
/// The one key's name.
const KEY_ID: &str = "dev";
/// Ten years of 365 days and the leap days they may hold.
const VALID_SECONDS: i64 = (10 * 365 + 3) * 86_400;

/// The dev issuer of one data folder.
pub struct Issuer {
    signing: EncodingKey,
    keys: JwkSet,
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
struct Claims {
    iss: &'static str,
    aud: &'static str,
    sub: String,
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    programmes: Option<Vec<String>>,
    iat: i64,
    exp: i64,
}

/// Why there is no issuer.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// The key's file.
    #[error("the issuer's key cannot be kept")]
    Io(#[from] std::io::Error),
    /// The key itself.
    #[error("the issuer's key cannot be read")]
    Key,
    /// A token.
    #[error("the token cannot be signed")]
    Token(#[from] jsonwebtoken::errors::Error),
}

impl Issuer {
    /// The folder's issuer, made if there is none.
    pub fn open(folder: &Folder) -> Result<Self, IssuerError> {
        let pem = if let Some(pem) = folder.read(FILE)? {
            String::from_utf8(pem).map_err(|_| IssuerError::Key)?
        } else {
            let pem = new_key().to_pkcs8_pem(LineEnding::LF).map_err(|_| IssuerError::Key)?.to_string();
            folder.write(FILE, pem.as_bytes())?;
            pem
        };
        let key = SecretKey::from_pkcs8_pem(&pem).map_err(|_| IssuerError::Key)?;
        let der = key.to_pkcs8_der().map_err(|_| IssuerError::Key)?;
        Ok(Self { signing: EncodingKey::from_ec_der(der.as_bytes()), keys: public(&key).ok_or(IssuerError::Key)? })
    }

    /// The public keys (RFC 7517).
    pub fn keys(&self) -> JwkSet {
        self.keys.clone()
    }

    /// A token that is valid for ten years from `now`.
    pub fn token(&self, sign_in: SignIn, now: Timestamp) -> Result<String, IssuerError> {
        let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(Algorithm::ES256) };
        let iat = now.as_second();
        let SignIn { role, subject: sub, programmes } = sign_in;
        let claims = Claims { iss: ISSUER, aud: AUDIENCE, sub, role, programmes, iat, exp: iat + VALID_SECONDS };
        Ok(jsonwebtoken::encode(&header, &claims, &self.signing)?)
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

fn public(key: &SecretKey) -> Option<JwkSet> {
    let point = key.public_key().to_encoded_point(false);
    let (x, y) = (URL_SAFE_NO_PAD.encode(point.x()?), URL_SAFE_NO_PAD.encode(point.y()?));
    let jwk = json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": KEY_ID, "x": x, "y": y});
    serde_json::from_value(json!({ "keys": [jwk] })).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderMap, HeaderValue, header};
    use web::sign_in::{OrganiserRole, Verifier};

    fn signed_in(issuer: &Issuer, request: &str, now: &str) -> HeaderMap {
        let sign_in = serde_json::from_str(request).expect("a request");
        let token = issuer.token(sign_in, now.parse().expect("a time")).expect("signed");
        let value = HeaderValue::from_str(&format!("Bearer {token}")).expect("a header");
        HeaderMap::from_iter([(header::AUTHORIZATION, value)])
    }

    #[test]
    fn a_token_holds_for_ten_years_and_after_a_restart() {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, _hold) = Folder::hold(place.path()).expect("free");
        let headers = signed_in(
            &Issuer::open(&folder).expect("made"),
            r#"{"role":"programme","subject":"pat","programmes":["mhfa-schools"]}"#,
            "2026-11-02T09:00:00Z",
        );
        let keys = Issuer::open(&folder).expect("kept").keys();
        let verifier = Verifier::new(&keys, ISSUER, AUDIENCE);
        let at = |now: &str| verifier.organiser(&headers, now.parse().expect("a time")).ok();
        let organiser = at("2036-11-02T08:59:59Z").expect("valid");
        assert_eq!((organiser.subject.as_str(), organiser.role), ("pat", OrganiserRole::Programme));
        assert_eq!(organiser.programmes.len(), 1);
        assert_eq!(at("2036-11-05T09:00:00Z"), None);
    }

    #[test]
    fn who_signs_in_has_a_known_role() {
        assert!(serde_json::from_str::<SignIn>(r#"{"role":"admin"}"#).is_ok());
        assert!(serde_json::from_str::<SignIn>(r#"{"role":"owner"}"#).is_err());
        assert!(serde_json::from_str::<SignIn>(r#"{"role":"admin","roles":[]}"#).is_err());
    }
}
