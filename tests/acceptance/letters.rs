//! What mails carry: changes of the event, the entry in the calendar, an organiser's words, thanks; whatever people are
//! called.

use mail_parser::{MessageParser, MessagePart, MimeHeaders as _};
use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{TestHub, address, link_in, send};

fn text(message: &Value) -> &str {
    message["text"].as_str().expect("text")
}

/// A mail as it was sent.
async fn raw(hub: &TestHub, message: &Value) -> String {
    let path = format!("/_local/inbox/{}.eml", message["id"].as_str().expect("an id"));
    hub.request(Method::GET, &path).send().await.expect("a reply").text().await.expect("text")
}

/// The lines of the calendar file that goes along with a mail, which stands among its versions too.
async fn calendar(hub: &TestHub, message: &Value) -> Vec<String> {
    let raw = raw(hub, message).await;
    let message = MessageParser::new().parse(raw.as_bytes()).expect("a message");
    let is_calendar = |part: &&MessagePart| part.content_type().is_some_and(|kind| kind.subtype() == Some("calendar"));
    let files: Vec<&str> = message.parts.iter().filter(is_calendar).filter_map(MessagePart::text_contents).collect();
    let [version, file] = files[..] else {
        assert!(files.is_empty(), "{} calendar parts", files.len());
        return Vec::new();
    };
    let lines = |text: &str| text.replace("\r\n ", "").lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(version), lines(file));
    assert!(file.lines().all(|line| line.len() <= 75), "folded: {file}");
    lines(file)
}

