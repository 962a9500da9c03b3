//! A hub of one's own for each test, and the few things people do with it.

use std::process::Command;

use local::{Hub, Options};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Monday 2 November 2026, 09:00 in London.
pub const MONDAY: &str = "2026-11-02T09:00:00Z";

/// A running hub in its own folder, with its own clock.
pub struct TestHub {
    hub: Hub,
    pub http: Client,
    pub admin: String,
    pub folder: TempDir,
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
}

impl Reply {
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    pub fn text(&self, field: &str) -> &str {
        self.body[field].as_str().unwrap_or_default()
    }
}

impl TestHub {
    /// An empty hub whose clock stands at [`MONDAY`].
    pub async fn start() -> Self {
        Self::at(MONDAY).await
    }

    /// An empty hub whose clock stands at this time.
    pub async fn at(clock: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let options = Options {
            data: folder.path().into(),
            port: 0,
            clock: Some(clock.parse().expect("a time")),
            empty: true,
            kms: false,
        };
        Self::over(folder, options).await
    }

    pub async fn over(folder: TempDir, options: Options) -> Self {
        let hub = Hub::start(options).await.expect("the hub starts");
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let mut this = Self { hub, http, admin: String::new(), folder };
        this.admin = this.token(json!({"role": "admin", "subject": "dev@hub.example"})).await;
        this
    }

    /// Stops this hub and starts it again over the same folder.
    pub async fn restart(self) -> Self {
        Self::again(self.stop().await).await
    }

    /// A hub over what another has left.
    pub async fn again(folder: TempDir) -> Self {
        let options = Options { data: folder.path().into(), port: 0, clock: None, empty: true, kms: false };
        Self::over(folder, options).await
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.hub.url())
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    pub async fn token(&self, who: Value) -> String {
        let reply = self.post("/_local/token", &who).await;
        reply.body["token"].as_str().expect("a token").to_owned()
    }

