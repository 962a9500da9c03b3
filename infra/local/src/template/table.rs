//! The table: what the engine is asked to create.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::Enabled;
use super::intrinsics::{ACCOUNT, REGION, STACK};

/// The table as the template describes it.
#[derive(Debug, Clone)]
pub struct Table {
    /// What `!Ref` gives.
    pub name: String,
    /// What `!GetAtt …Arn` gives.
    pub arn: String,
    /// The body of the `CreateTable` request.
    pub creation: Value,
    /// The attribute after whose time an item may be removed.
    pub lapse: String,
    /// The one index.
    pub index: Index,
}

/// An index that orders items by a number within a partition.
#[derive(Debug, Clone)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// The attribute that names the partition.
    pub hash: String,
    /// The attribute that orders it.
    pub range: String,
}

impl Table {
    pub(super) fn new(id: &str, properties: TableProperties) -> Self {
        let name = format!("{STACK}-{id}");
        let [index] = properties.global_secondary_indexes;
        let creation = json!({
            "TableName": name,
            "BillingMode": properties.billing_mode,
            "AttributeDefinitions": properties.attribute_definitions,
            "KeySchema": properties.key_schema,
            "GlobalSecondaryIndexes": [{
                "IndexName": index.index_name, "KeySchema": index.key_schema, "Projection": index.projection,
            }],
            "StreamSpecification":
                { "StreamEnabled": true, "StreamViewType": properties.stream_specification.stream_view_type },
        });
        let [hash, range] = index.key_schema;
        Self {
            arn: format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"),
            name,
            creation,
            lapse: properties.time_to_live_specification.attribute_name,
            index: Index { name: index.index_name, hash: hash.attribute_name, range: range.attribute_name },
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TableProperties {
    billing_mode: String,
    attribute_definitions: Value,
    key_schema: Value,
    global_secondary_indexes: [IndexProperties; 1],
    stream_specification: StreamSpecification,
    time_to_live_specification: TimeToLive,
    _point_in_time_recovery_specification: IgnoredAny,
    #[serde(rename = "SSESpecification")]
    _encryption: IgnoredAny,
    _tags: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct IndexProperties {
    index_name: String,
    key_schema: [Key; 2],
    projection: Value,
}

#[derive(Deserialize, serde::Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Key {
    attribute_name: String,
    key_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct StreamSpecification {
    stream_view_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct TimeToLive {
    attribute_name: String,
    _enabled: Enabled,
}
