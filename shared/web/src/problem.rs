//! Refusals on the wire: RFC 9457 problem details with a stable code.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{FieldError, Refusal};
use serde::Serialize;

/// A "no" as a response: small, for it is returned by value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: Box<str>,
    title: &'static str,
    status: u16,
    detail: String,
    code: &'static str,
    errors: Vec<FieldError>,
    #[serde(skip)]
    retry_after: Option<u32>,
    #[serde(skip)]
    allow: Option<Box<HeaderValue>>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:lectern:problem:{code}").into(),
            title: status.canonical_reason().unwrap_or("Refused"),
            status: status.as_u16(),
            detail: detail.into(),
            code,
            errors: Vec::new(),
            retry_after: None,
            allow: None,
        }
    }

    /// 400: not JSON, not UTF-8.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", detail)
    }

    /// 401: no token, or none that holds.
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Sign in, or send a valid bearer token.")
    }

    /// 403: signed in, but not allowed.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Your role does not allow this.")
    }

    /// 403: a form posted from another site.
    pub fn foreign_origin() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "This form was sent from another site. Open the page here and try again.",
        )
    }

    /// 404: nothing here.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is nothing at this address.")
    }

    /// 405: something is here, but not for this method.
    pub fn method_not_allowed(allow: Option<HeaderValue>) -> Self {
        let detail = "This address does not answer to this method.";
        Self { allow: allow.map(Box::new), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", detail) }
    }

    /// 413: a body over the limit.
    pub fn too_large(limit: usize) -> Self {
        let detail = format!("The request must be {limit} bytes or fewer.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail)
    }

    /// 415: a body of another type.
    pub fn unsupported_media_type(expected: &str) -> Self {
        let detail = format!("Send the request as {expected}.");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", detail)
    }

    /// 422: fields that cannot be used, each with its pointer.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = errors.first().map_or("The request cannot be used.", |error| error.detail.as_str()).to_owned();
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail) }
    }

    /// 422: one field that cannot be used.
    pub fn invalid_field(pointer: &str, detail: &str) -> Self {
        Self::invalid(vec![FieldError { pointer: pointer.to_owned(), detail: detail.to_owned() }])
    }

    /// 422: an idempotency key that stands for another request.
    pub fn idempotency_conflict() -> Self {
        let detail = "This Idempotency-Key was used for another request.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-conflict", detail)
    }

    /// 429: too often.
    pub fn slow_down(seconds: u32) -> Self {
        let detail = "Too many requests. Please wait a moment and try again.";
        Self { retry_after: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "slow-down", detail) }
    }

    /// 503: busy; nothing is lost by trying again.
    pub fn unavailable() -> Self {
        let detail = "We are busy just now. Please try again in a moment: trying again is safe.";
        Self { retry_after: Some(1), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail) }
    }

    /// 500: ours; the id finds the log line.
    pub fn failed(id: &str) -> Self {
        let detail = format!("Something went wrong on our side. Please try again later, quoting {id}.");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", detail)
    }

    /// The same, in words that fit the occasion better.
    #[must_use]
    pub fn worded(self, detail: String) -> Self {
        Self { detail, ..self }
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The words for a person.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The fields at fault.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Puts a status and the headers of this problem on a page that shows it.
    pub fn with_body(&self, content_type: &'static str, body: String) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, [(header::CONTENT_TYPE, content_type)], body).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = &self.allow {
            response.headers_mut().insert(header::ALLOW, HeaderValue::clone(allow));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal {
            Refusal::EventNotFound | Refusal::BookingNotFound | Refusal::CertificateNotFound => StatusCode::NOT_FOUND,
            Refusal::RulesChanged => return Self::unavailable(),
            Refusal::EventFull
            | Refusal::RegistrationNotOpen
            | Refusal::RegistrationClosed
            | Refusal::EventCancelled
            | Refusal::EventOver
            | Refusal::OrganisationLimit
            | Refusal::OfferExpired
            | Refusal::NoOffer
            | Refusal::NotStarted
            | Refusal::NotAttended
            | Refusal::EvaluationMissing
            | Refusal::CertificateWithheld
            | Refusal::CertificateRevoked
            | Refusal::CertificateIssued
            | Refusal::AskOrganisers
            | Refusal::SelfOnly
            | Refusal::MergeFinal => StatusCode::CONFLICT,
        };
        Self::new(status, refusal.code(), refusal.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // A struct of strings and numbers always serialises.
        let body = serde_json::to_string(&self).unwrap_or_default();
        let mut response = self.with_body("application/problem+json", body);
        response.extensions_mut().insert(self);
        response
    }
}
