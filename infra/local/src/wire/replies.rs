//! Replies in the words of AWS: JSON from `DynamoDB`, XML from SES.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::json;

/// A reply of `DynamoDB`.
pub fn json_reply(status: u16, body: String) -> HttpResponse {
    reply(status, "application/x-amz-json-1.0", body)
}

/// An error of `DynamoDB`.
pub fn json_error(status: u16, kind: &str, message: &str) -> HttpResponse {
    json_reply(status, json!({ "__type": kind, "message": message }).to_string())
}

/// A reply of SES that a message was taken.
pub fn mail_taken(id: &str) -> HttpResponse {
    let result = format!("<SendRawEmailResult><MessageId>{id}</MessageId></SendRawEmailResult>");
    xml(200, &format!("<SendRawEmailResponse xmlns=\"{NAMESPACE}\">{result}{METADATA}</SendRawEmailResponse>"))
}

/// An error of SES; its code and message are ours and need no escaping.
pub fn mail_error(status: u16, code: &str, message: &str) -> HttpResponse {
    let error = format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>");
    xml(status, &format!("<ErrorResponse xmlns=\"{NAMESPACE}\">{error}<RequestId>local</RequestId></ErrorResponse>"))
}

/// No reply at all.
pub fn lost() -> ConnectorError {
    ConnectorError::timeout("the reply was lost".into())
}

const NAMESPACE: &str = "http://ses.amazonaws.com/doc/2010-12-01/";
const METADATA: &str = "<ResponseMetadata><RequestId>local</RequestId></ResponseMetadata>";

fn xml(status: u16, body: &str) -> HttpResponse {
    reply(status, "text/xml", format!("<?xml version=\"1.0\"?>\n{body}"))
}

fn reply(status: u16, content_type: &'static str, body: String) -> HttpResponse {
    // Every status given above, or by the engine, is a valid one.
    let status = StatusCode::try_from(status).expect("a status code");
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    response.headers_mut().insert("content-type", content_type);
    response
}
