//! Reading a request's body: at most so long, of the right type, UTF-8, JSON with every field once.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use domain::{FieldError, Fields};
use http_body_util::BodyExt as _;
use serde::de::DeserializeSeed as _;
use serde_json::Value;

use crate::Problem;
use crate::unique_json::{REPEATED, Unique};

/// The longest body of a form or a JSON request, in bytes.
pub const BYTES_MAX: usize = 64 * 1_024;
/// How far a body over the limit is read on.
const THROWN_AWAY_MAX: usize = 16 * 1_024 * 1_024;

/// A body's bytes, at most `limit`. A longer one is read on and thrown away (within reason), so that whoever sends it
/// gets to read the answer.
pub async fn bytes(mut body: Body, limit: usize) -> Result<Vec<u8>, Problem> {
    let mut kept = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::malformed("The request broke off."))?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length <= limit {
            kept.extend_from_slice(&data);
        } else if length > limit + THROWN_AWAY_MAX {
            break;
        }
    }
    if length > limit { Err(Problem::too_large(limit)) } else { Ok(kept) }
}

/// A JSON body. `types` are accepted besides `application/json`.
pub async fn json(headers: &HeaderMap, body: Body, types: &[&str]) -> Result<Value, Problem> {
    let bytes = bytes(body, BYTES_MAX).await?;
    check_type(headers, types)?;
    parse(&bytes)
}

/// A JSON body in which nothing is expected: left out, or `{}`.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

impl<S: Sync> FromRequest<S> for Nothing {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let value = json_or_nothing(&parts.headers, body).await?;
        Fields::of(value).and_then(Fields::finish).map_err(Problem::invalid)?;
        Ok(Self)
    }
}

/// A JSON body that may be left out altogether: nothing is `{}`.
pub async fn json_or_nothing(headers: &HeaderMap, body: Body) -> Result<Value, Problem> {
    let bytes = bytes(body, BYTES_MAX).await?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    check_type(headers, &[])?;
    parse(&bytes)
}

fn check_type(headers: &HeaderMap, types: &[&str]) -> Result<(), Problem> {
    let sent = media_type(headers);
    let known = sent == "application/json" || types.contains(&sent.as_str());
    if known { Ok(()) } else { Err(Problem::unsupported_media_type("application/json")) }
}

/// The media type without its parameters, in lower case.
pub fn media_type(headers: &HeaderMap) -> String {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// JSON in bytes that have been read already.
pub fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|_| Problem::malformed("The request is not UTF-8."))?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Unique.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| match error.to_string().split_once(REPEATED) {
        Some((_, field)) => {
            // serde_json appends " at line … column …".
            let pointer = field.split(" at line ").next().unwrap_or(field).to_owned();
            Problem::invalid(vec![FieldError { pointer, detail: "This field was sent twice".to_owned() }])
        }
        None => Problem::malformed("The request is not JSON."),
    })
}
