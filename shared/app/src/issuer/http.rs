//! Requests to the issuer, over the same HTTP client that reaches AWS: one TLS stack.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt as _, Limited};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

use crate::Failure;

/// How long the issuer may take for an answer.
const PATIENCE: Duration = Duration::from_secs(4);
/// The longest answer, in bytes.
const ANSWER_MAX: usize = 1_024 * 1_024;

/// The way to the issuer. It follows no redirects, so that nobody can send it elsewhere.
#[derive(Debug, Clone)]
pub struct IssuerHttp(SharedHttpConnector);

impl IssuerHttp {
    /// A way over this connector.
    pub fn new(connector: SharedHttpConnector) -> Self {
        Self(connector)
    }

    /// The way over the internet, with the machine's certificates.
    pub(crate) fn over_tls() -> Self {
        let connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring)).build();
        Self::new(SharedHttpConnector::new(connector))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        let request = request.map(SdkBody::from).try_into().map_err(Failure::new)?;
        let response = self.0.call(request).await.map_err(Failure::new)?;
        let (parts, body) = response.try_into_http1x().map_err(Failure::new)?.into_parts();
        let body = Limited::new(body, ANSWER_MAX).collect().await.map_err(Failure::new)?;
        Ok(HttpResponse::from_parts(parts, body.to_bytes().to_vec()))
    }
}

impl<'c> AsyncHttpClient<'c> for IssuerHttp {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Failure>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = tokio::time::timeout(PATIENCE, self.send(request)).await;
            answer.map_err(|_| Failure::new("the issuer does not answer in time"))?
        })
    }
}
