//! A meeting's report imported in the console, and whoever in it was not recognised settled there.

use reqwest::Method;
use serde_json::{Value, json};

use crate::console::Desk;
use crate::hub::{TestHub, form};

/// Name, status and minutes of everybody, by name.
async fn roster(hub: &TestHub, event: &str) -> Vec<String> {
    let path = format!("/api/v1/events/{event}/registrations");
    let reply = hub.as_admin(Method::GET, &path, &Value::Null).await;
    let row = |row: &Value| {
        format!(
            "{} {} {}",
            row["name"].as_str().unwrap_or_default(),
            row["status"].as_str().unwrap_or_default(),
            row["minutes"]
        )
    };
    let mut rows: Vec<String> = reply.body["registrations"].as_array().expect("rows").iter().map(row).collect();
    rows.sort();
    rows
}

/// The entry of one who waits, as the page's form sends it.
fn entry_of(html: &str, name: &str) -> String {
    let (_, rest) = html.split_once(&format!("<h3>{name}</h3>")).unwrap_or_else(|| panic!("{name} in {html}"));
    let (_, rest) = rest.split_once("name=\"entry\" value=\"").expect("an entry");
    rest.split('"').next().expect("an end").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_imported_at_the_desk_and_who_was_not_recognised_is_settled() {
    let hub = TestHub::start().await;
    let sessions = json!([{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T12:30:00Z"}]);
    let event = hub.event(json!({"title": "Suturing", "sessions": sessions})).await;
    let mut references = Vec::new();
    for name in ["Ann Ash", "Bob Birch", "Cat Cedar", "Dan Damson"] {
        references.push(hub.register(&event, &form(name)).await.text("reference").to_owned());
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/shared/meeting/tests/fixtures");
    let report = std::fs::read(format!("{folder}/teams.csv")).expect("a fixture");
    let desk = Desk::of(&hub, "desk").await;
    let page = format!("/organise/events/{event}/attendance/import");
    assert!(desk.get(&page).await.html.contains("has not started yet"));
    let import = [("do", "import"), ("others", "absent")];
    assert_eq!(desk.post_file(&page, &import, "report.csv", &report).await.status, 422, "not before it starts");
    hub.set_clock("2026-12-01T15:00:00Z").await;
    let desk = Desk::of(&hub, "desk").await;
    for (bytes, words) in [(&b""[..], "Select a file"), (b"not a report", "href=\"#file\"")] {
        let refused = desk.post_file(&page, &import, "report.csv", bytes).await;
        assert!(refused.status == 422 && refused.html.contains(words), "{}", refused.html);
    }
    let imported = desk.post_file(&page, &import, "report.csv", &report).await;
    assert_eq!(imported.to, format!("{page}?matched=3&waiting=2"));
    let shown = desk.get(&imported.to).await.html;
    assert!(shown.contains("3 recognised and recorded. 2 not recognised.") && shown.contains("iPhone"), "{shown}");
    let expected = ["Ann Ash attended 161", "Bob Birch attended 90", "Cat Cedar attended 90", "Dan Damson absent 0"];
    assert_eq!(roster(&hub, &event).await, expected);
    let phone = entry_of(&shown, "iPhone");
    let field = format!("reference.{phone}");
    let nobody = desk.post(&page, &[("do", "match"), ("entry", &phone), (&field, "")]).await;
    assert!(nobody.status == 422 && nobody.html.contains("Select who it is"), "{}", nobody.html);
    let dan = [("do", "match"), ("entry", phone.as_str()), (field.as_str(), references[3].as_str())];
    assert_eq!(desk.post(&page, &dan).await.to, format!("{page}?done=settled"));
    assert_eq!(roster(&hub, &event).await[3], "Dan Damson attended 180");
    let guest = entry_of(&desk.get(&page).await.html, "+44 7700 ***123");
    assert_eq!(desk.post(&page, &[("do", "ignore"), ("entry", &guest)]).await.status, 303);
    assert!(!desk.get(&page).await.html.contains("Who is this?"));
    assert_eq!(desk.post(&page, &[("do", "ignore"), ("entry", &guest)]).await.status, 404);
    assert_eq!(roster(&hub, &event).await.len(), 4);
    let reader = Desk::of(&hub, "reader").await;
    assert_eq!((reader.get(&page).await.status, reader.post(&page, &dan).await.status), (403, 403));
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_of_a_report_comes_without_a_booking_and_confidences_are_kept() {
    let hub = TestHub::start().await;
    let sessions = json!([{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T12:30:00Z"}]);
    let event = hub.event(json!({"programme": "staff-wellbeing", "sessions": sessions})).await;
    hub.register(&event, &form("Ann Ash")).await;
    hub.set_clock("2026-12-01T15:00:00Z").await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/shared/meeting/tests/fixtures");
    let report = std::fs::read(format!("{folder}/teams.csv")).expect("a fixture");
    let page = format!("/organise/events/{event}/attendance/import");
    let desk = Desk::of(&hub, "desk").await;
    assert_eq!(
        (desk.get(&page).await.status, desk.post_file(&page, &[("do", "import")], "r.csv", &report).await.status),
        (403, 403)
    );
    let admin = Desk::of(&hub, "admin").await;
    assert_eq!(admin.post_file(&page, &[("do", "import")], "r.csv", &report).await.status, 303);
    let phone = entry_of(&admin.get(&page).await.html, "iPhone");
    assert_eq!(admin.post(&page, &[("do", "walk-in"), ("entry", &phone)]).await.status, 303);
    assert!(roster(&hub, &event).await.contains(&"iPhone attended 180".to_owned()), "{:?}", roster(&hub, &event).await);
    hub.stop_and_audit().await;
}
