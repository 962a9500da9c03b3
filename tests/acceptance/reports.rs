//! Reports through the front door: what people did, counted.

use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{Reply, TestHub, send};

/// What one organiser reads.
pub async fn report(hub: &TestHub, path: &str) -> Value {
    let reply = hub.as_admin(Method::GET, &format!("/api/v1/reports/{path}"), &Value::Null).await;
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    reply.body
}

/// Some figures of a row, in this order.
pub fn figures(row: &Value, names: &[&str]) -> Vec<u64> {
    names.iter().map(|name| row[*name].as_u64().unwrap_or_else(|| panic!("{name} in {row}"))).collect()
}

const PEOPLE: [&str; 9] = [
    "places_booked",
    "attended",
    "attended_part",
    "did_not_attend",
    "not_recorded",
    "waiting_unmet",
    "cancelled",
    "cancelled_late",
    "walk_ins",
];

/// An event of one session on this day, 09:30 to 11:30, of two hours of which the certificate takes 96 minutes.
pub fn on(day: &str) -> Value {
    json!([{"starts": format!("{day}T09:30:00Z"), "ends": format!("{day}T11:30:00Z")}])
}

async fn reference(hub: &TestHub, event: &str, name: &str) -> String {
    let path = format!("/api/v1/events/{event}/registrations");
    let roster = hub.as_admin(Method::GET, &path, &Value::Null).await.body;
    let rows = roster["registrations"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["name"] == name).expect("a row");
    row["reference"].as_str().expect("a reference").to_owned()
}

