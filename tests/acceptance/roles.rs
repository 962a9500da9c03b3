//! Each role against each route: the table in `roles.txt`, asked line by line, and complete.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::hub::{TestHub, form};
use crate::sign_in::sign_in;

const TABLE: &str = include_str!("roles.txt");

/// What a page says where there is no event that the reader sees.
const NO_EVENT: &str = "There is no event at this address.";

/// Nothing of these is an organisers' route: they are how one becomes an organiser, or have a bearer of their own.
const OPEN: [&str; 9] = [
    "/organise/sign-in",
    "/organise/callback",
    "/organise/sign-out",
    "/organise/signed-out",
    "/api/v1/openapi.json",
    "/api/v1/bookings/",
    "/api/v1/certificates/",
    "/api/v1/status/",
    "/api/v1/events/{id}/{*part}",
];

/// One line of the table.
pub struct Line {
    pub method: Method,
    pub route: String,
    may: Vec<String>,
}

impl Line {
    /// The lines of the table, in its order.
    pub fn all() -> Vec<Self> {
        let is_line = |line: &&str| !line.is_empty() && !line.starts_with('#');
        let read = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let [method, route, may @ ..] = &words[..] else { panic!("{line}") };
            assert_eq!(may.len(), 6, "{line}");
            Self { method: method.parse().expect("a method"), route: route.clone(), may: may.to_vec() }
        };
        TABLE.lines().filter(is_line).map(read).collect()
    }

    pub fn is_page(&self) -> bool {
        self.route.starts_with("/organise")
    }

    /// The path, of this event and registration.
    pub fn path(&self, event: &str, reference: &str) -> String {
        let parts = match self.route.as_str() {
            "/api/v1/reports/{period}" => [("{period}", "2026-11.json"), ("", "")],
            "/api/v1/charges/{name}" => [("{name}", "2026-27-Q3.json"), ("", "")],
            _ => [("{period}", "2026-11"), ("{file}", "registrations.json")],
        };
        let path = self.route.replace("{id}", event).replace("{reference}", reference);
        let path = path.replace("{session}", "1").replace("{entry}", "none").replace("{person}", "AAAAAAAAAAAAAAAA");
        let path = path
            .replace("{quarter}", "2026-27-Q3")
            .replace("{programme}", "open-doors")
            .replace("{list}", "organisations");
        parts.iter().filter(|(part, _)| !part.is_empty()).fold(path, |path, (part, with)| path.replace(part, with))
    }

    /// The same request with a body that nobody can mean, so that whoever may is told what is wrong with it.
    fn with_body(&self, request: RequestBuilder) -> RequestBuilder {
        match (&self.method, self.is_page()) {
            (&Method::GET, _) => request,
            (_, true) => request.form(&[("do", "prioritise")]),
            (_, false) => request.json(&json!({"nonsense": 1})),
        }
    }
}

/// Somebody who asks: by a token at the API, by a cookie at pages.
pub struct Caller {
    token: Option<String>,
    cookie: Option<String>,
}

impl Caller {
    /// Somebody of this role; `programme` is `open-doors`.
    pub async fn of(hub: &TestHub, role: &str) -> Self {
        let who = json!({"role": role, "subject": format!("{role}@hub.example"), "programmes": ["open-doors"]});
        let cookie = sign_in(hub, &format!("{role}@hub.example"), "/organise").await;
        Self { token: Some(hub.token(who).await), cookie: Some(cookie) }
    }

    pub fn nobody() -> Self {
        Self { token: None, cookie: None }
    }

    /// A request of this line.
    pub fn ask(&self, hub: &TestHub, line: &Line, event: &str, reference: &str) -> RequestBuilder {
        let request = hub.request(line.method.clone(), &line.path(event, reference));
        let request = if line.is_page() {
            let request = if line.method == Method::GET { request } else { request.header("origin", hub.url("")) };
            self.cookie.iter().fold(request, |request, cookie| request.header("cookie", cookie))
        } else {
            self.token.iter().fold(request, RequestBuilder::bearer_auth)
        };
        line.with_body(request)
    }
}

