//! The organisers' API: who may what, idempotency, the roster.

use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{TestHub, send};

fn event() -> Value {
    json!({"title": "Suturing", "programme": "clinical-updates",
           "sessions": [{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T16:30:00Z"}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_does() {
    let hub = TestHub::start().await;
    let id = hub.event(json!({"programme": "open-doors"})).await;
    let refused = hub.post("/api/v1/events", &event()).await;
    assert_eq!((refused.status, refused.code()), (401, "unauthenticated"));
    let own = hub.token(json!({"role": "programme", "subject": "a@hub.example", "programmes": ["open-doors"]})).await;
    let other =
        hub.token(json!({"role": "programme", "subject": "b@hub.example", "programmes": ["gp-fellowship"]})).await;
    let desk = hub.token(json!({"role": "desk", "subject": "c@hub.example"})).await;
    let reader = hub.token(json!({"role": "reader", "subject": "d@hub.example"})).await;
    let status = |token: &str, method: Method, path: String, body: Value| {
        let request = hub.request(method, &path).bearer_auth(token).json(&body);
        async move { send(request).await.status }
    };
    let change = || (Method::PATCH, format!("/api/v1/events/{id}"), json!({"summary": "New"}));
    let roster = || (Method::GET, format!("/api/v1/events/{id}/registrations"), Value::Null);
    for (token, patch, list) in [(&own, 200, 200), (&other, 404, 404), (&desk, 403, 200), (&reader, 403, 403)] {
        let ((method, path, body), (get, roster_path, nothing)) = (change(), roster());
        assert_eq!(status(token, method, path, body).await, patch);
        assert_eq!(status(token, get, roster_path, nothing).await, list);
    }
    assert_eq!(status("x.y.z", Method::GET, format!("/api/v1/events/{id}"), Value::Null).await, 401);
    assert_eq!(status(&own, Method::GET, "/api/v1/audit".to_owned(), Value::Null).await, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_creation_is_one_event_and_another_body_is_refused() {
    let hub = TestHub::start().await;
    let create = |body: Value| {
        let request = hub.request(Method::POST, "/api/v1/events").bearer_auth(&hub.admin);
        send(request.header("idempotency-key", "k1").json(&body))
    };
    let first = create(event()).await;
    assert_eq!((first.status, first.text("status")), (201, "draft"));
    assert_eq!(create(event()).await, first);
    let mut other = event();
    other["title"] = json!("Other");
    let refused = create(other).await;
    assert_eq!((refused.status, refused.code()), (422, "idempotency-conflict"));
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_are_for_organisers_and_what_is_private_stays_so() {
    let hub = TestHub::start().await;
    let mut settings = event();
    settings["joining_url"] = json!("https://teams.example/meet");
    settings["capacity"] = json!(5);
    let created = hub.as_admin(Method::POST, "/api/v1/events", &settings).await;
    let path = format!("/api/v1/events/{}", created.text("id"));
    assert_eq!(hub.get(&path).await.code(), "event-not-found");
    assert_eq!(hub.as_admin(Method::GET, &path, &Value::Null).await.text("status"), "draft");
    hub.as_admin(Method::POST, &format!("{path}/publish"), &json!({})).await;
    let public = hub.get(&path).await;
    assert_eq!(public.body["joining_url"], Value::Null);
    assert_eq!(public.body["places"], json!({"free": 5, "waiting": 0}));
    let listed = hub.get("/api/v1/events").await;
    assert_eq!(listed.body["events"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed.body["next"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_roster_says_who_stands_where() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1})).await;
    for name in ["Ann Ash", "Bob Birch", "Cat Cedar"] {
        hub.book(&event, name).await;
    }
    let link = hub.link("Cat Cedar").await;
    hub.act(&link, "cancel").await;
    let row = |name: &str, status: &str, position| (name.to_owned(), status.to_owned(), position);
    let expected =
        [row("Ann Ash", "confirmed", None), row("Bob Birch", "waiting", Some(1)), row("Cat Cedar", "cancelled", None)];
    assert_eq!(hub.roster(&event).await, expected);
    let path = format!("/api/v1/events/{event}/registrations?status=waiting");
    let waiting = hub.as_admin(Method::GET, &path, &Value::Null).await;
    assert_eq!(waiting.body["registrations"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_booking_needs_no_address_and_may_pass_closing() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"registration": {"closes": "2026-11-10T09:00:00Z"}})).await;
    hub.set_clock("2026-11-11T09:00:00Z").await;
    let path = format!("/api/v1/events/{event}/registrations");
    let body = json!({"name": "Ann Ash", "role": "gp", "reason": "rang us"});
    let booked = hub.as_admin(Method::POST, &path, &body).await;
    assert_eq!((booked.status, booked.text("status")), (201, "confirmed"), "{booked:?}");
    assert_eq!(hub.as_admin(Method::POST, &path, &body).await.body, booked.body);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_organisers_do_is_in_the_trail() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    hub.patch(&event, json!({"summary": "New"})).await;
    hub.as_admin(Method::POST, &format!("/api/v1/events/{event}/cancel"), &json!({"reason": "Ill."})).await;
    let trail = hub.as_admin(Method::GET, "/api/v1/audit", &Value::Null).await;
    let actions: Vec<&str> = trail.body["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|e| e["action"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(actions, ["event.create", "event.publish", "event.patch", "event.cancel"]);
}
