//! What functions do at the wire is what their policies in the template allow: nothing less, and nothing more.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use local::Template;
use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{TestHub, form, send};
use crate::organisers_mail::said;

/// Uses every function in every way that it reaches for the table.
async fn use_everything(hub: &TestHub) {
    let lanes = json!([{"name": "gp", "roles": ["gp"], "places": 1, "release_days": 20}]);
    let event = hub.event(json!({"capacity": 2, "lanes": lanes, "waiting_list": {"offer_hours": 1}})).await;
    for name in ["Ann Ash", "Bob Birch", "Cat Cedar", "Dan Damson"] {
        hub.book(&event, name).await;
    }
    hub.book(&event, "Ann Ash").await;
    for path in ["/events", "/api/v1/events", &format!("/events/{event}"), &format!("/events/{event}/register")] {
        hub.get(path).await;
    }
    let ann = hub.link("Ann Ash").await;
    hub.act(&ann, "cancel").await;
    hub.act(&hub.link("Bob Birch").await, "accept").await;
    hub.book(&event, "Ann Ash").await;
    refuse_one(hub).await;
    let fields = [("name", "Anne Ash")];
    let details = format!("/bookings/{}/details", hub.link("Ann Ash").await);
    hub.request(Method::POST, &details).form(&fields).send().await.expect("a reply");
    let fields = [("email", "ann.ash@practice.example"), ("started", "1")];
    hub.request(Method::POST, "/bookings/resend").form(&fields).send().await.expect("a reply");
    organise(hub, &event).await;
    hub.advance("PT61M").await;
    hub.book(&event, "Ann Ash").await;
    break_off(hub).await;
    let mail = hub.inbox("ann.ash@practice.example").await.remove(0);
    let bounce = said("Bounce", "Permanent", mail["id"].as_str().expect("an id"), "ann.ash@practice.example");
    hub.hub().invoke("notify-bounce", bounce).await.expect("handled");
    hub.advance("P75D").await;
    attend(hub).await;
    report(hub).await;
}

/// A month whose report became final too early, and is restated when it is next read.
async fn report(hub: &TestHub) {
    let sessions = json!([{"starts": "2027-01-20T09:30:00Z", "ends": "2027-01-20T11:30:00Z"}]);
    let event = hub.event(json!({"sessions": sessions})).await;
    hub.book(&event, "Ann Ash").await;
    hub.settle().await;
    let tick = json!({"scheduled_at": "2027-02-10T06:00:00Z"});
    hub.hub().invoke("report-monthly", tick).await.expect("handled");
    let read = hub.as_admin(Method::GET, "/api/v1/reports/2027-01.json", &Value::Null).await;
    assert_eq!((read.status, &read.body["version"]), (200, &json!(2)));
}

/// An organiser's change that broke off between its two writes, met by a booking and by a settler.
async fn break_off(hub: &TestHub) {
    let (client, table) = (hub.hub().operator(), hub.hub().table().to_owned());
    for is_settled in [false, true] {
        let event = hub.event(json!({})).await;
        hub.register(&event, &form("Hal Hazel")).await;
        let key = [("PK".to_owned(), S(format!("E#{event}"))), ("SK".to_owned(), S("C".to_owned()))];
        let read = client.get_item().table_name(&table).set_key(Some(key.into())).send().await.expect("read");
        let mut item = read.item.expect("an event");
        let mut settings: Value = serde_json::from_str(item["d"].as_s().expect("text")).expect("JSON");
        settings["organisation_limit"] = json!(9);
        settings["questions"] = json!([{"id": "why", "label": "Why?", "type": "text", "required": true}]);
        item.insert("d".to_owned(), S(settings.to_string()));
        item.insert("ver".to_owned(), N("9".to_owned()));
        client.put_item().table_name(&table).set_item(Some(item)).send().await.expect("stored");
        let form = json!({"name": "Ivy Ivory", "email": "ivy@practice.example", "role": "gp",
            "organisation": {"ods_code": "X99001", "name": null}, "registration_number": null, "access_needs": null,
            "answers": {}});
        if is_settled {
            let stored = [
                ("PK", S("P#AAAAAAAAAAAA".to_owned())),
                ("SK", S(format!("R#AAAA#{event}"))),
                ("g", N("1".to_owned())),
                ("at", N("1793610000000".to_owned())),
                ("via", S("self".to_owned())),
                ("attempt", N("5".to_owned())),
                ("d", S(form.to_string())),
            ];
            let stored = stored.map(|(name, value)| (name.to_owned(), value));
            client.put_item().table_name(&table).set_item(Some(stored.into())).send().await.expect("stored");
            hub.settle().await;
        } else {
            let mut form = form;
            form["organisation"] = json!({"ods_code": "X99001"});
            // What the event asked a moment ago would not take this.
            form["answers"] = json!({"why": "To learn."});
            form.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
            assert_eq!(hub.register(&event, &form).await.status, 201);
        }
    }
}

