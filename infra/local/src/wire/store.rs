//! Requests to `DynamoDB`.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;

use super::faults::Fault;
use super::replies::{json_error, json_reply, lost};
use super::{Caller, Wire, demands};
use crate::engine::Operation;

impl Wire {
    pub(super) async fn answer_store(&self, target: &str, body: &[u8]) -> Result<HttpResponse, ConnectorError> {
        let Some(operation) = Operation::of_target(target) else {
            return Ok(json_error(400, "com.amazon.coral.service#UnknownOperationException", target));
        };
        let Ok(demands) = demands::of_store(operation, body) else {
            return Ok(json_error(400, "com.amazon.coral.service#SerializationException", "not JSON"));
        };
        if let Some(message) = self.denied(demands) {
            return Ok(json_error(400, "com.amazon.coral.service#AccessDeniedException", &message));
        }
        match self.fault() {
            Some(Fault::Throttle) => Ok(json_error(400, &named(THROTTLED), "The request rate is too high.")),
            Some(Fault::Error) => Ok(json_error(500, &named("InternalServerError"), "Internal server error")),
            Some(Fault::LostReply) => self.carry_out(operation, body).await.and_then(|_| Err(lost())),
            None => self.carry_out(operation, body).await,
        }
    }

    async fn carry_out(&self, operation: Operation, body: &[u8]) -> Result<HttpResponse, ConnectorError> {
        let answer = self.ground.engine.call(operation, body.to_vec()).await;
        let answer = answer.map_err(|error| ConnectorError::io(error.into()))?;
        if let Caller::Function { name, .. } = &self.caller {
            self.ground.usage.requested(name, operation, answer.units);
        }
        Ok(json_reply(answer.status, answer.body))
    }

    fn fault(&self) -> Option<Fault> {
        match self.caller {
            Caller::Function { .. } => self.ground.faults.draw(),
            Caller::Operator => None,
        }
    }
}

const THROTTLED: &str = "ProvisionedThroughputExceededException";

fn named(kind: &str) -> String {
    format!("com.amazonaws.dynamodb.v20120810#{kind}")
}
