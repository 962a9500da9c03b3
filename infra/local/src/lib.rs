//! The same stack on one machine: the template of `infra/template.yaml`, run over an embedded `DynamoDB` engine.
//!
//! | On AWS | Here |
//! |---|---|
//! | API Gateway | `front`, with the precedence of `routes` |
//! | Lambda | `functions`, one table from logical id to code |
//! | IAM, the network | `wire`, one for each function's SDK clients |
//! | `DynamoDB` | `engine`, over SQLite in the data folder |
//! | Stream mappings | `pump` |
//! | `EventBridge` Scheduler, the passing of time | `timekeeper` and `clock` |
//! | SES | `inbox`, one file a message; `feedback`, what it says of mail that does not arrive |
//! | Parameter Store, the organisers' issuer | `keys` and `issuer` |
//!
//! What a function sees is what it sees on AWS. What only this machine has is under `/_local/` (`controls`).

pub mod cli;
mod clock;
mod controls;
mod demo;
mod engine;
mod feedback;
mod folder;
mod front;
mod functions;
mod hub;
mod inbox;
mod issuer;
mod keys;
mod kms;
mod offline;
mod pattern;
mod pump;
mod random;
mod routes;
mod schedule;
mod stack;
mod template;
#[cfg(test)]
mod testing;
mod timekeeper;
mod wire;

pub use engine::{Answer, Engine, EngineError, Operation};
pub use functions::InvokeError;
pub use hub::{Hub, HubError, Options};
pub use template::{Function, Route, Schedule, Statement, StreamMapping, Table, Template, TemplateError};
pub use wire::Denial;
