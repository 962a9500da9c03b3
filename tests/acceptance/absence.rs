//! Those who did not come get one mail: why, in one tap, and when the next one is. And the way into an online event,
//! which helps to tell guests apart and is no attendance.

use reqwest::Method;
use serde_json::{Value, json};

use crate::console::Desk;
use crate::hub::{Reply, TestHub, address, form, link_in, send};

fn on(day: &str) -> Value {
    json!([{"starts": format!("{day}T09:30:00Z"), "ends": format!("{day}T12:30:00Z")}])
}

/// An online event on 8 December that Ann, Bob and Cat have booked, and the same a week later.
async fn start(programme: &str) -> (TestHub, String, String) {
    let hub = TestHub::start().await;
    let policy = json!({"policy": {"notice": {"n": 2, "unit": "working_day"}, "waivers": ["sickness", "bereavement"],
        "charge": [{"gbp": 60}]}});
    assert_eq!(hub.as_admin(Method::PATCH, "/api/v1/hub", &policy).await.status, 200);
    let of = |day: &str| {
        json!({"sessions": on(day), "programme": programme, "title": "Suturing", "capacity": 3,
        "joining_url": "https://teams.example/l/meetup-join/19%3ameeting?context=%7b%7d&x=1"})
    };
    let (event, next) = (hub.event(of("2026-12-08")).await, hub.event(of("2026-12-15")).await);
    for name in ["Ann Ash", "Bob Birch", "Cat Cedar"] {
        assert_eq!(hub.register(&event, &form(name)).await.status, 201);
    }
    (hub, event, next)
}

async fn page(hub: &TestHub, path: &str) -> String {
    send(hub.request(Method::GET, path)).await.body.as_str().expect("a page").to_owned()
}

/// Records minutes of everybody by name.
async fn record(hub: &TestHub, event: &str, minutes: &[(&str, u32)]) {
    let mut records = Vec::new();
    for (name, minutes) in minutes {
        let reference = hub.booking(&hub.link(name).await).await.text("reference").to_owned();
        records.push(json!({"reference": reference, "minutes": minutes}));
    }
    let path = format!("/api/v1/events/{event}/attendance");
    let kept = hub.as_admin(Method::POST, &path, &json!({"records": records})).await;
    assert_eq!(kept.status, 200, "{kept:?}");
}

