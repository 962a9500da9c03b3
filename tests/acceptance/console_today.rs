//! What needs somebody today: each task leads to where it is dealt with, and is gone once it is.

use reqwest::Method;
use serde_json::{Value, json};

use crate::console::Desk;
use crate::hub::{TestHub, address};
use crate::organisers_mail::said;

/// The address of the first task's page, if there is any.
async fn bounce_page(desk: &Desk<'_>) -> Option<String> {
    let html = desk.get("/organise").await.html;
    let (_, rest) = html.split_once("href=\"/organise/bounces/")?;
    rest.split_once('"').map(|(id, _)| format!("/organise/bounces/{id}"))
}

async fn bounce(hub: &TestHub, name: &str) {
    let mail = hub.inbox(&address(name)).await.remove(0);
    let payload = said("Bounce", "Permanent", mail["id"].as_str().expect("an id"), &address(name));
    hub.hub().invoke("notify-bounce", payload).await.expect("handled");
}

async fn register(hub: &TestHub, event: &str, name: &str) -> String {
    let form = json!({"name": name, "email": address(name), "role": "gp", "access_needs": "step-free",
                      "answers": {"level": "new"}});
    hub.register(event, &form).await.text("reference").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_gets_no_mail_is_corrected_and_the_booking_goes_on_with_all_that_was_filled_in() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let questions = json!([{"id": "level", "label": "Level?", "type": "text", "required": true}]);
    let event = hub
        .event(json!({"title": "Suturing", "programme": "gp-fellowship", "capacity": 1, "questions": questions}))
        .await;
    let reference = register(&hub, &event, "Ann Ash").await;
    register(&hub, &event, "Bob Birch").await;
    bounce(&hub, "Ann Ash").await;
    let today = admin.get("/organise").await.html;
    assert!(
        today.contains("Mail that does not arrive") && today.contains(&format!("{reference}, Suturing")),
        "{today}"
    );
    let page = bounce_page(&admin).await.expect("a task");
    let shown = admin.get(&page).await.html;
    assert!(shown.contains("Ann Ash") && shown.contains(&format!("value=\"{reference}\" checked")), "{shown}");
    let correct = |email: &'static str| [("do", "correct"), ("email", email)];
    let wrong = admin.post(&page, &correct("ann.ash")).await;
    assert!(
        wrong.status == 422 && wrong.html.contains("#email") && wrong.html.contains("#reference"),
        "{}",
        wrong.html
    );
    let mut form = correct("ann.ash@other.example").to_vec();
    form.push(("reference", &reference));
    assert_eq!(admin.post(&page, &form).await.to, "/organise");
    assert_eq!((bounce_page(&admin).await, admin.get(&page).await.status), (None, 404));
    hub.settle().await;
    let roster = hub.as_admin(Method::GET, &format!("/api/v1/events/{event}/registrations"), &Value::Null).await;
    let row = roster.body["registrations"][0].clone();
    let place = (&row["email"], &row["status"], &row["ticket"]);
    assert_eq!(place, (&json!("ann.ash@other.example"), &json!("confirmed"), &json!(1)), "{roster:?}");
    let now = row["reference"].as_str().expect("text");
    let page = admin.get(&format!("/organise/events/{event}/registrations/{now}")).await.html;
    assert!(page.contains("step-free") && page.contains("Address corrected"), "{page}");
    assert_eq!(hub.inbox("ann.ash@other.example").await.len(), 1, "the new link");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_written_to_again_or_its_people_were_reached_another_way() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let event = hub.event(json!({"title": "Suturing", "programme": "gp-fellowship"})).await;
    for name in ["Ann Ash", "Bob Birch"] {
        hub.book(&event, name).await;
        bounce(&hub, name).await;
    }
    let other = Desk::of(&hub, "programme").await;
    let first = bounce_page(&admin).await.expect("a task");
    assert_eq!((bounce_page(&other).await, other.get(&first).await.status), (None, 404), "another programme's");
    for role in ["desk", "reader"] {
        let desk = Desk::of(&hub, role).await;
        assert_eq!(
            (bounce_page(&desk).await, desk.post(&first, &[("do", "lift")]).await.status),
            (None, 403),
            "{role}"
        );
    }
    let is_anns = admin.get(&first).await.html.contains("Ann Ash");
    assert_eq!(admin.post(&first, &[("do", "lift")]).await.to, "/organise");
    let second = bounce_page(&admin).await.expect("the other task");
    assert_eq!(admin.post(&second, &[("do", "done")]).await.to, "/organise");
    assert_eq!(bounce_page(&admin).await, None);
    hub.patch(&event, json!({"sessions": [{"starts": "2026-12-02T09:30:00Z", "ends": "2026-12-02T16:30:00Z"}]})).await;
    let count = async |name: &str| hub.inbox(&address(name)).await.len();
    let (again, never) = if is_anns { ("Ann Ash", "Bob Birch") } else { ("Bob Birch", "Ann Ash") };
    assert_eq!((count(again).await, count(never).await), (2, 1), "the change reaches whoever is written to again");
    let trail = admin.get("/organise/audit").await.html;
    for said in ["Mail to the address allowed again", "Reached another way than by mail"] {
        assert!(trail.contains(said), "{said} in {trail}");
    }
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_are_over_ask_for_attendance_until_all_of_it_is_there() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"title": "Suturing", "capacity": 2})).await;
    let mut references = Vec::new();
    for name in ["Ann Ash", "Bob Birch", "Cat Cedar"] {
        references.push(hub.book(&event, name).await.text("reference").to_owned());
    }
    let secret = hub.event(json!({"title": "In confidence", "programme": "staff-wellbeing"})).await;
    hub.book(&secret, "Dan Damson").await;
    let desk = async || Desk::of(&hub, "desk").await.get("/organise").await.html;
    assert!(!desk().await.contains("Attendance that is missing"));
    hub.set_clock("2026-12-02T09:00:00Z").await;
    let asked = desk().await;
    assert!(!asked.contains("In confidence"), "a desk takes no attendance there: {asked}");
    let all = Desk::of(&hub, "admin").await.get("/organise").await.html;
    assert!(all.contains("In confidence") && all.contains("1 of 1 not recorded"), "{all}");
    assert!(asked.contains("2 of 2 not recorded"), "{asked}");
    assert!(asked.contains(&format!("href=\"/organise/events/{event}/attendance\"")), "{asked}");
    let record = async |reference: &str, minutes: u32| {
        let records = json!({"records": [{"reference": reference, "minutes": minutes}]});
        hub.as_admin(Method::POST, &format!("/api/v1/events/{event}/attendance"), &records).await
    };
    assert_eq!(record(&references[0], 420).await.status, 200);
    assert!(desk().await.contains("1 of 2 not recorded"));
    assert_eq!(record(&references[1], 0).await.status, 200);
    assert!(!desk().await.contains("Attendance that is missing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_task_leads_to_where_it_is_dealt_with() {
    let hub = TestHub::start().await;
    let full = hub.event(json!({"title": "Full", "capacity": 1, "waiting_list": {"offer_hours": null}})).await;
    for name in ["Ann Ash", "Bob Birch"] {
        hub.book(&full, name).await;
    }
    let soon = json!([{"starts": "2026-11-10T09:30:00Z", "ends": "2026-11-10T12:30:00Z"}]);
    let thin =
        hub.event(json!({"title": "Thin", "minimum": 3, "sessions": soon, "approval": true, "capacity": 5})).await;
    let mut references = Vec::new();
    for name in ["Cat Cedar", "Catt Cedar"] {
        let form = json!({"name": name, "email": "cat@practice.example", "role": "gp"});
        references.push(hub.register(&thin, &form).await.text("reference").to_owned());
    }
    let body = json!({"name": "Dan Damson", "email": address("Dan Damson"), "role": "gp", "organisation": {"name": "Nowhere"}});
    assert_eq!(hub.register(&full, &body).await.status, 201);
    hub.settle().await;
    let today = Desk::of(&hub, "admin").await.get("/organise").await.html;
    for (heading, path) in [
        ("Fewer people than it takes", format!("/organise/events/{thin}")),
        ("Bookings that want approval", format!("/organise/events/{thin}/registrations/{}", references[0])),
        ("People who may have booked twice", format!("/organise/events/{thin}/registrations/{}", references[1])),
        ("Lines that could become a second date", format!("/organise/events/{full}/copy")),
        ("Organisations that are not in the list", "/organise/lists/unlisted".to_owned()),
    ] {
        assert!(today.contains(heading) && today.contains(&format!("href=\"{path}\"")), "{heading} {path} in {today}");
    }
    let desk = Desk::of(&hub, "desk").await.get("/organise").await.html;
    assert!(desk.contains("Nothing needs you just now") && desk.contains("Next events"), "{desk}");
}
