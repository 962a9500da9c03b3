//! Bearer tokens: signed JWTs of the issuer (RFC 9068 in spirit), checked against its public keys.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Map, Value};
use web::sign_in::Organiser;

/// The issuer's keys that verify signatures, by their ids.
pub struct Keys(BTreeMap<String, (DecodingKey, Algorithm)>);

/// What a token of ours says.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Who signed it (`iss`).
    pub issuer: &'a str,
    /// For whom (`aud`, or `client_id` where an issuer writes no audience).
    pub audience: &'a str,
    /// Which claim carries the role.
    pub role_claim: &'a str,
}

impl Keys {
    /// The keys of a set (RFC 7517); those that cannot be used are left out, secret ones among them.
    pub fn new(keys: &JwkSet) -> Self {
        let usable =
            |jwk: &Jwk| Some((jwk.common.key_id.clone()?, (DecodingKey::from_jwk(jwk).ok()?, algorithm(jwk)?)));
        Self(keys.keys.iter().filter_map(usable).collect())
    }

    /// Whether there is a key of this id.
    pub fn know(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// Whom a token signs in; `None` for one that does not hold at this time.
    pub fn verify(&self, token: &str, expected: Expected<'_>, now: Timestamp) -> Option<Organiser> {
        let (key, algorithm) = self.0.get(&key_id(token)?)?;
        let mut validation = Validation::new(*algorithm);
        // Whose, for whom and when is judged below, the latter by the hub's clock.
        validation.validate_aud = false;
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Map<String, Value>>(token, key, &validation).ok()?.claims;
        let is_ours = text(&claims, "iss") == Some(expected.issuer) && is_for(&claims, expected.audience);
        (is_ours && holds_at(&claims, now)).then(|| Organiser::of_claims(&claims, expected.role_claim))?
    }
}

/// The id of the key that a token says it is signed with.
pub fn key_id(token: &str) -> Option<String> {
    jsonwebtoken::decode_header(token).ok()?.kid
}

/// The algorithm that a key says it is for, else the one that its type stands for. Never a symmetric one.
fn algorithm(jwk: &Jwk) -> Option<Algorithm> {
    if let Some(named) = jwk.common.key_algorithm {
        let named = named.to_string().parse().ok()?;
        return (!matches!(named, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512)).then_some(named);
    }
    match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Some(Algorithm::RS256),
        AlgorithmParameters::EllipticCurve(key) => match key.curve {
            EllipticCurve::P256 => Some(Algorithm::ES256),
            EllipticCurve::P384 => Some(Algorithm::ES384),
            _ => None,
        },
        AlgorithmParameters::OctetKeyPair(_) => Some(Algorithm::EdDSA),
        _ => None,
    }
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

fn is_for(claims: &Map<String, Value>, audience: &str) -> bool {
    match claims.get("aud") {
        Some(Value::Array(several)) => several.iter().any(|one| one.as_str() == Some(audience)),
        Some(one) => one.as_str() == Some(audience),
        None => text(claims, "client_id") == Some(audience),
    }
}

fn holds_at(claims: &Map<String, Value>, now: Timestamp) -> bool {
    let second = |name: &str| claims.get(name).map(Value::as_i64);
    let is_begun = match second("nbf") {
        None => true,
        Some(begins) => begins.is_some_and(|begins| begins <= now.as_second()),
    };
    is_begun && second("exp").flatten().is_some_and(|ends| now.as_second() < ends)
}
