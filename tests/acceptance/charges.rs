//! What unused places cost, under the policy that the hub has set: by organisation, without names, and never where
//! confidences are kept.

use std::io::Read as _;

use reqwest::Method;
use serde_json::{Value, json};

use crate::console::Desk;
use crate::hub::{Reply, TestHub, form, send};
use crate::reports::report;

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
    for reason in ["holiday", "other"] {
        let no = hub.as_admin(Method::POST, &waive, &json!({"reason": reason})).await;
        assert_eq!(
            (no.status, no.body["errors"][0]["detail"].as_str()),
            (422, Some("Select sickness or bereavement")),
            "{reason}"
        );
    }
    assert_eq!(hub.as_admin(Method::POST, &waive, &json!({"reason": "sickness"})).await.status, 200);
    let waived = charges(&hub, &hub.admin, "2026-27-Q3.json").await;
    assert_eq!(waived.body["by_organisation"][1], group("X99002", 0, 1, 1, 0));
    let table = charges(&hub, &hub.admin, "2026-27-Q3.csv").await.body;
    let table = table.as_str().expect("text");
    let line = format!(",X99002,{event},Suturing,2026-12-08 09:30,{cat},absence,60,sickness,organisation,\r\n");
    assert!(table.contains(&line), "{table}");
    assert_eq!(charges(&hub, &hub.admin, "2026-27-Q2.json").await.body["charges"], json!([]));
    for name in ["2026-27.json", "2026-27-Q5.json", "2026-27-Q3.pdf", "2026-27-Q3"] {
        assert_eq!(charges(&hub, &hub.admin, name).await.status, 404, "{name}");
    }
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workbook_says_the_same_and_nothing_typed_is_a_formula() {
    let (hub, _) = start().await;
    let sessions = json!([{"starts": "2026-12-08T09:30:00Z", "ends": "2026-12-08T12:30:00Z"}]);
    let title = "=HYPERLINK(\"https://evil.example\")";
    let event = hub.event(json!({"sessions": sessions, "programme": "clinical-updates", "title": title})).await;
    play(&hub, &event).await;
    let reply = hub.request(Method::GET, "/api/v1/charges/2026-27-Q3.xlsx").bearer_auth(&hub.admin).send().await;
    let reply = reply.expect("an answer");
    assert_eq!(reply.headers()["content-disposition"], "attachment; filename=\"charges-2026-27-Q3.xlsx\"");
    let book = reply.bytes().await.expect("a workbook");
    let sheets = sheets(&book);
    assert!(sheets.contains("By organisation") && sheets.contains("X99002"), "{sheets}");
    assert!(sheets.contains("=HYPERLINK(&quot;https://evil.example&quot;)") || sheets.contains("=HYPERLINK(\"https"));
    assert!(!sheets.contains("<f>"), "no formula");
    let table = charges(&hub, &hub.admin, "2026-27-Q3.csv").await.body;
    assert!(table.as_str().expect("text").contains("'=HYPERLINK"), "{table}");
}

