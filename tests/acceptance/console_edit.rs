//! The form of an event: everything that an event has can be set there, several at a time without scripts.

use reqwest::Method;
use serde_json::{Value, json};

use crate::console::Desk;
use crate::hub::TestHub;

const NEW: &str = "/organise/events/new";

async fn event(hub: &TestHub, page: &str) -> Value {
    let id = page.rsplit('/').next().and_then(|end| end.split('?').next()).expect("an id");
    hub.as_admin(Method::GET, &format!("/api/v1/events/{id}"), &Value::Null).await.body
}

/// What every event's form sends.
const LEAST: [(&str, &str); 5] = [
    ("title", "Suturing"),
    ("programme", "open-doors"),
    ("sessions.0.date", "1/12/2026"),
    ("sessions.0.starts", "09:30"),
    ("sessions.0.ends", "12:30"),
];

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_an_event_has_is_set_in_its_form_and_stands_there_again() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let mut typed = LEAST.to_vec();
    typed.extend([
        ("summary", "Knots and needles."),
        ("description", "Bring **nothing**."),
        ("format", "hybrid"),
        ("venue", "The Hall"),
        ("joining_url", "https://teams.example/x"),
        ("sessions.2.date", "8/12/2026"),
        ("sessions.2.starts", "13:00"),
        ("sessions.2.ends", "16:00"),
        ("capacity", "12"),
        ("minimum", "4"),
        ("organisation_limit", "2"),
        ("waiting_list", "at-once"),
        ("waiting_list.limit", "9"),
        ("lanes.0.name", "Nurses"),
        ("lanes.0.roles", "practice-nurse"),
        ("lanes.0.roles", "nurse-associate"),
        ("lanes.0.places", "4"),
        ("lanes.0.release_days", "7"),
        ("lanes.2.name", "GPs"),
        ("lanes.2.roles", "gp"),
        ("lanes.2.places", "2"),
        ("questions.0.label", "How much have you sutured?"),
        ("questions.0.type", "choice"),
        ("questions.0.options", "Nothing\r\nA little"),
        ("questions.0.required", "yes"),
        ("questions.1.label", "Do you bring a laptop?"),
        ("questions.1.type", "yes_no"),
        ("registration.closes", "24/11/2026"),
        ("registration.closes.time", "17:00"),
        ("cancellation.notice_days", "7"),
        ("cpd_minutes", "360"),
        ("certificate.minimum_minutes", "300"),
        ("certificate.needs_evaluation", "yes"),
        ("certificate.every_session", "yes"),
        ("certificate.objectives", "Tie knots\r\nCut them"),
        ("organisers", "hub@hub.example"),
    ]);
    let page = admin.post(NEW, &typed).await.to;
    let made = event(&hub, &page).await;
    for (field, expected) in [
        (
            "sessions",
            json!([{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T12:30:00Z"},
                            {"starts": "2026-12-08T13:00:00Z", "ends": "2026-12-08T16:00:00Z"}]),
        ),
        (
            "lanes",
            json!([{"name": "Nurses", "roles": ["practice-nurse", "nurse-associate"], "places": 4, "release_days": 7},
                         {"name": "GPs", "roles": ["gp"], "places": 2, "release_days": null}]),
        ),
        (
            "questions",
            json!([{"id": "how-much-have-you", "label": "How much have you sutured?", "type": "choice",
                              "required": true, "options": ["Nothing", "A little"]},
                             {"id": "do-you-bring-a", "label": "Do you bring a laptop?", "type": "yes_no", "required": false}]),
        ),
        ("waiting_list", json!({"enabled": true, "limit": 9, "offer_hours": null})),
        (
            "certificate",
            json!({"minimum_minutes": 300, "needs_evaluation": true, "every_session": true,
                               "objectives": ["Tie knots", "Cut them"]}),
        ),
        ("cancellation", json!({"notice_days": 7})),
    ] {
        assert_eq!(made[field], expected, "{field}");
    }
    let form = admin.get(&format!("{page}/edit")).await.html;
    for said in [
        "name=\"lanes.1.name\" type=\"text\" value=\"GPs\"",
        "name=\"questions.0.id\" value=\"how-much-have-you\"",
        "name=\"lanes.rows\" value=\"2\"",
        "value=\"practice-nurse\" checked",
        "A little</textarea>",
    ] {
        assert!(form.contains(said), "{said} in {form}");
    }
    // What is typed anew under a question's old words is that question; a lane that is emptied is none.
    let mut changed = LEAST.to_vec();
    changed.extend([
        ("capacity", "12"),
        ("lanes.1.name", "GPs"),
        ("lanes.1.roles", "gp"),
        ("lanes.1.places", "3"),
        ("questions.0.id", "how-much-have-you"),
        ("questions.0.label", "Have you sutured?"),
        ("questions.0.type", "text"),
    ]);
    assert_eq!(admin.post(&format!("{page}/edit"), &changed).await.status, 303);
    let after = event(&hub, &page).await;
    assert_eq!(after["lanes"], json!([{"name": "GPs", "roles": ["gp"], "places": 3, "release_days": null}]));
    let question =
        json!([{"id": "how-much-have-you", "label": "Have you sutured?", "type": "text", "required": false}]);
    assert_eq!(after["questions"], question);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_more_row_is_asked_for_and_all_that_was_typed_stays() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let blank = admin.get(NEW).await.html;
    let has = |field: &str| blank.contains(&format!("id=\"{field}\""));
    assert!(has("sessions.0.date") && !has("lanes.0.name") && !has("questions.0.label"));
    let typed = [("title", "Typed with care"), ("lanes.rows", "1"), ("lanes.0.name", "Nurses"), ("more", "lanes")];
    let more = admin.post(NEW, &typed).await;
    assert_eq!(more.status, 200, "nothing is judged yet");
    for said in ["Typed with care", "value=\"Nurses\"", "id=\"lanes.1.name\"", "name=\"lanes.rows\" value=\"2\""] {
        assert!(more.html.contains(said), "{said} in {}", more.html);
    }
    assert!(!more.html.contains("There is a problem") && !more.html.contains("id=\"lanes.2.name\""));
    assert!(admin.get("/organise/events").await.html.contains("0 events"), "nothing is stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_in_a_row_is_said_at_that_row() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let mut typed = LEAST.to_vec();
    typed.extend([
        ("sessions.3.date", "1/12/2026"),
        ("sessions.3.starts", "14:00"),
        ("sessions.3.ends", "13:00"),
        ("lanes.1.name", "Nurses"),
        ("lanes.1.places", "few"),
        ("questions.2.label", "Which?"),
        ("questions.2.type", "choices"),
        ("questions.2.options", "one"),
    ]);
    let wrong = admin.post(NEW, &typed).await;
    assert_eq!(wrong.status, 422);
    for field in ["sessions.3.ends", "lanes.1.roles", "lanes.1.places", "questions.2.options"] {
        let is_there = wrong.html.contains(&format!("id=\"{field}\""));
        assert!(is_there && wrong.html.contains(&format!("href=\"#{field}\"")), "{field} in {}", wrong.html);
    }
    let mut typed = LEAST.to_vec();
    typed.extend([("capacity", "3"), ("lanes.0.name", "GPs"), ("lanes.0.roles", "gp"), ("lanes.0.places", "4")]);
    let wrong = admin.post(NEW, &typed).await;
    assert!(wrong.html.contains("The lanes reserve more places"), "{}", wrong.html);
    assert!(wrong.html.contains("href=\"#lanes.0.name\""), "{}", wrong.html);
}
