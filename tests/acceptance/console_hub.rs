//! The hub's settings in the console: all of them, and what is wrong with them at its field.

use reqwest::Method;
use serde_json::{Value, json};

use crate::console::Desk;
use crate::hub::{TestHub, form};
use crate::roles::{Caller, Line};

const PAGE: &str = "/organise/hub";

#[tokio::test(flavor = "multi_thread")]
async fn every_setting_is_changed_on_one_page_and_shown_there_again() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let typed = [
        ("name", "Lea Valley Training Hub"),
        ("from_name", "Training team"),
        ("reply_to", "hub@hub.example"),
        ("colour", "#7C2855"),
        ("report_recipients", "board@hub.example\r\nfunder@board.example\r\n"),
        ("digest_recipients", "office@hub.example"),
        ("policy.notice.n", "2"),
        ("policy.notice.unit", "working_day"),
        ("policy.self_cancel_until_days", "1"),
        ("policy.charge_window_days", "14"),
        ("policy.charge.0.under_hours", "4"),
        ("policy.charge.0.gbp", "35"),
        ("policy.charge.2.gbp", "70"),
        ("policy.liable", "organisation_else_person"),
        ("policy.told", "practice_manager"),
        ("policy.told", "sponsor"),
        ("policy.substitution", "by_consultation"),
        ("policy.invoice", "thirty_days"),
        ("policy.self_only", "yes"),
        ("policy.waivers", "sickness"),
        ("retention.access_needs_days", "7"),
        ("walk_in_certificates", "yes"),
    ];
    assert_eq!(admin.post(PAGE, &typed).await.to, format!("{PAGE}?done=saved"));
    let stored = hub.as_admin(Method::GET, "/api/v1/hub", &Value::Null).await.body;
    let expected = json!({
        "name": "Lea Valley Training Hub", "from_name": "Training team", "reply_to": "hub@hub.example",
        "time_zone": "Europe/London", "colour": "#7c2855",
        "report_recipients": ["board@hub.example", "funder@board.example"],
        "digest_recipients": ["office@hub.example"],
        "policy": {"notice": {"n": 2, "unit": "working_day"}, "self_cancel_until_days": 1, "charge_window_days": 14,
                   "charge": [{"under_hours": 4, "gbp": 35}, {"under_hours": null, "gbp": 70}],
                   "liable": "organisation_else_person", "told": ["practice_manager", "sponsor"],
                   "substitution": "by_consultation", "invoice": "thirty_days", "self_only": true,
                   "manager_approves": false, "late_arrival_is_absence": false, "waivers": ["sickness"]},
        "retention": {"access_needs_days": 7, "bookings_months": 84}, "walk_in_certificates": true,
        "public_exact_totals": false,
    });
    assert_eq!(stored, expected);
    let page = admin.get(&format!("{PAGE}?done=saved")).await.html;
    for said in ["The settings are saved", "value=\"#7c2855\"", "funder@board.example", "value=\"70\""] {
        assert!(page.contains(said), "{said} in {page}");
    }
    assert!(hub.get("/events").await.body.as_str().is_some_and(|html| html.contains("Lea Valley Training Hub")));
    let trail = admin.get("/organise/audit").await.html;
    assert!(trail.contains("Settings changed"), "{trail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_at_its_field_and_nothing_is_stored() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let before = hub.as_admin(Method::GET, "/api/v1/hub", &Value::Null).await;
    let typed = [
        ("name", " "),
        ("colour", "red"),
        ("report_recipients", "a@hub.example nobody"),
        ("policy.notice.n", "two"),
        ("policy.charge.0.under_hours", "2"),
        ("retention.bookings_months", "0"),
    ];
    let wrong = admin.post(PAGE, &typed).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.html.contains("<title>Error: Settings"), "{}", wrong.html);
    for field in [
        "name",
        "colour",
        "report_recipients",
        "policy.notice.n",
        "policy.notice.unit",
        "policy.charge.0.gbp",
        "retention.bookings_months",
    ] {
        assert!(
            wrong.html.contains(&format!("href=\"#{field}\"")) && wrong.html.contains(&format!("id=\"{field}\"")),
            "{field} in {}",
            wrong.html
        );
    }
    assert!(
        wrong.html.contains("a@hub.example nobody") && wrong.html.contains("value=\"two\""),
        "what was typed stands"
    );
    assert_eq!(hub.as_admin(Method::GET, "/api/v1/hub", &Value::Null).await, before);
    for role in ["programme", "desk", "reader"] {
        let desk = Desk::of(&hub, role).await;
        assert_eq!((desk.get(PAGE).await.status, desk.post(PAGE, &typed).await.status), (403, 403), "{role}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_bears_the_name_and_the_colour_that_the_hub_has_set() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({})).await;
    let mut ann = form("Ann Ash");
    ann["access_needs"] = json!("A chair");
    let reference = hub.register(&event, &ann).await.text("reference").to_owned();
    let link = hub.link("Ann Ash").await;
    // The poster is there from half an hour before.
    hub.set_clock("2026-12-01T09:15:00Z").await;
    let admin = Caller::of(&hub, "admin").await;
    let set = json!({"name": "Lea Valley Training Hub", "colour": "#7c2855"});
    assert_eq!(hub.as_admin(Method::PATCH, "/api/v1/hub", &set).await.status, 200);
    let mut asked = Vec::new();
    for line in Line::all().iter().filter(|line| line.is_page()) {
        asked.push((format!("{} {}", line.method, line.route), admin.ask(&hub, line, &event, &reference)));
        asked.push((
            format!("{} {} by nobody", line.method, line.route),
            Caller::nobody().ask(&hub, line, &event, &reference),
        ));
    }
    let list = hub.request(Method::GET, &format!("/organise/events/{event}/attendance/1")).bearer_auth(&hub.admin);
    let list = list.send().await.expect("a reply").text().await.expect("text");
    let poster = list
        .split("/attend/")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_else(|| panic!("no poster: {list}"))
        .to_owned();
    for path in [
        "/organise/signed-out".to_owned(),
        "/organise/callback?code=x&state=y".to_owned(),
        format!("/attend/{poster}"),
        format!("/bookings/{link}"),
        format!("/bookings/{link}/certificates"),
        "/certificates".to_owned(),
        "/events".to_owned(),
        "/nothing".to_owned(),
    ] {
        asked.push((path.clone(), hub.request(Method::GET, &path)));
    }
    let mut pages = 0;
    for (what, request) in asked {
        let response = request.send().await.expect("a reply");
        let is_page =
            response.headers().get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let html = response.text().await.expect("text");
        if is_page && !html.is_empty() {
            pages += 1;
            let is_ours = html.contains("Lea Valley Training Hub") && html.contains("brand-7c2855.css");
            assert!(is_ours, "{what}: {}", html.chars().take(900).collect::<String>());
        }
    }
    assert!(pages > 60, "{pages} pages");
}
