//! A sign-in: who sits at a browser, in a cookie that says it under the hub's seal. Nothing is stored.
//!
//! It ends half an hour after the last page and ten hours after it began, by the hub's clock, or when the link keys are
//! rotated. The cookie's name binds it to this very host (RFC 6265bis, `__Host-`).

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use web::Problem;
use web::sign_in::Organiser;

use crate::{App, Rejection};

/// How long a sign-in outlives the last page.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// How long a sign-in lasts at most.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(10);
/// A sign-in seen within this time needs no new cookie.
const FRESH: SignedDuration = SignedDuration::from_mins(1);

const COOKIE: &str = "__Host-lectern";
const PURPOSE: &str = "sign-in";

/// Who is asking, by token or by cookie: 401 for anybody else.
pub struct SignedIn(pub Organiser);

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        app.organiser(parts).await.map(Self)
    }
}

/// Who is asking, if anybody says so: 401 only for a token that does not hold.
pub struct IfSignedIn(pub Option<Organiser>);

impl FromRequestParts<Arc<App>> for IfSignedIn {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        app.organiser_if_any(parts).await.map(Self)
    }
}

impl App {
    /// Who a request is from; 401 if nobody is signed in.
    pub async fn organiser(&self, parts: &Parts) -> Result<Organiser, Rejection> {
        self.organiser_if_any(parts).await?.ok_or_else(|| Problem::unauthenticated().into())
    }

    /// Who a request is from, if it says so; 401 for a token that does not hold. A cookie speaks for pages, and for
    /// what only reads: another site cannot make a browser do anything with it.
    pub async fn organiser_if_any(&self, parts: &Parts) -> Result<Option<Organiser>, Rejection> {
        let now = self.clock.now();
        if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
            let token = value.to_str().ok().and_then(bearer).ok_or_else(Problem::unauthenticated)?;
            let organiser = self.issuer.verify(token, now).await.map_err(Rejection::Busy)?;
            return organiser.map(Some).ok_or_else(|| Problem::unauthenticated().into());
        }
        let is_trusted = parts.method.is_safe() || parts.uri.path().starts_with("/organise");
        Ok(self.sign_in(&parts.headers).filter(|_| is_trusted).map(|sign_in| sign_in.organiser))
    }

    /// The sign-in that a browser's cookie holds, if it has not ended.
    pub fn sign_in(&self, headers: &HeaderMap) -> Option<SignIn> {
        let claims = self.identity.open(PURPOSE, cookie(headers, COOKIE)?)?;
        SignIn::read(&serde_json::from_slice(&claims).ok()?).filter(|sign_in| sign_in.holds_at(self.clock.now()))
    }

    /// The cookie that keeps a sign-in.
    pub fn sign_in_cookie(&self, sign_in: &SignIn) -> HeaderValue {
        let claims = Value::Object(sign_in.to_claims()).to_string();
        set_cookie(COOKIE, &self.identity.seal(PURPOSE, claims.as_bytes()), None)
    }
}

/// The cookie that ends a sign-in.
pub fn signed_out_cookie() -> HeaderValue {
    set_cookie(COOKIE, "", Some(0))
}

/// A cookie of this host alone, which scripts do not see; for so many seconds, or until the browser closes.
pub fn set_cookie(name: &str, value: &str, seconds: Option<u32>) -> HeaderValue {
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let text = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{age}");
    // Sealed text is base64 and dots.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// The value of a cookie that was sent.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// Somebody at a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Who.
    pub organiser: Organiser,
    /// Since when.
    pub began: Timestamp,
    /// When the last page was asked for.
    pub seen: Timestamp,
}

impl SignIn {
    /// A sign-in that begins now.
    pub fn new(organiser: Organiser, now: Timestamp) -> Self {
        Self { organiser, began: now, seen: now }
    }

    /// The same, seen now; `None` while the last page is so recent that the cookie may stay.
    pub fn seen_again(self, now: Timestamp) -> Option<Self> {
        (now.duration_since(self.seen).abs() >= FRESH).then_some(Self { seen: now, ..self })
    }

    fn holds_at(&self, now: Timestamp) -> bool {
        now.duration_since(self.seen) < IDLE && now.duration_since(self.began) < ABSOLUTE
    }

    fn to_claims(&self) -> Map<String, Value> {
        let mut claims = self.organiser.to_claims();
        claims.insert("began".to_owned(), json!(self.began.as_second()));
        claims.insert("seen".to_owned(), json!(self.seen.as_second()));
        claims
    }

    fn read(claims: &Map<String, Value>) -> Option<Self> {
        let time = |name: &str| Timestamp::from_second(claims.get(name)?.as_i64()?).ok();
        Some(Self { organiser: Organiser::of_claims(claims, "role")?, began: time("began")?, seen: time("seen")? })
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use web::sign_in::OrganiserRole;

    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    fn pat() -> SignIn {
        let organiser = Organiser { subject: "pat".to_owned(), role: OrganiserRole::Desk, programmes: Vec::new() };
        SignIn::new(organiser, at(0))
    }

    #[test]
    fn a_sign_in_ends_when_idle_and_after_ten_hours_however_busy() {
        assert!(pat().holds_at(at(29)) && !pat().holds_at(at(30)));
        let mut busy = pat();
        for minute in (20..600).step_by(20) {
            assert!(busy.holds_at(at(minute)), "minute {minute}");
            busy = busy.seen_again(at(minute)).expect("a new cookie");
        }
        assert!(busy.holds_at(at(599)) && !busy.holds_at(at(600)));
        assert_eq!(pat().seen_again(at(0)), None);
    }

    #[test]
    fn claims_lead_back_to_the_sign_in() {
        assert_eq!(SignIn::read(&pat().to_claims()), Some(pat()));
    }

    #[test]
    fn a_cookie_is_found_among_others_by_its_whole_name() {
        let line = HeaderValue::from_static("a=1; x__Host-lectern=2; __Host-lectern=a.b=");
        let headers = HeaderMap::from_iter([(header::COOKIE, line)]);
        assert_eq!(cookie(&headers, COOKIE), Some("a.b="));
        assert_eq!(cookie(&headers, "b"), None);
    }
}
