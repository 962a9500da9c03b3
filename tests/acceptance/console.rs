//! The console in a browser without scripts: what organisers do from an idea to a full event, and who may do what.

use reqwest::Method;
use serde_json::json;

use crate::hub::TestHub;
use crate::sign_in::sign_in;

/// Somebody at a browser.
pub struct Desk<'a> {
    hub: &'a TestHub,
    cookie: String,
}

/// A page, or where it leads.
pub struct Shown {
    pub status: u16,
    pub html: String,
    pub to: String,
}

impl<'a> Desk<'a> {
    pub async fn of(hub: &'a TestHub, role: &str) -> Self {
        Self { hub, cookie: sign_in(hub, &format!("{role}@hub.example"), "/organise").await }
    }

    pub async fn get(&self, path: &str) -> Shown {
        self.send(Method::GET, path, &[]).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Shown {
        self.send(Method::POST, path, fields).await
    }

    /// Posts a form that carries a file beside its fields.
    pub async fn post_file(&self, path: &str, fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> Shown {
        let mut body = Vec::new();
        for (field, value) in fields {
            let part = format!("--bound\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!("--bound\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n");
        body.extend_from_slice(format!("{head}Content-Type: application/octet-stream\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--bound--\r\n");
        let request = self.hub.request(Method::POST, path).header("cookie", &self.cookie);
        let request = request.header("origin", self.hub.url(""));
        read(request.header("content-type", "multipart/form-data; boundary=bound").body(body)).await
    }

    async fn send(&self, method: Method, path: &str, fields: &[(&str, &str)]) -> Shown {
        let mut request = self.hub.request(method.clone(), path).header("cookie", &self.cookie);
        if method == Method::POST {
            request = request.header("origin", self.hub.url("")).form(fields);
        }
        read(request).await
    }
}

async fn read(request: reqwest::RequestBuilder) -> Shown {
    let response = request.send().await.expect("a reply");
    let to = response.headers().get("location").map(|to| to.to_str().expect("text").to_owned());
    Shown { status: response.status().as_u16(), to: to.unwrap_or_default(), html: response.text().await.expect("text") }
}

/// What the form of an event sends.
const FORM: [(&str, &str); 8] = [
    ("title", "Suturing for beginners"),
    ("programme", "open-doors"),
    ("format", "online"),
    ("sessions.0.date", "1/12/2026"),
    ("sessions.0.starts", "09:30"),
    ("sessions.0.ends", "12:30"),
    ("capacity", "2"),
    ("waiting_list", "offer"),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_event_goes_from_an_idea_to_full_in_the_console() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let wrong =
        admin.post("/organise/events/new", &[("title", ""), ("sessions.0.date", "31/2/2026"), ("capacity", "x")]).await;
    assert_eq!(wrong.status, 422);
    for field in ["#title", "#programme", "#sessions.0.date", "#capacity"] {
        assert!(wrong.html.contains(&format!("href=\"{field}\"")), "{field} in {}", wrong.html);
    }
    let page = admin.post("/organise/events/new", &FORM).await.to;
    let id = page.rsplit('/').next().expect("an id").to_owned();
    assert!(admin.get(&page).await.html.contains("Draft"));
    assert_eq!(hub.get(&format!("/events/{id}")).await.status, 404);
    assert_eq!(admin.post(&format!("{page}/publish"), &[]).await.to, page);
    for name in ["Ann Ash", "Bob Birch", "Cat Cedar"] {
        hub.book(&id, name).await;
    }
    let list = admin.get(&format!("{page}?search=cat&status=waiting")).await.html;
    assert!(list.contains("Cat Cedar") && list.contains("Number 1 in the line") && !list.contains("Ann Ash"));
    let events = admin.get("/organise/events?search=sutur&programme=open-doors").await.html;
    assert!(events.contains("2 of 2, 1 waiting"), "{events}");
    assert!(admin.get(&format!("{page}/sheet")).await.html.contains("Bob Birch"));
    let table = admin.get(&format!("{page}/people.csv")).await.html;
    assert!(table.contains("Bob Birch") && table.starts_with('\u{FEFF}'), "{table}");
    let copied = admin.post(&format!("{page}/copy"), &[("dates", "12/1/2027\n19/1/2027")]).await;
    assert_eq!(copied.to, "/organise/events?state=draft&done=copied");
    assert_eq!(admin.get(&copied.to).await.html.matches("Suturing for beginners").count(), 2);
    let trail = admin.get("/organise/audit").await.html;
    assert!(trail.contains("Event published") && trail.contains("admin@hub.example"), "{trail}");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_concerned_is_named_before_anything_happens() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let id = hub
        .event(json!({"title": FORM[0].1, "programme": "open-doors", "capacity": 1,
        "sessions": [{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T12:30:00Z"}]}))
        .await;
    for name in ["Ann Ash", "Bob Birch"] {
        hub.book(&id, name).await;
    }
    hub.settle().await;
    let page = format!("/organise/events/{id}");
    let mut form = FORM.to_vec();
    form[4].1 = "10:00";
    let asked = admin.post(&format!("{page}/edit"), &form).await;
    assert_eq!(asked.status, 200);
    assert!(asked.html.contains("2 people will be told by mail of the new dates"), "{}", asked.html);
    assert!(asked.html.contains("1 person will be told by mail that a place is kept for them until"), "{}", asked.html);
    let roster = hub.roster(&id).await;
    assert_eq!(roster[1].1, "waiting", "nothing has happened yet");
    form.push(("sure", "yes"));
    assert_eq!(admin.post(&format!("{page}/edit"), &form).await.to, format!("{page}?done=changed"));
    assert_eq!(hub.roster(&id).await[1].1, "offered");
    let asked = admin.post(&format!("{page}/cancel"), &[("reason", "The speaker is ill.")]).await;
    assert!(asked.html.contains("2 people will be told by mail that the event is cancelled"), "{}", asked.html);
    assert_eq!(admin.post(&format!("{page}/cancel"), &[("reason", " "), ("sure", "yes")]).await.status, 422);
    let cancelled = admin.post(&format!("{page}/cancel"), &[("reason", "The speaker is ill."), ("sure", "yes")]).await;
    assert_eq!(cancelled.to, page);
    assert!(admin.get(&page).await.html.contains("The speaker is ill."));
    // What was shown is what went.
    let mail = hub.inbox(&crate::hub::address("Ann Ash")).await.pop().expect("a mail");
    let (subject, text) = (mail["subject"].as_str().expect("a subject"), mail["text"].as_str().expect("text"));
    let first = text.lines().find(|line| line.contains("The speaker is ill.")).expect("the reason");
    assert!(asked.html.contains(subject) && asked.html.contains(first), "{subject} / {first}: {}", asked.html);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_people_are_dealt_with_at_once_after_a_question() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let id = hub.event(json!({"capacity": 5})).await;
    let mut references = Vec::new();
    for name in ["Ann Ash", "Bob Birch", "Cat Cedar"] {
        references.push(hub.book(&id, name).await.text("reference").to_owned());
    }
    let page = format!("/organise/events/{id}");
    let chosen = [("reference", references[0].as_str()), ("reference", references[2].as_str()), ("do", "reject")];
    let asked = admin.post(&format!("{page}/people"), &chosen).await;
    assert!(asked.html.contains("Ann Ash") && asked.html.contains("Cat Cedar") && !asked.html.contains("Bob Birch"));
    assert!(hub.roster(&id).await.iter().all(|(_, status, _)| status == "confirmed"));
    let mut sure = chosen.to_vec();
    sure.push(("sure", "yes"));
    assert_eq!(admin.post(&format!("{page}/people"), &sure).await.status, 422, "it takes a reason");
    sure.push(("reason", "Only for nurses."));
    assert_eq!(admin.post(&format!("{page}/people"), &sure).await.to, format!("{page}?done=people"));
    let left: Vec<String> =
        hub.roster(&id).await.into_iter().filter(|row| row.1 == "confirmed").map(|row| row.0).collect();
    assert_eq!(left, ["Bob Birch"]);
    let one = format!("{page}/registrations/{}", references[1]);
    let moved = admin
        .post(&one, &[("do", "substitute"), ("name", "Dan Damson"), ("email", "dan@practice.example"), ("role", "gp")])
        .await;
    assert_eq!(moved.status, 303);
    hub.settle().await;
    let after = admin.get(&moved.to).await.html;
    assert!(after.contains("Dan Damson") && after.contains("Handed over to somebody else"), "{after}");
    let history = admin.get(&format!("{page}/registrations/{}", references[0])).await.html;
    assert!(history.contains("Only for nurses.") && history.contains("Mail: "), "{history}");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_seen_and_tried_out_before_it_goes() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let id = hub.event(json!({"capacity": 5})).await;
    hub.book(&id, "Ann Ash").await;
    hub.settle().await;
    let page = format!("/organise/events/{id}/message");
    let words = [("to", "confirmed"), ("subject", "Parking"), ("body", "Behind the hall.")];
    let with = |what: &'static str, test: &'static str| [&words[..], &[("do", what), ("test", test)]].concat();
    let count = |name: &'static str| {
        let hub = &hub;
        async move {
            hub.advance("PT2M").await;
            let inbox = hub.get(&format!("/_local/inbox?to={name}")).await;
            inbox.body["messages"]
                .as_array()
                .expect("messages")
                .iter()
                .filter(|m| m["subject"].as_str().is_some_and(|s| s.contains("Parking")))
                .count()
        }
    };
    let shown = admin.post(&page, &with("preview", "")).await.html;
    assert!(shown.contains("1 person gets this message") && shown.contains("Behind the hall."), "{shown}");
    assert_eq!(admin.post(&page, &with("test", "me@hub.example")).await.status, 200);
    assert_eq!((count("me@hub.example").await, count("ann.ash@practice.example").await), (1, 0));
    assert_eq!(admin.post(&page, &with("send", "")).await.status, 303);
    assert_eq!(count("ann.ash@practice.example").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_sees_and_does_what_it_may() {
    let hub = TestHub::start().await;
    let own = hub.event(json!({"programme": "open-doors"})).await;
    let other = hub.event(json!({"programme": "gp-fellowship"})).await;
    let secret = hub.event(json!({"programme": "staff-wellbeing"})).await;
    let reference = hub.book(&own, "Ann Ash").await.text("reference").to_owned();
    hub.book(&secret, "Sam Secret").await;
    let roles = ["admin", "programme", "desk", "reader"];
    let table = [
        ("/organise".to_owned(), [200, 200, 200, 200]),
        ("/organise/events".to_owned(), [200, 200, 200, 403]),
        ("/organise/events/new".to_owned(), [200, 200, 403, 403]),
        (format!("/organise/events/{own}"), [200, 200, 200, 403]),
        (format!("/organise/events/{other}"), [200, 404, 200, 403]),
        (format!("/organise/events/{own}/edit"), [200, 200, 403, 403]),
        (format!("/organise/events/{other}/edit"), [200, 404, 403, 403]),
        (format!("/organise/events/{own}/copy"), [200, 200, 403, 403]),
        (format!("/organise/events/{own}/cancel"), [200, 200, 403, 403]),
        (format!("/organise/events/{own}/message"), [200, 200, 403, 403]),
        (format!("/organise/events/{own}/materials"), [200, 200, 403, 403]),
        (format!("/organise/events/{own}/preview"), [200, 200, 403, 403]),
        (format!("/organise/events/{own}/sheet"), [200, 200, 200, 403]),
        (format!("/organise/events/{own}/people.csv"), [200, 200, 200, 403]),
        (format!("/organise/events/{own}/registrations/{reference}"), [200, 200, 403, 403]),
        ("/organise/audit".to_owned(), [200, 403, 403, 403]),
        ("/organise/lists".to_owned(), [200, 403, 403, 403]),
        ("/organise/lists/programmes".to_owned(), [200, 403, 403, 403]),
        ("/organise/lists/organisations".to_owned(), [200, 403, 403, 403]),
        ("/organise/lists/unlisted".to_owned(), [200, 403, 403, 403]),
        ("/organise/lists/import/programmes".to_owned(), [200, 403, 403, 403]),
        ("/organise/lists/roles".to_owned(), [200, 403, 403, 403]),
    ];
    for (index, role) in roles.into_iter().enumerate() {
        let desk = Desk::of(&hub, role).await;
        for (path, expected) in &table {
            assert_eq!(desk.get(path).await.status, expected[index], "{role} {path}");
        }
        for path in ["publish", "edit", "copy", "cancel", "people", "message"] {
            let path = format!("/organise/events/{other}/{path}");
            let status = desk.post(&path, &[]).await.status;
            let expected = [None, Some(404), Some(403), Some(403)][index];
            assert!(expected.is_none_or(|expected| status == expected), "{role} POST {path} {status}");
        }
        for path in ["", "/sheet", "/people.csv"] {
            let shown = desk.get(&format!("/organise/events/{secret}{path}")).await;
            assert_eq!(shown.html.contains("Sam Secret"), role == "admin", "{role} {path}");
        }
    }
    for (path, _) in &table {
        let closed = hub.request(Method::GET, path).send().await.expect("a reply");
        assert_eq!(closed.status(), 303, "{path}");
        assert_eq!(closed.text().await.expect("text"), "", "{path}");
    }
}
