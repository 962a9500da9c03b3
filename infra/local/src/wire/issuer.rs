//! Requests to the organisers' issuer: answered by the dev issuer, without leaving the machine.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use axum::Router;
use axum::body::Body;
use tower::ServiceExt as _;

use crate::issuer::ISSUER;
use crate::issuer::provider::PATH;

/// The wire to the dev issuer's routes.
#[derive(Debug, Clone)]
pub struct IssuerWire(Router);

impl IssuerWire {
    /// A wire to these routes.
    pub fn new(routes: Router) -> Self {
        Self(routes)
    }
}

impl HttpConnector for IssuerWire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let routes = self.0.clone();
        HttpConnectorFuture::new(async move {
            answer(routes, request).await.map_err(|error| ConnectorError::other(error, None))
        })
    }
}

async fn answer(
    routes: Router,
    request: HttpRequest,
) -> Result<HttpResponse, Box<dyn std::error::Error + Send + Sync>> {
    let (mut parts, body) = request.try_into_http1x()?.into_parts();
    // The issuer's own name is this machine's path.
    if let Some(rest) = parts.uri.to_string().strip_prefix(ISSUER) {
        parts.uri = format!("{PATH}{rest}").parse()?;
    }
    let body = Body::from(body.bytes().unwrap_or_default().to_vec());
    // Routes always answer.
    let Ok(response) = routes.oneshot(http::Request::from_parts(parts, body)).await;
    let (parts, body) = response.into_parts();
    let bytes = http_body_util::BodyExt::collect(body).await?.to_bytes();
    Ok(HttpResponse::try_from(http::Response::from_parts(parts, SdkBody::from(bytes)))?)
}
