//! The operations of DynamoDB's API that functions may use, and what each costs.

use dynoxide::actions::batch_get_item::BatchGetItemRequest;
use dynoxide::actions::batch_write_item::BatchWriteItemRequest;
use dynoxide::actions::delete_item::DeleteItemRequest;
use dynoxide::actions::get_item::GetItemRequest;
use dynoxide::actions::put_item::PutItemRequest;
use dynoxide::actions::query::QueryRequest;
use dynoxide::actions::scan::ScanRequest;
use dynoxide::actions::transact_get_items::TransactGetItemsRequest;
use dynoxide::actions::transact_write_items::TransactWriteItemsRequest;
use dynoxide::actions::update_item::UpdateItemRequest;
use dynoxide::types::{ConsumedCapacity, item_size, write_capacity_units};
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

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

    /// Runs the request, and has its consumed capacity told; `wrote` is called when items may have changed.
    pub(super) fn run(self, database: &Database, request: &[u8], wrote: impl FnOnce()) -> Answer {
        /// Each request has a type of its own, and they have no trait in common.
        macro_rules! call {
            ($method:ident, $request:ty, $units:ident) => {
                answer(
                    request,
                    |request: &mut $request| total(&mut request.return_consumed_capacity),
                    |request| database.$method(request),
                    |reply| $units(reply.consumed_capacity.as_ref()),
                )
            };
        }
        let answer = match self {
            Self::BatchGetItem => call!(batch_get_item, BatchGetItemRequest, batch),
            Self::BatchWriteItem => call!(batch_write_item, BatchWriteItemRequest, batch),
            Self::DeleteItem => call!(delete_item, DeleteItemRequest, single),
            Self::GetItem => call!(get_item, GetItemRequest, single),
            Self::PutItem => call!(put_item, PutItemRequest, single),
            Self::Query => call!(query, QueryRequest, single),
            Self::Scan => call!(scan, ScanRequest, single),
            Self::TransactGetItems => call!(transact_get_items, TransactGetItemsRequest, batch),
            Self::TransactWriteItems => call!(transact_write_items, TransactWriteItemsRequest, batch),
            Self::UpdateItem => call!(update_item, UpdateItemRequest, single),
        };
        if self.is_write() && answer.status == 200 {
            wrote();
        }
        answer
    }
}

/// Has a request's capacity told in total, where it does not ask for more.
fn total(wanted: &mut Option<String>) {
    wanted.get_or_insert_with(|| "TOTAL".to_owned());
}

fn answer<Request: DeserializeOwned, Reply: Serialize>(
    request: &[u8],
    ask_capacity: impl FnOnce(&mut Request),
    run: impl FnOnce(Request) -> Result<Reply, DynoxideError>,
    units: impl FnOnce(&Reply) -> f64,
) -> Answer {
    let unreadable = |error: serde_json::Error| DynoxideError::SerializationException(error.to_string());
    let reply = serde_json::from_slice(request).map_err(unreadable).and_then(|mut request| {
        ask_capacity(&mut request);
        run(request)
    });
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
