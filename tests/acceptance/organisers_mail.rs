//! What organisers hear without asking: what has moved, what looks thin, which line is long, what did not arrive.

use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{TestHub, address};

const ORGANISER: &str = "hub@hub.example";

async fn event(hub: &TestHub, mut settings: Value) -> String {
    settings["organisers"] = json!([ORGANISER, "HUB@hub.example"]);
    hub.event(settings).await
}

async fn told(hub: &TestHub) -> Vec<String> {
    let subject = |message: &Value| message["subject"].as_str().expect("a subject").to_owned();
    hub.inbox(ORGANISER).await.iter().map(subject).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_tells_in_the_morning_what_has_moved_in_one_mail_and_nothing_when_nothing_has() {
    let hub = TestHub::start().await;
    let one = event(&hub, json!({"title": "Suturing", "capacity": 2})).await;
    let two = event(&hub, json!({"title": "Knots", "programme": "staff-wellbeing"})).await;
    event(&hub, json!({"title": "Quiet"})).await;
    for name in ["Ann Ash", "Bob Birch", "Cat Cedar"] {
        hub.book(&one, name).await;
    }
    hub.book(&two, "Dan Damson").await;
    hub.act(&hub.link("Ann Ash").await, "cancel").await;
    assert_eq!(told(&hub).await, [""; 0]);
    hub.set_clock("2026-11-03T07:00:00Z").await;
    assert_eq!(told(&hub).await, ["4 booked, 1 cancelled: digest for Tuesday 3 November 2026"]);
    let digest = hub.inbox(ORGANISER).await.remove(0);
    let text = digest["text"].as_str().expect("text").replace("\r\n", "\n");
    for said in [
        "# Suturing\n\nWhen: Tuesday 1 December 2026, 9:30am\nBooked: 3\nCancelled or lapsed: 1\n\
         Confirmed: 1 of 2 (before: 0)\nWaiting: 1 (before: 0)",
        "# Knots\n",
        &format!("/organise/events/{one}\n"),
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    assert!(
        !text.contains("Quiet") && !text.contains("Ash") && !text.contains("Damson"),
        "counts, never names: {text}"
    );
    // Cat has let an offer lapse, and waits as before.
    hub.set_clock("2026-11-04T07:00:00Z").await;
    assert_eq!(told(&hub).await.len(), 1);
    hub.act(&hub.link("Dan Damson").await, "cancel").await;
    hub.set_clock("2026-11-05T06:59:00Z").await;
    assert_eq!(told(&hub).await.len(), 1);
    hub.advance("PT1M").await;
    assert_eq!(told(&hub).await[1..], ["0 booked, 2 cancelled: digest for Thursday 5 November 2026"]);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn low_numbers_and_a_long_line_are_told_once_while_there_is_time() {
    let hub = TestHub::start().await;
    let thin = event(&hub, json!({"title": "Thin", "minimum": 2})).await;
    hub.book(&thin, "Ann Ash").await;
    let full = event(&hub, json!({"title": "Full", "capacity": 2, "waiting_list": {"offer_hours": null}})).await;
    for name in ["Bob Birch", "Cat Cedar", "Dan Damson", "Eve Elm"] {
        hub.book(&full, name).await;
    }
    let warnings = async || {
        let all = told(&hub).await;
        all.into_iter().filter(|subject| !subject.contains("digest")).collect::<Vec<_>>()
    };
    hub.set_clock("2026-11-03T08:00:00Z").await;
    assert_eq!(warnings().await, ["Long waiting list (2): Full"]);
    // It should be clear by Tuesday 24 November; the warning comes three days ahead.
    hub.set_clock("2026-11-21T08:00:00Z").await;
    assert_eq!(warnings().await.len(), 1);
    hub.set_clock("2026-11-22T08:00:00Z").await;
    assert_eq!(warnings().await[1..], ["Low numbers (1 of 2): Thin"]);
    let text = hub.inbox(ORGANISER).await.last().expect("told")["text"].as_str().expect("text").to_owned();
    assert!(text.contains("by Tuesday 24 November 2026, 9:30am whether it takes place"), "{text}");
    hub.set_clock("2026-12-02T08:00:00Z").await;
    assert_eq!(warnings().await.len(), 2);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_fall_after_the_date_are_told_as_what_they_are() {
    let hub = TestHub::start().await;
    let thin = event(&hub, json!({"title": "Thin", "minimum": 1})).await;
    hub.book(&thin, "Ann Ash").await;
    hub.set_clock("2026-11-26T08:00:00Z").await;
    hub.act(&hub.link("Ann Ash").await, "cancel").await;
    hub.set_clock("2026-11-27T08:00:00Z").await;
    let mails = hub.inbox(ORGANISER).await;
    let low = mails.iter().find(|mail| mail["subject"] == "Low numbers (0 of 1): Thin").expect("a warning");
    let said = "It was to be clear by Tuesday 24 November 2026, 9:30am whether it takes place, and it starts Tuesday 1 \
                December 2026, 9:30am.";
    assert!(low["text"].as_str().is_some_and(|text| text.replace("\r\n", "\n").contains(said)), "{low}");
}

/// What SNS hands over when SES says this of a mail.
pub fn said(kind: &str, detail: &str, ses_id: &str, to: &str) -> Value {
    let recipients = json!([{"emailAddress": to}]);
    let mut message = json!({"eventType": kind, "mail": {"messageId": ses_id, "destination": [to]}});
    match kind {
        "Bounce" => message["bounce"] = json!({"bounceType": detail, "bouncedRecipients": recipients}),
        _ => message["complaint"] = json!({"complainedRecipients": recipients}),
    }
    json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": message.to_string()}}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_bounces_gets_no_more_mail_and_somebody_is_told_to_ring() {
    let hub = TestHub::start().await;
    let event = event(&hub, json!({"title": "Suturing"})).await;
    let reference = hub.book(&event, "Ann Ash").await.text("reference").to_owned();
    hub.book(&event, "Bob Birch").await;
    let mail = hub.inbox(&address("Ann Ash")).await.remove(0);
    let ses_id = mail["id"].as_str().expect("an id");
    let bounce = async |kind: &str, detail: &str| {
        let payload = said(kind, detail, ses_id, "Ann.Ash@practice.example");
        hub.hub().invoke("notify-bounce", payload).await.expect("handled");
    };
    bounce("Bounce", "Transient").await;
    assert_eq!(told(&hub).await, [""; 0], "SES tries again");
    for _ in 0..2 {
        bounce("Bounce", "Permanent").await;
    }
    assert_eq!(told(&hub).await, ["Mail not delivered: Suturing"]);
    let told = hub.inbox(ORGANISER).await.remove(0)["text"].as_str().expect("text").to_owned();
    assert!(told.contains("Ann Ash") && told.contains(&reference), "{told}");

    let history = format!("/api/v1/events/{event}/registrations/{reference}/history");
    let history = hub.as_admin(Method::GET, &history, &Value::Null).await.body["history"].clone();
    let told = &history[1]["mail"];
    assert_eq!(
        (&told["kind"], &told["state"], &told["why"]),
        (&json!("confirmed"), &json!("bounced"), &json!("bounced"))
    );

    hub.patch(&event, json!({"title": "Knots"})).await;
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed"], "nothing more");
    assert_eq!(hub.subjects("Bob Birch").await, ["Confirmed", "Changed"]);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_about_a_confidential_booking_names_nobody() {
    let hub = TestHub::start().await;
    let event = event(&hub, json!({"programme": "staff-wellbeing"})).await;
    let reference = hub.book(&event, "Ann Ash").await.text("reference").to_owned();
    let mail = hub.inbox(&address("Ann Ash")).await.remove(0);
    let payload = said("Complaint", "", mail["id"].as_str().expect("an id"), &address("Ann Ash"));
    hub.hub().invoke("notify-bounce", payload).await.expect("handled");
    let told = hub.inbox(ORGANISER).await.remove(0)["text"].as_str().expect("text").to_owned();
    assert!(!told.contains("Ann Ash") && told.contains(&reference), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_to_amazons_simulator_comes_back_by_itself() {
    let hub = TestHub::start().await;
    let event = event(&hub, json!({"title": "Suturing"})).await;
    let mut references = Vec::new();
    for (name, local) in [("Ann Ash", "bounce+ann"), ("Bob Birch", "complaint"), ("Cat Cedar", "success")] {
        let form = json!({"name": name, "email": format!("{local}@simulator.amazonses.com"), "role": "gp"});
        references.push(hub.register(&event, &form).await.text("reference").to_owned());
    }
    hub.settle().await;
    let mut states = Vec::new();
    for reference in &references {
        let path = format!("/api/v1/events/{event}/registrations/{reference}/history");
        let history = hub.as_admin(Method::GET, &path, &Value::Null).await.body["history"].clone();
        let mail = &history[1]["mail"];
        states.push(format!("{} {}", mail["state"], mail["why"]).replace('"', ""));
    }
    assert_eq!(states, ["bounced bounced", "bounced complained", "sent null"]);
    assert_eq!(told(&hub).await.len(), 2, "one mail about each");
    hub.stop_and_audit().await;
}
