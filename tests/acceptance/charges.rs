//! What unused places cost, under the policy that the hub has set: by organisation, without names, and never where
//! confidences are kept.

use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{Reply, TestHub, form, send};

/// A hub that charges by length, and an event of three hours on 8 December.
async fn start() -> (TestHub, String) {
    let hub = TestHub::start().await;
    let policy = json!({"policy": {"notice": {"n": 2, "unit": "working_day"}, "waivers": ["sickness", "bereavement"],
        "charge": [{"under_hours": 2, "gbp": 35}, {"under_hours": 4, "gbp": 60}, {"gbp": 105}]}});
    let set = hub.as_admin(Method::PATCH, "/api/v1/hub", &policy).await;
    assert_eq!((set.status, &set.body["policy"]["charge"][1]["gbp"]), (200, &json!(60)), "{set:?}");
    let event = event(&hub, "clinical-updates").await;
    (hub, event)
}

async fn event(hub: &TestHub, programme: &str) -> String {
    let sessions = json!([{"starts": "2026-12-08T09:30:00Z", "ends": "2026-12-08T12:30:00Z"}]);
    hub.event(json!({"sessions": sessions, "programme": programme, "title": "Suturing"})).await
}

async fn book(hub: &TestHub, event: &str, name: &str, ods_code: &str) -> String {
    let mut form = form(name);
    form["organisation"] = json!({"ods_code": ods_code});
    hub.register(event, &form).await.text("reference").to_owned()
}

async fn charges(hub: &TestHub, token: &str, name: &str) -> Reply {
    send(hub.request(Method::GET, &format!("/api/v1/charges/{name}")).bearer_auth(token)).await
}

/// Ann cancels in time, Bob late; Cat is absent, Dan comes, Eve hands over to Fay, who is absent.
async fn play(hub: &TestHub, event: &str) -> [String; 2] {
    let mut references = Vec::new();
    for (name, code) in
        [("Ann Ash", "X99001"), ("Bob Birch", "X99001"), ("Cat Cedar", "X99002"), ("Dan Damson", "X99002")]
    {
        references.push(book(hub, event, name, code).await);
    }
    let eve = book(hub, event, "Eve Elm", "X99001").await;
    hub.set_clock("2026-12-03T18:00:00Z").await;
    hub.act(&hub.link("Ann Ash").await, "cancel").await;
    hub.set_clock("2026-12-04T10:00:00Z").await;
    hub.act(&hub.link("Bob Birch").await, "cancel").await;
    let fay = json!({"name": "Fay Fir", "email": "fay.fir@practice.example", "role": "gp"});
    let path = format!("/api/v1/events/{event}/registrations/{eve}/substitute");
    let handed = hub.as_admin(Method::POST, &path, &fay).await;
    hub.set_clock("2026-12-08T13:00:00Z").await;
    let records = json!({"records": [{"reference": references[2], "minutes": 0},
        {"reference": references[3], "minutes": 180}, {"reference": handed.text("reference"), "minutes": 0}]});
    let path = format!("/api/v1/events/{event}/attendance");
    assert_eq!(hub.as_admin(Method::POST, &path, &records).await.status, 200);
    [references[1].clone(), references[2].clone()]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarter_lists_what_each_organisation_owes() {
    let (hub, event) = start().await;
    let [bob, cat] = play(&hub, &event).await;
    let found = charges(&hub, &hub.admin, "2026-27-Q3.json").await;
    assert_eq!(found.status, 200, "{found:?}");
    let group = |code: &str, late: u32, absences: u32, waived: u32, gbp: u32| {
        json!({"organisation": {"ods_code": code, "name": null}, "late_cancellations": late, "absences": absences,
               "waived": waived, "gbp": gbp})
    };
    let owed = json!([group("X99001", 1, 1, 0, 120), group("X99002", 0, 1, 0, 60)]);
    assert_eq!((&found.body["by_organisation"], &found.body["total_gbp"]), (&owed, &json!(180)));
    let of_bob =
        found.body["charges"].as_array().and_then(|all| all.iter().find(|one| one["reference"] == bob.as_str()));
    assert_eq!(of_bob.expect("Bob's")["cause"], "late_cancellation");
    assert!(!found.body.to_string().contains("Bob"), "no names");
    let waive = format!("/api/v1/events/{event}/registrations/{cat}/waive");
    assert_eq!(hub.as_admin(Method::POST, &waive, &json!({"reason": "holiday"})).await.status, 422);
    assert_eq!(hub.as_admin(Method::POST, &waive, &json!({"reason": "sickness"})).await.status, 200);
    let waived = charges(&hub, &hub.admin, "2026-27-Q3.json").await;
    assert_eq!(waived.body["by_organisation"][1], group("X99002", 0, 1, 1, 0));
    let table = charges(&hub, &hub.admin, "2026-27-Q3.csv").await.body;
    let table = table.as_str().expect("text");
    let line = format!(",X99002,{event},Suturing,2026-12-08 09:30,{cat},absence,60,sickness\r\n");
    assert!(table.contains(&line), "{table}");
    assert_eq!(charges(&hub, &hub.admin, "2026-27-Q2.json").await.body["charges"], json!([]));
    for name in ["2026-27.json", "2026-27-Q5.json", "2026-27-Q3.pdf", "2026-27-Q3"] {
        assert_eq!(charges(&hub, &hub.admin, name).await.status, 404, "{name}");
    }
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confidential_programme_is_never_charged_and_a_desk_never_asks() {
    let (hub, _) = start().await;
    let event = event(&hub, "staff-wellbeing").await;
    play(&hub, &event).await;
    let found = charges(&hub, &hub.admin, "2026-27-Q3.json").await;
    assert_eq!((&found.body["charges"], &found.body["total_gbp"]), (&json!([]), &json!(0)));
    for (role, status) in [("reader", 200), ("programme", 200), ("desk", 403)] {
        let who = json!({"role": role, "subject": "r@hub.example", "programmes": ["clinical-updates"]});
        let token = hub.token(who).await;
        assert_eq!(charges(&hub, &token, "2026-27-Q3.json").await.status, status, "{role}");
    }
    assert_eq!(hub.get("/api/v1/charges/2026-27-Q3.json").await.status, 401);
    assert_eq!(hub.as_admin(Method::GET, "/api/v1/charges/nonsense", &Value::Null).await.status, 404);
}
