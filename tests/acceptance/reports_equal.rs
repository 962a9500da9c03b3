//! The same month is the same bytes: on another hub, and after everything has been delivered again.

use reqwest::Method;

use crate::hub::TestHub;
use crate::reports::{attend, busy_month};

/// The month's report in every form.
async fn files(hub: &TestHub) -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for form in ["json", "csv", "xlsx"] {
        let path = format!("/api/v1/reports/2026-11.{form}");
        let reply = hub.request(Method::GET, &path).bearer_auth(&hub.admin).send().await.expect("an answer");
        assert_eq!(reply.status().as_u16(), 200, "{form}");
        files.push(reply.bytes().await.expect("a body").to_vec());
    }
    files
}

/// Starts a hub again that has forgotten how far the readers of its table's stream had come.
async fn delivered_again(hub: TestHub) -> TestHub {
    let folder = hub.stop().await;
    let mut forgotten = 0;
    for entry in std::fs::read_dir(folder.path()).expect("a folder").filter_map(Result::ok) {
        if entry.file_name().to_string_lossy().starts_with("checkpoint-") {
            std::fs::remove_file(entry.path()).expect("removed");
            forgotten += 1;
        }
    }
    assert_eq!(forgotten, 2, "register-settle and notify read the stream");
    let hub = TestHub::again(folder).await;
    hub.settle().await;
    let used = hub.get("/_local/usage").await.body["functions"].clone();
    for function in ["register-settle", "notify"] {
        assert!(used[function]["invocations"].as_u64() > Some(0), "{function} was told again: {used}");
    }
    hub
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_the_same_bytes_on_two_hubs_and_after_everything_was_delivered_again() {
    let (one, other) = (TestHub::start().await, TestHub::start().await);
    let events = (busy_month(&one).await, busy_month(&other).await);
    assert_ne!(events.0, events.1, "each hub has its own identifiers");
    let provisional = files(&one).await;
    assert_eq!(provisional, files(&other).await, "provisional");
    let one = delivered_again(one).await;
    assert_eq!(provisional, files(&one).await, "provisional, delivered again");
    // Final, and restated.
    for (hub, event) in [(&one, &events.0), (&other, &events.1)] {
        hub.set_clock("2026-12-10T06:00:00Z").await;
        hub.advance("PT1H").await;
        attend(hub, event, &[("Fay Fir", 120)]).await;
    }
    let restated = files(&one).await;
    let json: serde_json::Value = serde_json::from_slice(&restated[0]).expect("JSON");
    assert_eq!((&json["version"], &json["final"]), (&2.into(), &true.into()));
    assert_eq!(restated, files(&other).await, "restated");
    let other = delivered_again(other).await;
    assert_eq!(restated, files(&other).await, "restated, delivered again");
    one.stop_and_audit().await;
    other.stop_and_audit().await;
}
