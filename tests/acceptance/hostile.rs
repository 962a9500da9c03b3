//! Names that programs trip over: right everywhere they are shown, or refused with words.

use reqwest::Method;
use serde_json::json;

use crate::hub::TestHub;

const CARRIED: [&str; 9] = [
    "Zoë \"Z\" O'Brien",
    "Begum, Amina; Dr",
    "<script>alert(1)</script> & Sons",
    "=HYPERLINK(\"https://evil.example\")",
    "Ada 👩🏽‍⚕️ Lovelace",
    "محمد عبد الله",
    "רות כהן",
    "অমিনা বেগম",
    "Robert\\'); DROP TABLE--",
];

/// What a page shows of a text.
fn escaped(text: &str) -> String {
    let escape = |c: char| match c {
        '"' => "&#34;".to_owned(),
        '\'' => "&#39;".to_owned(),
        '<' => "&#60;".to_owned(),
        '>' => "&#62;".to_owned(),
        '&' => "&#38;".to_owned(),
        other => other.to_string(),
    };
    text.chars().map(escape).collect()
}

async fn text(hub: &TestHub, path: &str) -> String {
    hub.request(Method::GET, path).send().await.expect("a reply").text().await.expect("text")
}

/// A calendar's lines without its folds.
fn unfolded(calendar: &str) -> String {
    calendar.replace("\r\n ", "")
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_people_are_called_they_are_called_so_everywhere() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    let longest = format!("{} {}", "Wolfeschlegelstein".repeat(5), "hausenberger".repeat(9))
        .chars()
        .take(200)
        .collect::<String>();
    assert_eq!(longest.chars().count(), 199);
    for (index, name) in CARRIED.iter().copied().chain([longest.as_str()]).enumerate() {
        let email = format!("person{index}@practice.example");
        let fields = [("name", name), ("email", &email), ("role", "gp"), ("started", "1")];
        let booked = hub.request(Method::POST, &format!("/events/{event}/register")).form(&fields).send().await;
        assert_eq!(booked.expect("a reply").status(), 303, "{name}");
        let inbox = hub.inbox(&email).await;
        let [mail] = inbox.as_slice() else { panic!("one mail for {name}: {inbox:?}") };
        assert_eq!(mail["to"], json!([email]), "{name}");
        let html = mail["html"].as_str().expect("html");
        assert!(!html.contains("<script") && !html.contains("Bcc:"), "{html}");
        let link = crate::hub::link_in(mail);
        let page = text(&hub, &format!("/bookings/{link}")).await;
        assert!(page.contains(&escaped(name)), "{name}: {page}");
        let form = text(&hub, &format!("/bookings/{link}/details")).await;
        assert!(form.contains(&format!("value=\"{}\"", escaped(name))), "{name}: {form}");
        let calendar = unfolded(&text(&hub, &format!("/bookings/{link}/calendar.ics")).await);
        let attendees = calendar.lines().filter(|line| line.starts_with("ATTENDEE")).collect::<Vec<_>>();
        let [attendee] = attendees.as_slice() else { panic!("{calendar}") };
        assert!(attendee.ends_with(&format!(":mailto:{email}")), "{attendee}");
    }
    let request = hub.request(Method::GET, &format!("/api/v1/events/{event}/registrations")).bearer_auth(&hub.admin);
    let csv = request.header("accept", "text/csv").send().await.expect("a reply").text().await.expect("text");
    assert!(csv.contains("'=HYPERLINK(\"\"https://evil.example\"\")"), "a formula is text: {csv}");
    assert!(csv.contains("\"Begum, Amina; Dr\"") && csv.contains("محمد عبد الله") && csv.contains(&longest), "{csv}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_none_is_refused_with_words() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    let too_long = "a".repeat(201);
    for name in [
        "",
        "   ",
        "...",
        "123",
        "👍",
        "Ann\r\nBcc: all@hub.example",
        "Ann\nAsh",
        "Ann\tAsh",
        "Ann \u{202e}hsA",
        "Ann \u{2066}Ash",
        &too_long,
    ] {
        let fields = [("name", name), ("email", "ann@practice.example"), ("role", "gp"), ("started", "1")];
        let again = hub.request(Method::POST, &format!("/events/{event}/register")).form(&fields).send().await;
        let again = again.expect("a reply");
        assert_eq!(again.status(), 422, "{name:?}");
        let page = again.text().await.expect("a page");
        assert!(page.contains("There is a problem") && page.contains("<a href=\"#name\">"), "{name:?}: {page}");
    }
    assert_eq!(hub.roster(&event).await, []);
}
