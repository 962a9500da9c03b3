//! SDK clients over a wire, configured as on AWS but for who answers.

use std::time::Duration;

use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::user_agent::UserAgentInterceptor;
use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, disable_interceptor, dyn_dispatch_hint};
use aws_smithy_types::config_bag::ConfigBag;

use super::Wire;
use crate::template::REGION;

/// Attempts of one request to the store, the first included.
const STORE_ATTEMPTS: u32 = 5;
/// The longest pause before the second attempt; it doubles from there.
const STORE_PAUSE_FIRST: Duration = Duration::from_millis(50);
/// The longest pause.
const STORE_PAUSE_MAX: Duration = Duration::from_secs(1);

/// Nobody listens here: the wire answers before an address is looked up.
const NOWHERE: &str = "http://aws.invalid";

/// Leaves out what requests tell AWS about the SDK and its retries: nobody listens to that either, and it is a good part
/// of what a request costs.
#[derive(Debug)]
struct Terse;

#[dyn_dispatch_hint]
impl Intercept for Terse {
    fn name(&self) -> &'static str {
        "Terse"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        const WHY: &str = "nobody listens";
        let state = config.interceptor_state();
        state.store_put(disable_interceptor::<UserAgentInterceptor>(WHY));
        state.store_put(disable_interceptor::<InvocationIdInterceptor>(WHY));
        state.store_put(disable_interceptor::<RequestInfoInterceptor>(WHY));
        Ok(())
    }
}

/// A client of the store.
pub fn dynamodb(wire: &Wire, name: &str) -> aws_sdk_dynamodb::Client {
    let retries = RetryConfig::standard()
        .with_max_attempts(STORE_ATTEMPTS)
        .with_initial_backoff(STORE_PAUSE_FIRST)
        .with_max_backoff(STORE_PAUSE_MAX);
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(NOWHERE)
        .allow_no_auth()
        .http_client(wire.clone())
        .interceptor(Terse)
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .retry_config(retries)
        // Its own allowance of retries, as every Lambda function has, rather than one for the whole process.
        .retry_partition(RetryPartition::custom(name.to_owned()).build())
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}

/// A client of SES. It never retries: a message whose reply was lost may have gone, and the outbox knows when to retry.
pub fn ses(wire: &Wire) -> aws_sdk_ses::Client {
    let config = aws_sdk_ses::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(NOWHERE)
        .allow_no_auth()
        .http_client(wire.clone())
        .interceptor(Terse)
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .retry_config(RetryConfig::disabled())
        .build();
    aws_sdk_ses::Client::from_conf(config)
}

/// A client of KMS.
pub fn kms(wire: &Wire) -> aws_sdk_kms::Client {
    let config = aws_sdk_kms::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(NOWHERE)
        .allow_no_auth()
        .http_client(wire.clone())
        .interceptor(Terse)
        .build();
    aws_sdk_kms::Client::from_conf(config)
}
