//! The functions of the stack: from a logical id of the template to the code that Lambda would run.

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use app::{App, Failure};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::wire::Ground;

/// How a function is started.
#[derive(Clone)]
pub enum Handler {
    /// By a request.
    Http(Router),
    /// By an event, in JSON: a batch of stream records, a tick of a schedule.
    Event(Arc<dyn Fn(String) -> BoxFuture<'static, Result<Value, Failure>> + Send + Sync>),
}

/// The code of a function, by its logical id. There is no other such table.
pub fn handler(id: &str, app: Arc<App>) -> Option<Handler> {
    Some(match id {
        "Attend" => Handler::Http(attend::router(app)),
        "Cancel" => Handler::Http(cancel::router(app)),
        "Catalogue" => Handler::Http(catalogue::router(app)),
        "Certificate" => Handler::Http(certificate::router(app)),
        "CertificateIssue" => event(app, |app, tick| async move { certificate::issue(&app, tick).await }),
        "Notify" => event(app, |app, batch| async move { notify::handle(&app, batch).await }),
        "NotifyBounce" => event(app, |app, said| async move { notify::bounced(&app, said).await }),
        "NotifySweep" => event(app, |app, tick| async move { notify::sweep(&app, tick).await }),
        "Organise" => Handler::Http(organise::router(app)),
        "OrganiseDaily" => event(app, |app, tick| async move { organise::daily(&app, tick).await }),
        "Report" => Handler::Http(report::router(app)),
        "ReportMonthly" => event(app, |app, tick| async move { report::monthly(&app, tick).await }),
        "Register" => Handler::Http(register::router(app)),
        "RegisterSettle" => event(app, |app, batch| async move { register::settle(&app, batch).await }),
        "Waitlist" => Handler::Http(waitlist::router(app)),
        "WaitlistSweep" => event(app, |app, tick| async move { waitlist::sweep(&app, tick).await }),
        _ => return None,
    })
}

fn event<Payload, Outcome>(app: Arc<App>, handle: fn(Arc<App>, Payload) -> Outcome) -> Handler
where
    Payload: DeserializeOwned + Send + 'static,
    Outcome: Future<Output = Result<Value, Failure>> + Send + 'static,
{
    Handler::Event(Arc::new(move |payload| {
        let app = Arc::clone(&app);
        async move { handle(app, serde_json::from_str(&payload).map_err(Failure::new)?).await }.boxed()
    }))
}

/// The functions of a hub, by name.
pub struct Functions {
    ground: Arc<Ground>,
    deployed: BTreeMap<String, Deployed>,
}

/// A function that can be invoked.
pub struct Deployed {
    /// Its code.
    pub handler: Handler,
    /// How long it may take.
    pub timeout: Duration,
}

/// Why an invocation came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// No function of this name.
    #[error("there is no function {0}")]
    Unknown(String),
    /// A function that answers requests was given an event, or the other way round.
    #[error("the function is not started like this")]
    Trigger,
    /// It failed.
    #[error("the function failed")]
    Failed(#[from] Failure),
    /// It panicked, and Lambda would have started another.
    #[error("the function crashed")]
    Crashed,
    /// It took longer than it may.
    #[error("the function timed out")]
    TimedOut,
}

impl Functions {
    /// These functions, counted where the ground counts.
    pub fn new(ground: Arc<Ground>, deployed: BTreeMap<String, Deployed>) -> Self {
        Self { ground, deployed }
    }

    /// Answers a request as API Gateway would with this function behind it.
    pub async fn request(&self, name: &str, request: Request) -> Response {
        let outcome = match self.deployed(name) {
            Ok(Deployed { handler: Handler::Http(router), timeout }) => {
                self.guarded(name, *timeout, router.clone().oneshot(request)).await
            }
            Ok(Deployed { handler: Handler::Event(_), .. }) => Err(InvokeError::Trigger),
            Err(error) => Err(error),
        };
        match outcome {
            Ok(Ok(response)) => response,
            Err(InvokeError::TimedOut) => gateway_error(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
            Err(_) => gateway_error(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        }
    }

    /// Starts a function with an event in JSON, in a task of its own: none waits while another works.
    pub async fn event(&self, name: &str, payload: String) -> Result<Value, InvokeError> {
        match self.deployed(name)? {
            Deployed { handler: Handler::Event(handle), timeout } => {
                // Dropped, as by a timeout, it ends its task.
                let mut task = JoinSet::new();
                task.spawn(handle(payload));
                let reply = async move {
                    let ended = task.join_next().await.expect("it was just spawned");
                    ended.unwrap_or_else(|error| resume_unwind(error.into_panic()))
                };
                Ok(self.guarded(name, *timeout, reply).await??)
            }
            Deployed { handler: Handler::Http(_), .. } => Err(InvokeError::Trigger),
        }
    }

    /// The routes of a function that answers requests.
    pub fn routes(&self, name: &str) -> Option<Router> {
        match &self.deployed.get(name)?.handler {
            Handler::Http(router) => Some(router.clone()),
            Handler::Event(_) => None,
        }
    }

    fn deployed(&self, name: &str) -> Result<&Deployed, InvokeError> {
        self.deployed.get(name).ok_or_else(|| InvokeError::Unknown(name.to_owned()))
    }

    /// Runs an invocation as Lambda does: counted, ended at its timeout, and its crash its own.
    async fn guarded<T>(
        &self,
        name: &str,
        timeout: Duration,
        invocation: impl Future<Output = T>,
    ) -> Result<T, InvokeError> {
        self.ground.usage.invoked(name);
        let outcome = tokio::time::timeout(timeout, AssertUnwindSafe(invocation).catch_unwind()).await;
        let error = match outcome {
            Ok(Ok(reply)) => return Ok(reply),
            Ok(Err(_)) => InvokeError::Crashed,
            Err(_) => InvokeError::TimedOut,
        };
        tracing::error!(function = name, error = &error as &dyn std::error::Error, "invocation broke off");
        Err(error)
    }
}

fn gateway_error(status: StatusCode, message: &str) -> Response {
    (status, [("content-type", "application/json")], Body::from(json!({ "message": message }).to_string()))
        .into_response()
}