async fn missed(hub: &TestHub, name: &str) -> Vec<Value> {
    let mut inbox = hub.inbox(&address(name)).await;
    inbox.retain(|mail| mail["subject"].as_str().is_some_and(|subject| subject.starts_with("We missed you")));
    inbox
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_absent_is_asked_once_and_told_when_the_next_one_is() {
    let (hub, event, next) = start("clinical-updates").await;
    let ann = hub.link("Ann Ash").await;
    hub.set_clock("2026-12-08T12:00:00Z").await;
    // Bob is put right within a quarter of an hour after the end; nobody writes while the event is on.
    record(&hub, &event, &[("Ann Ash", 0), ("Bob Birch", 0), ("Cat Cedar", 180)]).await;
    hub.set_clock("2026-12-08T12:44:00Z").await;
    assert_eq!(missed(&hub, "Ann Ash").await.len(), 0);
    record(&hub, &event, &[("Bob Birch", 170)]).await;
    hub.set_clock("2026-12-08T13:05:00Z").await;
    let mails = missed(&hub, "Ann Ash").await;
    assert_eq!((missed(&hub, "Bob Birch").await.len(), missed(&hub, "Cat Cedar").await.len()), (0, 0));
    let text = mails[0]["text"].as_str().expect("text");
    assert_eq!((mails.len(), mails[0]["subject"].as_str()), (1, Some("We missed you: Suturing")));
    assert_eq!(link_in(&mails[0]), ann, "the link that manages the booking comes first");
    for said in [
        &format!("/bookings/{ann}/absence"),
        "Your organisation is charged £60",
        "illness or a bereavement",
        "The next date with places is Tuesday 15 December 2026",
        &format!("/events/{next}"),
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    // Put right and wrong again: Ann has had her mail.
    record(&hub, &event, &[("Ann Ash", 10)]).await;
    hub.advance("PT1H").await;
    record(&hub, &event, &[("Ann Ash", 0)]).await;
    hub.advance("PT25H").await;
    assert_eq!(missed(&hub, "Ann Ash").await.len(), 1);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_tap_says_why_and_asks_for_the_charge_to_be_waived() {
    let (hub, event, _) = start("clinical-updates").await;
    let ann = hub.link("Ann Ash").await;
    let path = format!("/bookings/{ann}/absence");
    let say = |reason: &'static str| {
        let request = hub.request(Method::POST, &path).form(&[("reason", reason)]);
        async move { send(request).await }
    };
    assert_eq!(say("sickness").await.status, 303);
    hub.set_clock("2026-12-08T13:00:00Z").await;
    record(&hub, &event, &[("Ann Ash", 0), ("Bob Birch", 180)]).await;
    let shown = page(&hub, &path).await;
    assert!(shown.contains("I was ill") && !shown.contains("You told us"), "what was said too early is not kept");
    assert!(!page(&hub, &path).await.contains("You told us"), "opening it changes nothing");
    assert_eq!(say("holiday").await.status, 422);
    for reason in ["forgotten", "bereavement"] {
        assert_eq!(say(reason).await.status, 303, "{reason}");
    }
    assert!(page(&hub, &path).await.contains("You told us: <strong>Somebody close to me died</strong>"));
    let charges = hub.as_admin(Method::GET, "/api/v1/charges/2026-27-Q3.json", &Value::Null).await;
    assert_eq!((&charges.body["charges"][0]["asked"], &charges.body["total_gbp"]), (&json!("bereavement"), &json!(60)));
    let admin = Desk::of(&hub, "admin").await;
    assert!(admin.get("/organise/charges/2026-27-Q3").await.html.contains("Asked for: a bereavement"));
    let reference = hub.booking(&ann).await.text("reference").to_owned();
    let shown = admin.get(&format!("/organise/events/{event}/registrations/{reference}")).await.html;
    assert!(
        shown.contains("Somebody close to me died") && shown.contains("asks for the charge to be waived"),
        "{shown}"
    );
    let path = format!("/api/v1/events/{event}/registrations/{reference}");
    assert_eq!(hub.as_admin(Method::GET, &path, &Value::Null).await.body["absence_reason"], "bereavement");
    // Whoever was there has nothing to say.
    let bob = format!("/bookings/{}/absence", hub.link("Bob Birch").await);
    assert!(page(&hub, &bob).await.contains("nothing to tell us"));
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_confidential_programme_the_mail_names_nothing() {
    let (hub, event, _) = start("staff-wellbeing").await;
    hub.set_clock("2026-12-08T13:00:00Z").await;
    record(&hub, &event, &[("Ann Ash", 0)]).await;
    hub.set_clock("2026-12-08T13:20:00Z").await;
    let mails = missed(&hub, "Ann Ash").await;
    let mail = &mails[0];
    assert_eq!(mail["subject"], "We missed you: your booking");
    for part in ["text", "html"] {
        let words = mail[part].as_str().expect("words");
        assert!(words.contains("Tell us why"), "{words}");
        for secret in ["Suturing", "wellbeing", "charged", "£"] {
            assert!(!words.contains(secret), "{secret} in {words}");
        }
    }
    let ann = hub.link("Ann Ash").await;
    assert!(!page(&hub, &format!("/bookings/{ann}/absence")).await.contains("Suturing"));
}

async fn press(hub: &TestHub, token: &str) -> (u16, String) {
    let request = hub.request(Method::POST, &format!("/bookings/{token}/join"));
    let reply = request.form(&[("", "")]).send().await.expect("an answer");
    let to = reply.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
    (reply.status().as_u16(), to)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_button_leads_to_the_meeting_from_an_hour_before_and_is_no_attendance() {
    let (hub, event, _) = start("clinical-updates").await;
    let ann = hub.link("Ann Ash").await;
    let booking = format!("/bookings/{ann}");
    hub.set_clock("2026-12-08T08:29:59Z").await;
    assert!(page(&hub, &booking).await.contains("appears here one hour before"));
    assert_eq!(press(&hub, &ann).await, (303, booking.clone()), "too early there is only the booking");
    hub.set_clock("2026-12-08T08:30:00Z").await;
    let shown = page(&hub, &booking).await;
    assert!(shown.contains(&format!("action=\"{booking}/join\"")) && !shown.contains("teams.example"), "{shown}");
    let to = format!("{booking}/join");
    assert_eq!(press(&hub, &ann).await, (303, to.clone()));
    assert_eq!(press(&hub, &ann).await, (303, to.clone()), "again is harmless");
    let leads = hub.request(Method::GET, &to).send().await.expect("an answer");
    let header = |name: &str| leads.headers()[name].to_str().expect("text").to_owned();
    let link = "https://teams.example/l/meetup-join/19%3ameeting?context=%7b%7d&x=1";
    assert_eq!(header("refresh"), format!("0; url={link}"));
    assert!(header("content-security-policy").contains("form-action 'self'"), "no meeting's site is in the policy");
    assert_eq!(header("referrer-policy"), "no-referrer");
    let shown = leads.text().await.expect("a page");
    assert!(shown.contains(&format!("href=\"{}\"", link.replace('&', "&#38;"))), "{shown}");
    hub.set_clock("2026-12-08T10:00:00Z").await;
    let roster = hub.as_admin(Method::GET, &format!("/api/v1/events/{event}/registrations"), &Value::Null).await;
    let statuses = roster.body["registrations"].as_array().expect("rows").iter().map(|row| row["status"].clone());
    assert_eq!(statuses.collect::<Vec<_>>(), ["confirmed", "confirmed", "confirmed"]);
    hub.set_clock("2026-12-08T12:30:00Z").await;
    assert_eq!(press(&hub, &ann).await, (303, booking));
    hub.stop_and_audit().await;
}

/// A Zoom report of guests without addresses: each name, when they came in, 120 minutes.
fn report(guests: &[(&str, &str)]) -> String {
    let head = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n".to_owned();
    let line =
        |(name, joined): &(&str, &str)| format!("{name},,12/08/2026 {joined}:00 AM,12/08/2026 11:45:00 AM,120,Yes\n");
    head + &guests.iter().map(line).collect::<String>()
}

async fn import(hub: &TestHub, event: &str, bytes: String) -> Reply {
    let path = format!("/api/v1/events/{event}/attendance/import");
    send(hub.request(Method::POST, &path).bearer_auth(&hub.admin).body(bytes)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_pressed_it_just_then_is_told_apart_among_guests() {
    let (hub, event, _) = start("clinical-updates").await;
    hub.register(&event, &json!({"name": "Ann Alder", "email": "ann.alder@practice.example", "role": "gp"})).await;
    let (ann, bob) = (hub.link("Ann Ash").await, hub.link("Bob Birch").await);
    hub.set_clock("2026-12-08T09:32:00Z").await;
    press(&hub, &ann).await;
    hub.set_clock("2026-12-08T09:40:00Z").await;
    press(&hub, &bob).await;
    hub.set_clock("2026-12-08T13:00:00Z").await;
    let found = import(&hub, &event, report(&[("Ann", "09:33"), ("iPhone", "09:41"), ("Galaxy", "10:30")])).await;
    assert_eq!(found.status, 200, "{found:?}");
    let sure = &found.body["matched"][0];
    assert_eq!(
        (&sure["name"], &sure["reason"]),
        (&json!("Ann Ash"), &json!("could be several, and only this one pressed Join just then"))
    );
    let unsure = &found.body["ambiguous"][0];
    assert_eq!(
        (&unsure["name"], &unsure["reason"]),
        (&json!("iPhone"), &json!("pressed Join when this guest came in"))
    );
    assert_eq!(unsure["candidates"][0]["name"], "Bob Birch", "a human decides");
    assert_eq!(found.body["unmatched"][0]["name"], "Galaxy");
    hub.stop_and_audit().await;
}
