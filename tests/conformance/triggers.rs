//! A recorded payload for each way a function is started, fed to its handler as Lambda would.

use std::fs;
use std::path::PathBuf;

use axum::body::Body;
use axum::http::Request;
use local::{Hub, Options};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::house::root;
use crate::template::template;

/// The recorded payloads of one function that begin so.
fn recorded(function: &str, prefix: &str) -> Vec<(PathBuf, String)> {
    let folder = root().join("events/triggers").join(function);
    let files = fs::read_dir(folder).expect("triggers").map(|file| file.expect("an entry").path());
    let wanted = files.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)));
    wanted.map(|path| (path.clone(), fs::read_to_string(path).expect("text"))).collect()
}

async fn hub(folder: &tempfile::TempDir) -> Hub {
    let clock = "2026-11-02T09:00:00Z".parse().expect("a time");
    let options = Options { data: folder.path().into(), port: 0, clock: Some(clock), empty: true, kms: false };
    Hub::start(options).await.expect("the hub starts")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_function_understands_its_requests() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = hub(&folder).await;
    let expected = [
        ("http-events-page.json", 200),
        ("http-event-api.json", 404),
        ("http-unknown-page.json", 404),
        ("http-form.json", 404),
        ("http-registration.json", 404),
        ("http-booking.json", 404),
        ("http-cancel.json", 404),
        ("http-accept.json", 404),
        ("http-decline-page.json", 404),
        ("http-create.json", 401),
        ("http-report.json", 401),
        ("http-attendance.json", 401),
        ("http-check.json", 200),
        ("http-certificate.json", 404),
        ("http-certificate-pdf.json", 404),
        ("http-console.json", 303),
    ];
    let mut seen = 0;
    for function in template().functions {
        for (path, text) in recorded(&function.name, "http-") {
            let (parts, body) = lambda_http::request::from_str(&text).expect("a payload of version 2.0").into_parts();
            let request = Request::from_parts(parts, Body::from(body.to_vec()));
            let routes = hub.routes(&function.name).expect("it answers requests");
            let response = routes.oneshot(request).await.expect("an answer");
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let (_, status) = expected.iter().find(|(file, _)| *file == name).expect("an expected answer");
            assert_eq!(response.status().as_u16(), *status, "{name}");
            seen += 1;
        }
    }
    assert_eq!(seen, expected.len());
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_function_handles_its_batches_and_ticks() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = hub(&folder).await;
    for function in template().functions {
        for prefix in ["stream-", "schedule-", "sns-"] {
            for (path, text) in recorded(&function.name, prefix) {
                let payload: Value = serde_json::from_str(&text).expect("JSON");
                let answer = hub.invoke(&function.name, payload).await.expect("handled");
                let failures = answer["batchItemFailures"].as_array().map_or(0, Vec::len);
                assert_eq!(failures, 0, "{}: {answer}", path.display());
            }
        }
    }
    hub.stop().await;
}
