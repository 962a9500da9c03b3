//! Between a function's SDK clients and the machine: what the network is on AWS.
//!
//! Each function has its own wire. It holds the function to its policy, lets go wrong what was asked to, counts what
//! is used, and hands the request to the engine or the inbox. The code above it is the production code.

pub mod clients;
mod demands;
pub mod faults;
pub mod issuer;
mod kms;
mod mail;
mod replies;
mod store;
#[cfg(test)]
mod tests;
pub mod usage;

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use crate::clock::HubClock;
use crate::engine::Engine;
use crate::feedback::Feedback;
use crate::inbox::Inbox;
use crate::kms::Kms;
use crate::template::Statement;

use demands::Demand;
pub use kms::KeyOperation;

/// What all wires of a hub lead to.
#[derive(Debug)]
pub struct Ground {
    /// `DynamoDB`.
    pub engine: Engine,
    /// SES.
    pub inbox: Inbox,
    /// KMS, where the hub signs by it.
    pub kms: Option<Kms>,
    /// What SES says of mail that does not arrive.
    pub feedback: Feedback,
    /// What goes wrong.
    pub faults: faults::Faults,
    /// What is used.
    pub usage: usage::Usage,
    /// What was asked for and not allowed.
    pub denials: Denials,
    /// When it is.
    pub clock: Arc<HubClock>,
}

/// One function's wire.
#[derive(Debug, Clone)]
pub struct Wire {
    ground: Arc<Ground>,
    caller: Caller,
}

/// Who asks.
#[derive(Debug, Clone)]
enum Caller {
    /// A function, held to its policy.
    Function { name: Arc<str>, statements: Arc<[Statement]> },
    /// The hub itself, which may do anything and is not counted.
    Operator,
}

/// Something that a function did without being allowed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The function's name.
    pub function: String,
    /// `dynamodb:PutItem`.
    pub action: String,
    /// The resource's ARN.
    pub resource: String,
}

/// All denials of a hub, in order.
#[derive(Debug, Default)]
pub struct Denials(Mutex<Vec<Denial>>);

impl Denials {
    /// A copy of them.
    pub fn all(&self) -> Vec<Denial> {
        // Nothing panics while the lock is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn record(&self, denial: Denial) {
        tracing::error!(function = denial.function, action = denial.action, resource = denial.resource, "denied");
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(denial);
    }
}

impl Wire {
    /// The wire of a function.
    pub fn of_function(ground: Arc<Ground>, name: &str, statements: &[Statement]) -> Self {
        let caller = Caller::Function { name: name.into(), statements: statements.into() };
        Self { ground, caller }
    }

    /// The wire of the hub itself.
    pub fn of_operator(ground: Arc<Ground>) -> Self {
        Self { ground, caller: Caller::Operator }
    }

    /// The first demand that the caller's policy does not allow, as a message.
    fn denied(&self, demands: Vec<Demand>) -> Option<String> {
        let Caller::Function { name, statements } = &self.caller else { return None };
        let allowed = |demand: &Demand| statements.iter().any(|one| one.allows(&demand.action, &demand.resource));
        let Demand { action, resource } = demands.into_iter().find(|demand| !allowed(demand))?;
        let message = format!("Function {name} is not authorized to perform: {action} on resource: {resource}");
        self.ground.denials.record(Denial { function: name.to_string(), action, resource });
        Some(message)
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let body = request.body().bytes().unwrap_or_default();
        let Some(target) = request.headers().get("x-amz-target") else { return self.answer_mail(body) };
        match target.strip_prefix(kms::TARGET) {
            Some(operation) => Ok(self.answer_kms(operation, body)),
            None => self.answer_store(target, body).await,
        }
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let wire = self.clone();
        HttpConnectorFuture::new(async move { wire.answer(request).await })
    }
}

impl HttpClient for Wire {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
