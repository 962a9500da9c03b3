//! What a registration costs at the wire.

use reqwest::Method;
use serde_json::json;

use crate::hub::{CREATED, TestHub};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_person_costs_two_writes_and_at_most_half_a_read() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 20})).await;
    hub.book(&event, "First Ash").await;
    hub.settle().await;
    hub.request(Method::DELETE, "/_local/usage").send().await.expect("a reply");
    for n in 0..20 {
        assert_eq!(hub.book(&event, &format!("Person Number{n}")).await.status, CREATED);
    }
    let usage = hub.get("/_local/usage").await;
    let register = &usage.body["functions"]["register"];
    assert_eq!(register["invocations"], json!(20), "{usage:?}");
    let requests = &register["requests"];
    assert_eq!((&requests["PutItem"], &requests["UpdateItem"]), (&json!(20), &json!(20)));
    // The event, which is good for a second.
    assert!(requests["GetItem"].as_u64().unwrap_or(0) <= 20, "{register}");
    assert_eq!(register["write_units"].as_f64(), Some(40.0));
    assert!(register["read_units"].as_f64().is_some_and(|units| units <= 10.0), "{register}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_costs_two_writes_and_what_the_stream_tells_nothing_more() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    hub.settle().await;
    hub.request(Method::DELETE, "/_local/usage").send().await.expect("a reply");
    for n in 0..20 {
        assert_eq!(hub.book(&event, &format!("Person Number{n}")).await.status, CREATED);
    }
    hub.settle().await;
    let usage = hub.get("/_local/usage").await;
    let functions = &usage.body["functions"];
    assert_eq!(functions["notify"]["write_units"].as_f64(), Some(40.0), "{usage:?}");
    assert_eq!(functions["register-settle"]["write_units"].as_f64(), Some(0.0), "{usage:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_by_network_is_off_until_it_is_set() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    let limits = hub.request(Method::PUT, "/_local/limits").json(&json!({"network_per_minute": 2}));
    assert!(limits.send().await.expect("a reply").status().is_success());
    assert_eq!(hub.book(&event, "Ann Ash").await.status, CREATED);
    assert_eq!(hub.book(&event, "Bob Birch").await.status, CREATED);
    let refused = hub.book(&event, "Cat Cedar").await;
    assert_eq!((refused.status, refused.code()), (429, "slow-down"));
    hub.advance("PT1M").await;
    assert_eq!(hub.book(&event, "Cat Cedar").await.status, CREATED);
}
