//! The operations of DynamoDB's API that functions may use, and what each costs.

use dynoxide::types::{ConsumedCapacity, item_size, write_capacity_units};
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One operation on items, named as in `DynamoDB`'s API reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Operation {
    /// As in `DynamoDB`'s API reference.
    BatchGetItem,
    /// As in `DynamoDB`'s API reference.
    BatchWriteItem,
    /// As in `DynamoDB`'s API reference.
    DeleteItem,
    /// As in `DynamoDB`'s API reference.
    GetItem,
    /// As in `DynamoDB`'s API reference.
    PutItem,
    /// As in `DynamoDB`'s API reference.
    Query,
    /// As in `DynamoDB`'s API reference.
    Scan,
    /// As in `DynamoDB`'s API reference.
    TransactGetItems,
    /// As in `DynamoDB`'s API reference.
    TransactWriteItems,
    /// As in `DynamoDB`'s API reference.
    UpdateItem,
}

/// What the engine replies to a request.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: String,
    /// Capacity units that AWS would have charged.
    pub units: f64,
}

impl Operation {
    /// The operation of a request's `X-Amz-Target`.
    pub fn of_target(target: &str) -> Option<Self> {
        Some(match target.strip_prefix("DynamoDB_20120810.")? {
            "BatchGetItem" => Self::BatchGetItem,
            "BatchWriteItem" => Self::BatchWriteItem,
            "DeleteItem" => Self::DeleteItem,
            "GetItem" => Self::GetItem,
            "PutItem" => Self::PutItem,
            "Query" => Self::Query,
            "Scan" => Self::Scan,
            "TransactGetItems" => Self::TransactGetItems,
            "TransactWriteItems" => Self::TransactWriteItems,
            "UpdateItem" => Self::UpdateItem,
            _ => return None,
        })
    }

    /// Whether it costs write units rather than read units.
    pub fn is_write(self) -> bool {
        match self {
            Self::BatchWriteItem | Self::DeleteItem | Self::PutItem | Self::TransactWriteItems | Self::UpdateItem => {
                true
            }
            Self::BatchGetItem | Self::GetItem | Self::Query | Self::Scan | Self::TransactGetItems => false,
        }
    }

    /// Runs the request, which must ask for its consumed capacity; `wrote` is called when items may have changed.
    pub(super) fn run(self, database: &Database, request: Value, wrote: impl FnOnce()) -> Answer {
        let answer = match self {
            Self::BatchGetItem => {
                answer(request, |r| database.batch_get_item(r), |r| batch(r.consumed_capacity.as_ref()))
            }
            Self::BatchWriteItem => {
                answer(request, |r| database.batch_write_item(r), |r| batch(r.consumed_capacity.as_ref()))
            }
            Self::DeleteItem => answer(request, |r| database.delete_item(r), |r| single(r.consumed_capacity.as_ref())),
            Self::GetItem => answer(request, |r| database.get_item(r), |r| single(r.consumed_capacity.as_ref())),
            Self::PutItem => answer(request, |r| database.put_item(r), |r| single(r.consumed_capacity.as_ref())),
            Self::Query => answer(request, |r| database.query(r), |r| single(r.consumed_capacity.as_ref())),
            Self::Scan => answer(request, |r| database.scan(r), |r| single(r.consumed_capacity.as_ref())),
            Self::TransactGetItems => {
                answer(request, |r| database.transact_get_items(r), |r| batch(r.consumed_capacity.as_ref()))
            }
            Self::TransactWriteItems => {
                answer(request, |r| database.transact_write_items(r), |r| batch(r.consumed_capacity.as_ref()))
            }
            Self::UpdateItem => answer(request, |r| database.update_item(r), |r| single(r.consumed_capacity.as_ref())),
        };
        if self.is_write() && answer.status == 200 {
            wrote();
        }
        answer
    }
}

fn answer<Request: DeserializeOwned, Reply: Serialize>(
    request: Value,
    run: impl FnOnce(Request) -> Result<Reply, DynoxideError>,
    units: impl FnOnce(&Reply) -> f64,
) -> Answer {
    let unreadable = |error: serde_json::Error| DynoxideError::SerializationException(error.to_string());
    let reply = serde_json::from_value(request).map_err(unreadable).and_then(run);
    let reply = reply.and_then(|reply| Ok((serde_json::to_string(&reply).map_err(unreadable)?, units(&reply))));
    match reply {
        Ok((body, units)) => Answer { status: 200, body, units },
        Err(error) => Answer { status: error.status_code(), body: error.to_json(), units: refused_units(&error) },
    }
}

/// What a refusal costs: a condition that does not hold costs the write of the item as it stands, other errors nothing.
///
/// The engine says nothing of it, and hands the item over only where the request asked for it; one unit is the least.
fn refused_units(error: &DynoxideError) -> f64 {
    match error {
        DynoxideError::ConditionalCheckFailedException(_, item) => {
            write_capacity_units(item.as_ref().map_or(0, item_size))
        }
        _ => 0.0,
    }
}

fn single(capacity: Option<&ConsumedCapacity>) -> f64 {
    capacity.map_or(0.0, |capacity| capacity.capacity_units)
}

fn batch(capacity: Option<&Vec<ConsumedCapacity>>) -> f64 {
    capacity.into_iter().flatten().map(|capacity| capacity.capacity_units).sum()
}