/// What a row of a report tells of unused places: late cancellations, absences, how many are waived, pounds to pay.
fn unused(row: &Value) -> [u64; 4] {
    ["unused_cancelled", "unused_absent", "unused_waived", "unused_gbp"].map(|name| row[name].as_u64().expect(name))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_says_what_unused_places_cost_as_the_charges_do() {
    let (hub, open) = start().await;
    let quiet = event(&hub, "staff-wellbeing").await;
    let [_, cat] = play(&hub, &open).await;
    // Nothing is charged for where confidences are kept.
    let form = json!({"records": [{"name": "Gil Gorse", "role": "gp", "minutes": 0}]});
    hub.as_admin(Method::POST, &format!("/api/v1/events/{quiet}/attendance"), &form).await;
    let waive = format!("/api/v1/events/{open}/registrations/{cat}/waive");
    assert_eq!(hub.as_admin(Method::POST, &waive, &json!({"reason": "sickness"})).await.status, 200);
    // What is agreed anew is for events to come.
    let dearer = json!({"policy": {"charge": [{"gbp": 500}], "notice": {"n": 60, "unit": "calendar_day"}}});
    assert_eq!(hub.as_admin(Method::PATCH, "/api/v1/hub", &dearer).await.status, 200);
    let charges = charges(&hub, &hub.admin, "2026-27-Q3.json").await.body;
    assert_eq!(charges["total_gbp"], 120);
    for period in ["2026-12", "2026-27-Q3", "2026-27"] {
        let told = report(&hub, &format!("{period}.json")).await;
        assert_eq!(unused(&told["totals"]), [1, 2, 1, 120], "{period}");
        let of = |table: &str, row: &str| {
            let rows = told[format!("by_{table}")].as_array().expect("rows");
            unused(rows.iter().find(|found| found[table] == row).expect("a row"))
        };
        assert_eq!(of("programme", "clinical-updates"), [1, 2, 1, 120]);
        assert_eq!((of("organisation", "X99001"), of("organisation", "X99002")), ([1, 1, 0, 120], [0, 1, 1, 0]));
    }
    let funder = report(&hub, "2026-12.json?audience=funder").await;
    assert_eq!(unused(&funder["totals"]), [1, 2, 1, 120]);
    assert!(funder["by_organisation"][0].get("unused_gbp").is_none(), "{funder}");
    let public = report(&hub, "2026-12.json?audience=public").await;
    assert_eq!((&public["totals"]["unused_gbp"], &public["totals"]["unused_absent"]), (&Value::Null, &Value::Null));
    let admin = Desk::of(&hub, "admin").await;
    let page = admin.get("/organise/reports/2026-12").await.html;
    assert!(page.contains("£120") && page.contains("/organise/charges/2026-27-Q3"), "{page}");
    assert_eq!(admin.get("/organise/charges/2026-27-Q3").await.status, 200);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_erased_before_an_event_owes_nothing() {
    let (hub, event) = start().await;
    book(&hub, &event, "Bob Birch", "X99001").await;
    hub.set_clock("2026-12-07T10:00:00Z").await;
    let found = json!({"email": "bob.birch@practice.example"});
    let found = hub.as_admin(Method::POST, "/api/v1/people/find", &found).await;
    let person = found.body["people"][0]["person"].as_str().expect("a person");
    let path = format!("/api/v1/people/{person}/erase");
    assert_eq!(hub.as_admin(Method::POST, &path, &json!({"reason": "Asked for it."})).await.status, 200);
    hub.set_clock("2026-12-08T13:00:00Z").await;
    assert_eq!(charges(&hub, &hub.admin, "2026-27-Q3.json").await.body["charges"], json!([]));
    assert_eq!(unused(&report(&hub, "2026-12.json").await["totals"]), [0; 4]);
}

/// Every part of a workbook, one after the other.
fn sheets(book: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).expect("an archive");
    let mut all = String::new();
    for index in 0..archive.len() {
        archive.by_index(index).expect("a part").read_to_string(&mut all).expect("text");
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organiser_waives_a_charge_in_the_console() {
    let (hub, event) = start().await;
    let [bob, cat] = play(&hub, &event).await;
    let admin = Desk::of(&hub, "admin").await;
    let first = admin.get("/organise/charges").await;
    assert_eq!(first.to, "/organise/charges/2026-27-Q3");
    let page = admin.get("/organise/charges/2026-27-Q3").await.html;
    for said in ["£180", &bob, &cat, "Cancelled late", "Did not come", ": illness", ": a bereavement"] {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains("Bob") && !page.contains("else that could not"), "no names, and no reason but the policy's");
    let path = format!("/organise/charges/2026-27-Q3/{event}/{cat}");
    let waived = admin.post(&path, &[("reason", "bereavement")]).await;
    assert_eq!(waived.to, "/organise/charges/2026-27-Q3");
    let page = admin.get("/organise/charges/2026-27-Q3").await.html;
    assert!(page.contains("£120") && page.contains("A bereavement"), "{page}");
    assert_eq!(admin.post(&path, &[("reason", "other")]).await.status, 422);
    let reader = Desk::of(&hub, "reader").await;
    let page = reader.get("/organise/charges/2026-27-Q3").await.html;
    assert!(page.contains("£120") && !page.contains(": illness"), "whoever may not waive has no buttons");
    assert_eq!(reader.post(&path, &[("reason", "sickness")]).await.status, 403);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_read_what_follows_before_and_after_they_cancel() {
    let (hub, event) = start().await;
    let form_page = hub.get(&format!("/events/{event}/register")).await;
    let said = "A place that is given up later, or not used, costs your organisation £60.";
    assert!(form_page.body.as_str().is_some_and(|page| page.contains(said)), "{form_page:?}");
    book(&hub, &event, "Ann Ash", "X99001").await;
    let token = hub.link("Ann Ash").await;
    let page = |hub: &TestHub| {
        let request = hub.request(Method::GET, &format!("/bookings/{token}"));
        async move { send(request).await.body.as_str().expect("a page").to_owned() }
    };
    hub.set_clock("2026-12-03T18:00:00Z").await;
    assert!(page(&hub).await.contains("Your place goes to the next person at once."));
    hub.set_clock("2026-12-04T10:00:00Z").await;
    let late = page(&hub).await;
    for said in [
        "less than 2 clear working days before the event",
        "Your organisation is charged £60 for the place",
        "If it is because of illness or a bereavement, tell us",
    ] {
        assert!(late.contains(said), "{said} in {late}");
    }
    hub.act(&token, "cancel").await;
    let inbox = hub.inbox("ann.ash@practice.example").await;
    let mail = inbox.last().and_then(|mail| mail["text"].as_str()).expect("a mail");
    assert!(mail.contains("counts as a late cancellation") && mail.contains("charged £60"), "{mail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_may_leave_late_changes_to_the_organisers() {
    let (hub, event) = start().await;
    let policy = json!({"policy": {"self_cancel_until_days": 14, "charge_window_days": 42,
        "substitution": "by_consultation", "self_only": true, "manager_approves": true}});
    assert_eq!(hub.as_admin(Method::PATCH, "/api/v1/hub", &policy).await.status, 200);
    let reference = book(&hub, &event, "Ann Ash", "X99001").await;
    let token = hub.link("Ann Ash").await;
    let hand_over = hub.request(Method::POST, &format!("/bookings/{token}/substitute"));
    let fay = [("name", "Fay Fir"), ("email", "fay.fir@practice.example"), ("role", "gp")];
    assert_eq!(send(hand_over.form(&fay)).await.status, 409);
    hub.set_clock("2026-11-25T10:00:00Z").await;
    let page = send(hub.request(Method::GET, &format!("/bookings/{token}"))).await.body;
    let page = page.as_str().expect("a page");
    assert!(page.contains("the organisers cancel for you") && !page.contains("Cancel my booking"), "{page}");
    let no = hub.act(&token, "cancel").await;
    assert_eq!((no.status, no.text("code")), (409, "ask-organisers"));
    let path = format!("/api/v1/events/{event}/registrations/{reference}/cancel");
    assert_eq!(hub.as_admin(Method::POST, &path, &json!({})).await.text("status"), "cancelled");
    assert_eq!(hub.act(&token, "cancel").await.status, 200, "repeating it is harmless");
    let group = json!({"organisation": "Example School", "places": 2, "name_by": "2026-12-01T12:00:00Z",
        "contact": {"name": "Head Teacher", "email": "head@school.example"}});
    let no = hub.as_admin(Method::POST, &format!("/api/v1/events/{event}/groups"), &group).await;
    assert_eq!((no.status, no.text("code")), (409, "self-only"));
    let sessions = json!([{"starts": "2027-01-08T09:30:00Z", "ends": "2027-01-08T12:30:00Z"}]);
    let mut draft = json!({"title": "Knots", "programme": "clinical-updates", "sessions": sessions});
    let made = hub.as_admin(Method::POST, "/api/v1/events", &draft).await;
    assert_eq!(made.body["approval"], true, "bookings wait for the practice manager's yes");
    draft["approval"] = json!(false);
    assert_eq!(hub.as_admin(Method::POST, "/api/v1/events", &draft).await.body["approval"], false);
    let desk = Desk::of(&hub, "admin").await;
    let ticked = "name=\"approval\" type=\"checkbox\" value=\"yes\" checked";
    let form = desk.get("/organise/events/new").await.html;
    assert!(
        form.contains(ticked) && form.contains("agree to each booking"),
        "the form proposes what the policy says: {form}"
    );
    hub.as_admin(Method::PATCH, "/api/v1/hub", &json!({"policy": {"manager_approves": false}})).await;
    assert!(!desk.get("/organise/events/new").await.html.contains(ticked));
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
