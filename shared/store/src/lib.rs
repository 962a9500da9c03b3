//! The only place that knows DynamoDB: keys, expressions, the ledger's protocol.
