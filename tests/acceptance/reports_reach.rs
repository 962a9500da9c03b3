//! Whom events have not reached for six months.

use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{TestHub, send};
use crate::reports::{attend, book_as, on, report};

#[tokio::test(flavor = "multi_thread")]
async fn practices_and_schools_that_nobody_came_from_are_named() {
    let hub = TestHub::start().await;
    let organisation = |name: &str, kind: &str| json!({"code": null, "name": name, "type": kind});
    let mut closed = organisation("Closed Court", "practice");
    closed["open_to"] = json!("2026-10-31");
    let list = json!({"organisations": [organisation("Ash Street", "practice"), organisation("Birch Lane", "practice"),
        organisation("Cedar School", "school"), organisation("A trust", "trust"), closed]});
    assert_eq!(hub.as_admin(Method::PUT, "/api/v1/organisations", &list).await.status, 200);
    let event = hub.event(json!({"sessions": on("2026-11-20"), "programme": "open-doors"})).await;
    let quiet = hub.event(json!({"sessions": on("2026-11-18"), "programme": "staff-wellbeing"})).await;
    for (event, name, organisation) in
        [(&event, "Ann Ash", "ASH STREET"), (&event, "Bob Birch", "Birch Lane"), (&quiet, "Cat Cedar", "Cedar School")]
    {
        assert_eq!(book_as(&hub, event, name, "gp", organisation).await.status, 201);
    }
    hub.set_clock("2026-11-20T12:00:00Z").await;
    attend(&hub, &event, &[("Ann Ash", 120), ("Bob Birch", 0)]).await;
    // Whoever came to a confidential programme is not told to have come.
    attend(&hub, &quiet, &[("Cat Cedar", 120)]).await;
    hub.set_clock("2026-12-01T09:00:00Z").await;
    let reach = report(&hub, "2026-11/reach.json").await;
    assert_eq!((&reach["from"], &reach["to"]), (&json!("2026-06-01"), &json!("2026-11-30")));
    let rows = reach["organisations"].as_array().expect("rows");
    let told: Vec<(&Value, &Value)> = rows.iter().map(|row| (&row["name"], &row["last_reached"])).collect();
    let none = &Value::Null;
    let (ash, birch, cedar) = (&json!("Ash Street"), &json!("Birch Lane"), &json!("Cedar School"));
    assert_eq!(told, [(ash, &json!("2026-11-20")), (birch, none), (cedar, none)]);
    assert_eq!(report(&hub, "2027-06/reach.json").await["to"], "2026-12-01", "not beyond today");
    hub.set_clock("2027-06-01T09:00:00Z").await;
    let later = report(&hub, "2027-05/reach.json").await;
    assert_eq!(later["organisations"][0]["last_reached"], Value::Null, "six months are over");

    let page = async |audience: &str| {
        let path = format!("/organise/reports/2026-11?audience={audience}");
        let reply = hub.request(Method::GET, &path).bearer_auth(&hub.admin).send().await.expect("an answer");
        reply.text().await.expect("text")
    };
    let funder = page("funder").await;
    assert!(funder.contains("1 of 2 practices not reached since 1 June 2026"), "{funder}");
    assert!(!page("public").await.contains("not reached since"), "the public is not told of organisations");
    let desk = hub.token(json!({"role": "desk", "subject": "c@hub.example"})).await;
    let reply = send(hub.request(Method::GET, "/api/v1/reports/2026-11/reach.csv").bearer_auth(desk)).await;
    assert_eq!(reply.status, 403);
    let table = hub.request(Method::GET, "/api/v1/reports/2026-11/reach.csv").bearer_auth(&hub.admin);
    let table = table.send().await.expect("an answer").text().await.expect("text");
    assert!(table.starts_with("\u{feff}type,id,name,network,borough,last_reached\r\npractice,"), "{table}");
    hub.stop_and_audit().await;
}
