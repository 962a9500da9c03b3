//! A confidential programme, walked through: an invented person of an invented practice whose names are found wherever
//! they are told, and every page, mail, report and file that must not tell them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::hub::{TestHub, link_in, send};
use crate::roles::{Caller, Line};

const NAME: &str = "Zephyrine Quillfeather";
const EMAIL: &str = "zephyrine@quillfeather.example";
const MANAGER: &str = "manager@obsidian.example";
/// What nobody else is called.
const PERSON: [&str; 4] = ["zephyrine", "quillfeather", "periwinkle", "vermilion"];
const PRACTICE: [&str; 2] = ["obsidian", "y99777"];
/// What the event is called, and what it is about.
const TITLE: &str = "Marmalade after burnout";

/// A hub with a confidential event that is over, one that is ahead, and what the person did in both.
struct Told {
    hub: TestHub,
    over: String,
    ahead: String,
    reference: String,
}

fn person() -> Value {
    json!({"name": NAME, "email": EMAIL, "role": "practice-nurse", "access_needs": "A periwinkle chair",
           "organisation": {"ods_code": "Y99777", "name": "Obsidian Lantern Surgery"},
           "answers": {"why": "Vermilion days"}})
}

fn on(day: &str) -> Value {
    json!([{"starts": format!("{day}T09:30:00Z"), "ends": format!("{day}T11:30:00Z")}])
}

impl Told {
    async fn start(programme: &str) -> Self {
        let hub = TestHub::start().await;
        let policy =
            json!({"policy": {"charge": [{"gbp": 50}], "told": ["practice_manager", "line_manager", "sponsor"]}});
        hub.as_admin(Method::PATCH, "/api/v1/hub", &policy).await;
        let settings = |day: &str| {
            json!({"title": TITLE, "programme": programme, "sessions": on(day), "capacity": 1, "cpd_minutes": 120,
                   "format": "in-person", "venue": "Mile End", "cancellation": {"notice_days": 7},
                   "questions": [{"id": "why", "label": "Why?", "type": "text", "required": false}],
                   "organisers": ["hub@hub.example"]})
        };
        let (over, ahead) = (hub.event(settings("2026-11-10")).await, hub.event(settings("2026-12-01")).await);
        let mut reference = String::new();
        for event in [&over, &ahead] {
            let booked = hub.register(event, &person()).await;
            assert_eq!(booked.status, 201, "{booked:?}");
            reference = booked.text("reference").to_owned();
            hub.book(event, "Bob Birch").await;
        }
        hub.set_clock("2026-11-10T12:00:00Z").await;
        Self { hub, over, ahead, reference }
    }

    /// Puts the practice on the hub's list, with its manager. The list itself may be read; what the people of the practice
    /// do may not.
    async fn list_the_practice(&self) {
        let practice =
            json!({"code": "Y99777", "name": "Obsidian Lantern Surgery", "type": "practice", "manager": MANAGER});
        let list = json!({"organisations": [practice]});
        let listed = self.hub.as_admin(Method::PUT, "/api/v1/organisations", &list).await;
        assert_eq!(listed.status, 200, "{listed:?}");
    }

    async fn reference(&self, event: &str) -> String {
        crate::certificates::reference(&self.hub, event, NAME).await
    }

    async fn record(&self, minutes: u32) {
        let reference = self.reference(&self.over).await;
        let records = json!({"records": [{"reference": reference, "minutes": minutes}]});
        let path = format!("/api/v1/events/{}/attendance", self.over);
        assert_eq!(self.hub.as_admin(Method::POST, &path, &records).await.status, 200);
    }
}

/// Fails where a text tells any of these.
fn tells_nothing(what: &str, text: &str, of: &[&str]) {
    let text = text.to_lowercase();
    for word in of {
        assert!(!text.contains(word), "{what} tells {word}: {text}");
    }
}

