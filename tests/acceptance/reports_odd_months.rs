//! Months in which little happened, or something unusual: right, and readable, on the page and in the mail.

use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{TestHub, send};
use crate::reports::{attend, book_as, figures, on, report};

const OF_EVENTS: [&str; 6] =
    ["events_held", "events_cancelled", "places_offered", "places_booked", "did_not_attend", "people"];

/// The words of a page, tags taken out.
async fn words(hub: &TestHub, path: &str) -> String {
    let reply = hub.request(Method::GET, path).bearer_auth(&hub.admin).send().await.expect("an answer");
    assert_eq!(reply.status().as_u16(), 200, "{path}");
    let html = reply.text().await.expect("text");
    let (_, main) = html.split_once("<main").expect("a main part");
    let pieces = main.split('<').filter_map(|piece| piece.split_once('>').map(|(_, words)| words.trim()));
    pieces.filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" | ")
}

async fn mailed(hub: &TestHub) -> Vec<Value> {
    hub.inbox("funding@hub.example").await
}

async fn hub_with_a_reader() -> TestHub {
    let hub = TestHub::start().await;
    let recipients = json!({"report_recipients": ["funding@hub.example"]});
    assert_eq!(hub.as_admin(Method::PATCH, "/api/v1/hub", &recipients).await.status, 200);
    hub
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_without_events_says_so_once() {
    let hub = hub_with_a_reader().await;
    hub.set_clock("2026-12-01T05:00:00Z").await;
    hub.advance("P10D").await;
    let page = words(&hub, "/organise/reports/2026-11").await;
    assert!(page.contains("No events were held in this time, and none was called off."), "{page}");
    assert!(!page.contains("Totals"), "{page}");
    assert_eq!(figures(&report(&hub, "2026-11.json").await["totals"], &OF_EVENTS), [0; 6]);
    let mails = mailed(&hub).await;
    let subjects: Vec<&Value> = mails.iter().map(|mail| &mail["subject"]).collect();
    assert_eq!(subjects, ["Report for November 2026"], "nothing is final about nothing");
    let text = mails[0]["text"].as_str().expect("text");
    assert!(text.starts_with("No events were held."), "{text}");
    assert!(!text.contains("Attended") && !text.contains("Places booked"), "no list of nothing: {text}");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_absentee_is_all_that_a_month_has() {
    let hub = hub_with_a_reader().await;
    let event = hub.event(json!({"sessions": on("2026-11-20"), "programme": "open-doors", "capacity": 4})).await;
    assert_eq!(book_as(&hub, &event, "Ann Ash", "gp", "Ash Street").await.status, 201);
    hub.set_clock("2026-11-20T12:00:00Z").await;
    attend(&hub, &event, &[("Ann Ash", 0)]).await;
    hub.set_clock("2026-12-01T05:00:00Z").await;
    hub.advance("PT2H").await;
    assert_eq!(figures(&report(&hub, "2026-11.json").await["totals"], &OF_EVENTS), [1, 0, 4, 1, 1, 1]);
    let page = words(&hub, "/organise/reports/2026-11").await;
    for wanted in [
        "Attendance of the one event is complete.",
        "Did not attend | 100%",
        "Open Doors | 1 | 1 | 0 | 0 | 0",
        "Evaluation, of 5 | –",
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    let mails = mailed(&hub).await;
    let text = mails[0]["text"].as_str().expect("text");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "Attendance of the one event is complete.");
    for line in ["Did not attend: 1", "Attended: 0"] {
        assert!(lines.contains(&line), "{line}: {text}");
    }
    // The public is told of nobody: neither this one nor that there was only one.
    let public = report(&hub, "2026-11.json?audience=public").await;
    assert_eq!((&public["totals"]["did_not_attend"], &public["totals"]["people"]), (&json!("*"), &json!("*")));
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_at_the_months_end_belongs_to_the_month_it_begins_in() {
    let hub = hub_with_a_reader().await;
    let night = json!([{"starts": "2026-11-30T22:00:00Z", "ends": "2026-12-01T02:00:00Z"}]);
    let event = hub.event(json!({"sessions": night, "title": "Night shift", "cpd_minutes": 240})).await;
    assert_eq!(book_as(&hub, &event, "Ann Ash", "gp", "Ash Street").await.status, 201);
    // The report is made while it goes on.
    hub.set_clock("2026-12-01T01:00:00Z").await;
    let of = ["events_held", "attended", "not_recorded", "cpd_minutes"];
    assert_eq!(figures(&report(&hub, "2026-11.json").await["totals"], &of), [1, 0, 1, 0]);
    hub.set_clock("2026-12-01T02:30:00Z").await;
    attend(&hub, &event, &[("Ann Ash", 240)]).await;
    assert_eq!(figures(&report(&hub, "2026-11.json").await["totals"], &of), [1, 1, 0, 240]);
    assert_eq!(figures(&report(&hub, "2026-12.json").await["totals"], &of), [0; 4]);
    hub.advance("PT4H").await;
    let text = mailed(&hub).await[0]["text"].as_str().expect("text").to_owned();
    assert!(text.starts_with("Attendance of the one event is complete."), "{text}");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_called_off_after_bookings_counts_as_that_alone() {
    let hub = hub_with_a_reader().await;
    let event = hub.event(json!({"sessions": on("2026-11-20"), "programme": "open-doors", "capacity": 1})).await;
    for (name, role) in [("Ann Ash", "gp"), ("Bob Birch", "gp")] {
        assert_eq!(book_as(&hub, &event, name, role, "Ash Street").await.status, 201);
    }
    let path = format!("/api/v1/events/{event}/cancel");
    let reason = json!({"reason": "The speaker is ill."});
    assert_eq!(hub.as_admin(Method::POST, &path, &reason).await.status, 200);
    hub.set_clock("2026-12-01T05:00:00Z").await;
    hub.advance("PT2H").await;
    let month = report(&hub, "2026-11.json").await;
    assert_eq!(figures(&month["totals"], &OF_EVENTS), [0, 1, 0, 0, 0, 0]);
    assert_eq!(figures(&month["totals"], &["waiting_unmet", "cancelled", "cancelled_late"]), [0; 3]);
    assert_eq!((&month["by_role"], &month["by_organisation"]), (&json!([]), &json!([])));
    assert_eq!(figures(&month["by_programme"][0], &OF_EVENTS), [0, 1, 0, 0, 0, 0]);
    let page = words(&hub, "/organise/reports/2026-11").await;
    assert!(page.contains("No events were held."), "{page}");
    assert!(page.contains("Events cancelled"), "{page}");
    let text = mailed(&hub).await[0]["text"].as_str().expect("text").to_owned();
    assert!(text.contains("Events cancelled: 1") && !text.contains("What became"), "{text}");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_and_opinions_count_for_the_month_of_their_event() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"sessions": on("2026-11-20"), "programme": "open-doors", "cpd_minutes": 120})).await;
    let mut links = Vec::new();
    for name in ["Ann Ash", "Bob Birch", "Cat Cedar"] {
        assert_eq!(book_as(&hub, &event, name, "gp", "Ash Street").await.status, 201);
        links.push(hub.link(name).await);
    }
    hub.set_clock("2026-11-20T12:00:00Z").await;
    attend(&hub, &event, &[("Ann Ash", 120), ("Bob Birch", 100), ("Cat Cedar", 30)]).await;
    hub.set_clock("2026-12-01T09:00:00Z").await;
    for (link, scores) in links.iter().zip([["5", "4", "5"], ["4", "4", "4"]]) {
        let [useful, clear, led] = scores;
        let answers = [("useful", useful), ("clear", clear), ("led", led), ("better", "More time.")];
        let path = format!("/bookings/{link}/evaluation");
        assert_eq!(send(hub.request(Method::POST, &path).form(&answers)).await.status, 303);
    }
    let month = report(&hub, "2026-11.json").await;
    assert_eq!(figures(&month["totals"], &["certificates_issued", "evaluation_responses"]), [2, 2]);
    // 26 points in six scores.
    assert_eq!(month["totals"]["evaluation_mean"], json!(4.33));
    assert_eq!(month["reach"], json!({"schools": 0, "practices": 1, "people_certified": 2}));
    assert_eq!(figures(&month["by_role"][0], &["certificates_issued"]), [2]);
    assert_eq!(figures(&report(&hub, "2026-12.json").await["totals"], &["certificates_issued"]), [0]);
    let rows = report(&hub, "2026-11/registrations.json").await["registrations"].clone();
    let certified = rows.as_array().expect("rows").iter().filter(|row| row["certified"] == true).count();
    assert_eq!(certified, 2);
    // Whoever is forgotten leaves the figures as they are.
    let found = hub.as_admin(Method::POST, "/api/v1/people/find", &json!({"email": "ann.ash@practice.example"})).await;
    let person = found.body["people"][0]["person"].as_str().expect("a person").to_owned();
    let path = format!("/api/v1/people/{person}/erase");
    assert_eq!(hub.as_admin(Method::POST, &path, &json!({"reason": "Asked to."})).await.status, 200);
    let after = report(&hub, "2026-11.json").await;
    assert_eq!((&after["totals"], &after["reach"]), (&month["totals"], &month["reach"]));
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mornings_that_were_missed_are_made_up_for_once() {
    let hub = hub_with_a_reader().await;
    let event = hub.event(json!({"sessions": on("2026-11-20"), "programme": "open-doors"})).await;
    assert_eq!(book_as(&hub, &event, "Ann Ash", "gp", "Ash Street").await.status, 201);
    // Before the first morning that is due; the next that comes is ten days late.
    hub.set_clock("2026-12-01T05:00:00Z").await;
    for _ in 0..2 {
        let tick = json!({"scheduled_at": "2026-12-11T06:00:00Z"});
        hub.hub().invoke("report-monthly", tick).await.expect("handled");
    }
    let subjects = async || -> Vec<Value> { mailed(&hub).await.iter().map(|mail| mail["subject"].clone()).collect() };
    assert_eq!(subjects().await, ["Report for November 2026, final"]);
    let kept = report(&hub, "2026-11.json").await;
    assert_eq!((&kept["version"], &kept["final"]), (&json!(1), &json!(true)));
    hub.advance("P12D").await;
    assert_eq!(subjects().await, ["Report for November 2026, final"], "every later morning finds it done");
    assert_eq!(report(&hub, "2026-11.json").await, kept);
    hub.stop_and_audit().await;
}