/// What came of a request, in the words of the table.
async fn outcome(request: RequestBuilder, line: &Line) -> String {
    let response = request.send().await.expect("a reply");
    let status = response.status().as_u16();
    let is_to_sign_in = response.headers().get("location").is_some_and(|to| {
        let to = to.to_str().unwrap_or_default();
        to.starts_with("/organise/sign-in")
    });
    let body = response.text().await.expect("text");
    assert!(status < 500, "{} {} {status} {body}", line.method, line.route);
    let code = serde_json::from_str::<Value>(&body).unwrap_or_default();
    let is_hidden = code["code"] == "event-not-found" || (line.is_page() && body.contains(NO_EVENT));
    match status {
        303 if is_to_sign_in => "in".to_owned(),
        401 if line.is_page() => "in".to_owned(),
        401 | 403 => status.to_string(),
        404 if is_hidden => "404".to_owned(),
        _ => "yes".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_may_what_the_table_says() {
    let hub = TestHub::start().await;
    let mut events = Vec::new();
    for programme in ["open-doors", "gp-fellowship"] {
        let event = hub.event(json!({"programme": programme})).await;
        let mut ann = form("Ann Ash");
        ann["access_needs"] = json!("A chair");
        let booked = hub.register(&event, &ann).await;
        events.push((event, booked.text("reference").to_owned()));
    }
    let [own, other] = &events[..] else { panic!("two events") };
    let mut callers = Vec::new();
    for role in ["admin", "programme", "desk", "reader"] {
        callers.push(Caller::of(&hub, role).await);
    }
    let nobody = Caller::nobody();
    let [admin, programme, desk, reader] = &callers[..] else { panic!("four roles") };
    let columns = [(admin, own), (programme, own), (programme, other), (desk, own), (reader, own), (&nobody, own)];
    let mut wrong = Vec::new();
    for line in Line::all() {
        for ((caller, (event, reference)), expected) in columns.iter().zip(&line.may).rev() {
            if expected == "." {
                continue;
            }
            let found = outcome(caller.ask(&hub, &line, event, reference), &line).await;
            if found != *expected {
                wrong.push(format!("{} {}: {expected} expected, {found} found", line.method, line.route));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(hub.roster(&own.0).await[0].1, "confirmed", "nothing was done");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_from_another_site_reaches_no_page() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    let reference = hub.book(&event, "Ann Ash").await.text("reference").to_owned();
    let cookie = sign_in(&hub, "admin@hub.example", "/organise").await;
    for line in Line::all().iter().filter(|line| line.is_page() && line.method == Method::POST) {
        let path = line.path(&event, &reference);
        let request =
            hub.request(Method::POST, &path).header("cookie", &cookie).header("origin", "https://evil.example");
        let reply = line.with_body(request).send().await.expect("a reply");
        assert_eq!(reply.status().as_u16(), 403, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_sign_in_no_page_shows_anybody() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1})).await;
    let reference = hub.book(&event, "Zephyrine Quillfeather").await.text("reference").to_owned();
    let nobody = Caller::nobody();
    let ask = |line: &Line| (line.path(&event, &reference), nobody.ask(&hub, line, &event, &reference));
    let mut asked: Vec<(String, RequestBuilder)> = Line::all().iter().map(ask).collect();
    for path in ["/", "/events", "/events.ics", "/bookings/resend", "/certificates", "/privacy", "/contact"] {
        asked.push((path.to_owned(), hub.request(Method::GET, path)));
    }
    for path in ["", "/register", "/calendar.ics"] {
        let path = format!("/events/{event}{path}");
        asked.push((path.clone(), hub.request(Method::GET, &path)));
    }
    for (path, request) in asked {
        let html = request.send().await.expect("a reply").text().await.expect("text").to_lowercase();
        // A form that comes too late is given back, to where it was sent.
        let html = html.replace(&path.to_lowercase(), "");
        assert!(!html.contains("quillfeather") && !html.contains(&reference.to_lowercase()), "{path}: {html}");
    }
}

/// Routes of the routers that organisers use, as `METHOD /path`.
fn routes_of_the_code() -> BTreeSet<String> {
    fn files(of: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(of).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                files(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut sources = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("functions"), &mut sources);
    let mut routes = BTreeSet::new();
    for source in sources {
        let text = fs::read_to_string(&source).expect("text");
        for call in text.split(".route(").skip(1) {
            let call = call.trim_start();
            let Some((path, rest)) = call.strip_prefix('"').and_then(|call| call.split_once('"')) else { continue };
            let rest = rest.split(".route(").next().unwrap_or_default();
            // A call ends with its line, or with the bracket on a line of its own.
            let rest = if call.lines().next().is_some_and(|line| line.ends_with(')') || line.ends_with(';')) {
                rest.lines().next().unwrap_or_default()
            } else {
                rest
            };
            for method in ["get", "post", "put", "patch", "delete"] {
                let is_named = ["(", ".", " ", "\n"].iter().any(|before| rest.contains(&format!("{before}{method}(")));
                if is_named {
                    routes.insert(format!("{} {path}", method.to_uppercase()));
                }
            }
        }
    }
    routes.retain(|route| route.contains(" /organise") || route.contains(" /api/v1"));
    routes.retain(|route| !OPEN.iter().any(|open| route.split(' ').nth(1).is_some_and(|path| path.starts_with(open))));
    routes
}

#[test]
fn the_table_has_every_route_of_the_code_and_of_the_api_description() {
    let table: BTreeSet<String> = Line::all().iter().map(|line| format!("{} {}", line.method, line.route)).collect();
    let code = routes_of_the_code();
    assert!(code.len() > 50, "the search finds what is there: {code:#?}");
    let missing: Vec<_> = code.difference(&table).collect();
    assert!(missing.is_empty(), "not in roles.txt: {missing:#?}");
    let more: Vec<_> = table.difference(&code).collect();
    assert!(more.is_empty(), "in roles.txt, but nowhere in the code: {more:#?}");

    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("functions/catalogue/openapi.json");
    let description: Value = serde_json::from_str(&fs::read_to_string(file).expect("text")).expect("JSON");
    let table: BTreeSet<String> = table.iter().map(|route| nameless(route)).collect();
    for (path, operations) in description["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            if operation.get("security").is_some() {
                let route = nameless(&format!("{} {path}", method.to_uppercase()));
                assert!(table.contains(&route), "not in roles.txt: {route}");
            }
        }
    }
}

/// A route without the names of its parts.
fn nameless(route: &str) -> String {
    let parts = route.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}
