//! People apart from events: found, shown what is held about them, forgotten.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::Method;
use serde_json::{Value, json};

use crate::certificates::{attended, reference};
use crate::hub::{Reply, TestHub, address, form, send};
use crate::logs;
use crate::organisers_mail::said;

async fn find(hub: &TestHub, email: &str) -> Reply {
    hub.as_admin(Method::POST, "/api/v1/people/find", &json!({"email": email})).await
}

async fn person(hub: &TestHub, email: &str) -> String {
    find(hub, email).await.body["people"][0]["person"].as_str().expect("a person").to_owned()
}

/// Everything that the table holds, as one text.
pub async fn everything_stored(hub: &TestHub) -> String {
    let (client, mut start) = (hub.hub().operator(), None);
    let mut items: Vec<HashMap<String, AttributeValue>> = Vec::new();
    loop {
        let page = client.scan().table_name(hub.hub().table()).set_exclusive_start_key(start).send().await;
        let page = page.expect("a page");
        items.extend(page.items.unwrap_or_default());
        start = page.last_evaluated_key;
        if start.is_none() {
            return format!("{items:?}").to_lowercase();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_an_address_are_found_and_shown_all_that_is_held_about_them() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    for name in ["Ann Ash", "Bob Birch"] {
        let mut shared = form(name);
        shared["email"] = json!("desk@practice.example");
        shared["access_needs"] = json!("step-free");
        hub.register(&event, &shared).await;
    }
    hub.settle().await;
    assert_eq!(find(&hub, "nobody@practice.example").await.code(), "not-found");
    let found = find(&hub, "DESK@practice.example").await;
    assert_eq!(found.body["people"].as_array().map(Vec::len), Some(2), "{found:?}");
    let one = json!({"email": "desk@practice.example", "name": "bob  birch"});
    let one = hub.as_admin(Method::POST, "/api/v1/people/find", &one).await;
    assert_eq!(one.body["people"][0]["name"], "Bob Birch");
    let path = format!("/api/v1/people/{}/export", one.body["people"][0]["person"].as_str().expect("a person"));
    let export = hub.as_admin(Method::GET, &path, &Value::Null).await;
    assert_eq!((export.status, export.text("name"), export.text("email")), (200, "Bob Birch", "desk@practice.example"));
    let booking = &export.body["registrations"][0];
    assert_eq!((&booking["status"], &booking["form"]["access_needs"]), (&json!("confirmed"), &json!("step-free")));
    assert_eq!(booking["mails"][0]["kind"], "confirmed");
    for role in ["programme", "desk", "reader"] {
        let token = hub.token(json!({"role": role, "subject": "x@hub.example"})).await;
        assert_eq!(send(hub.request(Method::GET, &path).bearer_auth(token)).await.status, 403);
    }
    assert_eq!(hub.get(&path).await.status, 401);
    assert_eq!(
        hub.as_admin(Method::GET, "/api/v1/people/AAAAAAAAAAAAAAAA/export", &Value::Null).await.code(),
        "not-found"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_erased_occurs_nowhere_and_the_line_moves_up() {
    logs::keep();
    let hub = TestHub::start().await;
    let past =
        hub.event(json!({"sessions": [{"starts": "2026-11-03T09:30:00Z", "ends": "2026-11-03T10:30:00Z"}]})).await;
    let ahead = hub.event(json!({"capacity": 1, "waiting_list": {"offer_hours": null}, "organisation_limit": 1})).await;
    for event in [&past, &ahead] {
        let mut zelda = form("Zelda Quince");
        zelda["organisation"] = json!({"ods_code": "X99001"});
        hub.register(event, &zelda).await;
    }
    let mut bob = form("Bob Birch");
    bob["organisation"] = json!({"ods_code": "X99002"});
    hub.register(&ahead, &bob).await;
    let link = hub.link("Zelda Quince").await;
    let roster = hub.as_admin(Method::GET, &format!("/api/v1/events/{ahead}/registrations"), &Value::Null).await;
    let reference = roster.body["registrations"][0]["reference"].as_str().expect("a reference").to_owned();
    let path = format!("/api/v1/events/{ahead}/registrations/{reference}/prioritise");
    hub.as_admin(Method::POST, &path, &json!({"priority": 1, "reason": "Zelda rang us"})).await;
    hub.set_clock("2026-11-04T09:00:00Z").await;
    hub.settle().await;
    assert!(everything_stored(&hub).await.contains("quince"), "the search finds what is there");
    let id = person(&hub, &address("Zelda Quince")).await;
    let mails = hub.inbox(&address("Zelda Quince")).await.len();
    let erased =
        hub.as_admin(Method::POST, &format!("/api/v1/people/{id}/erase"), &json!({"reason": "Quince wrote"})).await;
    assert_eq!((erased.status, &erased.body["registrations"], &erased.body["ended"]), (200, &json!(2), &json!(1)));
    assert_eq!(hub.inbox(&address("Zelda Quince")).await.len(), mails, "nobody is written to about it");
    let stored = everything_stored(&hub).await;
    for trace in ["quince", "zelda"] {
        assert!(!stored.contains(trace), "{trace}");
    }
    assert_eq!(hub.booking(&link).await.code(), "booking-not-found");
    assert_eq!(find(&hub, &address("Zelda Quince")).await.code(), "not-found");
    let again = hub.as_admin(Method::POST, &format!("/api/v1/people/{id}/erase"), &json!({"reason": "again"})).await;
    assert_eq!((again.status, &again.body["ended"]), (200, &json!(0)));
    let export = hub.as_admin(Method::GET, &format!("/api/v1/people/{id}/export"), &Value::Null).await;
    assert_eq!(export.code(), "not-found");
    assert_eq!(hub.places(&past).await["confirmed"], json!(1), "counts stand");
    let roster = hub.roster(&ahead).await;
    let row = |name: &str, status: &str| (name.to_owned(), status.to_owned(), None);
    assert_eq!(roster, [row("Bob Birch", "confirmed"), row("", "cancelled")]);
    assert_eq!(hub.book(&past, "Zelda Quince").await.text("status"), "confirmed", "what was held is still held");
    assert!(!everything_stored(&hub).await.contains("quince"), "and nothing is stored again");
    let mut zelda = form("Zelda Quince");
    zelda["organisation"] = json!({"ods_code": "X99001"});
    assert_eq!(hub.register(&ahead, &zelda).await.text("status"), "waiting", "who comes back begins anew");
    hub.stop_and_audit().await;
    nothing_is_logged_of_her();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_persons_certificates_lose_the_name_and_keep_their_numbers() {
    let hub = TestHub::start().await;
    let (event, link) = attended(&hub, json!({"cpd_minutes": 390})).await;
    hub.advance("PT16M").await;
    let old = hub.booking(&link).await.text("certificate_number").to_owned();
    let path = format!("/api/v1/events/{event}/certificates/{}/reissue", reference(&hub, &event, "Amina Begum").await);
    let new = hub.as_admin(Method::POST, &path, &json!({"name": "Amina Begum-Khan"})).await.text("number").to_owned();
    hub.settle().await;
    assert!(everything_stored(&hub).await.contains(&format!("certificate-{old}.pdf").to_lowercase()));

    let id = person(&hub, &address("Amina Begum")).await;
    let erase = format!("/api/v1/people/{id}/erase");
    assert_eq!(hub.as_admin(Method::POST, &erase, &json!({"reason": "by letter"})).await.status, 200);
    let stored = everything_stored(&hub).await;
    for trace in ["amina", "begum", "certificate-"] {
        assert!(!stored.contains(trace), "{trace}");
    }
    for (number, status) in [(&old, "replaced"), (&new, "valid")] {
        let shown = hub.get(&format!("/api/v1/certificates/{number}")).await;
        assert_eq!((shown.status, shown.text("status"), shown.text("holder_initials")), (200, status, ""));
        assert_eq!(
            (&shown.body["minutes"], hub.get(&format!("/certificates/{number}")).await.status),
            (&json!(390), 200)
        );
        let credential = hub.get(&format!("/api/v1/certificates/{number}/credential")).await;
        assert_eq!(credential.status, 200, "its signature still holds");
    }
    let zip = hub.as_admin(Method::GET, &format!("/api/v1/events/{event}/certificates.zip"), &Value::Null).await;
    assert_eq!(zip.status, 404, "there is nothing left to print");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_erased_before_certificates_are_issued_gets_none() {
    let hub = TestHub::start().await;
    let (event, _) = attended(&hub, json!({})).await;
    let id = person(&hub, &address("Amina Begum")).await;
    hub.as_admin(Method::POST, &format!("/api/v1/people/{id}/erase"), &json!({"reason": "by letter"})).await;
    hub.advance("PT16M").await;
    let list = hub.as_admin(Method::GET, &format!("/api/v1/events/{event}/certificates"), &Value::Null).await;
    assert_eq!((list.status, &list.body["certificates"]), (200, &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_corner_keeps_whoever_is_erased() {
    logs::keep();
    let hub = TestHub::start().await;
    let of =
        |day: &str| json!([{"starts": format!("2026-11-{day}T09:30:00Z"), "ends": format!("2026-11-{day}T10:30:00Z")}]);
    let policy =
        json!({"policy": {"charge": [{"gbp": 60}], "waivers": ["sickness"], "notice": {"n": 1, "unit": "week"}}});
    hub.as_admin(Method::PATCH, "/api/v1/hub", &policy).await;
    let held = hub.event(json!({"sessions": of("03"), "joining_url": "https://teams.example/x"})).await;
    let other = hub.event(json!({"sessions": of("04"), "capacity": 30})).await;
    let ahead = hub.event(json!({"title": "Knots"})).await;
    // Zelda shares a mailbox with Bob, who stays.
    let desk = |name: &str| json!({"name": name, "email": "front.desk@practice.example", "role": "gp"});
    for name in ["Zelda Quince", "Bob Birch"] {
        hub.register(&held, &desk(name)).await;
    }
    let booked = hub.register(&ahead, &desk("Zelda Quince")).await;
    let token = hub.link_at("front.desk@practice.example", "Zelda").await;
    let group = json!({"organisation": "Example School", "places": 2, "name_by": "2026-11-03T12:00:00Z",
        "contact": {"name": "Zelda Quince", "email": "front.desk@practice.example"}});
    let seated = hub.as_admin(Method::POST, &format!("/api/v1/events/{other}/groups"), &group).await;
    assert_eq!(seated.status, 201, "{seated:?}");
    hub.settle().await;
    hub.set_clock("2026-11-03T09:31:00Z").await;
    let form =
        |path: String, fields: Vec<(&'static str, &'static str)>| send(hub.request(Method::POST, &path).form(&fields));
    assert_eq!(form(format!("/bookings/{token}/join"), vec![("x", "")]).await.status, 303);
    let reference = reference(&hub, &held, "Zelda Quince").await;
    hub.set_clock("2026-11-04T09:31:00Z").await;
    let records = json!({"records": [{"reference": reference, "minutes": 0}]});
    hub.as_admin(Method::POST, &format!("/api/v1/events/{held}/attendance"), &records).await;
    assert_eq!(form(format!("/bookings/{token}/absence"), vec![("reason", "sickness")]).await.status, 303);
    let waive = format!("/api/v1/events/{held}/registrations/{reference}/waive");
    assert_eq!(hub.as_admin(Method::POST, &waive, &json!({"reason": "sickness"})).await.status, 200);
    // A stranger at another event's poster, a guest in its meeting's report, an address that nobody has confirmed.
    let list = crate::console::Desk::of(&hub, "admin").await.get(&format!("/organise/events/{other}/attendance")).await;
    let to = if list.to.is_empty() {
        list.html
    } else {
        crate::console::Desk::of(&hub, "admin").await.get(&list.to).await.html
    };
    let poster = to.split("/attend/").nth(1).and_then(|rest| rest.split('"').next()).expect("a poster").to_owned();
    let said = vec![("name", "Zelda Quince"), ("email", "front.desk@practice.example")];
    assert_eq!(form(format!("/attend/{poster}"), said).await.status, 200);
    let head = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n";
    let line = "ZELDA  QUINCE,,11/04/2026 09:33:00 AM,11/04/2026 10:20:00 AM,47,Yes\n";
    let import = hub.request(Method::POST, &format!("/api/v1/events/{other}/attendance/import"));
    assert_eq!(send(import.bearer_auth(&hub.admin).body(format!("{head}{line}"))).await.status, 200);
    let wish = vec![("email", "zelda@third.example")];
    hub.faults(json!({"mail": "down"})).await;
    assert_eq!(form(format!("/bookings/{token}/address"), wish).await.status, 200);
    hub.patch(&ahead, json!({"venue": "Mile End", "format": "in-person"})).await;
    hub.settle().await;
    assert!(everything_stored(&hub).await.contains("quince"), "the search finds what is there");
    let report = hub.as_admin(Method::GET, "/api/v1/reports/2026-11.json", &Value::Null).await;
    let charges = async || hub.as_admin(Method::GET, "/api/v1/charges/2026-27-Q3.json", &Value::Null).await;
    let (owed, waived) =
        (charges().await.body["total_gbp"].clone(), charges().await.body["by_organisation"][0]["waived"].clone());
    let one = json!({"email": "front.desk@practice.example", "name": "Zelda Quince"});
    let one = hub.as_admin(Method::POST, "/api/v1/people/find", &one).await;
    let id = one.body["people"][0]["person"].as_str().expect("a person").to_owned();
    let erased = erase_at_last(&hub, &id).await;
    assert_eq!((erased.status, &erased.body["registrations"]), (200, &json!(2)), "{erased:?}");
    let stored = everything_stored(&hub).await;
    for trace in ["zelda q", "quince", "third.example", "sickness"] {
        let policy_only = trace == "sickness" && stored.matches(trace).count() == 1;
        assert!(policy_only || !stored.contains(trace), "{trace}");
    }
    let before = hub.inbox("front.desk@practice.example").await.len();
    hub.no_faults().await;
    hub.advance("PT3H").await;
    let after = hub.inbox("front.desk@practice.example").await.split_off(before);
    assert!(after.iter().all(|mail| !mail.to_string().contains("Zelda")), "nothing that waited goes to her: {after:?}");
    for path in [
        format!("/api/v1/events/{held}/registrations"),
        format!("/api/v1/events/{ahead}/registrations"),
        format!("/api/v1/events/{other}/attendance/pending"),
        "/api/v1/audit?date=2026-11-04".to_owned(),
        "/api/v1/charges/2026-27-Q3.json".to_owned(),
        format!("/api/v1/events/{ahead}/registrations/{}/history", booked.text("reference")),
    ] {
        let answer = hub.as_admin(Method::GET, &path, &Value::Null).await.body.to_string().to_lowercase();
        assert!(!answer.contains("quince") && !answer.contains("zelda"), "{path}: {answer}");
    }
    let again = hub.as_admin(Method::GET, "/api/v1/reports/2026-11.json", &Value::Null).await;
    assert_eq!(again.body["totals"], report.body["totals"], "past figures stand");
    assert_eq!(
        (&charges().await.body["total_gbp"], &charges().await.body["by_organisation"][0]["waived"]),
        (&owed, &waived),
        "what was waived stays waived"
    );
    let bob = json!({"email": "front.desk@practice.example"});
    let left = hub.as_admin(Method::POST, "/api/v1/people/find", &bob).await;
    assert_eq!(
        (left.body["people"].as_array().map(Vec::len), &left.body["people"][0]["name"]),
        (Some(1), &json!("Bob Birch"))
    );
    hub.stop_and_audit().await;
    nothing_is_logged_of_her();
}

/// Erases somebody, as organisers do whose hub has a bad day: it breaks off, somewhere else each time, and is repeated.
async fn erase_at_last(hub: &TestHub, person: &str) -> Reply {
    // As folders from before have it.
    let (mailbox, tag) = person.split_at(12);
    let profile = [("PK", format!("P#{mailbox}")), ("SK", format!("-#{tag}")), ("name", "Zelda Quince".to_owned())];
    let profile = profile.map(|(name, value)| (name.to_owned(), AttributeValue::S(value)));
    let put = hub.hub().operator().put_item().table_name(hub.hub().table()).set_item(Some(profile.into()));
    put.send().await.expect("stored");
    let (erase, reason) = (format!("/api/v1/people/{person}/erase"), json!({"reason": "she wrote"}));
    let mut broken = 0;
    for seed in 1..=4 {
        hub.faults(json!({"mail": "down", "store": {"error": 0.6}, "seed": seed})).await;
        broken += u32::from(hub.as_admin(Method::POST, &erase, &reason).await.status >= 500);
    }
    assert!(broken > 0);
    hub.faults(json!({"mail": "down"})).await;
    hub.as_admin(Method::POST, &erase, &reason).await
}

/// The log has what was done, and neither name nor address.
fn nothing_is_logged_of_her() {
    let log = logs::kept();
    assert!(log.contains("person erased") && log.contains("mail sent"), "the search finds what is there");
    for trace in ["quince", "zelda", "front.desk@", "third.example"] {
        let line = log.lines().find(|line| line.contains(trace));
        assert!(line.is_none(), "{trace}: {line:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_to_ring_somebody_who_is_erased_is_not_told_any_more_who_that_was() {
    let hub = TestHub::start().await;
    let organisers = json!({"organisers": ["hub@hub.example"]});
    let event = hub.event(organisers).await;
    let bounce = async |name: &str| {
        let mail = hub.inbox(&address(name)).await.remove(0);
        let payload = said("Bounce", "Permanent", mail["id"].as_str().expect("an id"), &address(name));
        hub.hub().invoke("notify-bounce", payload).await.expect("handled");
    };
    let erase = async |name: &str| {
        let id = person(&hub, &address(name)).await;
        let reason = json!({"reason": "by letter"});
        assert_eq!(hub.as_admin(Method::POST, &format!("/api/v1/people/{id}/erase"), &reason).await.status, 200);
    };
    for name in ["Zelda Quince", "Zoe Quimby", "Bob Birch"] {
        hub.book(&event, name).await;
    }
    bounce("Zelda Quince").await;
    assert_eq!(hub.inbox("hub@hub.example").await.len(), 1);
    erase("Zelda Quince").await;
    assert!(!everything_stored(&hub).await.contains("quince"), "the words of what has gone are not kept");
    bounce("Bob Birch").await;
    hub.faults(json!({"mail": "down"})).await;
    bounce("Zoe Quimby").await;
    assert!(everything_stored(&hub).await.contains("quimby"), "the search finds what is there");
    erase("Zoe Quimby").await;
    assert!(!everything_stored(&hub).await.contains("quimby"));
    hub.no_faults().await;
    hub.advance("PT1H").await;
    let told = hub.inbox("hub@hub.example").await;
    assert!(told.len() == 2 && told[1].to_string().contains("Bob Birch"), "{told:?}");
    hub.stop_and_audit().await;
}
