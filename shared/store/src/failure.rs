//! What the operator must know: the store could not be asked, or it said something it must not.

use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// The store could not do what was asked of it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Throttled, unreachable, or too many were quicker, after every retry. Trying again later may help.
    #[error("the store is busy")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// A defect, a missing permission, or an item that does not read.
    #[error("the store failed")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

/// Codes after which a later attempt may succeed.
const TRANSIENT: [&str; 6] = [
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "InternalServerError",
    "InternalFailure",
    "TransactionConflictException",
];

impl Failure {
    /// An item that does not read.
    pub(crate) fn unreadable(what: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed(what.into())
    }

    /// Others were quicker every time.
    pub(crate) fn contended() -> Self {
        Self::Unavailable("the item changed before every attempt".into())
    }
}

impl<E, R> From<SdkError<E, R>> for Failure
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        let is_transient = match &error {
            SdkError::ServiceError(service) => service.err().code().is_none_or(|code| TRANSIENT.contains(&code)),
            SdkError::ConstructionFailure(_) => false,
            _ => true,
        };
        if is_transient { Self::Unavailable(Box::new(error)) } else { Self::Failed(Box::new(error)) }
    }
}

impl From<aws_sdk_dynamodb::error::BuildError> for Failure {
    fn from(error: aws_sdk_dynamodb::error::BuildError) -> Self {
        Self::Failed(Box::new(error))
    }
}
