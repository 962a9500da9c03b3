//! The organisers' issuer: found by `OpenID` Connect Discovery, its keys cached.
//!
//! One source of keys serves the console's sign-in and the API's bearer tokens. Keys are believed for an hour; a token
//! signed with an unknown one has them fetched anew, at most once a minute, so that a rotation needs nobody and
//! invented key ids cost nothing. These pauses are real time, whatever clock the hub goes by.

mod bearer;
mod http;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::JwkSet;
use openidconnect::core::CoreProviderMetadata;
use openidconnect::{DiscoveryError, IssuerUrl};
use tokio::sync::Mutex;
use web::sign_in::Organiser;

use crate::{Clock, Failure};

pub use bearer::key_id;
use bearer::{Expected, Keys};
pub use http::IssuerHttp;

/// How long keys are believed without asking again.
const BELIEVED: SignedDuration = SignedDuration::from_hours(1);
/// The shortest time between two questions.
const PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// The issuer that a hub's settings name.
pub struct Issuer {
    address: String,
    audience: String,
    role_claim: String,
    http: IssuerHttp,
    known: Mutex<Known>,
}

/// What the issuer says of itself.
pub struct Provider {
    /// Its endpoints, and the keys that ID tokens are checked with.
    pub metadata: CoreProviderMetadata,
    keys: Keys,
}

#[derive(Default)]
struct Known {
    provider: Option<Arc<Provider>>,
    fetched: Option<Timestamp>,
    asked: Option<Timestamp>,
}

impl Known {
    /// Whether the issuer is to be asked: at first, when what is known is old, when it does not know this key; but not
    /// again within the minute, unless nothing is known at all.
    fn is_due(&self, key: Option<&str>, now: Timestamp) -> bool {
        let Some(provider) = &self.provider else { return true };
        let since = |then: Option<Timestamp>| then.map_or(SignedDuration::MAX, |then| now.duration_since(then));
        let is_wanting = since(self.fetched) >= BELIEVED || key.is_some_and(|key| !provider.keys.know(key));
        is_wanting && since(self.asked) >= PAUSE
    }
}

impl Issuer {
    /// The issuer at an address, as its discovery document spells it.
    pub fn new(http: IssuerHttp, address: &str, audience: &str, role_claim: &str) -> Self {
        let (address, audience, role_claim) = (address.to_owned(), audience.to_owned(), role_claim.to_owned());
        Self { address, audience, role_claim, http, known: Mutex::default() }
    }

    /// Which claim carries the role.
    pub fn role_claim(&self) -> &str {
        &self.role_claim
    }

    /// The way to it.
    pub fn http(&self) -> &IssuerHttp {
        &self.http
    }

    /// What it says of itself, asked anew if that is due, for a token that is signed with this key.
    pub async fn provider(&self, key: Option<&str>) -> Result<Arc<Provider>, Failure> {
        let now = Clock::real();
        // Held while asking: whoever else wants to know waits for the one answer.
        let mut known = self.known.lock().await;
        if known.is_due(key, now) {
            known.asked = Some(now);
            match self.discover().await {
                Ok(provider) => {
                    known.provider = Some(Arc::new(provider));
                    known.fetched = Some(now);
                }
                Err(failure) if known.provider.is_none() => return Err(failure),
                Err(failure) => tracing::warn!(error = failure.chain(), "the issuer's keys could not be fetched anew"),
            }
        }
        // Without any the failure has been answered above.
        known.provider.clone().ok_or_else(|| Failure::new("the issuer is unknown"))
    }

    /// Whom a bearer token signs in at this time; `None` for one that does not hold.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Option<Organiser>, Failure> {
        let Some(key) = key_id(token) else { return Ok(None) };
        let provider = self.provider(Some(&key)).await?;
        let expected = Expected { issuer: &self.address, audience: &self.audience, role_claim: &self.role_claim };
        Ok(provider.keys.verify(token, expected, now))
    }

    async fn discover(&self) -> Result<Provider, Failure> {
        let address = IssuerUrl::new(self.address.clone()).map_err(Failure::new)?;
        let metadata = CoreProviderMetadata::discover_async(address, &self.http).await.map_err(unreachable)?;
        let keys = serde_json::to_value(metadata.jwks()).map_err(Failure::new)?;
        let keys: JwkSet = serde_json::from_value(keys).map_err(Failure::new)?;
        Ok(Provider { metadata, keys: Keys::new(&keys) })
    }
}

fn unreachable(error: DiscoveryError<Failure>) -> Failure {
    match error {
        DiscoveryError::Request(failure) => failure,
        // What the issuer answered stays out of the log.
        DiscoveryError::Response(status, _, why) => Failure::new(format!("the issuer answered {status}: {why}")),
        other => Failure::new(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn known(fetched: i64, asked: i64) -> Known {
        let at = |second| Timestamp::from_second(second).ok();
        let key = json!({"kty": "EC", "crv": "P-256", "kid": "one", "alg": "ES256",
                         "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                         "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
        let metadata = json!({
            "issuer": "https://issuer.example", "authorization_endpoint": "https://issuer.example/authorise",
            "jwks_uri": "https://issuer.example/jwks", "response_types_supported": ["code"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["ES256"],
        });
        let keys: JwkSet = serde_json::from_value(json!({ "keys": [key] })).expect("a key");
        let metadata = serde_json::from_value(metadata).expect("a document");
        let provider = Provider { metadata, keys: Keys::new(&keys) };
        Known { provider: Some(Arc::new(provider)), fetched: at(fetched), asked: at(asked) }
    }

    #[test]
    fn an_unknown_key_is_asked_for_at_most_once_a_minute_and_keys_are_believed_for_an_hour() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        assert!(Known::default().is_due(None, at(0)), "nothing is known");
        let known = known(0, 600);
        for (key, second, is_due) in [
            (Some("one"), 3_599, false),
            (None, 3_599, false),
            (Some("two"), 659, false),
            (Some("two"), 660, true),
            (Some("one"), 3_600, true),
            (None, 3_600, true),
        ] {
            assert_eq!(known.is_due(key, at(second)), is_due, "{key:?} at {second}");
        }
    }
}
