//! The hub's settings and the lists behind the figures.

use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{Reply, TestHub, address, send};

async fn patch_hub(hub: &TestHub, patch: Value) -> Reply {
    hub.as_admin(Method::PATCH, "/api/v1/hub", &patch).await
}

async fn put_programmes(hub: &TestHub, programmes: Value) -> Reply {
    hub.as_admin(Method::PUT, "/api/v1/programmes", &json!({"programmes": programmes})).await
}

async fn actions(hub: &TestHub) -> Vec<String> {
    let trail = hub.as_admin(Method::GET, "/api/v1/audit", &Value::Null).await;
    let entries = trail.body["entries"].as_array().expect("entries").clone();
    entries.iter().map(|entry| entry["action"].as_str().expect("an action").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_change_by_what_is_sent_and_nobody_else_may() {
    let hub = TestHub::start().await;
    let first = hub.as_admin(Method::GET, "/api/v1/hub", &Value::Null).await;
    assert_eq!((first.status, first.text("time_zone")), (200, "Europe/London"));
    let patch = json!({"name": "Lea Valley Training Hub", "report_recipients": ["board@hub.example"],
                       "retention": {"access_needs_days": 7}});
    let changed = patch_hub(&hub, patch).await;
    assert_eq!((changed.status, changed.text("name")), (200, "Lea Valley Training Hub"));
    assert_eq!(changed.body["retention"]["access_needs_days"], json!(7));
    assert_eq!(hub.as_admin(Method::GET, "/api/v1/hub", &Value::Null).await, changed);
    let refused = patch_hub(&hub, json!({"time_zone": "Europe/Paris", "motto": "x"})).await;
    assert_eq!((refused.status, refused.code()), (422, "invalid"));
    let pointers: Vec<&Value> =
        refused.body["errors"].as_array().expect("errors").iter().map(|e| &e["pointer"]).collect();
    assert_eq!(pointers, [&json!("/time_zone"), &json!("/motto")]);
    assert_eq!(actions(&hub).await, ["hub.patch"]);
    for path in ["/api/v1/hub", "/api/v1/programmes"] {
        assert_eq!(hub.get(path).await.status, 401);
        for role in ["programme", "desk", "reader"] {
            let token = hub.token(json!({"role": role, "subject": "x@hub.example"})).await;
            let reply = send(hub.request(Method::GET, path).bearer_auth(token)).await;
            assert_eq!((reply.status, reply.code()), (403, "forbidden"), "{role} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_programme_is_added_and_an_unknown_one_is_refused() {
    let hub = TestHub::start().await;
    let event = json!({"title": "Dementia", "programme": "dementia",
                       "sessions": [{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T16:30:00Z"}]});
    let refused = hub.as_admin(Method::POST, "/api/v1/events", &event).await;
    assert_eq!(
        (refused.status, refused.body["errors"][0]["pointer"].as_str()),
        (422, Some("/programme")),
        "{refused:?}"
    );
    let listed = put_programmes(&hub, json!([{"id": "dementia", "name": "Living with Dementia"}])).await;
    assert_eq!((listed.status, listed.body["programmes"].as_array().map(Vec::len)), (200, Some(10)));
    let id = hub.event(json!({"programme": "dementia"})).await;
    let page = hub.get(&format!("/events/{id}")).await;
    assert!(page.body.as_str().is_some_and(|html| html.contains("Living with Dementia")), "{page:?}");
    let list = hub.get("/events?programme=dementia").await;
    assert!(list.body.as_str().is_some_and(|html| html.contains(&id)), "{list:?}");
    let away = hub.patch(&id, json!({"programme": "no-such"})).await;
    assert_eq!((away.status, away.code()), (422, "invalid"));
    let own = json!({"role": "programme", "subject": "a@hub.example", "programmes": ["dementia"]});
    let own = hub.token(own).await;
    let patch = hub.request(Method::PATCH, &format!("/api/v1/events/{id}")).bearer_auth(&own);
    assert_eq!(send(patch.json(&json!({"programme": "open-doors"}))).await.status, 403);
    assert_eq!(
        send(hub.request(Method::GET, &format!("/api/v1/events/{id}/registrations")).bearer_auth(own)).await.status,
        200
    );
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confidence_asked_for_is_kept_at_once() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"programme": "open-doors"})).await;
    hub.book(&event, "Ann Ash").await;
    let subject = |inbox: Vec<Value>| inbox[0]["subject"].as_str().expect("a subject").to_owned();
    assert!(subject(hub.inbox("ann.ash@practice.example").await).contains("Mental Health"));
    let desk = hub.token(json!({"role": "desk", "subject": "d@hub.example"})).await;
    let roster = || send(hub.request(Method::GET, &format!("/api/v1/events/{event}/registrations")).bearer_auth(&desk));
    assert_eq!(roster().await.body["registrations"].as_array().map(Vec::len), Some(1));
    put_programmes(&hub, json!([{"id": "open-doors", "name": "Open Doors", "confidential": true}])).await;
    let counts = roster().await;
    assert_eq!((&counts.body["registrations"], &counts.body["places"]["confirmed"]), (&json!([]), &json!(1)));
    hub.book(&event, "Bob Birch").await;
    assert!(!subject(hub.inbox("bob.birch@practice.example").await).contains("Mental Health"));
}

async fn put_table(hub: &TestHub, query: &str, table: &str) -> Reply {
    let request = hub.request(Method::PUT, &format!("/api/v1/organisations{query}")).bearer_auth(&hub.admin);
    send(request.header("content-type", "text/csv").body(table.to_owned())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_organisations_is_tried_first_and_comes_in_whole_or_not_at_all() {
    let hub = TestHub::start().await;
    let listed = || async {
        let reply = hub.as_admin(Method::GET, "/api/v1/organisations", &Value::Null).await;
        reply.body["organisations"].as_array().expect("a list").len()
    };
    let table = "\u{FEFF}Name;Code\r\nExample Street Practice;x99001;Practice\r\n";
    let wrong = put_table(&hub, "", table).await;
    assert_eq!((wrong.status, wrong.body["errors"][0]["pointer"].as_str()), (422, Some("/lines/2")), "{wrong:?}");
    let table = "Name,Code,Type,Aliases\nExample Street Practice,x99001,Practice,Example St;Ex Practice\nLea School,100123,school,\n";
    let tried = put_table(&hub, "?dry_run=true", table).await;
    let counts = json!({"dry_run": true, "read": 2, "added": 2, "changed": 0, "unchanged": 0});
    assert_eq!((tried.status, &tried.body, listed().await), (200, &counts, 0));
    let half = put_table(&hub, "", &format!("{table},X1,clinic,\n")).await;
    let details: Vec<&str> =
        half.body["errors"].as_array().expect("errors").iter().map(|e| e["detail"].as_str().expect("words")).collect();
    assert_eq!(details, ["Line 4: Enter a name", "Line 4: Must be practice, school, trust or other"]);
    assert_eq!((half.status, listed().await), (422, 0), "nothing of it");
    assert_eq!((put_table(&hub, "", table).await.status, listed().await), (200, 2));
    let again = put_table(&hub, "", table).await;
    assert_eq!(again.body, json!({"dry_run": false, "read": 2, "added": 0, "changed": 0, "unchanged": 2}));
    let json = json!({"organisations": [{"code": "100123", "name": "Lea Valley School", "type": "school"}]});
    let changed = hub.as_admin(Method::PUT, "/api/v1/organisations", &json).await;
    assert_eq!((changed.status, &changed.body["changed"], listed().await), (200, &json!(1), 2));
    for role in ["programme", "desk", "reader"] {
        let token = hub.token(json!({"role": role, "subject": "x@hub.example"})).await;
        assert_eq!(send(hub.request(Method::GET, "/api/v1/organisations").bearer_auth(token)).await.status, 403);
    }
    assert_eq!(actions(&hub).await, ["organisations.put", "organisations.put", "organisations.put"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_finds_its_organisation_and_what_is_not_listed_is_matched_once() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"organisation_limit": 3})).await;
    let table = "name,code,borough\nThe Surgery,X99001,Newham\nThe Surgery,X99002,Hackney\nLea School,100123,Newham\n";
    assert_eq!(put_table(&hub, "", table).await.status, 200);
    let submit = |who: &str, organisation: &str, choice: &str| {
        let email = address(who);
        let mut fields =
            vec![("name", who.to_owned()), ("email", email), ("role", "gp".to_owned()), ("started", "1".to_owned())];
        fields.extend([("organisation", organisation.to_owned()), ("organisation.choice", choice.to_owned())]);
        let request = hub.request(Method::POST, &format!("/events/{event}/register")).form(&fields);
        async move { request.send().await.expect("a reply") }
    };
    let asked = submit("Ann Ash", "the surgery", "").await;
    assert_eq!(asked.status(), 422);
    let html = asked.text().await.expect("a page");
    assert!(html.contains("The Surgery, Hackney, X99002") && html.contains("not listed"), "{html}");
    assert_eq!(submit("Ann Ash", "the surgery", "X99002").await.status(), 303);
    assert_eq!(submit("Bob Birch", "LEA school", "").await.status(), 303, "one alone is meant");
    assert_eq!(submit("Cat Cedar", "Surgery on the Hill", "not-listed").await.status(), 303);
    hub.settle().await;
    let path = format!("/api/v1/events/{event}/registrations");
    let roster = hub.as_admin(Method::GET, &path, &Value::Null).await;
    let codes: Vec<&Value> = roster.body["registrations"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| &row["organisation"]["ods_code"])
        .collect();
    assert_eq!(codes, [&json!("X99002"), &json!("100123"), &Value::Null]);
    let tasks = || hub.as_admin(Method::GET, "/api/v1/organisations/unmatched", &Value::Null);
    let open = tasks().await;
    assert_eq!(open.body["unmatched"].as_array().map(Vec::len), Some(1), "{open:?}");
    assert_eq!(open.body["unmatched"][0]["name"], "Surgery on the Hill");
    let matched = json!({"key": open.body["unmatched"][0]["key"], "organisation": "X99001"});
    assert_eq!(hub.as_admin(Method::POST, "/api/v1/organisations/match", &matched).await.status, 200);
    assert_eq!(tasks().await.body["unmatched"], json!([]));
    assert_eq!(submit("Dan Damson", "surgery on the hill", "").await.status(), 303, "it is known now");
    let listed = hub.as_admin(Method::GET, "/api/v1/organisations", &Value::Null).await;
    let named = |o: &&Value| o["code"] == "X99001";
    let found = listed.body["organisations"].as_array().expect("a list").iter().find(named);
    assert_eq!(found.map(|o| &o["aliases"]), Some(&json!(["Surgery on the Hill"])));
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_organisers_write_for_people_is_to_be_matched_too() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    let booked =
        json!({"name": "Ann Ash", "role": "gp", "organisation": {"name": "Told by Telephone"}, "reason": "rang"});
    let path = format!("/api/v1/events/{event}/registrations");
    assert_eq!(hub.as_admin(Method::POST, &path, &booked).await.status, 201);
    hub.set_clock("2026-12-01T10:00:00Z").await;
    let came = json!({"records": [{"name": "Bob Birch", "organisation": {"name": "Told at the Door"}, "minutes": 60}]});
    let path = format!("/api/v1/events/{event}/attendance");
    assert_eq!(hub.as_admin(Method::POST, &path, &came).await.status, 200);
    let open = hub.as_admin(Method::GET, "/api/v1/organisations/unmatched", &Value::Null).await;
    let open = open.body["unmatched"].as_array().expect("a list").clone();
    let mut names: Vec<&str> = open.iter().filter_map(|one| one["name"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Told at the Door", "Told by Telephone"]);
    hub.stop_and_audit().await;
}
