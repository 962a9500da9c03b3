//! How long SES is waited for: its limit of mails a second is waited out, and nothing else is tried again here, for a
//! mail whose reply was lost may have gone. Whoever sends tries again in minutes.

use std::time::Duration;

use aws_sdk_ses::config::Builder;
use aws_sdk_ses::config::interceptors::InterceptorContext;
use aws_sdk_ses::config::retry::{ClassifyRetry, RetryAction, RetryConfig};
use aws_sdk_ses::config::timeout::TimeoutConfig;
use aws_sdk_ses::error::ProvideErrorMetadata as _;
use aws_sdk_ses::operation::send_raw_email::SendRawEmailError;

/// How long a mail may take, pauses included.
const LONGEST: Duration = Duration::from_secs(5);
/// The longest pause before a second attempt; it doubles from there.
const PAUSE_FIRST: Duration = Duration::from_millis(500);
/// Attempts that fit into that time.
const ATTEMPTS: u32 = 5;

/// A client's configuration, made one for sending single mails.
pub(crate) fn for_one_mail(config: Builder) -> Builder {
    config
        .timeout_config(TimeoutConfig::builder().operation_timeout(LONGEST).build())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(PAUSE_FIRST))
        .retry_classifier(OnlyThrottled)
}

/// A mail refused for its rate has not gone, and may go again at once.
#[derive(Debug)]
struct OnlyThrottled;

impl ClassifyRetry for OnlyThrottled {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else { return RetryAction::NoActionIndicated };
        let refusal = error.as_operation_error().and_then(|error| error.downcast_ref::<SendRawEmailError>());
        if refusal.is_some_and(|refusal| refusal.code() == Some("Throttling")) {
            RetryAction::throttling_error()
        } else {
            RetryAction::RetryForbidden
        }
    }

    fn name(&self) -> &'static str {
        "only throttled"
    }
}