pub async fn attend(hub: &TestHub, event: &str, minutes: &[(&str, u32)]) {
    let mut records = Vec::new();
    for (name, minutes) in minutes {
        records.push(json!({"reference": reference(hub, event, name).await, "minutes": minutes}));
    }
    let path = format!("/api/v1/events/{event}/attendance");
    let reply = hub.as_admin(Method::POST, &path, &json!({"records": records})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

pub async fn book_as(hub: &TestHub, event: &str, name: &str, role: &str, organisation: &str) -> Reply {
    let email = format!("{}@practice.example", name.to_lowercase().replace(' ', "."));
    let organisation = json!({"ods_code": null, "name": organisation});
    hub.register(event, &json!({"name": name, "email": email, "role": role, "organisation": organisation})).await
}

/// A month with everything in it: who came, who came in part, who did not, who was never marked, who waited, who gave up.
pub async fn busy_month(hub: &TestHub) -> String {
    let event = hub
        .event(json!({"capacity": 5, "cpd_minutes": 120, "sessions": on("2026-11-20"), "programme": "open-doors",
                      "organisers": ["hub@hub.example"], "cancellation": {"notice_days": 3}, "waiting_list": {"enabled": true, "offer_hours": null}}))
        .await;
    for (name, role, organisation) in [
        ("Ann Ash", "gp", "Ash Street"),
        ("Bob Birch", "gp", "Ash Street"),
        ("Cat Cedar", "receptionist", "Birch Lane"),
        ("Dan Damson", "receptionist", "Birch Lane"),
        ("Eve Elder", "gp", "Ash Street"),
        ("Fay Fir", "gp", "Ash Street"),
        ("Gus Gum", "gp", "Ash Street"),
        ("Hal Holly", "gp", "Ash Street"),
    ] {
        assert_eq!(book_as(hub, &event, name, role, organisation).await.status, 201);
    }
    // Out of the line, which gives up no place; a place in good time, which goes to Fay; a place too late.
    for (name, at) in [("Hal Holly", "2026-11-10"), ("Eve Elder", "2026-11-10"), ("Dan Damson", "2026-11-19")] {
        hub.set_clock(&format!("{at}T09:00:00Z")).await;
        let link = hub.link(name).await;
        assert_eq!(hub.act(&link, "cancel").await.status, 200);
    }
    let late = book_as(hub, &event, "Ivy Ivory", "student", "College").await;
    assert_eq!(late.text("status"), "waiting", "{late:?}");
    hub.set_clock("2026-11-20T12:00:00Z").await;
    hub.settle().await;
    attend(hub, &event, &[("Ann Ash", 120), ("Bob Birch", 95), ("Cat Cedar", 0)]).await;
    let walk_in = json!({"records": [{"name": "Wim Walnut", "role": "volunteer", "minutes": 100}]});
    let path = format!("/api/v1/events/{event}/attendance");
    assert_eq!(hub.as_admin(Method::POST, &path, &walk_in).await.status, 200);
    event
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_counts_where_they_stood_when_the_event_began() {
    let hub = TestHub::start().await;
    busy_month(&hub).await;
    let month = report(&hub, "2026-11.json").await;
    assert_eq!(
        (&month["period"], &month["from"], &month["to"]),
        (&json!("2026-11"), &json!("2026-11-01"), &json!("2026-11-30"))
    );
    assert_eq!((&month["version"], &month["final"], &month["restated"]), (&json!(0), &json!(false), &json!([])));
    assert_eq!(month["completeness"], json!({"events": 1, "lacking_attendance": 1}));
    let totals = &month["totals"];
    assert_eq!(figures(totals, &PEOPLE), [5, 1, 1, 1, 2, 1, 2, 1, 1]);
    assert_eq!(figures(totals, &["events_held", "events_cancelled", "places_offered", "people"]), [1, 0, 5, 5]);
    assert_eq!(figures(totals, &["organisations_reached", "cpd_minutes", "evaluation_responses"]), [1, 120, 0]);
    assert_eq!(totals["evaluation_mean"], Value::Null);
    let roles = month["by_role"].as_array().expect("rows");
    let named: Vec<&str> = roles.iter().map(|row| row["role"].as_str().expect("a role")).collect();
    assert_eq!(named, ["gp", "receptionist", "student", "volunteer"]);
    assert_eq!(figures(&roles[0], &PEOPLE), [4, 1, 1, 0, 2, 0, 1, 0, 0]);
    let organisations = month["by_organisation"].as_array().expect("rows");
    assert_eq!(organisations[0]["label"], "Ash Street");
    assert_eq!((&organisations[0]["reached"], &organisations[1]["reached"]), (&json!(true), &json!(false)));
    let year = report(&hub, "2026-27.json").await;
    assert_eq!((&year["totals"], &year["by_role"]), (&month["totals"], &month["by_role"]));
    for range in ["2026-27-Q3.json", "2026-11-20..2026-11-20.json"] {
        assert_eq!(report(&hub, range).await["totals"], month["totals"], "{range}");
    }
    assert_eq!(figures(&report(&hub, "2026-11-21..2026-12-31.json").await["totals"], &["events_held"]), [0]);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_belongs_to_the_month_of_its_start_in_the_uk() {
    let hub = TestHub::at("2026-06-01T09:00:00Z").await;
    // Both start late on 30 June, in London: one before and one after midnight there.
    for (starts, ends) in
        [("2026-06-30T22:30:00Z", "2026-07-01T01:00:00Z"), ("2026-06-30T23:30:00Z", "2026-07-01T01:00:00Z")]
    {
        let event = hub.event(json!({"capacity": 8, "sessions": [{"starts": starts, "ends": ends}]})).await;
        hub.book(&event, "Ann Ash").await;
    }
    let called_off = hub.event(json!({"capacity": 3, "sessions": on("2026-07-07")})).await;
    hub.book(&called_off, "Bob Birch").await;
    let path = format!("/api/v1/events/{called_off}/cancel");
    assert_eq!(hub.as_admin(Method::POST, &path, &json!({"reason": "The speaker is ill."})).await.status, 200);
    hub.set_clock("2026-08-01T09:00:00Z").await;
    let of = ["events_held", "events_cancelled", "places_offered", "places_booked", "not_recorded", "people"];
    assert_eq!(figures(&report(&hub, "2026-06.json").await["totals"], &of), [1, 0, 8, 1, 1, 1]);
    assert_eq!(figures(&report(&hub, "2026-07.json").await["totals"], &of), [1, 1, 8, 1, 1, 1]);
    assert_eq!(figures(&report(&hub, "2026-06-30..2026-07-01.json").await["totals"], &of), [2, 0, 16, 2, 2, 1]);
    let empty = report(&hub, "2026-08.json").await;
    assert_eq!(figures(&empty["totals"], &of), [0; 6]);
    assert_eq!((&empty["by_programme"], &empty["completeness"]["events"]), (&json!([]), &json!(0)));
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_are_for_those_who_may_read_them() {
    let hub = TestHub::start().await;
    busy_month(&hub).await;
    assert_eq!(hub.get("/api/v1/reports/2026-11.json").await.status, 401);
    let own = json!({"role": "programme", "subject": "a@hub.example", "programmes": ["open-doors"]});
    let other = json!({"role": "programme", "subject": "b@hub.example", "programmes": ["gp-fellowship"]});
    let (desk, reader) =
        (json!({"role": "desk", "subject": "c@hub.example"}), json!({"role": "reader", "subject": "d@hub.example"}));
    for (who, status, events) in [(own, 200, 1), (other, 200, 0), (desk, 403, 0), (reader, 200, 1)] {
        let token = hub.token(who).await;
        let reply = send(hub.request(Method::GET, "/api/v1/reports/2026-11.json").bearer_auth(token)).await;
        assert_eq!((reply.status, reply.body["totals"]["events_held"].as_u64().unwrap_or(0)), (status, events));
    }
    for (path, status, code) in [
        ("2026-13.json", 404, "not-found"),
        ("2026-11.pdf", 404, "not-found"),
        ("2026-11.json?audience=press", 422, "invalid"),
        ("2026-11.json?version=1", 404, "not-found"),
    ] {
        let reply = hub.as_admin(Method::GET, &format!("/api/v1/reports/{path}"), &Value::Null).await;
        assert_eq!((reply.status, reply.code()), (status, code), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn funders_read_no_persons_and_the_public_nobody_who_could_be_known() {
    let hub = TestHub::start().await;
    busy_month(&hub).await;
    let quiet = hub.event(json!({"sessions": on("2026-11-18"), "programme": "staff-wellbeing"})).await;
    assert_eq!(quiet.len(), 10);
    let funder = report(&hub, "2026-11.json?audience=funder").await;
    assert_eq!(figures(&funder["totals"], &PEOPLE), [5, 1, 1, 1, 2, 1, 2, 1, 1]);
    let organisations = funder["by_organisation"].as_array().expect("rows");
    assert!(organisations.iter().all(|row| row.get("places_booked").is_none()), "{organisations:?}");
    assert_eq!(organisations.iter().filter(|row| row["reached"] == true).count(), 1);
    let public = report(&hub, "2026-11.json?audience=public").await;
    assert_eq!(public["by_organisation"], json!([]));
    let booked = &public["by_programme"][0]["places_booked"];
    assert_eq!((booked, &public["by_programme"][0]["cpd_minutes"]), (&json!("*"), &Value::Null));
    // One programme is all there is, so its total would tell.
    assert_eq!(public["totals"]["places_booked"], "*");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_report_is_the_same_bytes_in_every_form() {
    let hub = TestHub::start().await;
    busy_month(&hub).await;
    let file = async |form: &str| {
        let path = format!("/api/v1/reports/2026-11.{form}");
        let reply = hub.request(Method::GET, &path).bearer_auth(&hub.admin).send().await.expect("an answer");
        let kind = reply.headers()["content-type"].to_str().expect("text").to_owned();
        (kind, reply.bytes().await.expect("a body"))
    };
    for (form, kind, begins) in [
        ("json", "application/json", &b"{\"period\":\"2026-11\","[..]),
        ("csv", "text/csv; charset=utf-8", "\u{feff}table,row,label,reached,events_held,".as_bytes()),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    ] {
        let (found, bytes) = file(form).await;
        assert_eq!(found, kind);
        assert!(bytes.starts_with(begins), "{form}");
        assert_eq!(file(form).await.1, bytes, "{form}");
    }
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_becomes_final_on_the_tenth_and_is_restated_openly() {
    let hub = TestHub::start().await;
    let event = busy_month(&hub).await;
    hub.set_clock("2026-12-01T05:59:00Z").await;
    hub.advance("P9D").await;
    assert_eq!(report(&hub, "2026-11.json").await["final"], false);
    hub.advance("PT1M").await;
    let kept = report(&hub, "2026-11.json").await;
    assert_eq!((&kept["version"], &kept["final"], &kept["restated"]), (&json!(1), &json!(true), &json!([])));
    assert_eq!(kept["sha256"].as_str().map(str::len), Some(64));
    // Somebody finds the sign-in sheet.
    attend(&hub, &event, &[("Fay Fir", 120)]).await;
    let restated = report(&hub, "2026-11.json").await;
    assert_eq!((&restated["version"], &restated["totals"]["attended"]), (&json!(2), &json!(2)));
    let cells = restated["restated"][0]["cells"].as_array().expect("cells");
    let attended = json!({"table": "totals", "row": null, "figure": "attended", "was": 1, "now": 2});
    assert!(cells.contains(&attended), "{cells:?}");
    assert_eq!(report(&hub, "2026-11.json?version=1").await, kept);
    assert_eq!(report(&hub, "2026-11.json").await, restated, "told once, under one number");
    let public = report(&hub, "2026-11.json?audience=public").await;
    assert_eq!((&public["restated"][0]["version"], &public["restated"][0]["cells"]), (&json!(2), &json!([])));
    let tick = json!({"scheduled_at": "2026-12-11T06:00:00Z"});
    hub.hub().invoke("report-monthly", tick).await.expect("handled");
    assert_eq!(report(&hub, "2026-11.json").await, restated);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_writes_the_same_bytes_once_the_hub_has_stopped() {
    let hub = TestHub::start().await;
    busy_month(&hub).await;
    let mut files = Vec::new();
    for form in ["json", "csv", "xlsx"] {
        let path = format!("/api/v1/reports/2026-11.{form}");
        let reply = hub.request(Method::GET, &path).bearer_auth(&hub.admin).send().await.expect("an answer");
        files.push((form, reply.bytes().await.expect("a body")));
    }
    let write = |folder: &tempfile::TempDir, form: &str| {
        let out = folder.path().join(format!("report.{form}"));
        let status = Command::new(env!("CARGO_BIN_EXE_lectern"))
            .args(["report", "--month", "2026-11", "--format", form, "--out"])
            .arg(&out)
            .arg("--data")
            .arg(folder.path())
            .status()
            .expect("the program runs");
        (status.code(), std::fs::read(out).unwrap_or_default())
    };
    assert_eq!(write(&hub.folder, "json"), (Some(1), Vec::new()), "a hub holds the folder");
    let folder = hub.stop().await;
    for (form, bytes) in files {
        assert_eq!(write(&folder, form), (Some(0), bytes.to_vec()), "{form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_counted_can_be_taken_away() {
    let hub = TestHub::start().await;
    busy_month(&hub).await;
    let part = report(&hub, "2026-11/registrations.json").await;
    assert_eq!((part["events"].as_array().map(Vec::len), &part["next"]), (Some(1), &Value::Null));
    let rows = part["registrations"].as_array().expect("rows");
    let of = |name: &str| rows.iter().find(|row| row["name"] == name).expect("a row");
    assert_eq!(rows.len(), 10);
    assert_eq!((&of("Dan Damson")["had_place"], &of("Dan Damson")["late"]), (&json!(true), &json!(true)));
    assert_eq!((&of("Hal Holly")["place"], &of("Hal Holly")["had_place"]), (&json!("ended"), &json!(false)));
    assert_eq!((&of("Wim Walnut")["place"], &of("Wim Walnut")["via"]), (&json!("none"), &json!("walk-in")));
    let reader = hub.token(json!({"role": "reader", "subject": "d@hub.example"})).await;
    let path = "/api/v1/reports/2026-11/registrations.csv";
    assert_eq!(send(hub.request(Method::GET, path).bearer_auth(reader)).await.status, 403);
    let table = hub.request(Method::GET, path).bearer_auth(&hub.admin).send().await.expect("an answer");
    let table = table.text().await.expect("text");
    assert!(table.starts_with("\u{feff}event,title,programme,") && table.lines().count() == 11, "{table}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_opens_with_what_partners_are_shown() {
    let hub = TestHub::start().await;
    busy_month(&hub).await;
    let page = async |path: &str| {
        let reply = hub.request(Method::GET, path).bearer_auth(&hub.admin).send().await.expect("an answer");
        (reply.status().as_u16(), reply.text().await.expect("text"))
    };
    let (status, html) = page("/organise/reports/2026-27").await;
    assert_eq!(status, 200);
    for words in [
        "Report for April 2026 to March 2027",
        "The one event lacks attendance.",
        "Places filled",
        "Open Doors",
        "role=\"img\"",
        "Published events whose first session started in the period",
    ] {
        assert!(html.contains(words), "{words}");
    }
    assert!(!html.contains("style="), "the pages' policy forbids it");
    assert_eq!(page("/organise/reports/2026-13").await.0, 404);
    assert_eq!(page("/organise/reports?period=2026-11&audience=public").await.0, 303);
    let (status, html) = page("/organise/reports?period=last+month").await;
    assert_eq!(status, 422);
    assert!(
        html.contains("Error: Reports") && html.contains("Enter a month, quarter, year or range of days"),
        "{html}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_months_report_comes_by_mail_once_provisional_and_once_final() {
    let hub = TestHub::start().await;
    let recipients = json!({"report_recipients": ["funding@hub.example", "manager@hub.example"]});
    assert_eq!(hub.as_admin(Method::PATCH, "/api/v1/hub", &recipients).await.status, 200);
    busy_month(&hub).await;
    hub.set_clock("2026-12-01T05:00:00Z").await;
    hub.advance("PT2H").await;
    for recipient in ["funding@hub.example", "manager@hub.example"] {
        let inbox = hub.inbox(recipient).await;
        assert_eq!(inbox.len(), 1, "{inbox:?}");
        let mail = &inbox[0];
        assert_eq!(mail["subject"], "Report for November 2026");
        let lines: Vec<&str> = mail["text"].as_str().expect("text").lines().collect();
        assert_eq!(lines[..2], ["The one event lacks attendance.", "Provisional: figures may still change."]);
        assert!(lines.contains(&hub.url("/organise/reports/2026-11").as_str()), "{lines:?}");
        assert!(lines.contains(&"Open Doors: 5"), "{lines:?}");
        assert!(mail["html"].as_str().is_some_and(|html| html.contains("width:100%;height:18px")));
        assert_eq!(mail["attachments"][0]["name"], "report-2026-11-provisional.xlsx");
    }
    let asked = hub.inbox("hub@hub.example").await;
    assert!(asked.iter().any(|mail| mail["subject"] == "Attendance missing for November 2026"), "{asked:?}");
    // Missed mornings are made up for, repeated ones send nothing twice.
    hub.set_clock("2026-12-11T05:00:00Z").await;
    hub.advance("PT2H").await;
    hub.request(Method::DELETE, "/_local/usage").send().await.expect("a reply");
    let tick = json!({"scheduled_at": "2026-12-11T06:00:00Z"});
    hub.hub().invoke("report-monthly", tick).await.expect("handled");
    let used = hub.get("/_local/usage").await.body["functions"]["report-monthly"].clone();
    assert!(used["requests"]["BatchGetItem"].is_null() && used["write_units"] == 0.0, "counted again: {used}");
    let subjects: Vec<Value> =
        hub.inbox("funding@hub.example").await.iter().map(|mail| mail["subject"].clone()).collect();
    assert_eq!(subjects, ["Report for November 2026", "Report for November 2026, final"]);
    assert_eq!(report(&hub, "2026-11.json").await["final"], true);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_item_is_read_once() {
    let hub = TestHub::start().await;
    busy_month(&hub).await;
    hub.settle().await;
    let cleared = hub.http.delete(hub.url("/_local/usage")).send().await.expect("an answer");
    assert!(cleared.status().is_success());
    report(&hub, "2026-11.json").await;
    let used = hub.get("/_local/usage").await.body["functions"]["report"].clone();
    // The month's directory (and, in winter, no neighbour of it), the event with all that lies under it, the
    // registrations in one batch, the lists and settings, and whether the report is final.
    assert_eq!(used["requests"], json!({"BatchGetItem": 1, "GetItem": 2, "Query": 5}));
    // One unit for each of ten registrations, consistently read, and for whether each of the four who were marked holds a
    // certificate; a few for everything else.
    let units = used["read_units"].as_f64().expect("units");
    assert!((14.0..22.0).contains(&units), "{units}");
}
