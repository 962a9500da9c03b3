//! What a request needs to be allowed: IAM actions on resources.
//!
//! See <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html>: a batch needs its
//! action on every table; each part of a transaction needs the action it would need alone.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::engine::Operation;
use crate::template::{ACCOUNT, REGION};

/// One action on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// `dynamodb:PutItem`.
    pub action: String,
    /// The resource's ARN.
    pub resource: String,
}

/// What a request names; all else in it is passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Named {
    table_name: String,
    index_name: Option<String>,
    #[expect(clippy::zero_sized_map_values, reason = "only the names matter of what is a map in JSON")]
    request_items: BTreeMap<String, IgnoredAny>,
    transact_items: Vec<BTreeMap<String, Named>>,
}

/// What an operation on items needs.
pub fn of_store(operation: Operation, request: &[u8]) -> Result<Vec<Demand>, serde_json::Error> {
    let named: Named = serde_json::from_slice(request)?;
    Ok(match operation {
        Operation::BatchGetItem | Operation::BatchWriteItem => {
            let tables = named.request_items.keys();
            tables.map(|table| on_table(&format!("{operation:?}"), table, None)).collect()
        }
        Operation::TransactGetItems | Operation::TransactWriteItems => {
            named.transact_items.iter().flatten().map(|(kind, part)| of_part(kind, part)).collect()
        }
        Operation::DeleteItem
        | Operation::GetItem
        | Operation::PutItem
        | Operation::Query
        | Operation::Scan
        | Operation::UpdateItem => {
            vec![on_table(&format!("{operation:?}"), &named.table_name, named.index_name.as_deref())]
        }
    })
}

/// What sending mail from an address needs: the identity of its domain.
pub fn of_mail(from: &str) -> Demand {
    let domain = from.rsplit('@').next().unwrap_or_default();
    Demand { action: "ses:SendRawEmail".into(), resource: format!("arn:aws:ses:{REGION}:{ACCOUNT}:identity/{domain}") }
}

fn of_part(kind: &str, part: &Named) -> Demand {
    let action = if kind == "ConditionCheck" { "ConditionCheckItem".to_owned() } else { format!("{kind}Item") };
    on_table(&action, &part.table_name, None)
}

fn on_table(action: &str, table: &str, index: Option<&str>) -> Demand {
    let index = index.map(|index| format!("/index/{index}")).unwrap_or_default();
    Demand {
        action: format!("dynamodb:{action}"),
        resource: format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}{index}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn demanded(operation: Operation, request: &Value) -> Vec<String> {
        let short = |arn: &str| arn.rsplit(':').next().unwrap_or_default().to_owned();
        let demands = of_store(operation, request.to_string().as_bytes()).expect("JSON");
        demands.iter().map(|d| format!("{} {}", d.action, short(&d.resource))).collect()
    }

    #[test]
    fn an_index_is_a_resource_of_its_own() {
        let request = json!({"TableName": "t", "IndexName": "due"});
        assert_eq!(demanded(Operation::Query, &request), ["dynamodb:Query table/t/index/due"]);
    }

    #[test]
    fn a_batch_needs_every_table_and_a_transaction_every_part() {
        let batch = json!({"RequestItems": {"t": {}, "u": {}}});
        assert_eq!(
            demanded(Operation::BatchGetItem, &batch),
            ["dynamodb:BatchGetItem table/t", "dynamodb:BatchGetItem table/u"]
        );
        let parts = json!({"TransactItems": [{"Put": {"TableName": "t"}}, {"ConditionCheck": {"TableName": "t"}}]});
        assert_eq!(
            demanded(Operation::TransactWriteItems, &parts),
            ["dynamodb:PutItem table/t", "dynamodb:ConditionCheckItem table/t"]
        );
    }

    #[test]
    fn mail_needs_its_domain() {
        assert_eq!(of_mail("hub@hub.example").resource, "arn:aws:ses:eu-west-2:000000000000:identity/hub.example");
    }
}