/// A refused booking, a limit that arrives while people hold places, and its lapse.
async fn refuse_one(hub: &TestHub) {
    let event = hub.event(json!({"capacity": 1, "waiting_list": {"offer_hours": 1}})).await;
    let employed = |name: &str| {
        let mut form = form(name);
        form["organisation"] = json!({"ods_code": "X99001"});
        form
    };
    for name in ["Eve Elm", "Fay Fir"] {
        hub.register(&event, &employed(name)).await;
    }
    hub.patch(&event, json!({"organisation_limit": 5, "waiting_list": {"limit": 1, "offer_hours": 1}})).await;
    hub.register(&event, &employed("Gus Gorse")).await;
    hub.act(&hub.link("Eve Elm").await, "cancel").await;
}

async fn organise(hub: &TestHub, event: &str) {
    let base = format!("/api/v1/events/{event}");
    let roster = hub.as_admin(Method::GET, &format!("{base}/registrations"), &Value::Null).await;
    let reference = roster.body["registrations"][0]["reference"].as_str().expect("a reference").to_owned();
    hub.as_admin(Method::PATCH, "/api/v1/hub", &json!({"retention": {"bookings_months": 1}})).await;
    let newcomer = json!({"name": "Zoe Zelkova", "email": "zoe@practice.example", "role": "gp"});
    let path = format!("{base}/registrations/{reference}/substitute");
    assert_eq!(hub.as_admin(Method::POST, &path, &newcomer).await.status, 200);
    let later = json!({"sessions": [{"starts": "2027-01-12T09:30:00Z", "ends": "2027-01-12T16:30:00Z"}]});
    assert_eq!(hub.patch(event, later).await.status, 200);
    let copy =
        hub.as_admin(Method::POST, &format!("{base}/duplicate"), &json!({"starts": "2027-02-02T09:30:00Z"})).await;
    assert_eq!(copy.status, 201);
    hub.as_admin(Method::GET, "/api/v1/audit", &Value::Null).await;
    hub.as_admin(Method::GET, &format!("{base}/registrations/{reference}/history"), &Value::Null).await;
    let handover = format!("/bookings/{}/substitute", hub.link("Dan Damson").await);
    hub.get(&handover).await;
    let newcomer = [("name", "Yan Yew"), ("email", "yan@practice.example"), ("role", "gp")];
    let handed = hub.request(Method::POST, &handover).form(&newcomer).send().await.expect("a reply");
    assert_eq!(handed.status(), 303);
    let listed = json!({"organisations": [{"code": "Y99001", "name": "Larch House", "type": "practice"}]});
    assert_eq!(hub.as_admin(Method::PUT, "/api/v1/organisations", &listed).await.status, 200);
    let telephone = json!({"name": "Tom Teak", "role": "gp", "organisation": {"name": "Maple House"}});
    assert_eq!(hub.as_admin(Method::POST, &format!("{base}/registrations"), &telephone).await.status, 201);
}

