//! The pages, as a browser without JavaScript uses them.

use reqwest::{Method, Response};
use serde_json::json;

use crate::hub::TestHub;

async fn page(hub: &TestHub, path: &str) -> (u16, String) {
    let response = hub.request(Method::GET, path).send().await.expect("a reply");
    (response.status().as_u16(), response.text().await.expect("a page"))
}

async fn submit(hub: &TestHub, path: &str, fields: &[(&str, &str)]) -> Response {
    hub.request(Method::POST, path).form(fields).send().await.expect("a reply")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_finds_an_event_books_and_cancels() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 5, "title": "Suturing & more"})).await;
    let (status, home) = page(&hub, "/events").await;
    assert_eq!(status, 200);
    assert!(home.contains(&format!("/events/{event}")) && home.contains("Suturing &#38; more"), "{home}");
    let (_, about) = page(&hub, &format!("/events/{event}")).await;
    assert!(about.contains(&format!("/events/{event}/register")) && about.contains("EducationEvent"), "{about}");
    let (_, form) = page(&hub, &format!("/events/{event}/register")).await;
    assert!(form.contains("<label class=\"nhsuk-label nhsuk-label--s\" for=\"name\">"), "{form}");
    let fields = [("name", "Ann Ash"), ("email", "ann.ash@practice.example"), ("role", "gp"), ("started", "1")];
    let booked = submit(&hub, &format!("/events/{event}/register"), &fields).await;
    assert_eq!(booked.status(), 303);
    let location = booked.headers()["location"].to_str().expect("a location").to_owned();
    assert!(location.starts_with(&format!("/events/{event}/booked?ref=")), "{location}");
    let (status, confirmation) = page(&hub, &location).await;
    assert!(status == 200 && confirmation.contains("You have a place"), "{confirmation}");
    let link = hub.link("Ann Ash").await;
    let (status, mine) = page(&hub, &format!("/bookings/{link}")).await;
    assert!(status == 200 && mine.contains("You have a place"), "{mine}");
    let cancelled = submit(&hub, &format!("/bookings/{link}/cancel"), &[]).await;
    assert_eq!(cancelled.status(), 303);
    let (_, mine) = page(&hub, &format!("/bookings/{link}")).await;
    assert!(mine.contains("This booking is cancelled"), "{mine}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_shown_with_what_was_typed() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    let path = format!("/events/{event}/register");
    let again = submit(&hub, &path, &[("name", "Ann \"A\" Ash"), ("email", "nonsense"), ("website", "x")]).await;
    assert_eq!(again.status(), 422);
    let html = again.text().await.expect("a page");
    assert!(html.contains("<title>Error: "), "{html}");
    assert!(html.contains("There is a problem") && html.contains("href=\"#email\""), "{html}");
    assert!(html.contains("Ann &#34;A&#34; Ash") && html.contains("Select your role"), "{html}");
    let whole = [("name", "Ann Ash"), ("email", "ann.ash@practice.example"), ("role", "gp")];
    assert_eq!(submit(&hub, &path, &whole).await.status(), 422, "a missing time stamp shows the form again");
    let twice = [("name", "Ann Ash"), ("name", "Bob"), ("email", "a@b.example"), ("role", "gp"), ("started", "1")];
    assert_eq!(submit(&hub, &path, &twice).await.status(), 422);
    assert_eq!(hub.roster(&event).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_changes_nothing_and_foreign_forms_are_refused() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1})).await;
    hub.book(&event, "Ann Ash").await;
    let link = hub.link("Ann Ash").await;
    for verb in ["", "/cancel", "/accept", "/decline", "/details"] {
        for method in [Method::GET, Method::HEAD] {
            let path = format!("/bookings/{link}{verb}");
            let status = hub.request(method, &path).send().await.expect("a reply").status();
            assert!(status == 200 || status == 303, "{path}: {status}");
        }
    }
    // A browser names no origin for a form in a page that sends no referrer: then it says whose form it is.
    for (origin, site, status) in
        [("https://evil.example", "cross-site", 403), ("null", "cross-site", 403), ("null", "same-origin", 303)]
    {
        let form = hub.request(Method::POST, &format!("/bookings/{link}/details")).form(&[("name", "Ann Ash")]);
        let sent = form.header("origin", origin).header("sec-fetch-site", site).send().await.expect("a reply");
        assert_eq!(sent.status(), status, "{origin} {site}");
    }
    assert_eq!(hub.booking(&link).await.text("status"), "confirmed");
    let own = hub.request(Method::POST, &format!("/bookings/{link}/cancel")).header("origin", hub.url(""));
    assert_eq!(own.send().await.expect("a reply").status(), 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_deployment_has_its_legal_pages_and_an_unknown_page_is_a_page() {
    let hub = TestHub::start().await;
    for path in ["/", "/events", "/accessibility", "/privacy", "/cookies", "/contact", "/bookings/resend", "/_local/"] {
        let response = hub.request(Method::GET, path).send().await.expect("a reply");
        assert_eq!(response.status(), 200, "{path}");
        assert!(response.headers()["content-type"].to_str().is_ok_and(|t| t.starts_with("text/html")), "{path}");
        assert!(!response.headers().contains_key("set-cookie"), "{path}");
    }
    let response = hub.request(Method::GET, "/nothing").send().await.expect("a reply");
    assert_eq!(response.status(), 404);
    assert!(response.text().await.expect("a page").contains("<h1>Page not found</h1>"));
    assert_eq!(hub.get("/health").await.body, json!({"status": "ok"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_says_what_browsers_may_do_with_it() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 5})).await;
    hub.book(&event, "Ann Ash").await;
    let mine = format!("/bookings/{}", hub.link("Ann Ash").await);
    let (public, nobody_else) = ("public, max-age=5", "no-store");
    for (path, kept, referrer) in [
        ("/events", public, "same-origin"),
        (&format!("/events/{event}"), public, "same-origin"),
        (&format!("/events/{event}/register"), nobody_else, "same-origin"),
        (&mine, nobody_else, "no-referrer"),
        (&format!("{mine}/details"), nobody_else, "no-referrer"),
        (&format!("{mine}/calendar.ics"), nobody_else, "no-referrer"),
        ("/bookings/resend", nobody_else, "no-referrer"),
        ("/nothing", nobody_else, "same-origin"),
    ] {
        let response = hub.request(Method::GET, path).send().await.expect("a reply");
        let header =
            |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert_eq!((header("cache-control"), header("referrer-policy")), (kept, referrer), "{path}");
        assert!(header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert!(!header("content-security-policy").contains("unsafe"), "{path}");
        assert!(!response.headers().contains_key("set-cookie"), "{path}");
        let html = response.text().await.expect("a page");
        assert!(!html.contains(" style=") && !html.contains(" onclick=") && !html.contains("<style"), "{html}");
        assert!(!html.contains("<script") || html.contains("<script type=\"application/ld+json\">"), "{html}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_travel_small_and_the_stylesheet_is_kept_for_ever() {
    let hub = TestHub::start().await;
    hub.event(json!({})).await;
    let ask = |path: String, encoding: &'static str| {
        let request = hub.request(Method::GET, &path).header("accept-encoding", encoding);
        async move { request.send().await.expect("a reply") }
    };
    for encoding in ["br", "gzip"] {
        let response = ask("/events".to_owned(), encoding).await;
        assert_eq!(response.headers()["content-encoding"], encoding);
        assert!(response.headers()["vary"].to_str().is_ok_and(|vary| vary.contains("accept-encoding")));
    }
    let plain = ask("/events".to_owned(), "identity").await;
    assert!(!plain.headers().contains_key("content-encoding"));
    let html = plain.text().await.expect("a page");
    let sheet = html.split("<link rel=\"stylesheet\" href=\"").nth(1).and_then(|rest| rest.split('"').next());
    let response = ask(sheet.expect("a stylesheet").to_owned(), "br").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(response.headers()["content-encoding"], "br");
    let size = response.bytes().await.expect("a file").len();
    assert!(size < 24 * 1_024, "{size} bytes");
    for path in ["/assets/lectern.css", "/assets/../Cargo.toml", "/assets/brand-red.css"] {
        assert_eq!(ask(path.to_owned(), "br").await.status(), 404, "{path}");
    }
    let brand = ask("/assets/brand-ffeb3b.css".to_owned(), "identity").await.text().await.expect("a file");
    assert!(brand.contains("background-color:#ffeb3b;color:#000000"), "{brand}");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_mailed_again_with_one_answer_for_everybody_and_not_without_end() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    hub.book(&event, "Ann Ash").await;
    hub.settle().await;
    let known = [("email", "ann.ash@practice.example"), ("started", "1")];
    let unknown = [("email", "nobody@practice.example"), ("started", "1")];
    for _ in 0..5 {
        let (ours, theirs) =
            (submit(&hub, "/bookings/resend", &known).await, submit(&hub, "/bookings/resend", &unknown).await);
        assert_eq!((ours.status(), theirs.status()), (reqwest::StatusCode::OK, reqwest::StatusCode::OK));
        assert_eq!(ours.text().await.expect("a page"), theirs.text().await.expect("a page"));
    }
    for fields in [known, unknown] {
        let refused = submit(&hub, "/bookings/resend", &fields).await;
        assert_eq!(
            (refused.status(), &refused.headers()["retry-after"]),
            (reqwest::StatusCode::TOO_MANY_REQUESTS, &"3600".parse().unwrap())
        );
        assert!(refused.text().await.expect("a page").contains("<h1>Please wait a moment</h1>"));
    }
    let named = submit(&hub, "/bookings/resend", &[("email", "<b>@practice.example"), ("started", "1")]).await;
    assert_eq!(named.status(), 422);
}