fn value<'a>(lines: &'a [String], name: &str) -> &'a str {
    let line = lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap_or_else(|| panic!("no {name} in {lines:#?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_event_is_told_at_once_to_those_who_are_in_with_what_it_was() {
    let hub = TestHub::start().await;
    let settings = json!({"capacity": 1, "format": "online", "joining_url": "https://teams.example/1"});
    let event = hub.event(settings).await;
    for name in ["Ann Ash", "Bob Birch", "Cat Cedar"] {
        hub.book(&event, name).await;
    }
    hub.act(&hub.link("Cat Cedar").await, "cancel").await;
    hub.settle().await;
    let moved = json!({"title": "First Aid for Minds", "format": "in-person", "venue": "Mile End Hospital",
        "joining_url": "https://teams.example/2",
        "sessions": [{"starts": "2026-12-08T09:30:00Z", "ends": "2026-12-08T16:30:00Z"}]});
    assert_eq!(hub.patch(&event, moved).await.status, 200);

    let ann = hub.inbox(&address("Ann Ash")).await;
    assert_eq!(ann.len(), 2);
    assert_eq!(ann[1]["subject"], "Changed: First Aid for Minds");
    for said in [
        "Event: First Aid for Minds\n(before: Mental Health First Aid)",
        "When: Tuesday 8 December 2026, 9:30am to 4:30pm\n(before: Tuesday 1 December 2026, 9:30am to 4:30pm)",
        "Where: Mile End Hospital\n(before: Online)",
        "Joining link: https://teams.example/2\n(before: https://teams.example/1)",
    ] {
        assert!(text(&ann[1]).replace("\r\n", "\n").contains(said), "{said}\n{}", text(&ann[1]));
    }
    assert_eq!(link_in(&ann[0]), link_in(&ann[1]));
    let bob = hub.inbox(&address("Bob Birch")).await;
    assert_eq!(hub.subjects("Bob Birch").await, ["On the waiting list", "Changed"]);
    assert!(
        text(&bob[1]).contains("Mile End Hospital") && !text(&bob[1]).contains("teams.example"),
        "{}",
        text(&bob[1])
    );
    assert_eq!(hub.subjects("Cat Cedar").await, ["On the waiting list", "Cancelled"]);

    // What nobody would act upon is not told.
    assert_eq!(hub.patch(&event, json!({"summary": "All about minds.", "capacity": 2})).await.status, 200);
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed", "Changed"]);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_made_while_no_mail_goes_are_told_in_one() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    hub.book(&event, "Ann Ash").await;
    hub.settle().await;
    hub.faults(json!({"mail": "down"})).await;
    hub.patch(&event, json!({"title": "Suturing"})).await;
    hub.settle().await;
    hub.patch(&event, json!({"title": "Knots", "venue": "Mile End", "format": "in-person"})).await;
    hub.settle().await;
    hub.no_faults().await;
    hub.advance("PT10M").await;
    let ann = hub.inbox(&address("Ann Ash")).await;
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed", "Changed"]);
    let told = text(&ann[1]).replace("\r\n", "\n");
    assert!(told.contains("Event: Knots\n(before: Mental Health First Aid)") && told.contains("Mile End"), "{told}");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_has_one_entry_that_moves_and_goes_with_the_booking() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1})).await;
    hub.book(&event, "Ann Ash").await;
    hub.book(&event, "Bob Birch").await;
    hub.settle().await;
    let later = json!({"sessions": [{"starts": "2027-06-08T09:30:00+01:00", "ends": "2027-06-08T12:30:00+01:00"}]});
    hub.patch(&event, later).await;
    hub.settle().await;
    hub.act(&hub.link("Ann Ash").await, "cancel").await;
    hub.settle().await;
    hub.advance("P5D").await; // Bob lets his offers lapse.
    hub.book(&event, "Ann Ash").await;

    let mut entries = Vec::new();
    for message in hub.inbox(&address("Ann Ash")).await {
        entries.push(calendar(&hub, &message).await);
    }
    let facts = |name: &str| entries.iter().map(|entry| value(entry, name).to_owned()).collect::<Vec<_>>();
    assert_eq!(facts("METHOD"), ["REQUEST", "REQUEST", "CANCEL", "REQUEST"]);
    assert_eq!(facts("DTSTART"), ["20261201T093000Z", "20270608T083000Z", "20270608T083000Z", "20270608T083000Z"]);
    let uids = facts("UID");
    assert!(uids.iter().all(|uid| *uid == uids[0]), "{uids:?}");
    let numbers: Vec<u64> = facts("SEQUENCE").iter().map(|number| number.parse().expect("a number")).collect();
    assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    assert!(value(&entries[0], "DESCRIPTION").starts_with("To give up your place\\, cancel your booking here: http"));
    assert!(entries[0].iter().any(|line| line.starts_with("ATTENDEE;") && line.contains("RSVP=FALSE")));
    let organizers = facts("ORGANIZER");
    assert!(organizers.iter().all(|organizer| organizer == "mailto:events@hub.example"), "{organizers:?}");
    let waiting = &hub.inbox(&address("Bob Birch")).await[0];
    assert!(calendar(&hub, waiting).await.is_empty(), "who waits has no entry");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confidential_booking_is_neutral_where_others_look() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"programme": "staff-wellbeing", "title": "Coping with burnout"})).await;
    hub.book(&event, "Ann Ash").await;
    hub.settle().await;
    hub.patch(&event, json!({"title": "Coping with strain"})).await;
    for message in hub.inbox(&address("Ann Ash")).await {
        let subject = message["subject"].as_str().expect("a subject");
        assert!(!subject.contains("Coping"), "{subject}");
        let entry = calendar(&hub, &message).await;
        assert!(!entry.is_empty() && !entry.iter().any(|line| line.contains("Coping")), "{entry:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organiser_writes_to_a_group_and_each_person_gets_it_once() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 2})).await;
    let desk = address("The Desk");
    for (name, email) in [("Ann Ash", &desk), ("Bob Birch", &desk), ("Cat Cedar", &address("Cat Cedar"))] {
        hub.register(&event, &json!({"name": name, "email": email, "role": "gp"})).await;
    }
    hub.settle().await;
    let path = format!("/api/v1/events/{event}/messages");
    let message =
        |to: &str| json!({"subject": "Parking: \u{1F697}", "body": "Behind <b>the</b> house.\n\nFree.", "to": to});
    let answer = hub.as_admin(Method::POST, &path, &message("confirmed")).await;
    assert_eq!((answer.status, &answer.body), (202, &json!({"recipients": 2})));
    let inbox = hub.inbox(&desk).await;
    assert_eq!(inbox.len(), 4, "two people, two mails each");
    for told in &inbox[2..] {
        assert_eq!(told["subject"], "Parking: \u{1F697}");
        assert!(text(told).replace("\r\n", "\n").contains("Behind <b>the</b> house.\n\nFree."), "{}", text(told));
        assert!(told["html"].as_str().is_some_and(|html| html.contains("Behind &#60;b&#62;the&#60;/b&#62; house.")));
        assert!(told["headers"].get("List-Unsubscribe").is_none(), "news of a booking cannot be stopped");
    }
    assert_ne!(link_in(&inbox[2]), link_in(&inbox[3]));
    assert_eq!(hub.subjects("Cat Cedar").await, ["On the waiting list"]);
    let answer = hub.as_admin(Method::POST, &path, &message("waiting")).await;
    assert_eq!(answer.body, json!({"recipients": 1}));
    assert_eq!(hub.as_admin(Method::POST, &path, &message("absent")).await.body, json!({"recipients": 0}));
    assert_eq!(hub.subjects("Cat Cedar").await, ["On the waiting list", "Parking"]);

    let injected = json!({"subject": "x\r\nBcc: everybody@practice.example", "body": "x", "to": "all"});
    assert_eq!(hub.as_admin(Method::POST, &path, &injected).await.status, 422);
    assert_eq!(hub.post(&path, &message("all")).await.status, 401);
    let desk = hub.token(json!({"role": "desk", "subject": "c@hub.example"})).await;
    assert_eq!(send(hub.request(Method::POST, &path).bearer_auth(&desk).json(&message("all"))).await.status, 403);
    let trail = hub.as_admin(Method::GET, "/api/v1/audit", &Value::Null).await;
    let messages = trail.body["entries"].as_array().expect("entries").iter().filter(|e| e["action"] == "event.message");
    assert_eq!(messages.count(), 3);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thanks_come_the_morning_after_and_can_be_stopped_with_one_click() {
    let hub = TestHub::start().await;
    let first = hub.event(json!({"format": "in-person"})).await;
    let session = json!([{"starts": "2026-12-03T09:30:00Z", "ends": "2026-12-03T12:30:00Z"}]);
    let second = hub.event(json!({"format": "in-person", "sessions": session})).await;
    hub.book(&first, "Ann Ash").await;
    hub.book(&second, "Ann Ash").await;
    hub.book(&second, "Bob Birch").await;
    hub.set_clock("2026-12-02T08:59:00Z").await;
    assert!(!hub.subjects("Ann Ash").await.contains(&"Thank you".to_owned()));
    hub.advance("PT1M").await;
    let inbox = hub.inbox(&address("Ann Ash")).await;
    let thanks =
        inbox.iter().find(|message| message["subject"] == "Thank you: Mental Health First Aid").expect("thanks");
    let token = link_in(thanks);
    assert!(text(thanks).contains(&format!("/bookings/{token}/evaluation")), "{}", text(thanks));
    assert!(calendar(&hub, thanks).await.is_empty(), "what is over stays as it was");
    let out = thanks["headers"]["List-Unsubscribe"].as_str().expect("a way out").trim_matches(['<', '>']).to_owned();
    assert_eq!(thanks["headers"]["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    let looked = hub.http.get(&out).send().await.expect("a page");
    assert_eq!(looked.status(), 200, "a scanner looks");
    let clicked = hub.http.post(&out).form(&[("List-Unsubscribe", "One-Click")]).send().await.expect("a page");
    assert_eq!(clicked.status(), 200);
    hub.set_clock("2026-12-05T09:00:00Z").await;
    let count = async |name| hub.subjects(name).await.iter().filter(|subject| *subject == "Thank you").count();
    assert_eq!((count("Ann Ash").await, count("Bob Birch").await), (1, 1));
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_people_are_called_stays_where_it_belongs() {
    let hub = TestHub::start().await;
    let title = "Suturing: \"knots\", <script>alert(1)</script>; \u{1FA7A} \\n";
    let event = hub.event(json!({"title": title})).await;
    let names = [
        "Ann \"The, Knot\" <ash@evil.example>".to_owned(),
        "<script>alert(1)</script>".to_owned(),
        "\u{200D}Zoë \u{1F469}\u{200D}\u{2695}\u{FE0F}".to_owned(),
        "\u{5E9}\u{5E8}\u{5D4} \u{5DB}\u{5D4}\u{5DF}".to_owned(),
        "BEGIN:VEVENT;ATTENDEE=mailto:x@evil.example".to_owned(),
        "=?utf-8?q?Bcc:_x=40evil.example?=".to_owned(),
        "আমিনা ".repeat(33).trim().to_owned(),
    ];
    for (index, name) in names.iter().enumerate() {
        let email = format!("person{index}@practice.example");
        let booked = hub.register(&event, &json!({"name": name, "email": email, "role": "gp"})).await;
        assert_eq!(booked.status, 201, "{name}: {booked:?}");
        let inbox = hub.inbox(&email).await;
        let [mail] = &inbox[..] else { panic!("{name}: {} mails", inbox.len()) };
        assert_eq!(mail["to"], json!([email]));
        assert_eq!(mail["subject"], format!("Confirmed: {title}"));
        assert!(mail["headers"].get("Bcc").is_none() && mail["headers"].get("Cc").is_none());
        assert!(text(mail).starts_with(&format!("Dear {},", name.trim())), "{}", text(mail));
        let html = mail["html"].as_str().expect("html");
        assert!(!html.contains("<script") && !html.contains("<ash@"), "{html}");
        let entry = calendar(&hub, mail).await;
        let count = |line: &str| entry.iter().filter(|found| found.starts_with(line)).count();
        assert_eq!((count("BEGIN:VEVENT"), count("ATTENDEE")), (1, 1), "{entry:#?}");
        assert_eq!(value(&entry, "SUMMARY"), "Suturing: \"knots\"\\, <script>alert(1)</script>\\; \u{1FA7A} \\\\n");
        for line in raw(&hub, mail).await.lines() {
            assert!(line.len() <= 998, "RFC 5322: {} octets", line.len());
        }
    }
    for refused in ["Ann\r\nBcc: x@evil.example", "Ann\u{202E}hsa", "\u{2066}Ann", "12345"] {
        let form = json!({"name": refused, "email": "ann@practice.example", "role": "gp"});
        assert_eq!(hub.register(&event, &form).await.status, 422, "{refused:?}");
    }
    assert!(hub.inbox("ann@practice.example").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_came_and_who_did_not_can_be_written_to_and_only_who_may_have_come_is_thanked() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"format": "in-person"})).await;
    let mut references = Vec::new();
    for name in ["Ann Ash", "Bob Birch", "Cat Cedar"] {
        references.push(hub.book(&event, name).await.text("reference").to_owned());
    }
    hub.set_clock("2026-12-01T17:00:00Z").await;
    let records = json!({"records": [{"reference": references[0], "minutes": 400}, {"reference": references[1], "minutes": 0},
                           {"name": "Wim Walnut", "email": address("Wim Walnut"), "minutes": 400},
                           {"name": "Yan Yew", "email": address("Yan Yew"), "minutes": 0}]});
    let path = format!("/api/v1/events/{event}/attendance");
    assert_eq!(hub.as_admin(Method::POST, &path, &records).await.status, 200);
    for (to, recipients) in [("attended", 2), ("absent", 1), ("confirmed", 3)] {
        let message = json!({"subject": format!("To {to}"), "body": "Hello.", "to": to});
        let answer = hub.as_admin(Method::POST, &format!("/api/v1/events/{event}/messages"), &message).await;
        assert_eq!(answer.body, json!({"recipients": recipients}), "{to}");
        hub.settle().await;
    }
    hub.set_clock("2026-12-02T10:00:00Z").await;
    let told = async |name| hub.subjects(name).await.split_off(3);
    assert_eq!(told("Ann Ash").await, ["To attended", "To confirmed", "Your certificate", "Thank you"]);
    assert_eq!(told("Bob Birch").await, ["To absent", "To confirmed", "We missed you"]);
    assert_eq!(told("Cat Cedar").await, ["To confirmed", "Thank you"]);
    // Whoever came without a booking is thanked too, and says what they thought of it.
    let walk_in = hub.subjects("Wim Walnut").await;
    assert_eq!((walk_in[0].as_str(), walk_in.last().map(String::as_str)), ("To attended", Some("Thank you")));
    let link = hub.link("Wim Walnut").await;
    assert_eq!(hub.get(&format!("/bookings/{link}/evaluation")).await.status, 200);
    assert!(hub.inbox(&address("Yan Yew")).await.is_empty());
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_goes_from_the_calendar_of_whoever_came_back_before_the_mail_that_takes_it_out() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1, "waiting_list": {"offer_hours": null}})).await;
    hub.book(&event, "Ann Ash").await;
    hub.book(&event, "Bob Birch").await;
    let (ann, bob) = (hub.link("Ann Ash").await, hub.link("Bob Birch").await);
    hub.faults(json!({"mail": "down"})).await;
    hub.act(&ann, "cancel").await;
    assert_eq!(hub.book(&event, "Ann Ash").await.body["status"], "waiting");
    hub.settle().await;
    hub.no_faults().await;
    hub.advance("PT10M").await;
    hub.act(&bob, "cancel").await;
    let mut entries = Vec::new();
    for message in hub.inbox(&address("Ann Ash")).await {
        entries.push(calendar(&hub, &message).await);
    }
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed", "On the waiting list", "You now have a place"]);
    let facts = |name: &str| entries.iter().map(|entry| value(entry, name).to_owned()).collect::<Vec<_>>();
    assert_eq!(facts("METHOD"), ["REQUEST", "CANCEL", "REQUEST"]);
    let numbers: Vec<u64> = facts("SEQUENCE").iter().map(|number| number.parse().expect("a number")).collect();
    assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_events_of_a_week_are_one_reminder_and_each_of_the_day() {
    let hub = TestHub::start().await;
    let mut events = Vec::new();
    for (title, day) in [("Suturing", "01"), ("Knots", "03"), ("Bows", "10")] {
        let session =
            json!([{"starts": format!("2026-12-{day}T09:30:00Z"), "ends": format!("2026-12-{day}T12:30:00Z")}]);
        events.push(hub.event(json!({"title": title, "format": "in-person", "sessions": session})).await);
    }
    for event in &events {
        hub.book(event, "Ann Ash").await;
    }
    hub.book(&events[1], "Bob Birch").await;
    hub.set_clock("2026-11-24T12:00:00Z").await;
    let week = hub.inbox(&address("Ann Ash")).await.pop().expect("a reminder");
    assert_eq!(week["subject"], "In a week: Suturing, and one more");
    let told = text(&week).replace("\r\n", "\n");
    assert!(told.contains("# Also: Knots\n") && !told.contains("Bows"), "{told}");
    let links = told.lines().filter(|line| line.contains("/bookings/")).count();
    assert_eq!(links, 2, "each booking has its link");
    hub.set_clock("2026-12-03T12:00:00Z").await;
    let reminded = |messages: Vec<Value>| {
        let subjects = messages.into_iter().map(|message| message["subject"].as_str().expect("a subject").to_owned());
        subjects.filter(|subject| subject.starts_with("In a") || subject.starts_with("Tomorrow")).collect::<Vec<_>>()
    };
    let ann = ["In a week: Suturing, and one more", "Tomorrow: Suturing", "Tomorrow: Knots", "In a week: Bows"];
    assert_eq!(reminded(hub.inbox(&address("Ann Ash")).await), ann);
    assert_eq!(reminded(hub.inbox(&address("Bob Birch")).await), ["In a week: Knots", "Tomorrow: Knots"]);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_comes_in_the_name_that_an_organiser_sets_and_answers_go_where_they_are_read() {
    let hub = TestHub::start().await;
    let settings =
        json!({"name": "Example Hub", "from_name": "Example \"Hub\", bookings", "reply_to": "desk@hub.example"});
    let changed = hub.as_admin(Method::PATCH, "/api/v1/hub", &settings).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let event = hub.event(json!({})).await;
    hub.book(&event, "Ann Ash").await;
    let mail = hub.inbox(&address("Ann Ash")).await.remove(0);
    assert_eq!(mail["from"], "Example \"Hub\", bookings <events@hub.example>");
    assert!(mail["headers"]["Reply-To"].as_str().is_some_and(|to| to.contains("desk@hub.example")), "{mail:#?}");
    assert!(text(&mail).trim_end().ends_with("Example Hub"), "{}", text(&mail));
}
