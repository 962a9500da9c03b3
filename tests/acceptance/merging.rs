//! One person under two addresses, or under two spellings: made one, taken apart again, written to elsewhere. Nothing
//! that was booked, counted or numbered moves.

use reqwest::Method;
use serde_json::{Value, json};

use crate::certificates::reference;
use crate::console::Desk;
use crate::hub::{Reply, TestHub, form, send};

const OLD: &str = "zelda@old.example";
const NEW: &str = "zelda.quince@new.example";

async fn person(hub: &TestHub, email: &str) -> String {
    let found = hub.as_admin(Method::POST, "/api/v1/people/find", &json!({"email": email})).await;
    found.body["people"][0]["person"].as_str().unwrap_or_else(|| panic!("{found:?}")).to_owned()
}

async fn book(hub: &TestHub, event: &str, email: &str) -> String {
    let mut form = form("Zelda Quince");
    form["email"] = json!(email);
    form["role"] = json!("gp");
    hub.register(event, &form).await.text("reference").to_owned()
}

async fn act(hub: &TestHub, person: &str, verb: &str, body: &Value) -> Reply {
    hub.as_admin(Method::POST, &format!("/api/v1/people/{person}/{verb}"), body).await
}

/// Two events of one hour in November, one booked from each address, both attended.
async fn start() -> (TestHub, [String; 2]) {
    let hub = TestHub::start().await;
    let mut events = Vec::new();
    for (day, email) in [("03", OLD), ("04", NEW)] {
        let session =
            json!([{"starts": format!("2026-11-{day}T10:00:00Z"), "ends": format!("2026-11-{day}T11:00:00Z")}]);
        let event = hub.event(json!({"sessions": session, "title": "Suturing", "cpd_minutes": 60})).await;
        let reference = book(&hub, &event, email).await;
        events.push((event, reference));
    }
    hub.set_clock("2026-11-05T09:00:00Z").await;
    for (event, reference) in &events {
        let records = json!({"records": [{"reference": reference, "minutes": 60}]});
        hub.as_admin(Method::POST, &format!("/api/v1/events/{event}/attendance"), &records).await;
    }
    hub.advance("PT1H").await;
    let ids = [events[0].0.clone(), events[1].0.clone()];
    (hub, ids)
}

async fn people_counted(hub: &TestHub) -> (Value, Value) {
    let report = hub.as_admin(Method::GET, "/api/v1/reports/2026-11.json", &Value::Null).await;
    let totals = &report.body["totals"];
    (totals["people"].clone(), totals["places_booked"].clone())
}

