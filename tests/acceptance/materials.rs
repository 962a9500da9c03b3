//! Materials of an event: organisers add links and small files, those who hold a place find them on their booking.

use reqwest::Method;
use serde_json::json;

use crate::console::Desk;
use crate::hub::TestHub;

/// The address of a file on a page.
fn file_on(html: &str, before: &str) -> String {
    let (_, rest) = html.split_once(&format!("href=\"{before}")).unwrap_or_else(|| panic!("no file in {html}"));
    format!("{before}{}", rest.split('"').next().expect("an end"))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_holds_a_place_finds_links_and_files_and_nobody_else_does() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let event = hub.event(json!({"capacity": 1, "programme": "gp-fellowship"})).await;
    for name in ["Ann Ash", "Bob Birch"] {
        hub.book(&event, name).await;
    }
    let (ann, bob) = (hub.link("Ann Ash").await, hub.link("Bob Birch").await);
    let page = format!("/organise/events/{event}/materials");
    let link = [("do", "link"), ("title", "Slides"), ("url", "https://slides.example/x")];
    assert_eq!(admin.post(&page, &link).await.to, format!("{page}?done=added"));
    let bytes = b"%PDF-1.7 \xFF\x00 what is in it".to_vec();
    let added = admin.post_file(&page, &[("do", "file"), ("file_title", "")], "Plan des caf\u{e9}s.pdf", &bytes).await;
    assert_eq!(added.to, format!("{page}?done=added"));
    let listed = admin.get(&page).await.html;
    assert!(listed.contains("Slides") && listed.contains("Plan des caf\u{e9}s.pdf, 1 KB"), "{listed}");

    let mine = hub.get(&format!("/bookings/{ann}")).await.body.as_str().expect("a page").to_owned();
    assert!(mine.contains("href=\"https://slides.example/x\""), "{mine}");
    let file = file_on(&mine, &format!("/bookings/{ann}/materials/"));
    let got = hub.request(Method::GET, &file).send().await.expect("a reply");
    let header = |name: &str| got.headers()[name].to_str().expect("text").to_owned();
    assert_eq!((got.status().as_u16(), header("content-type").as_str()), (200, "application/pdf"));
    assert_eq!(header("content-disposition"), "attachment; filename*=UTF-8''Plan%20des%20caf%C3%A9s.pdf");
    assert_eq!(got.bytes().await.expect("bytes"), bytes);

    let theirs = hub.get(&format!("/bookings/{bob}")).await.body.as_str().expect("a page").to_owned();
    assert!(!theirs.contains("slides.example"), "somebody who waits: {theirs}");
    assert_eq!(hub.get(&file.replace(&ann, &bob)).await.status, 404);
    assert_eq!(hub.get(&file.replace(&ann, "x")).await.status, 404);
    hub.act(&ann, "cancel").await;
    assert_eq!(hub.get(&file).await.status, 404, "the place is given up");
    for (role, status) in [("programme", 404), ("desk", 403), ("reader", 403)] {
        let desk = Desk::of(&hub, role).await;
        assert_eq!((desk.get(&page).await.status, desk.post(&page, &link).await.status), (status, status), "{role}");
    }
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_material_is_refused_in_words_and_what_is_taken_away_is_gone() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let event = hub.event(json!({})).await;
    let page = format!("/organise/events/{event}/materials");
    let wrong = admin.post(&page, &[("do", "link"), ("title", " "), ("url", "javascript:alert(1)")]).await;
    assert_eq!(wrong.status, 422);
    for said in ["href=\"#title\"", "href=\"#url\"", "value=\"javascript:alert(1)\""] {
        assert!(wrong.html.contains(said), "{said} in {}", wrong.html);
    }
    let file = [("do", "file")];
    for (name, bytes, words) in [
        ("page.html", vec![b'x'; 10], "Files may be: pdf"),
        ("long.pdf", vec![b'x'; 300 * 1_024 + 1], "longer than 300 KB"),
        ("longer.pdf", vec![b'x'; 900 * 1_024], "longer than 300 KB"),
        ("", Vec::new(), "Select a file"),
    ] {
        let refused = admin.post_file(&page, &file, name, &bytes).await;
        assert!(refused.status == 422 && refused.html.contains(words), "{name}: {}", refused.html);
    }
    let whole = vec![0xFF; 300 * 1_024];
    assert_eq!(admin.post_file(&page, &file, "whole.png", &whole).await.status, 303, "as long as it may be");
    let stored = file_on(&admin.get(&page).await.html, &format!("{page}/"));
    assert_eq!(admin.get(&stored).await.status, 200);
    let id = stored.rsplit('/').next().expect("an id");
    assert_eq!(admin.post(&page, &[("do", "remove"), ("material", id)]).await.to, format!("{page}?done=removed"));
    assert_eq!(
        (admin.get(&stored).await.status, admin.post(&page, &[("do", "remove"), ("material", id)]).await.status),
        (404, 404)
    );
    let trail = admin.get("/organise/audit").await.html;
    assert!(trail.contains("Material added") && trail.contains("Material taken away"), "{trail}");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_an_event_has_its_materials_and_reminders_and_thanks_lead_to_them() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let event = hub.event(json!({"title": "Suturing"})).await;
    let page = format!("/organise/events/{event}/materials");
    let link = [("do", "link"), ("title", "Slides"), ("url", "https://slides.example/x")];
    assert_eq!(admin.post(&page, &link).await.status, 303);
    assert_eq!(admin.post_file(&page, &[("do", "file")], "plan.pdf", b"%PDF").await.status, 303);
    let copied = admin.post(&format!("/organise/events/{event}/copy"), &[("dates", "12/1/2027")]).await;
    assert_eq!(copied.status, 303);
    let path = format!("/api/v1/events/{event}/duplicate");
    let copy = hub.as_admin(Method::POST, &path, &json!({"starts": "2027-02-02T09:30:00Z"})).await;
    let copy = format!("/organise/events/{}/materials", copy.text("id"));
    let listed = admin.get(&copy).await.html;
    let file = file_on(&listed, &format!("{copy}/"));
    assert!(listed.contains("https://slides.example/x") && admin.get(&file).await.html.starts_with("%PDF"), "{listed}");

    hub.book(&event, "Ann Ash").await;
    let link = hub.link("Ann Ash").await;
    hub.set_clock("2026-11-30T12:00:00Z").await;
    let told = hub.inbox(&crate::hub::address("Ann Ash")).await;
    let text = told.last().expect("a reminder")["text"].as_str().expect("text").replace("\r\n", "\n");
    assert!(
        text.contains("Slides\nhttps://slides.example/x\n") || text.contains("https://slides.example/x\n"),
        "{text}"
    );
    assert!(text.contains(&format!("/bookings/{link}/materials/")), "{text}");
    let first = told.first().expect("a confirmation")["text"].as_str().expect("text");
    assert!(!first.contains("slides.example"), "not before: {first}");
}
