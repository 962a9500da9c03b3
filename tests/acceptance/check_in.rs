//! At the door: the list to tick, the poster where people sign themselves in, the code that acts for organisers only.

use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{TestHub, form};

/// A quarter of an hour before the session that [`start`] makes.
const AT_THE_DOOR: &str = "2026-12-01T09:15:00Z";

async fn start(names: &[&str]) -> (TestHub, String) {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"format": "in-person", "venue": "The hall"})).await;
    for name in names {
        assert_eq!(hub.register(&event, &form(name)).await.status, 201);
    }
    (hub, event)
}

/// A page as an organiser gets it: status and HTML.
async fn page(hub: &TestHub, token: &str, path: &str) -> (u16, String) {
    let reply = hub.request(Method::GET, path).bearer_auth(token).send().await.expect("an answer");
    (reply.status().as_u16(), reply.text().await.expect("text"))
}

async fn send_form(hub: &TestHub, token: Option<&str>, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let mut request = hub.request(Method::POST, path).form(fields);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let reply = request.send().await.expect("an answer");
    (reply.status().as_u16(), reply.text().await.expect("text"))
}

/// Reference, status and minutes by name.
async fn roster(hub: &TestHub, event: &str) -> Vec<(String, String, String, Option<u64>)> {
    let path = format!("/api/v1/events/{event}/registrations");
    let reply = hub.as_admin(Method::GET, &path, &Value::Null).await;
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let row = |row: &Value| (text(row, "name"), text(row, "reference"), text(row, "status"), row["minutes"].as_u64());
    let mut rows: Vec<_> = reply.body["registrations"].as_array().expect("rows").iter().map(row).collect();
    rows.sort();
    rows
}

async fn minutes(hub: &TestHub, event: &str) -> Vec<Option<u64>> {
    roster(hub, event).await.into_iter().map(|(.., minutes)| minutes).collect()
}

