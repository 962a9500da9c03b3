//! An organiser's pages for what comes after an event: who has a certificate and who has none, and what people thought.

use reqwest::Method;
use serde_json::{Value, json};

use crate::certificates::{AFTER, record, reference};
use crate::console::Desk;
use crate::hub::{TestHub, send};

/// An event on which three people had places: one came, one left early, of one nobody has said anything.
async fn held(hub: &TestHub) -> String {
    let event = hub.event(json!({"certificate": {"minimum_minutes": 330}, "programme": "open-doors"})).await;
    for name in ["Amina Begum", "Bob Birch", "Cat Cedar"] {
        assert_eq!(hub.book(&event, name).await.status, 201);
    }
    hub.settle().await;
    hub.set_clock(AFTER).await;
    record(hub, &event, &[("Amina Begum", 400), ("Bob Birch", 20)]).await;
    event
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_one_and_why_somebody_has_none_is_on_one_page() {
    let hub = TestHub::start().await;
    let event = held(&hub).await;
    let admin = Desk::of(&hub, "admin").await;
    let page = format!("/organise/events/{event}/certificates");
    let before = admin.get(&page).await.html;
    assert!(before.contains("On its way") && before.contains("0 valid certificates among 3 people"), "{before}");
    assert!(!before.contains("(zip)"));
    hub.advance("PT16M").await;
    let all = admin.get(&page).await.html;
    for words in [
        "1 valid certificate among 3 people",
        "Issued",
        "Attended 20 minutes; 330 are needed",
        "Attendance is not recorded",
        "All of them (zip)",
    ] {
        assert!(all.contains(words), "{words} in {all}");
    }
    let number = hub.booking(&hub.link("Amina Begum").await).await.text("certificate_number").to_owned();
    assert!(all.contains(&number));
    let without = admin.get(&format!("{page}?show=without")).await.html;
    assert!(without.contains("Bob Birch") && !without.contains("Amina Begum"));
    let zip = admin.get(&format!("/organise/events/{event}/certificates.zip?part=1")).await;
    assert!(zip.status == 200 && zip.html.starts_with("PK"));
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_kept_back_let_go_corrected_and_taken_back_from_its_page() {
    let hub = TestHub::start().await;
    let event = held(&hub).await;
    let admin = Desk::of(&hub, "admin").await;
    let page = format!("/organise/events/{event}/certificates/{}", reference(&hub, &event, "Amina Begum").await);
    let unreasoned = admin.post(&page, &[("do", "withhold"), ("reason", " ")]).await;
    assert!(unreasoned.status == 422 && unreasoned.html.contains("href=\"#reason\""), "{}", unreasoned.html);
    assert_eq!(admin.post(&page, &[("do", "withhold"), ("reason", "Fees unpaid.")]).await.to, page);
    hub.advance("PT16M").await;
    let kept = admin.get(&page).await.html;
    assert!(kept.contains("Kept back") && kept.contains("Fees unpaid.") && !kept.contains("Take it back"), "{kept}");
    assert_eq!(admin.post(&page, &[("do", "release")]).await.to, page);
    hub.advance("PT16M").await;
    // Half an hour is over.
    let admin = Desk::of(&hub, "admin").await;
    let issued = admin.get(&page).await.html;
    assert!(issued.contains("Issued") && issued.contains("Mailed"), "{issued}");
    let late = admin.post(&page, &[("do", "withhold"), ("reason", "Fees unpaid.")]).await;
    assert!(late.status == 422 && late.html.contains("Revoke it instead"), "{}", late.html);

    let nameless = admin.post(&page, &[("do", "reissue"), ("name", "")]).await;
    assert!(nameless.status == 422 && nameless.html.contains("href=\"#name\""), "{}", nameless.html);
    let corrected = [("do", "reissue"), ("name", "Amina Begum-Khan"), ("why", "married")];
    assert_eq!(admin.post(&page, &corrected).await.to, page);
    assert!(admin.get(&page).await.html.contains("Amina Begum-Khan"));
    assert_eq!(admin.post(&page, &[("do", "revoke"), ("reason", "Issued in error.")]).await.to, page);
    let revoked = admin.get(&page).await.html;
    assert!(revoked.contains("Taken back") && revoked.contains("Issued in error."), "{revoked}");
    assert!(!revoked.contains("Correct the name") && !revoked.contains("Keep it back"), "{revoked}");
    let trail = admin.get("/organise/audit").await.html;
    for words in ["kept back", "let go", "corrected name", "taken back"] {
        assert!(trail.contains(&format!("Certificate {words}")) || trail.contains(words), "{words} in {trail}");
    }
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_thought_is_figures_and_words_from_five_answers_up() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 6})).await;
    let names = ["Ann Ash", "Bob Birch", "Cat Cedar", "Dan Damson", "Eve Elm"];
    for name in names {
        assert_eq!(hub.book(&event, name).await.status, 201);
    }
    hub.settle().await;
    let mut links = Vec::new();
    for name in names {
        links.push(hub.link(name).await);
    }
    hub.set_clock(AFTER).await;
    let admin = Desk::of(&hub, "admin").await;
    let page = format!("/organise/events/{event}/evaluation");
    assert!(admin.get(&page).await.html.contains("0 people have answered."));
    for (place, link) in links.iter().enumerate() {
        let shown = admin.get(&page).await.html;
        assert!(!shown.contains("Better coffee"), "words of {place} people");
        let given = [("useful", "5"), ("clear", "4"), ("led", "3"), ("better", "Better coffee.")];
        let answered = send(hub.request(Method::POST, &format!("/bookings/{link}/evaluation")).form(&given)).await;
        assert_eq!(answered.status, 303, "{answered:?}");
    }
    let shown = admin.get(&page).await.html;
    assert!(shown.contains("5 people have answered.") && shown.contains("Better coffee."), "{shown}");
    assert!(shown.contains("4.00") && !shown.contains("Eve Elm") && !shown.contains("Three months later"), "{shown}");
    let figures = hub.as_admin(Method::GET, &format!("/api/v1/events/{event}/evaluation"), &Value::Null).await;
    assert_eq!((&figures.body["first"]["responses"], &figures.body["follow_up"]), (&json!(5), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn three_months_later_those_who_came_are_asked_what_has_come_of_it() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"evaluation": {"follow_up": true}, "programme": "open-doors"})).await;
    for name in ["Amina Begum", "Bob Birch", "Cat Cedar"] {
        assert_eq!(hub.book(&event, name).await.status, 201);
    }
    let link = hub.link("Amina Begum").await;
    hub.set_clock(AFTER).await;
    record(&hub, &event, &[("Amina Begum", 400), ("Bob Birch", 0)]).await;
    let again = format!("/bookings/{link}/evaluation?round=follow-up");
    hub.set_clock("2027-03-01T08:59:00Z").await;
    assert_eq!(hub.get(&again).await.status, 409, "not yet");
    hub.advance("PT2M").await;
    let asked = async |name: &str| {
        let mails = hub.inbox(&crate::hub::address(name)).await;
        mails.into_iter().find(|mail| mail["subject"].as_str().is_some_and(|words| words.starts_with("Three months")))
    };
    assert!(asked("Bob Birch").await.is_none() && asked("Cat Cedar").await.is_none(), "they were not there");
    let mail = asked("Amina Begum").await.expect("a mail");
    assert!(mail["text"].as_str().is_some_and(|text| text.contains(&again)), "{mail}");
    assert!(mail["headers"]["List-Unsubscribe"].is_string(), "{mail}");
    let form = hub.get(&again).await.body.to_string();
    assert!(form.contains("What has come of it?") && form.contains("How much have you used what you learnt?"));
    for _ in 0..2 {
        let answers = [("used", "4"), ("example", "We ask everyone now.")];
        assert_eq!(send(hub.request(Method::POST, &again).form(&answers)).await.status, 303);
    }
    let shown = Desk::of(&hub, "admin").await.get(&format!("/organise/events/{event}/evaluation")).await.html;
    assert!(shown.contains("Three months later") && shown.contains("1 person has answered."), "{shown}");
    assert!(shown.contains("4.00") && !shown.contains("We ask everyone now."), "{shown}");
    let figures = hub.as_admin(Method::GET, &format!("/api/v1/events/{event}/evaluation"), &Value::Null).await.body;
    assert_eq!((&figures["first"]["responses"], &figures["follow_up"]["responses"]), (&json!(0), &json!(1)));
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_and_opinions_are_for_whoever_manages_the_event() {
    let hub = TestHub::start().await;
    let event = held(&hub).await;
    let reference = reference(&hub, &event, "Amina Begum").await;
    let base = format!("/organise/events/{event}");
    let pages =
        [format!("{base}/certificates"), format!("{base}/certificates/{reference}"), format!("{base}/evaluation")];
    for (role, expected) in [("admin", 200), ("programme", 200), ("desk", 403), ("reader", 403)] {
        let desk = Desk::of(&hub, role).await;
        for page in &pages {
            assert_eq!(desk.get(page).await.status, expected, "{role} {page}");
        }
        let acted = desk.post(&pages[1], &[("do", "withhold"), ("reason", "x")]).await.status;
        assert_eq!(acted, if expected == 200 { 303 } else { 403 }, "{role}");
    }
    for page in &pages {
        assert_eq!(hub.request(Method::GET, page).send().await.expect("a reply").status(), 303, "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_came_says_what_they_thought_though_they_had_no_place() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1})).await;
    for name in ["Amina Begum", "Bob Birch", "Cat Cedar"] {
        assert_eq!(hub.book(&event, name).await.status, 201);
    }
    let links = [hub.link("Bob Birch").await, hub.link("Cat Cedar").await];
    hub.set_clock(AFTER).await;
    record(&hub, &event, &[("Bob Birch", 400)]).await;
    let asked = |link: &str| format!("/bookings/{link}/evaluation");
    assert_eq!(hub.get(&asked(&links[0])).await.status, 200, "there, from the line");
    assert_eq!(hub.get(&asked(&links[1])).await.status, 409, "not there");
    hub.stop_and_audit().await;
}
