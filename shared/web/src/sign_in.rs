//! Who asks: bearer tokens of the hub's issuer (RFC 9068 in spirit: signed JWTs with a role claim).

use std::collections::BTreeMap;

use axum::http::{HeaderMap, header};
use domain::ProgrammeId;
use jiff::Timestamp;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use crate::Problem;

/// What an organiser may do (the table of the public surface).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrganiserRole {
    /// Everything.
    Admin,
    /// Everything about the events of some programmes.
    Programme,
    /// Rosters and attendance.
    Desk,
    /// Reports.
    Reader,
}

/// Somebody signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organiser {
    /// As the issuer calls them.
    pub subject: String,
    /// What they may do.
    pub role: OrganiserRole,
    /// Whose events, for a `programme` organiser.
    pub programmes: Vec<ProgrammeId>,
}

impl Organiser {
    /// Whether this organiser sees a programme's events at all.
    pub fn sees(&self, programme: ProgrammeId) -> bool {
        self.role != OrganiserRole::Programme || self.programmes.contains(&programme)
    }

    /// Whether this organiser may change events and lines.
    pub fn may_manage(&self) -> bool {
        matches!(self.role, OrganiserRole::Admin | OrganiserRole::Programme)
    }

    /// Whether this organiser may read reports and charges.
    pub fn may_read_charges(&self) -> bool {
        self.role != OrganiserRole::Desk
    }

    /// Whether this organiser may read rosters and take attendance.
    pub fn may_see_roster(&self) -> bool {
        self.role != OrganiserRole::Reader
    }
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    role: OrganiserRole,
    #[serde(default)]
    programmes: Vec<String>,
}

/// Checks tokens against one issuer's keys.
#[derive(Clone)]
pub struct Verifier {
    keys: BTreeMap<String, (DecodingKey, Algorithm)>,
    issuer: String,
    audience: String,
}

impl Verifier {
    /// A verifier of this issuer's tokens for this audience; keys it cannot use are left out.
    pub fn new(keys: &JwkSet, issuer: &str, audience: &str) -> Self {
        let usable = |jwk: &jsonwebtoken::jwk::Jwk| {
            let algorithm = jwk.common.key_algorithm.and_then(|a| a.to_string().parse().ok())?;
            Some((jwk.common.key_id.clone()?, (DecodingKey::from_jwk(jwk).ok()?, algorithm)))
        };
        let keys = keys.keys.iter().filter_map(usable).collect();
        Self { keys, issuer: issuer.to_owned(), audience: audience.to_owned() }
    }

    /// Who a request is from; 401 without a valid token.
    pub fn organiser(&self, headers: &HeaderMap, now: Timestamp) -> Result<Organiser, Problem> {
        self.organiser_if_any(headers, now)?.ok_or_else(Problem::unauthenticated)
    }

    /// Who a request is from, if it says so; 401 for a token that does not hold.
    pub fn organiser_if_any(&self, headers: &HeaderMap, now: Timestamp) -> Result<Option<Organiser>, Problem> {
        let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
        let token = value.to_str().ok().and_then(|text| {
            let (scheme, token) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
        });
        let organiser = token.and_then(|token| self.verify(token, now));
        organiser.map(Some).ok_or_else(Problem::unauthenticated)
    }

    fn verify(&self, token: &str, now: Timestamp) -> Option<Organiser> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        let (key, algorithm) = self.keys.get(&header.kid?)?;
        let mut validation = Validation::new(*algorithm);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        // Times are judged by the hub's clock below.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &validation).ok()?.claims;
        let second = now.as_second();
        if claims.exp <= second || claims.nbf.is_some_and(|nbf| nbf > second) {
            return None;
        }
        let programmes = claims.programmes.iter().filter_map(|slug| ProgrammeId::from_slug(slug)).collect();
        Some(Organiser { subject: claims.sub, role: claims.role, programmes })
    }
}