async fn my_certificates(hub: &TestHub, email: &str) -> usize {
    let inbox = hub.inbox(email).await;
    let token = crate::hub::link_in(inbox.last().expect("a mail"));
    let page = send(hub.request(Method::GET, &format!("/bookings/{token}/certificates"))).await;
    page.body.as_str().expect("a page").matches("href=\"/certificates/").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_addresses_become_one_person_and_two_again() {
    let (hub, _) = start().await;
    let (old, new) = (person(&hub, OLD).await, person(&hub, NEW).await);
    assert_eq!(people_counted(&hub).await, (json!(2), json!(2)));
    assert_eq!((my_certificates(&hub, OLD).await, my_certificates(&hub, NEW).await), (1, 1));
    let into = json!({"into": new, "reason": "Zelda rang: she has moved"});
    let preview = act(&hub, &old, "merge?dry_run=true", &into).await;
    assert_eq!(
        (preview.status, &preview.body["from"]["email"], &preview.body["into"]["email"]),
        (200, &json!(OLD), &json!(NEW)),
        "{preview:?}"
    );
    assert_eq!(people_counted(&hub).await.0, 2, "a preview changes nothing");
    assert_eq!(act(&hub, &old, "merge", &into).await.status, 200);
    assert_eq!(people_counted(&hub).await, (json!(1), json!(2)), "one person, two places");
    assert_eq!((my_certificates(&hub, OLD).await, my_certificates(&hub, NEW).await), (2, 2));
    let export = hub.as_admin(Method::GET, &format!("/api/v1/people/{new}/export"), &Value::Null).await;
    assert_eq!(
        (export.body["registrations"].as_array().map(Vec::len), &export.body["also_known_as"]),
        (Some(2), &json!([old]))
    );
    assert_eq!(act(&hub, &old, "merge", &into).await.status, 422, "they are one already");
    assert_eq!(act(&hub, &new, "merge", &json!({"into": old, "reason": "x"})).await.status, 422);
    // Within thirty days it is taken back, and never without a trace.
    hub.set_clock("2026-12-05T09:59:00Z").await;
    assert_eq!(act(&hub, &old, "unmerge", &json!({"reason": "Two people after all"})).await.status, 200);
    assert_eq!(act(&hub, &old, "unmerge", &json!({"reason": "again"})).await.status, 404);
    let apart = hub.as_admin(Method::GET, &format!("/api/v1/people/{new}/export"), &Value::Null).await;
    assert_eq!(apart.body["registrations"].as_array().map(Vec::len), Some(1));
    let trail = async |day: &str| hub.as_admin(Method::GET, &format!("/api/v1/audit?date={day}"), &Value::Null).await;
    let merged = trail("2026-11-05").await.body.to_string();
    assert!(merged.contains("person.merge") && !merged.contains("Zelda"), "no name in the trail: {merged}");
    assert!(trail("2026-12-05").await.body.to_string().contains("Two people after all"));
    assert_eq!(act(&hub, &old, "merge", &into).await.status, 200);
    hub.set_clock("2027-01-04T09:59:00Z").await;
    let late = act(&hub, &old, "unmerge", &json!({"reason": "too late"})).await;
    assert_eq!((late.status, late.code()), (409, "merge-final"));
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_merged_is_forgotten_under_both_addresses() {
    let (hub, events) = start().await;
    let (old, new) = (person(&hub, OLD).await, person(&hub, NEW).await);
    act(&hub, &old, "merge", &json!({"into": new, "reason": "same person"})).await;
    let before = people_counted(&hub).await;
    let erased = act(&hub, &new, "erase", &json!({"reason": "she wrote"})).await;
    assert_eq!((erased.status, &erased.body["registrations"]), (200, &json!(2)), "{erased:?}");
    for email in [OLD, NEW] {
        let found = hub.as_admin(Method::POST, "/api/v1/people/find", &json!({"email": email})).await;
        assert_eq!(found.code(), "not-found", "{email}");
    }
    assert_eq!(people_counted(&hub).await, before, "figures stand");
    assert_eq!(hub.places(&events[0]).await["confirmed"], 1);
    hub.stop_and_audit().await;
}

/// The proof link in the last mail that asks for it.
async fn proof(hub: &TestHub, at: &str) -> String {
    let inbox = hub.inbox(at).await;
    let mail = inbox.iter().rev().find(|mail| mail["subject"] == "Is this your new email address?").expect("asked");
    let link =
        mail["text"].as_str().and_then(|text| text.lines().find(|line| line.contains("/address/"))).expect("a link");
    link.trim().split_once("/bookings/").map(|(_, path)| format!("/bookings/{path}")).expect("a path")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_changed_once_the_old_mailbox_has_said_yes() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"title": "Suturing"})).await;
    let quoted = book(&hub, &event, OLD).await;
    let token = crate::hub::link_in(hub.inbox(OLD).await.last().expect("a mail"));
    let path = format!("/bookings/{token}/address");
    let ask = async |email: &str| send(hub.request(Method::POST, &path).form(&[("email", email)])).await.status;
    assert_eq!(ask("nonsense").await, 422);
    assert_eq!(ask(NEW).await, 200);
    assert!(hub.inbox(NEW).await.is_empty(), "nobody is written to at an address that nobody has confirmed");
    let yes = proof(&hub, OLD).await;
    assert!(!yes.contains("new.example"), "no address in an address");
    let look = send(hub.request(Method::GET, &yes)).await;
    assert!(look.body.as_str().is_some_and(|page| page.contains(NEW)), "{look:?}");
    assert!(hub.inbox(NEW).await.is_empty(), "opening it changes nothing");
    assert_eq!(send(hub.request(Method::POST, &format!("{path}/forged"))).await.status, 404);
    for _ in 0..2 {
        assert_eq!(send(hub.request(Method::POST, &yes).form(&[("", "")])).await.status, 303, "again is harmless");
    }
    let inbox = hub.inbox(NEW).await;
    assert_eq!((inbox.len(), crate::hub::link_in(&inbox[0])), (1, token.clone()), "the link stays, and goes there");
    assert_eq!(hub.booking(&token).await.text("reference"), quoted);
    hub.patch(&event, json!({"venue": "Mile End", "format": "in-person"})).await;
    assert_eq!((hub.inbox(NEW).await.len(), hub.inbox(OLD).await.len()), (2, 2), "mail goes to the new one alone");
    // Found at either; links again at the new one.
    assert_eq!(person(&hub, NEW).await, person(&hub, OLD).await);
    let again = hub.request(Method::POST, "/bookings/resend").form(&[("email", NEW), ("started", "1")]);
    assert_eq!(send(again).await.status, 200);
    assert_eq!(hub.inbox(NEW).await.len(), 3);
    hub.set_clock("2026-11-12T09:00:00Z").await;
    assert_eq!(send(hub.request(Method::POST, &yes).form(&[("", "")])).await.status, 404, "a week is enough");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_finds_people_and_shows_before_it_merges() {
    let (hub, events) = start().await;
    let admin = Desk::of(&hub, "admin").await;
    let found = admin.post("/organise/people", &[("email", OLD), ("name", "")]).await.html;
    let old = person(&hub, OLD).await;
    assert!(found.contains(&format!("/organise/people/{old}")) && found.contains("Zelda Quince"), "{found}");
    let nobody = admin.post("/organise/people", &[("email", "nobody@old.example"), ("name", "")]).await;
    assert!(nobody.html.contains("Nobody is known by this address"));
    let path = format!("/organise/people/{old}");
    let shown = admin.get(&path).await.html;
    let quoted = reference(&hub, &events[0], "Zelda Quince").await;
    for said in ["Zelda Quince", OLD, "Suturing", &quoted, "certificate", "Erase this person"] {
        assert!(shown.contains(said), "{said}");
    }
    let missing = admin.post(&path, &[("do", "find"), ("other_email", "nobody@old.example"), ("other_name", "")]).await;
    assert_eq!(missing.status, 422);
    let preview = admin.post(&path, &[("do", "find"), ("other_email", NEW), ("other_name", "")]).await.html;
    assert!(preview.contains(OLD) && preview.contains(NEW) && preview.contains("who stays"), "{preview}");
    let new = person(&hub, NEW).await;
    let silent = admin.post(&path, &[("do", "merge"), ("into", &new), ("merge_reason", " ")]).await;
    assert_eq!((silent.status, people_counted(&hub).await.0), (422, json!(2)), "a reason is asked for");
    let merged = admin.post(&path, &[("do", "merge"), ("into", &new), ("merge_reason", "moved practice")]).await;
    assert_eq!(merged.to, format!("/organise/people/{new}"));
    assert!(admin.get(&merged.to).await.html.contains("Take the merge back"));
    let back = admin.post(&merged.to, &[("do", "unmerge"), ("other", &old)]).await;
    assert_eq!((back.status, people_counted(&hub).await.0), (303, json!(2)));
    let moved = admin.post(&path, &[("do", "address"), ("email", "z@third.example"), ("address_reason", "rang")]).await;
    assert_eq!((moved.status, person(&hub, "z@third.example").await), (303, old.clone()));
    let erased = admin.post(&path, &[("do", "erase"), ("erase_reason", "wrote to us")]).await;
    assert_eq!((erased.status, erased.to.as_str()), (303, "/organise/people"));
    assert_eq!(admin.get(&path).await.status, 404);
    for role in ["programme", "desk", "reader"] {
        assert_eq!(Desk::of(&hub, role).await.get("/organise/people").await.status, 403, "{role}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_books_once_more_under_the_other_address_is_shown_as_perhaps_the_same() {
    let (hub, _) = start().await;
    let (old, new) = (person(&hub, OLD).await, person(&hub, NEW).await);
    let session = json!([{"starts": "2026-11-12T10:00:00Z", "ends": "2026-11-12T11:00:00Z"}]);
    let event = hub.event(json!({"sessions": session, "title": "Suturing again"})).await;
    let references = [book(&hub, &event, OLD).await, book(&hub, &event, NEW).await];
    let twins = async || {
        let roster = hub.as_admin(Method::GET, &format!("/api/v1/events/{event}/registrations"), &Value::Null).await;
        let rows = roster.body["registrations"].as_array().expect("rows").clone();
        rows.iter().map(|row| row["possible_duplicate_of"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(twins().await, [Value::Null, Value::Null], "two people, as far as anybody knows");
    act(&hub, &old, "merge", &json!({"into": new, "reason": "same person"})).await;
    assert_eq!(twins().await, [json!(references[1]), json!(references[0])]);
    let desk = Desk::of(&hub, "admin").await;
    let today = desk.get("/organise").await.html;
    assert!(today.contains("People who may have booked twice") && today.contains("Suturing again"), "{today}");
    let path = format!("/organise/events/{event}/registrations/{}", references[0]);
    let one = desk.get(&path).await.html;
    assert!(one.contains("Perhaps the same as") && one.contains(&references[1]), "{one}");
    desk.post(&path, &[("do", "cancel"), ("reason", "twice")]).await;
    assert_eq!(twins().await, [Value::Null, Value::Null], "only who is in");
}