fn all() -> Vec<&'static str> {
    PERSON.iter().chain(&PRACTICE).copied().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_and_no_call_tells_who_takes_part_but_to_those_who_run_it() {
    let told = Told::start("staff-wellbeing").await;
    let hub = &told.hub;
    told.record(120).await;
    hub.settle().await;
    let admin = Caller::of(hub, "admin").await;
    let others = [
        ("programme", Caller::of(hub, "programme").await),
        ("desk", Caller::of(hub, "desk").await),
        ("reader", Caller::of(hub, "reader").await),
        ("nobody", Caller::nobody()),
    ];
    let mut found = 0;
    for event in [&told.over, &told.ahead] {
        let reference = told.reference(event).await;
        for line in Line::all() {
            for (role, caller) in &others {
                let reply = caller.ask(hub, &line, event, &reference).send().await.expect("a reply");
                let what = format!("{} {} to {role}", line.method, line.route);
                let bytes = reply.bytes().await.expect("bytes");
                tells_nothing(&what, &String::from_utf8_lossy(&bytes), &all());
            }
            if line.method == Method::GET {
                let reply = admin.ask(hub, &line, event, &reference).send().await.expect("a reply");
                let text = String::from_utf8_lossy(&reply.bytes().await.expect("bytes")).to_lowercase();
                found += usize::from(text.contains("quillfeather"));
            }
        }
    }
    assert!(found > 10, "those who run it see who takes part: {found}");
    told.list_the_practice().await;
    let reach = hub.as_admin(Method::GET, "/api/v1/reports/2026-11/reach.json", &Value::Null).await;
    let practice = &reach.body["organisations"][0];
    // Nobody of it came, to all appearances.
    assert_eq!((&practice["id"], &practice["last_reached"]), (&json!("Y99777"), &json!(null)));
    // At the desk: a meeting's file, and people by reference.
    let desk = hub.token(json!({"role": "desk", "subject": "desk@hub.example"})).await;
    let file = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\r\n";
    let row = format!("{NAME},{EMAIL},11/10/2026 09:30:00 AM,11/10/2026 11:30:00 AM,120,No\r\n");
    let path = format!("/api/v1/events/{}/attendance/import", told.over);
    for query in ["?dry_run=true", ""] {
        let request = hub.request(Method::POST, &format!("{path}{query}")).bearer_auth(&desk);
        let reply = send(request.body(format!("{file}{row}"))).await;
        assert_eq!((reply.status, &reply.body["counts"]["matched"]), (200, &json!(1)), "{reply:?}");
        tells_nothing("an import", &reply.body.to_string(), &all());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_and_calendars_say_nothing_until_they_are_opened_and_nobody_else_gets_one() {
    let told = Told::start("coaching-mentorship").await;
    told.list_the_practice().await;
    let hub = &told.hub;
    let path = format!("/api/v1/events/{}/registrations/{}/access", told.ahead, told.reference);
    hub.as_admin(Method::POST, &path, &json!({"state": "agreed", "reply": "A chair."})).await;
    let message = json!({"subject": "More on Marmalade after burnout", "body": "Bring a pen.", "to": "all"});
    let path = format!("/api/v1/events/{}/messages", told.ahead);
    assert_eq!(hub.as_admin(Method::POST, &path, &message).await.status, 202);
    hub.patch(&told.ahead, json!({"venue": "Stratford"})).await;
    told.record(120).await;
    // Thanks, the certificate, reminders, digests, the report of the month, the end of the line.
    hub.set_clock("2026-12-02T12:00:00Z").await;
    hub.settle().await;
    let reply = send(hub.request(Method::GET, "/_local/inbox")).await;
    let messages = reply.body["messages"].as_array().expect("messages");
    let text = |message: &Value, field: &str| message[field].as_str().unwrap_or_default().to_owned();
    let (theirs, others): (Vec<&Value>, Vec<&Value>) =
        messages.iter().partition(|message| message["to"].to_string().contains("quillfeather"));
    let subjects: Vec<String> = theirs.iter().map(|message| text(message, "subject")).collect();
    for kind in ["Confirmed", "What we will do for you", "Changed", "Tomorrow", "Thank you", "Your certificate"] {
        assert!(subjects.iter().any(|subject| subject.starts_with(kind)), "{kind} in {subjects:#?}");
    }
    assert!(theirs.iter().any(|message| text(message, "text").contains("Bring a pen.")));
    for message in &theirs {
        let what = text(message, "subject");
        tells_nothing(&format!("the subject {what}"), &what, &["marmalade", "burnout", "coaching"]);
        let files = message["attachments"].to_string();
        tells_nothing("the name of a file", &files, &["marmalade", "burnout", "coaching"]);
        let raw = format!("/_local/inbox/{}.eml", text(message, "id"));
        let raw = hub.request(Method::GET, &raw).send().await.expect("a reply").text().await.expect("text");
        let unfolded = raw.replace("\r\n ", "").replace("=\r\n", "");
        for line in unfolded.lines().filter(|line| line.starts_with("SUMMARY") || line.starts_with("Subject")) {
            tells_nothing("a calendar", line, &["marmalade", "burnout", "coaching"]);
        }
    }
    assert!(others.len() > 3, "organisers and others are written to");
    for message in others {
        assert_ne!(message["to"][0], MANAGER);
        for field in ["subject", "text", "html"] {
            tells_nothing(&format!("a mail to {}", message["to"]), &text(message, field), &all());
        }
    }
    let link = link_in(theirs[0]);
    let calendar = hub.get(&format!("/bookings/{link}/calendar.ics")).await.body.to_string();
    assert!(calendar.contains("SUMMARY"), "{calendar}");
    let titles: String = calendar.split("\\r\\n").filter(|line| line.starts_with("SUMMARY")).collect();
    tells_nothing("the booking's calendar", &titles, &["marmalade", "burnout", "coaching"]);
    // Only the person's own letters.
    for path in ["/events.ics", "/"] {
        tells_nothing(path, &hub.get(path).await.body.to_string(), &all());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_report_in_any_form_names_the_practice_and_nothing_is_charged() {
    let told = Told::start("staff-wellbeing").await;
    let hub = &told.hub;
    // Absent: what would be charged for elsewhere.
    told.record(0).await;
    let link = hub.inbox(EMAIL).await;
    let later =
        link_in(link.iter().rfind(|message| message["text"].to_string().contains("1 December")).expect("a mail"));
    hub.set_clock("2026-11-28T12:00:00Z").await;
    assert_eq!(hub.act(&later, "cancel").await.body["status"], "cancelled");
    hub.set_clock("2027-01-11T12:00:00Z").await;
    let read = |path: String| async move {
        let reply = hub.request(Method::GET, &path).bearer_auth(&hub.admin).send().await.expect("a reply");
        assert_eq!(reply.status().as_u16(), 200, "{path}");
        let bytes = reply.bytes().await.expect("bytes").to_vec();
        if path.contains(".xlsx") { unzipped(&bytes) } else { String::from_utf8(bytes).expect("text") }
    };
    for period in ["2026-11", "2026-12", "2026-27-Q3", "2026-27", "2026-11-01..2026-12-31"] {
        for form in ["json", "csv", "xlsx"] {
            for audience in ["organiser", "funder", "public"] {
                let path = format!("/api/v1/reports/{period}.{form}?audience={audience}");
                tells_nothing(&path, &read(path.clone()).await, &all());
            }
            let path = format!("/api/v1/reports/{period}/registrations.{form}");
            let rows = read(path.clone()).await;
            tells_nothing(&path, &rows, &PRACTICE);
            assert!(rows.contains(TITLE), "{path} has the event");
        }
    }
    let cookie = crate::sign_in::sign_in(hub, "admin@hub.example", "/organise").await;
    for period in ["2026-11", "2026-27"] {
        for audience in ["organiser", "funder", "public"] {
            let path = format!("/organise/reports/{period}?audience={audience}");
            let page = send(hub.request(Method::GET, &path).header("cookie", &cookie)).await;
            assert_eq!(page.status, 200);
            tells_nothing(&path, &page.body.to_string(), &all());
        }
    }
    for form in ["json", "csv"] {
        let charges = read(format!("/api/v1/charges/2026-27-Q3.{form}")).await;
        tells_nothing("charges", &charges, &[&all()[..], &["marmalade"]].concat());
        assert!(!charges.contains(&told.reference));
    }
    for message in send(hub.request(Method::GET, "/_local/inbox")).await.body["messages"].as_array().expect("messages")
    {
        assert_ne!(message["to"][0], MANAGER, "{}", message["subject"]);
    }
}

/// The text of every part of a workbook.
fn unzipped(bytes: &[u8]) -> String {
    use std::io::Read as _;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip");
    let mut text = String::new();
    for part in 0..archive.len() {
        archive.by_index(part).expect("a part").read_to_string(&mut text).expect("text");
    }
    text
}