    pub async fn get(&self, path: &str) -> Reply {
        send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn as_admin(&self, method: Method, path: &str, body: &Value) -> Reply {
        send(self.request(method, path).bearer_auth(&self.admin).json(body)).await
    }

    /// A published event: what is named, over three fields that every event has.
    pub async fn event(&self, settings: Value) -> String {
        let mut event = json!({"title": "Mental Health First Aid", "programme": "mhfa-schools",
            "sessions": [{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T16:30:00Z"}]});
        for (name, value) in settings.as_object().expect("settings") {
            event[name] = value.clone();
        }
        let created = self.as_admin(Method::POST, "/api/v1/events", &event).await;
        assert_eq!(created.status, 201, "{created:?}");
        let id = created.text("id").to_owned();
        let published = self.as_admin(Method::POST, &format!("/api/v1/events/{id}/publish"), &json!({})).await;
        assert_eq!((published.status, published.text("status")), (200, "published"), "{published:?}");
        id
    }

    pub async fn patch(&self, event: &str, change: Value) -> Reply {
        self.as_admin(Method::PATCH, &format!("/api/v1/events/{event}"), &change).await
    }

    /// Books for somebody called so, at an address made from the name.
    pub async fn book(&self, event: &str, name: &str) -> Reply {
        self.register(event, &form(name)).await
    }

    pub async fn register(&self, event: &str, form: &Value) -> Reply {
        self.post(&format!("/api/v1/events/{event}/registrations"), form).await
    }

    pub async fn settle(&self) {
        let reply = self.post("/_local/settle", &json!({})).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }

    pub async fn advance(&self, by: &str) {
        let reply = self.post("/_local/clock/advance", &json!({"by": by})).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }

    pub async fn set_clock(&self, now: &str) {
        let reply = send(self.request(Method::PUT, "/_local/clock").json(&json!({"now": now}))).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }

    pub async fn faults(&self, faults: Value) {
        let reply = send(self.request(Method::PUT, "/_local/faults").json(&faults)).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }

    pub async fn no_faults(&self) {
        let reply = self.http.delete(self.url("/_local/faults")).send().await.expect("an answer");
        assert!(reply.status().is_success());
    }

    /// Every mail to an address, settled, oldest first.
    pub async fn inbox(&self, to: &str) -> Vec<Value> {
        self.settle().await;
        let reply = send(self.request(Method::GET, "/_local/inbox").query(&[("to", to)])).await;
        reply.body["messages"].as_array().expect("messages").clone()
    }

    pub async fn subjects(&self, name: &str) -> Vec<String> {
        let state = |message: &Value| {
            let subject = message["subject"].as_str().expect("a subject");
            subject.split(':').next().unwrap_or_default().to_owned()
        };
        self.inbox(&address(name)).await.iter().map(state).collect()
    }

    /// The token of the manage link in somebody's last mail.
    pub async fn link(&self, name: &str) -> String {
        let inbox = self.inbox(&address(name)).await;
        let last = inbox.last().unwrap_or_else(|| panic!("no mail"));
        link_in(last)
    }

    /// The token of the manage link in the last mail that greets somebody at an address that others read too.
    pub async fn link_at(&self, email: &str, name: &str) -> String {
        let inbox = self.inbox(email).await;
        let greets =
            |mail: &&Value| mail["text"].as_str().is_some_and(|text| text.starts_with(&format!("Dear {name}")));
        link_in(inbox.iter().rev().find(greets).unwrap_or_else(|| panic!("no mail")))
    }

    pub async fn act(&self, token: &str, verb: &str) -> Reply {
        self.post(&format!("/api/v1/bookings/{token}/{verb}"), &json!({})).await
    }

    pub async fn booking(&self, token: &str) -> Reply {
        self.get(&format!("/api/v1/bookings/{token}")).await
    }

    /// The organiser's view of an event.
    pub async fn places(&self, event: &str) -> Value {
        let reply = self.as_admin(Method::GET, &format!("/api/v1/events/{event}"), &Value::Null).await;
        reply.body["places"].clone()
    }

    /// The roster: name, status and position.
    pub async fn roster(&self, event: &str) -> Vec<(String, String, Option<u64>)> {
        let path = format!("/api/v1/events/{event}/registrations");
        let reply = self.as_admin(Method::GET, &path, &Value::Null).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let row = |row: &Value| {
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            (text("name"), text("status"), row["position"].as_u64())
        };
        reply.body["registrations"].as_array().expect("rows").iter().map(row).collect()
    }

    /// Settles, stops the hub and audits its folder with the program itself.
    pub async fn stop_and_audit(self) {
        self.settle().await;
        self.hub.stop().await;
        let (code, words) = audit(&self.folder);
        assert_eq!(code, Some(0), "{words}");
    }

    /// Stops the hub; the folder stays as long as it is held.
    pub async fn stop(self) -> TempDir {
        self.hub.stop().await;
        self.folder
    }

    pub fn hub(&self) -> &Hub {
        &self.hub
    }
}

/// `lectern audit` over a folder: exit code and what it said.
pub fn audit(folder: &TempDir) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_lectern"))
        .args(["audit", "--data"])
        .arg(folder.path())
        .output()
        .expect("the program runs");
    let words = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&words).into_owned())
}

pub async fn send(request: RequestBuilder) -> Reply {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    Reply { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}

/// The address of somebody called so.
pub fn address(name: &str) -> String {
    format!("{}@practice.example", name.to_lowercase().replace(' ', "."))
}

/// The form of somebody called so.
pub fn form(name: &str) -> Value {
    json!({"name": name, "email": address(name), "role": "gp"})
}

/// The token of the manage link, which stands alone on the first line that is a link.
pub fn link_in(message: &Value) -> String {
    let text = message["text"].as_str().expect("text");
    let link = text.lines().map(str::trim).find(|line| line.starts_with("http")).expect("a link alone on its line");
    link.rsplit('/').next().expect("a token").to_owned()
}

pub const CREATED: u16 = StatusCode::CREATED.as_u16();
