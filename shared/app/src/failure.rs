//! Two kinds of no: a problem is for the person, a failure for the operator.

use std::error::Error;
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use domain::Refusal;
use web::Problem;

/// Something the operator must know. Opaque to people; the whole chain is logged once, at the edge.
#[derive(Debug, Clone, thiserror::Error)]
#[error(transparent)]
pub struct Failure(Arc<dyn Error + Send + Sync>);

impl Failure {
    /// A failure with this cause.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(Arc::from(cause.into()))
    }

    /// The chain of causes, outermost first.
    pub fn chain(&self) -> String {
        let mut causes = vec![self.0.to_string()];
        let mut next = self.0.source();
        while let Some(cause) = next {
            causes.push(cause.to_string());
            next = cause.source();
        }
        causes.join(": ")
    }
}

impl From<store::Failure> for Failure {
    fn from(failure: store::Failure) -> Self {
        Self::new(failure)
    }
}

impl From<mail::Failure> for Failure {
    fn from(failure: mail::Failure) -> Self {
        Self::new(failure)
    }
}

/// A handler's no.
#[derive(Debug, Clone)]
pub enum Rejection {
    /// For the person.
    Problem(Box<Problem>),
    /// For the operator; the person is told that trying again may help.
    Busy(Failure),
    /// For the operator.
    Failure(Failure),
}

impl From<Problem> for Rejection {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        Problem::from(refusal).into()
    }
}

impl From<store::Failure> for Rejection {
    fn from(failure: store::Failure) -> Self {
        match failure {
            store::Failure::Unavailable(_) => Self::Busy(failure.into()),
            store::Failure::Failed(_) => Self::Failure(failure.into()),
        }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => problem.into_response(),
            Self::Busy(failure) => with_failure(Problem::unavailable(), failure),
            // The edge gives it its id.
            Self::Failure(failure) => with_failure(Problem::failed(""), failure),
        }
    }
}

fn with_failure(problem: Problem, failure: Failure) -> Response {
    let mut response = problem.into_response();
    response.extensions_mut().insert(failure);
    response
}
