//! Many at once: the last place goes to exactly one, and the line is the order of arrival.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;
use futures::stream;
use serde_json::{Value, json};

use crate::hub::{CREATED, Reply, TestHub, form};

/// Sends all forms, so many at a time.
async fn all_at_once(hub: &TestHub, event: &str, forms: Vec<Value>, at_once: usize) -> Vec<Reply> {
    stream::iter(forms).map(|form| async move { hub.register(event, &form).await }).buffered(at_once).collect().await
}

fn people(count: usize) -> Vec<Value> {
    (0..count).map(|n| form(&format!("Person Number{n}"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_for_thirty_places_and_a_line_of_forty_five() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 30, "waiting_list": {"limit": 45}})).await;
    let replies = all_at_once(&hub, &event, people(1_000), 128).await;
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    for reply in &replies {
        let outcome = if reply.status == CREATED { reply.text("status") } else { reply.code() };
        *outcomes.entry(format!("{} {outcome}", reply.status)).or_default() += 1;
    }
    let expected = [("201 confirmed", 30), ("201 waiting", 45), ("409 event-full", 925)];
    assert_eq!(outcomes, expected.map(|(outcome, count)| (outcome.to_owned(), count)).into());
    let positions: BTreeSet<u64> = replies.iter().filter_map(|reply| reply.body["position"].as_u64()).collect();
    assert_eq!(positions, (1..=45).collect());
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_fifty_times_in_several_spellings_is_one_registration() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 30})).await;
    let names = ["Zoë Brown", "zoe brown", " ZOE  BROWN ", "Zoe\u{308} Brown", "Zoë  Brown"];
    let addresses = ["zoe@practice.example", " Zoe@Practice.Example", "ZOE@PRACTICE.EXAMPLE "];
    let spelt = |n: usize| json!({"name": names[n % 5], "email": addresses[n % 3], "role": "gp"});
    let replies = all_at_once(&hub, &event, (0..50).map(spelt).collect(), 50).await;
    assert_eq!(replies[0].status, CREATED, "{:?}", replies[0]);
    assert!(replies.iter().all(|reply| *reply == replies[0]), "all fifty answers are equal");
    assert_eq!(hub.inbox("zoe@practice.example").await.len(), 1);
    assert_eq!(hub.roster(&event).await.len(), 1);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_names_at_one_address_are_five_people() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 30})).await;
    let named = |name: &&str| json!({"name": name, "email": "desk@practice.example", "role": "receptionist"});
    let forms = ["Ann Ash", "Bea Birch", "Cat Cedar", "Dee Damson", "Eve Elm"].iter().map(named).collect();
    let replies = all_at_once(&hub, &event, forms, 5).await;
    let references: BTreeSet<&str> = replies.iter().map(|reply| reply.text("reference")).collect();
    assert_eq!(references.len(), 5);
    assert_eq!(hub.inbox("desk@practice.example").await.len(), 5);
    hub.stop_and_audit().await;
}

/// If A's answer came before B's request began, A's ticket is the smaller.
#[tokio::test(flavor = "multi_thread")]
async fn tickets_follow_the_order_in_which_answers_and_requests_met() {
    use std::sync::atomic::{AtomicU64, Ordering};
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1})).await;
    let moments = AtomicU64::new(0);
    let tick = || moments.fetch_add(1, Ordering::SeqCst);
    let timed: Vec<(u64, u64, String)> = stream::iter(people(200))
        .map(|form| {
            let (hub, event, tick) = (&hub, event.as_str(), &tick);
            async move {
                let began = tick();
                let reply = hub.register(event, &form).await;
                (began, tick(), reply.text("reference").to_owned())
            }
        })
        .buffer_unordered(16)
        .collect()
        .await;
    let path = format!("/api/v1/events/{event}/registrations");
    let roster = hub.as_admin(reqwest::Method::GET, &path, &Value::Null).await;
    let tickets: BTreeMap<&str, u64> = roster.body["registrations"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| (row["reference"].as_str().unwrap_or_default(), row["ticket"].as_u64().unwrap_or_default()))
        .collect();
    for (_, answered, first) in &timed {
        for (began, _, second) in &timed {
            assert!(answered >= began || tickets[first.as_str()] < tickets[second.as_str()], "{first} before {second}");
        }
    }
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_cancellations_at_once_confirm_the_first_thirty_of_the_line() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 30, "waiting_list": {"offer_hours": null}})).await;
    for form in people(75) {
        assert_eq!(hub.register(&event, &form).await.status, CREATED);
    }
    let mut links = Vec::new();
    for n in 0..30 {
        links.push(hub.link(&format!("Person Number{n}")).await);
    }
    let watch = async {
        let mut seen = 0;
        while hub.places(&event).await["waiting"] != json!(15) {
            assert_eq!(hub.places(&event).await["free"], json!(0), "a place was free while people waited");
            seen += 1;
        }
        seen
    };
    let cancel = stream::iter(&links).map(|link| hub.act(link, "cancel")).buffer_unordered(30).collect::<Vec<_>>();
    let (replies, _) = futures::join!(cancel, watch);
    assert!(replies.iter().all(|reply| reply.text("status") == "cancelled"), "{replies:?}");
    for n in 30..75 {
        let name = format!("Person Number{n}");
        let promotions = hub.subjects(&name).await.iter().filter(|s| *s == "You now have a place").count();
        assert_eq!(promotions, usize::from(n < 60), "{name}");
    }
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_never_says_full_while_it_has_room() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1, "waiting_list": {"limit": 5, "offer_hours": null}})).await;
    for form in people(6) {
        assert_eq!(hub.register(&event, &form).await.status, CREATED);
    }
    for round in 0..20 {
        let link = hub.link(&format!("Person Number{round}")).await;
        assert_eq!(hub.act(&link, "cancel").await.status, 200);
        let newcomer = hub.book(&event, &format!("Person Number{}", round + 6)).await;
        assert_eq!((newcomer.status, newcomer.body["position"].as_u64()), (CREATED, Some(5)), "{newcomer:?}");
        assert_eq!(hub.book(&event, &format!("Toomany Number{round}")).await.code(), "event-full");
    }
    hub.stop_and_audit().await;
}
