//! Running a function on AWS Lambda: clients, keys and telemetry are made once, before the first invocation.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use axum::Router;
use lambda_runtime::{LambdaEvent, service_fn};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{App, Clock, Config, Failure, IssuerHttp, Limits, Parts, Secrets};

impl App {
    /// Puts the function together from the environment that Lambda gives it.
    async fn from_environment(function: &str) -> Result<Arc<Self>, Failure> {
        let config = Config::from_environment()?;
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        // A throttled write is worth waiting for, but not longer than the person does.
        let retries = RetryConfig::standard()
            .with_max_attempts(5)
            .with_initial_backoff(Duration::from_millis(50))
            .with_max_backoff(Duration::from_secs(1));
        let aws = aws_config::defaults(BehaviorVersion::latest()).http_client(http).retry_config(retries).load().await;
        // A message whose reply was lost may have gone: the outbox knows when to try again.
        let mail = aws_sdk_ses::config::Builder::from(&aws).retry_config(RetryConfig::disabled()).build();
        let secrets = Secrets::from_parameters(&aws_sdk_ssm::Client::new(&aws), &config.secrets_path).await?;
        Ok(Self::new(Parts {
            function: function.to_owned(),
            dynamodb: aws_sdk_dynamodb::Client::new(&aws),
            kms: aws_sdk_kms::Client::new(&aws),
            ses: aws_sdk_ses::Client::from_conf(mail),
            clock: Clock::system(),
            secrets,
            limits: Arc::new(Limits::of(config.network_per_minute)),
            config,
            issuer: IssuerHttp::over_tls(),
        }))
    }
}

fn log_json() {
    tracing_subscriber::fmt().json().flatten_event(true).with_current_span(true).without_time().init();
}

/// Answers HTTP requests (API Gateway's payload format 2.0) with a function's routes.
pub async fn run_http(function: &str, router: fn(Arc<App>) -> Router) -> Result<(), lambda_runtime::Error> {
    log_json();
    let app = App::from_environment(function).await?;
    lambda_http::run(router(app)).await
}

/// Handles events (stream batches, schedule ticks) with a function's handler, as what it reads them.
pub async fn run_events<P, F, O>(function: &str, handle: F) -> Result<(), lambda_runtime::Error>
where
    P: DeserializeOwned,
    F: Fn(Arc<App>, P) -> O,
    O: Future<Output = Result<Value, Failure>>,
{
    log_json();
    let app = App::from_environment(function).await?;
    let handle = &handle;
    let serve = service_fn(|event: LambdaEvent<P>| {
        let app = Arc::clone(&app);
        async move {
            // Boxed: the types of what a handler awaits nest deeper than the compiler looks.
            let outcome = Box::pin(handle(app, event.payload)).await;
            if let Err(failure) = &outcome {
                tracing::error!(request.id = event.context.request_id, error = failure.chain(), "invocation failed");
            }
            outcome.map_err(|failure| lambda_runtime::Error::from(failure.to_string()))
        }
    });
    lambda_runtime::run(serve).await
}