/// An event on its day: attendance taken, twice, and read from every side.
async fn attend(hub: &TestHub) {
    let event =
        hub.event(json!({"sessions": [{"starts": "2027-03-02T09:00:00Z", "ends": "2027-03-02T10:00:00Z"}]})).await;
    hub.book(&event, "Pia Pine").await;
    let link = hub.link("Pia Pine").await;
    hub.set_clock("2027-03-02T09:30:00Z").await;
    let roster = hub.as_admin(Method::GET, &format!("/api/v1/events/{event}/registrations"), &Value::Null).await;
    let records = json!({"records": [{"reference": roster.body["registrations"][0]["reference"], "minutes": 60},
        {"name": "Wim Willow", "organisation": {"name": "Rowan House"}, "minutes": 60}]});
    let path = format!("/api/v1/events/{event}/attendance");
    assert_eq!(hub.as_admin(Method::POST, &path, &records).await.status, 200);
    hub.act(&link, "accept").await;
    let report = "Name,Email,Join time,Leave time\nGuest,,2027-03-02T09:00:00Z,2027-03-02T09:30:00Z\n";
    let import = hub.request(Method::POST, &format!("{path}/import")).bearer_auth(&hub.admin).body(report);
    let unmatched = send(import).await.body["unmatched"][0]["entry"].clone();
    let ignore = format!("{path}/pending/{}/ignore", unmatched.as_str().expect("an entry"));
    assert_eq!(hub.as_admin(Method::POST, &ignore, &json!({})).await.status, 200);
    assert_eq!(hub.as_admin(Method::GET, "/api/v1/charges/2026-27-Q4.json", &Value::Null).await.status, 200);
    hub.advance("PT31M").await;
    let pia = roster.body["registrations"][0]["reference"].as_str().expect("a reference");
    certify(hub, &format!("/api/v1/events/{event}"), pia, &link).await;
}

/// A certificate that was issued by itself: fetched, checked, its event evaluated, and taken back.
async fn certify(hub: &TestHub, base: &str, reference: &str, link: &str) {
    let number = hub.booking(link).await.text("certificate_number").to_owned();
    for path in [
        format!("/bookings/{link}/certificate.pdf"),
        format!("/bookings/{link}/certificates"),
        format!("/api/v1/certificates/{number}/credential"),
    ] {
        assert_eq!(hub.get(&path).await.status, 200, "{path}");
    }
    let name = [("name", "Pia Pine")];
    let asked = send(hub.request(Method::POST, &format!("/certificates/{number}")).form(&name)).await;
    assert_eq!(asked.status, 200);
    let scores = [("useful", "5"), ("clear", "4"), ("led", "5")];
    let evaluated = send(hub.request(Method::POST, &format!("/bookings/{link}/evaluation")).form(&scores)).await;
    assert_eq!(evaluated.status, 303, "{evaluated:?}");
    for path in [format!("{base}/certificates"), format!("{base}/evaluation")] {
        assert_eq!(hub.as_admin(Method::GET, &path, &Value::Null).await.status, 200, "{path}");
    }
    let revoke = format!("{base}/certificates/{reference}/revoke");
    assert_eq!(hub.as_admin(Method::POST, &revoke, &json!({"reason": "Issued in error."})).await.status, 200);
}

fn template() -> Template {
    let values = ["BaseUrl", "Issuer", "Audience", "ClientId", "MailDomain", "MailFrom", "OperatorMail"];
    let values: BTreeMap<String, String> = values.into_iter().map(|name| (name.into(), "local".into())).collect();
    Template::load(&values).expect("the template can be run here")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_policy_allows_what_its_function_does_and_no_more() {
    let hub = TestHub::start().await;
    use_everything(&hub).await;
    assert_eq!(hub.hub().denials(), []);
    let mut idle: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let usage = hub.get("/_local/usage").await.body["functions"].clone();
    for function in template().functions {
        let allowed: BTreeSet<String> = function
            .statements
            .iter()
            .flat_map(local::Statement::actions)
            .filter_map(|action| action.strip_prefix("dynamodb:").map(str::to_owned))
            .collect();
        let requests = usage[&function.name]["requests"].as_object().cloned().unwrap_or_default();
        let used: BTreeSet<String> =
            requests.keys().filter(|operation| *operation != "SendRawEmail").cloned().collect();
        let unused: Vec<String> = allowed.difference(&used).cloned().collect();
        if !unused.is_empty() {
            idle.insert(function.name.clone(), unused);
        }
        assert!(used.is_subset(&allowed), "{}: {used:?}", function.name);
    }
    assert_eq!(idle, BTreeMap::new(), "what may be done and never is");
    hub.stop_and_audit().await;
}
