//! HTML forms: `application/x-www-form-urlencoded`, every single-valued field once.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;

use crate::Problem;
use crate::body::{self, BYTES_MAX};

/// What was typed, by field name.
#[derive(Clone, Default)]
pub struct FormData {
    values: BTreeMap<String, Vec<String>>,
}

impl<S: Sync> FromRequest<S> for FormData {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        Self::read(&parts.headers, body).await
    }
}

impl FormData {
    /// Reads a form's body.
    pub async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Problem> {
        let bytes = body::bytes(body, BYTES_MAX).await?;
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        if body::media_type(headers) != "application/x-www-form-urlencoded" {
            return Err(Problem::unsupported_media_type("application/x-www-form-urlencoded"));
        }
        Self::parse(&bytes)
    }

    /// Reads a form from its encoded bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let not_utf8 = || Problem::malformed("The form is not UTF-8.");
        if !is_utf8_decoded(bytes) {
            return Err(not_utf8());
        }
        let pairs: Vec<(String, String)> = serde_html_form::from_bytes(bytes).map_err(|_| not_utf8())?;
        Ok(pairs.into_iter().collect())
    }

    /// The value of a field that stands once; the empty text where it is absent.
    pub fn one(&self, name: &str) -> &str {
        self.values.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// All values of a field, as of ticked boxes.
    pub fn all(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether a field was sent.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Names of the fields that were sent.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }
}

impl FromIterator<(String, String)> for FormData {
    /// A form in which this has been typed, or is to stand.
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in pairs {
            values.entry(name).or_default().push(value);
        }
        Self { values }
    }
}

/// Whether the percent-decoded bytes are UTF-8: decoders replace what is not, and a replaced name is a lost name.
fn is_utf8_decoded(bytes: &[u8]) -> bool {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| tail.get(..2)).flatten();
        let byte = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        decoded.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    std::str::from_utf8(&decoded).is_ok()
}
