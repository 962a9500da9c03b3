//! Groups: several places under one link, named one by one, and given to the line when their time is over.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::hub::{Reply, TestHub, address, link_in};

const CONTACT: &str = "manager@practice.example";

async fn group(hub: &TestHub, event: &str, places: u32, more: Value) -> Reply {
    let mut asked = json!({"organisation": {"ods_code": "X99001", "name": "Example Street Practice"}, "places": places,
        "contact": {"name": "May Manager", "email": CONTACT}, "name_by": "2026-11-20T17:00:00Z"});
    for (name, value) in more.as_object().expect("fields") {
        asked[name] = value.clone();
    }
    hub.as_admin(Method::POST, &format!("/api/v1/events/{event}/groups"), &asked).await
}

async fn name(hub: &TestHub, token: &str, who: &str, role: &str) -> Response {
    let fields = [("name", who), ("email", &address(who)), ("role", role)];
    hub.request(Method::POST, &format!("/groups/{token}")).form(&fields).send().await.expect("a reply")
}

async fn page(hub: &TestHub, token: &str) -> String {
    hub.get(&format!("/groups/{token}")).await.body.as_str().expect("a page").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_gets_all_of_its_places_or_none_and_is_told_how_many_there_are() {
    let hub = TestHub::start().await;
    let lanes = json!([{"name": "gp", "roles": ["gp"], "places": 10}]);
    let event = hub.event(json!({"capacity": 30, "lanes": lanes})).await;
    for who in ["Ann Ash", "Bob Birch", "Cat Cedar", "Dan Damson"] {
        hub.book(&event, who).await;
    }
    let refused = group(&hub, &event, 12, json!({"lane": "gp"})).await;
    assert_eq!((refused.status, refused.code()), (409, "event-full"));
    assert!(refused.text("detail").contains("needs 12 places and 6 are left"), "{refused:?}");
    assert_eq!(hub.places(&event).await["confirmed"], json!(4), "none of it");
    assert_eq!(hub.inbox(CONTACT).await.len(), 0);
    let seated = group(&hub, &event, 6, json!({"lane": "gp"})).await;
    assert_eq!((seated.status, &seated.body["places"]), (201, &json!(6)), "{seated:?}");
    assert_eq!(hub.places(&event).await["confirmed"], json!(10));
    assert_eq!(hub.book(&event, "Eve Elm").await.text("status"), "waiting");
    let token = link_in(&hub.inbox(CONTACT).await[0]);
    assert_eq!(name(&hub, &token, "Fay Fir", "receptionist").await.status(), 422, "the lane is for GPs");
    assert_eq!(name(&hub, &token, "Fay Fir", "gp").await.status(), 303);
    for wrong in [
        json!({"places": 0}),
        json!({"places": 91}),
        json!({"name_by": "2026-11-01"}),
        json!({"lane": "no"}),
        json!({"name_by": "2026-12-24"}),
        json!({"contact": {"name": "May"}}),
        json!({"organisation": null}),
    ] {
        let reply = group(&hub, &event, 1, wrong.clone()).await;
        assert_eq!((reply.status, reply.code()), (422, "invalid"), "{wrong}");
    }
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_named_until_the_deadline_and_what_is_left_goes_to_the_line_in_order() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 4, "organisation_limit": 4, "waiting_list": {"offer_hours": null}})).await;
    assert_eq!(group(&hub, &event, 4, json!({})).await.status, 201);
    let waiting = |who: &str, code: &str| json!({"name": who, "email": address(who), "role": "gp", "organisation": {"ods_code": code}});
    for (who, code) in [("Ann Ash", "X1"), ("Bob Birch", "X2"), ("Cat Cedar", "X3"), ("Dan Damson", "X4")] {
        assert_eq!(hub.register(&event, &waiting(who, code)).await.text("status"), "waiting");
    }
    let token = link_in(&hub.inbox(CONTACT).await[0]);
    assert!(page(&hub, &token).await.contains("0 of 4 places have a name"));
    assert_eq!(name(&hub, &token, "Eve Elm", "practice-nurse").await.status(), 303);
    assert_eq!(hub.subjects("Eve Elm").await, ["Confirmed"]);
    let refused = name(&hub, &token, "Eve Elm", "practice-nurse").await;
    assert_eq!(refused.status(), 422);
    assert!(refused.text().await.expect("a page").contains("already registered"));
    assert_eq!(name(&hub, &token, "Ann Ash", "gp").await.status(), 422, "whoever waits is registered too");
    let html = page(&hub, &token).await;
    assert!(html.contains("1 of 4 places have a name") && !html.contains("Eve Elm"), "{html}");
    let altered = format!("{}A", &token[..token.len() - 1]);
    assert_eq!(hub.get(&format!("/groups/{altered}")).await.status, 404);
    hub.advance("P18D").await;
    hub.advance("PT9H").await;
    let roster = hub.roster(&event).await;
    let standing = |who: &str| roster.iter().find(|(name, ..)| name == who).map(|(_, status, _)| status.as_str());
    for (who, status) in [
        ("Eve Elm", "confirmed"),
        ("Ann Ash", "confirmed"),
        ("Bob Birch", "confirmed"),
        ("Cat Cedar", "confirmed"),
        ("Dan Damson", "waiting"),
    ] {
        assert_eq!(standing(who), Some(status), "{who}");
    }
    let late = name(&hub, &token, "Fay Fir", "gp").await;
    assert_eq!(late.status(), 422);
    assert!(late.text().await.expect("a page").contains("The time to name people is over"));
    hub.stop_and_audit().await;
}
