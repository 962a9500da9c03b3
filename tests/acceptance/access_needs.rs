//! What people need to take part: answered, told to them, seen by those who see to it, and gone in time.

use reqwest::Method;
use serde_json::{Value, json};

use crate::console::Desk;
use crate::hub::{Reply, TestHub, address, form, send};

const NEED: &str = "I am deaf and follow a BSL interpreter.";

/// Books for somebody who needs this; the reference.
async fn book(hub: &TestHub, event: &str, name: &str, needs: &str) -> String {
    let mut form = form(name);
    form["access_needs"] = json!(needs);
    let booked = hub.register(event, &form).await;
    assert_eq!(booked.status, 201, "{booked:?}");
    booked.text("reference").to_owned()
}

fn path(event: &str, reference: &str) -> String {
    format!("/api/v1/events/{event}/registrations/{reference}/access")
}

async fn answer(hub: &TestHub, path: &str, state: &str, reply: &str) -> Reply {
    hub.as_admin(Method::POST, path, &json!({"state": state, "reply": reply})).await
}

async fn needs_as(hub: &TestHub, role: &str, event: &str) -> Value {
    let token = hub.token(json!({"role": role, "subject": "x@hub.example", "programmes": ["mhfa-schools"]})).await;
    let reply = send(hub.request(Method::GET, &format!("/api/v1/events/{event}/access")).bearer_auth(token)).await;
    if reply.status == 200 { reply.body } else { json!(reply.status) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_need_is_agreed_and_arranged_and_the_person_is_told_each_time() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    let reference = book(&hub, &event, "Ann Ash", NEED).await;
    let path = path(&event, &reference);
    let read = || async {
        hub.as_admin(Method::GET, &format!("/api/v1/events/{event}/registrations/{reference}/history"), &Value::Null)
            .await
            .body
    };
    assert_eq!(read().await["access"], json!({"needs": NEED, "state": "new", "reply": null, "answered_at": null}));
    let agreed = answer(&hub, &path, "agreed", "We book an interpreter.\nHer name follows.").await;
    assert_eq!((agreed.status, agreed.text("state")), (200, "agreed"), "{agreed:?}");
    // The same answer again is the same answer.
    answer(&hub, &path, "agreed", "We book an interpreter.\nHer name follows.").await;
    hub.advance("PT5M").await;
    let told = hub.inbox(&address("Ann Ash")).await;
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed", "What we will do for you"]);
    assert_eq!(told[1]["subject"], "What we will do for you: Mental Health First Aid");
    let text = told[1]["text"].as_str().expect("text").replace("\r\n", "\n");
    assert!(text.contains("We book an interpreter.\nHer name follows."), "{text}");
    assert!(!text.contains("deaf"), "a shared mailbox does not read what she told us: {text}");
    let page = format!("/bookings/{}", hub.link("Ann Ash").await);
    let shown = hub.get(&page).await.body;
    let shown = shown.as_str().expect("a page");
    assert!(shown.contains("BSL interpreter") && shown.contains("Her name follows."), "{shown}");

    let arranged = answer(&hub, &path, "arranged", "Zoe will interpret.").await;
    assert_eq!((arranged.status, arranged.text("reply")), (200, "Zoe will interpret."));
    hub.advance("PT5M").await;
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed", "What we will do for you", "Arranged for you"]);
    assert!(hub.get(&page).await.body.as_str().is_some_and(|html| html.contains("Zoe will interpret.")));
    let history = read().await["history"].clone();
    let what: Vec<&str> = history.as_array().expect("moments").iter().filter_map(|m| m["what"].as_str()).collect();
    for deed in ["access.agree", "access.arrange", "access"] {
        assert!(what.contains(&deed), "{deed} in {what:?}");
    }
    let trail = hub.as_admin(Method::GET, "/api/v1/audit", &Value::Null).await.body.to_string();
    assert!(trail.contains("access.arrange") && !trail.contains("Zoe") && !trail.contains("interpreter"), "{trail}");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_need_is_new_again_and_the_same_one_is_not() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    let reference = book(&hub, &event, "Ann Ash", NEED).await;
    answer(&hub, &path(&event, &reference), "arranged", "Zoe will interpret.").await;
    hub.advance("PT5M").await;
    let details = format!("/bookings/{}/details", hub.link("Ann Ash").await);
    let correct = |needs: &'static str| {
        let request = hub.request(Method::POST, &details).form(&[("name", "Anne Ash"), ("access_needs", needs)]);
        async { send(request).await.status }
    };
    let state = || async { needs_as(&hub, "admin", &event).await["access"][0].clone() };
    assert_eq!(correct(NEED).await, 303);
    assert_eq!((&state().await["state"], &state().await["name"]), (&json!("arranged"), &json!("Anne Ash")));
    assert_eq!(correct("A step-free way in").await, 303);
    let now = state().await;
    assert_eq!(
        (&now["state"], &now["reply"], &now["needs"]),
        (&json!("new"), &json!(null), &json!("A step-free way in"))
    );
    assert_eq!(answer(&hub, &path(&event, &reference), "agreed", "Use the side door.").await.status, 200);
    assert_eq!(correct("").await, 303);
    assert_eq!(needs_as(&hub, "admin", &event).await["access"], json!([]));
    assert_eq!(answer(&hub, &path(&event, &reference), "agreed", "Yes.").await.code(), "not-found");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn needs_are_seen_by_whoever_sees_to_them_and_at_the_door_only_what_to_have_ready() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    let secret = hub.event(json!({"programme": "staff-wellbeing"})).await;
    let reference = book(&hub, &event, "Ann Ash", NEED).await;
    book(&hub, &event, "Bob Birch", "A quiet room").await;
    book(&hub, &secret, "Sam Secret", "A quiet room").await;
    answer(&hub, &path(&event, &reference), "arranged", "An interpreter stands in front.").await;
    let names = |needs: &Value| {
        let rows = needs["access"].as_array().cloned().unwrap_or_default();
        rows.iter().filter_map(|need| need["name"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    for role in ["admin", "programme"] {
        assert_eq!(names(&needs_as(&hub, role, &event).await), ["Bob Birch", "Ann Ash"], "{role}");
    }
    assert_eq!(needs_as(&hub, "programme", &secret).await, json!(404));
    assert_eq!(needs_as(&hub, "reader", &event).await, json!(403));
    let early = needs_as(&hub, "desk", &event).await;
    assert_eq!(early, json!({"access": [], "counts": {"new": 1, "agreed": 0, "arranged": 1}}));
    let told = send(
        hub.request(Method::POST, &path(&event, &reference))
            .bearer_auth(hub.token(json!({"role": "desk", "subject": "x@hub.example"})).await)
            .json(&json!({"state": "agreed", "reply": "x"})),
    )
    .await;
    assert_eq!(told.status, 403);

    hub.set_clock("2026-11-30T12:00:00Z").await;
    let door = needs_as(&hub, "desk", &event).await;
    assert_eq!(names(&door), ["Bob Birch", "Ann Ash"]);
    assert!(door.to_string().contains("stands in front"), "{door}");
    assert!(!door.to_string().contains("deaf") && !door.to_string().contains("quiet"), "{door}");
    assert_eq!(names(&needs_as(&hub, "desk", &secret).await), [] as [&str; 0]);
    let desk = Desk::of(&hub, "desk").await;
    let page = desk.get(&format!("/organise/events/{event}/access")).await;
    assert!(page.html.contains("stands in front") && !page.html.contains("deaf"), "{}", page.html);
    let page = desk.get(&format!("/organise/events/{secret}/access")).await;
    assert!(page.html.contains("1 not answered") && !page.html.contains("Secret"), "{}", page.html);
    hub.set_clock("2026-12-01T16:30:00Z").await;
    assert_eq!(names(&needs_as(&hub, "desk", &event).await), [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_says_whose_need_waits_and_takes_the_answer() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    let reference = book(&hub, &event, "Ann Ash", NEED).await;
    let admin = Desk::of(&hub, "admin").await;
    let page = format!("/organise/events/{event}/registrations/{reference}/access");
    let today = admin.get("/organise").await.html;
    assert!(today.contains("Access needs not yet answered") && today.contains(&page), "{today}");
    assert!(admin.get(&format!("/organise/events/{event}")).await.html.contains("1 not answered"));
    assert!(admin.get(&format!("/organise/events/{event}/registrations/{reference}")).await.html.contains(&page));
    assert!(admin.get(&format!("/organise/events/{event}/access")).await.html.contains("deaf"));
    let wrong = admin.post(&page, &[("state", "agreed"), ("reply", " ")]).await;
    assert!(wrong.status == 422 && wrong.html.contains("Enter a reply"), "{}", wrong.html);
    let given = admin.post(&page, &[("state", "agreed"), ("reply", "We book an interpreter.")]).await;
    assert_eq!((given.status, given.to.as_str()), (303, format!("{page}?done=answered").as_str()));
    assert!(admin.get(&given.to).await.html.contains("They are being told by mail."));
    hub.advance("PT2M").await;
    assert_eq!(hub.subjects("Ann Ash").await, ["Confirmed", "What we will do for you"]);
    let today = admin.get("/organise").await.html;
    assert!(!today.contains("not yet answered") && !today.contains(&page), "{today}");
    // A fortnight before, what is agreed should be arranged.
    hub.set_clock("2026-11-18T12:00:00Z").await;
    let admin = Desk::of(&hub, "admin").await;
    assert!(admin.get("/organise").await.html.contains("Agreed, but not arranged yet"));
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_in_what_is_held_about_a_person_and_go_with_the_need() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    for (name, reply) in [("Ann Ash", "Mauve chair."), ("Bob Birch", "Teal chair.")] {
        let reference = book(&hub, &event, name, "An ochre chair").await;
        assert_eq!(answer(&hub, &path(&event, &reference), "agreed", reply).await.status, 200);
    }
    hub.advance("PT5M").await;
    let find = json!({"email": address("Ann Ash")});
    let found = hub.as_admin(Method::POST, "/api/v1/people/find", &find).await;
    let person = format!("/api/v1/people/{}", found.body["people"][0]["person"].as_str().expect("a person"));
    let export = hub.as_admin(Method::GET, &format!("{person}/export"), &Value::Null).await;
    let access = &export.body["registrations"][0]["access"];
    assert_eq!((&access["state"], &access["reply"]), (&json!("agreed"), &json!("Mauve chair.")));
    hub.as_admin(Method::POST, &format!("{person}/erase"), &json!({"reason": "Asked."})).await;
    let stored = crate::erasure::everything_stored(&hub).await;
    assert!(!stored.contains("mauve") && stored.contains("teal") && stored.contains("ochre"));
    hub.set_clock("2026-12-15T16:29:00Z").await;
    assert!(crate::erasure::everything_stored(&hub).await.contains("ochre"));
    hub.set_clock("2026-12-16T12:00:00Z").await;
    let stored = crate::erasure::everything_stored(&hub).await;
    assert!(!stored.contains("teal") && !stored.contains("ochre"), "a fortnight after the event it is gone");
    assert!(stored.contains("birch"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_by_telephone_is_noted_answered_and_gone_in_time_like_any_other() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    let reference = hub.book(&event, "Ann Ash").await.text("reference").to_owned();
    let admin = Desk::of(&hub, "admin").await;
    let booking = format!("/organise/events/{event}/registrations/{reference}");
    let page = format!("{booking}/access");
    assert!(admin.get(&booking).await.html.contains(&page));
    let nothing = admin.post(&page, &[("do", "note"), ("needs", " ")]).await;
    assert!(nothing.status == 422 && nothing.html.contains("Enter what they need"), "{}", nothing.html);
    let noted = admin.post(&page, &[("do", "note"), ("needs", NEED)]).await;
    assert_eq!(noted.to, format!("{page}?done=noted"));
    assert!(admin.get("/organise").await.html.contains("Access needs not yet answered"));
    assert_eq!(admin.post(&page, &[("state", "agreed"), ("reply", "We book one.")]).await.status, 303);
    assert_eq!(needs_as(&hub, "admin", &event).await["counts"], json!({"new": 0, "agreed": 1, "arranged": 0}));
    admin.post(&page, &[("do", "note"), ("needs", "A chair, too.")]).await;
    assert_eq!(needs_as(&hub, "admin", &event).await["access"][0]["needs"], "A chair, too.");
    assert_eq!(needs_as(&hub, "admin", &event).await["counts"], json!({"new": 1, "agreed": 0, "arranged": 0}));
    let trail = hub.as_admin(Method::GET, "/api/v1/audit", &Value::Null).await.body.to_string();
    assert!(trail.contains("access.note") && !trail.contains("chair") && !trail.contains("deaf"), "{trail}");
    let desk = Desk::of(&hub, "desk").await;
    assert_eq!((desk.get(&page).await.status, desk.post(&page, &[("do", "note")]).await.status), (403, 403));
    hub.act(&hub.link("Ann Ash").await, "cancel").await;
    let bob = hub.book(&event, "Bob Birch").await.text("reference").to_owned();
    hub.act(&hub.link("Bob Birch").await, "cancel").await;
    let ended = format!("/organise/events/{event}/registrations/{bob}");
    assert!(
        !admin.get(&ended).await.html.contains(&format!("{bob}/access")),
        "there is nothing to note of what has ended"
    );
    assert_eq!(admin.post(&format!("{ended}/access"), &[("do", "note"), ("needs", "x")]).await.status, 404);
    hub.stop_and_audit().await;
}