/// What the poster's link on the list's page leads to.
async fn poster(hub: &TestHub, event: &str) -> String {
    let (status, html) = page(hub, &hub.admin, &format!("/organise/events/{event}/attendance/1")).await;
    assert_eq!(status, 200);
    let start = html.find("/attend/").expect("a link");
    html[start..].split('"').next().expect("its end").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_volunteers_tick_one_list_and_undo_nothing_of_each_other() {
    let (hub, event) = start(&["Ann Ash", "Bob Birch", "Cat Cedar"]).await;
    let desk = hub.token(json!({"role": "desk", "subject": "d@hub.example"})).await;
    let path = format!("/organise/events/{event}/attendance/1");
    assert_eq!(page(&hub, &desk, &path).await.0, 200);
    let references: Vec<String> = roster(&hub, &event).await.into_iter().map(|(_, reference, ..)| reference).collect();
    let (ann, bob) = (references[0].as_str(), references[1].as_str());
    assert_eq!(send_form(&hub, Some(&desk), &path, &[("here", ann)]).await.0, 409, "before it opens");
    hub.set_clock(AT_THE_DOOR).await;
    // Both opened the page before anybody was ticked; the second does not know of the first, and sends twice.
    assert_eq!(send_form(&hub, Some(&desk), &path, &[("here", ann)]).await.0, 303);
    for _ in 0..2 {
        assert_eq!(send_form(&hub, Some(&hub.admin), &path, &[("here", bob)]).await.0, 303);
    }
    let (_, html) = page(&hub, &desk, &path).await;
    assert!(html.contains("2 of 3"), "{html}");
    // A wrong tick is taken back, as if nothing had been said.
    let undo = [("shown", ann), ("shown", bob), ("here", bob)];
    assert_eq!(send_form(&hub, Some(&desk), &path, &undo).await.0, 303);
    let walk_in = [("name", "Wim Willow"), ("email", "")];
    assert_eq!(send_form(&hub, Some(&desk), &format!("{path}/walk-in"), &walk_in).await.0, 303);
    hub.set_clock("2026-12-01T10:00:00Z").await;
    assert_eq!(minutes(&hub, &event).await, [None, Some(420), None, Some(420)]);
    for (role, status) in [("reader", 403), ("programme", 404)] {
        let token = hub.token(json!({"role": role, "subject": "r@hub.example", "programmes": ["open-doors"]})).await;
        assert_eq!(page(&hub, &token, &path).await.0, status, "{role}");
    }
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_poster_lets_people_sign_in_and_says_the_same_to_everybody() {
    let (hub, event) = start(&["Ann Ash", "Bob Birch", "Cat Cedar"]).await;
    hub.set_clock(AT_THE_DOOR).await;
    let poster = poster(&hub, &event).await;
    let rows = roster(&hub, &event).await;
    hub.set_clock("2026-12-01T08:59:00Z").await;
    send_form(&hub, None, &poster, &[("reference", &rows[0].1)]).await;
    hub.set_clock(AT_THE_DOOR).await;
    let quoted = rows[0].1.to_lowercase();
    let by_reference = send_form(&hub, None, &poster, &[("reference", &quoted)]).await;
    let bob = [("name", "bob  BIRCH"), ("email", "Bob.Birch@practice.example")];
    let by_name = send_form(&hub, None, &poster, &bob).await;
    let stranger = [("name", "Pip Poplar"), ("email", "pip@practice.example")];
    let unknown = send_form(&hub, None, &poster, &stranger).await;
    assert_eq!(by_reference.0, 200);
    assert_eq!((&by_name, &unknown), (&by_reference, &by_reference));
    assert_eq!(send_form(&hub, None, &poster, &stranger).await, unknown, "sent again");
    for name in ["Ann", "Bob", "Cat", "Pip"] {
        assert!(!by_reference.1.contains(name), "{name}");
    }
    let mistaken = send_form(&hub, None, &poster, &[("name", "Pip Poplar"), ("email", "pip")]).await;
    assert!(mistaken.0 == 422 && mistaken.1.contains("There is a problem"));
    let pending = format!("/api/v1/events/{event}/attendance/pending");
    let pending = hub.as_admin(Method::GET, &pending, &Value::Null).await.body;
    assert_eq!((&pending["count"], &pending["pending"][0]["name"]), (&json!(1), &json!("Pip Poplar")));
    hub.set_clock("2026-12-01T16:30:00Z").await;
    send_form(&hub, None, &poster, &[("reference", &rows[2].1)]).await;
    assert_eq!(minutes(&hub, &event).await, [Some(420), Some(420), None], "neither too early nor too late");
    let code = hub.request(Method::GET, &format!("{poster}/code.svg")).send().await.expect("an answer");
    assert_eq!(code.headers()["content-type"], "image/svg+xml");
    let other = poster.replace("-1-", "-2-");
    assert_eq!(hub.get(&other).await.status, 404);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_shows_a_stranger_nothing_and_checks_in_for_an_organiser() {
    let (hub, event) = start(&["Ann Ash"]).await;
    hub.set_clock(AT_THE_DOOR).await;
    let reference = roster(&hub, &event).await[0].1.clone();
    let path = format!("/organise/check-in/{event}/{reference}");
    let unknown = format!("/organise/check-in/{event}/22222222");
    let (stranger, nobody) = (hub.get(&path).await, hub.get(&unknown).await);
    assert_eq!(stranger.status, nobody.status);
    assert!(stranger.status != 200 && !stranger.body.to_string().contains("Ann"));
    assert_ne!(send_form(&hub, None, &path, &[]).await.0, 200);
    let link = hub.link("Ann Ash").await;
    let picture = format!("/bookings/{link}/check-in.svg");
    assert!(page(&hub, &hub.admin, &format!("/bookings/{link}")).await.1.contains(&picture));
    let code = hub.request(Method::GET, &picture).send().await.expect("an answer");
    assert_eq!((code.status().as_u16(), code.headers()["content-type"].as_bytes()), (200, &b"image/svg+xml"[..]));
    assert_eq!(hub.get("/bookings/x/check-in.svg").await.status, 404);
    let desk = hub.token(json!({"role": "desk", "subject": "d@hub.example"})).await;
    let (status, html) = page(&hub, &desk, &path).await;
    assert!(status == 200 && html.contains("Ann Ash") && html.contains("Check in"));
    hub.set_clock("2026-12-01T09:30:00Z").await;
    assert_eq!(minutes(&hub, &event).await, [None], "looking is not checking in");
    for _ in 0..2 {
        assert_eq!(send_form(&hub, Some(&desk), &path, &[]).await.0, 303);
    }
    assert_eq!(minutes(&hub, &event).await, [Some(420)]);
    assert!(page(&hub, &desk, &path).await.1.contains("Checked in"));
    assert_eq!(page(&hub, &desk, &unknown).await.0, 404);
}
