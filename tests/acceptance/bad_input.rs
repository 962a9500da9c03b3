//! Whatever is sent: the right code, a pointer to the field, and nothing stored.

use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{CREATED, TestHub, form, send};

fn pointers(body: &Value) -> Vec<&str> {
    let errors = body["errors"].as_array().expect("errors");
    errors.iter().map(|error| error["pointer"].as_str().unwrap_or_default()).collect()
}

fn with(field: &str, value: Value) -> Value {
    let mut form = form("Ann Ash");
    form[field] = value;
    form
}

fn without(field: &str) -> Value {
    let mut form = form("Ann Ash");
    form.as_object_mut().expect("an object").remove(field);
    form
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_form_asks_changes_at_once() {
    let hub = TestHub::start().await;
    let question = json!([{"id": "why", "label": "Why?", "type": "text", "required": true}]);
    // Asks more than a moment ago.
    let event = hub.event(json!({})).await;
    assert_eq!(hub.book(&event, "Ann Ash").await.status, CREATED);
    assert_eq!(hub.patch(&event, json!({"questions": question})).await.status, 200);
    let refused = hub.book(&event, "Bob Birch").await;
    assert_eq!((refused.status, pointers(&refused.body)), (422, vec!["/answers/why"]), "{refused:?}");
    // Asks less; by the API and by the form.
    let event = hub.event(json!({"questions": question})).await;
    assert_eq!(hub.register(&event, &with("answers", json!({"why": "To learn."}))).await.status, CREATED);
    assert_eq!(hub.patch(&event, json!({"questions": []})).await.status, 200);
    assert_eq!(hub.book(&event, "Bob Birch").await.status, CREATED);
    let typed = [("name", "Cat Cedar"), ("email", "cat.cedar@practice.example"), ("role", "gp"), ("started", "1")];
    let page = hub.request(Method::POST, &format!("/events/{event}/register")).form(&typed);
    assert_eq!(page.send().await.expect("a page").status(), 303);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_that_cannot_be_used_is_named_and_nothing_is_stored() {
    let hub = TestHub::start().await;
    let event = hub
        .event(json!({"questions": [{"id": "level", "label": "Level?", "type": "choice", "options": ["a", "b"], "required": true}]}))
        .await;
    let answered = |mut form: Value| {
        if form["answers"].is_null() {
            form["answers"] = json!({"level": "a"});
        }
        form
    };
    let cases = [
        (without("name"), "/name"),
        (without("email"), "/email"),
        (without("role"), "/role"),
        (with("name", json!(null)), "/name"),
        (with("name", json!(7)), "/name"),
        (with("name", json!("123")), "/name"),
        (with("name", json!("a".repeat(201))), "/name"),
        (with("name", json!("Ann\nAsh")), "/name"),
        (with("name", json!("Ann \u{202E}hsA")), "/name"),
        (with("name", json!("Ann \u{2067}Ash")), "/name"),
        (with("email", json!("ann")), "/email"),
        (with("email", json!("zoë@practice.example")), "/email"),
        (with("email", json!("ann@practice.example\r\nBcc: x@y.example")), "/email"),
        (with("email", json!(format!("{}@practice.example", "a".repeat(250)))), "/email"),
        (with("role", json!("astronaut")), "/role"),
        (with("colour", json!("red")), "/colour"),
        (with("organisation", json!("A Practice")), "/organisation"),
        (with("organisation", json!({"ods_code": "A8=1"})), "/organisation/ods_code"),
        (with("answers", json!({"level": "c"})), "/answers/level"),
        (with("answers", json!({})), "/answers/level"),
        (with("answers", json!({"level": "a", "shoe": "42"})), "/answers/shoe"),
        (with("answers", json!([])), "/answers"),
    ];
    for (sent, pointer) in cases {
        let reply = hub.register(&event, &answered(sent.clone())).await;
        assert_eq!((reply.status, reply.code()), (422, "invalid"), "{sent}");
        assert!(pointers(&reply.body).contains(&pointer), "{pointer} in {reply:?}");
    }
    assert_eq!(hub.roster(&event).await, []);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_cannot_be_read_have_their_own_codes() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    let path = format!("/api/v1/events/{event}/registrations");
    let sent = |content_type: &'static str, body: Vec<u8>| {
        let request = hub.request(Method::POST, &path).header("content-type", content_type).body(body);
        async move {
            let reply = send(request).await;
            (reply.status, reply.code().to_owned())
        }
    };
    let expect = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(sent("application/json", b"{".to_vec()).await, expect(400, "malformed"));
    assert_eq!(sent("application/json", b"{\"name\":\"\xff\"}".to_vec()).await, expect(400, "malformed"));
    assert_eq!(sent("application/json", b"[]".to_vec()).await, expect(422, "invalid"));
    assert_eq!(sent("application/json", b"{\"name\":\"A\",\"name\":\"B\"}".to_vec()).await, expect(422, "invalid"));
    assert_eq!(sent("text/plain", b"{}".to_vec()).await, expect(415, "unsupported-media-type"));
    assert_eq!(sent("application/json", vec![b' '; 65_537]).await, expect(413, "too-large"));
    assert_eq!(sent("text/plain", vec![b' '; 65_537]).await, expect(413, "too-large"), "413 comes before 415");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_and_what_does_not_answer() {
    let hub = TestHub::start().await;
    let reply = hub.book("2222222222", "Ann Ash").await;
    assert_eq!((reply.status, reply.code()), (404, "event-not-found"));
    assert_eq!(hub.get("/api/v1/nothing").await.code(), "not-found");
    let event = hub.event(json!({})).await;
    for (method, path) in [
        (Method::DELETE, format!("/api/v1/events/{event}")),
        (Method::PUT, format!("/api/v1/events/{event}/registrations")),
        (Method::GET, format!("/api/v1/events/{event}/publish")),
        (Method::POST, "/events".to_owned()),
    ] {
        let reply = send(hub.request(method.clone(), &path)).await;
        assert_eq!(reply.status, 405, "{method} {path}");
    }
    let draft = hub
        .as_admin(
            Method::POST,
            "/api/v1/events",
            &json!({"title": "Draft", "programme": "open-doors",
            "sessions": [{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T16:30:00Z"}]}),
        )
        .await;
    let reply = hub.book(draft.text("id"), "Ann Ash").await;
    assert_eq!((reply.status, reply.code()), (404, "event-not-found"));
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_come_back_harmless_in_mail_pages_and_csv() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"title": "<script>alert(1)</script> & co"})).await;
    let sent = json!({"name": "=cmd|' /C calc'!A0 <b>x</b>", "email": "ann@practice.example", "role": "gp"});
    assert_eq!(hub.register(&event, &sent).await.status, 201);
    let inbox = hub.inbox("ann@practice.example").await;
    let html = inbox[0]["html"].as_str().expect("html");
    assert!(!html.contains("<script>") && !html.contains("<b>x"), "{html}");
    let request = hub.request(Method::GET, &format!("/api/v1/events/{event}/registrations"));
    let csv = request.bearer_auth(&hub.admin).header("accept", "text/csv").send().await.expect("a reply");
    let csv = csv.text().await.expect("text");
    assert!(csv.contains("'=cmd|"), "{csv}");
    let page = hub.get(&format!("/events/{event}")).await;
    assert!(!page.body.as_str().expect("a page").contains("<script>alert"), "escaped, in JSON-LD too");
}
