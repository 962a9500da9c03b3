//! Capacity raised and lowered under people's feet.

use futures::StreamExt as _;
use futures::stream;
use serde_json::json;

use crate::hub::{CREATED, TestHub};

async fn booked(hub: &TestHub, event: &str, count: usize) {
    for n in 0..count {
        assert_eq!(hub.book(event, &format!("Person Number{n}")).await.status, CREATED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn raising_gives_places_in_the_answer_and_lowering_ejects_nobody() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 30, "waiting_list": {"offer_hours": null}})).await;
    booked(&hub, &event, 40).await;
    let raised = hub.patch(&event, json!({"capacity": 35})).await;
    assert_eq!(raised.status, 200, "{raised:?}");
    let expected = json!({"capacity": 35, "confirmed": 35, "offered": 0, "waiting": 5, "free": 0, "over_by": 0});
    assert_eq!(raised.body["places"], expected);
    let confirmed = hub.roster(&event).await.into_iter().filter(|row| row.1 == "confirmed").count();
    assert_eq!(confirmed, 35);
    let lowered = hub.patch(&event, json!({"capacity": 20})).await;
    assert_eq!((lowered.status, &lowered.body["places"]["over_by"]), (200, &json!(15)));
    for n in 0..15 {
        let link = hub.link(&format!("Person Number{n}")).await;
        hub.act(&link, "cancel").await;
        assert_eq!(hub.places(&event).await["waiting"], json!(5), "no place is honestly free yet");
    }
    let link = hub.link("Person Number15").await;
    hub.act(&link, "cancel").await;
    let places = hub.places(&event).await;
    assert_eq!((&places["confirmed"], &places["waiting"]), (&json!(20), &json!(4)));
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn raising_offers_in_order_where_offers_are_made() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 1})).await;
    booked(&hub, &event, 4).await;
    let raised = hub.patch(&event, json!({"capacity": 3})).await;
    assert_eq!((&raised.body["places"]["offered"], &raised.body["places"]["waiting"]), (&json!(2), &json!(1)));
    let offered: Vec<String> =
        hub.roster(&event).await.into_iter().filter(|row| row.1 == "offered").map(|row| row.0).collect();
    assert_eq!(offered, ["Person Number1", "Person Number2"]);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lowering_while_people_register_demotes_nobody_who_was_told_confirmed() {
    let hub = TestHub::start().await;
    let event = hub.event(json!({"capacity": 60})).await;
    let crowd = stream::iter(0..80)
        .map(|n| {
            let (hub, event) = (&hub, event.as_str());
            async move { (format!("Person Number{n}"), hub.book(event, &format!("Person Number{n}")).await) }
        })
        .buffer_unordered(8)
        .collect::<Vec<_>>();
    let lower = async {
        for capacity in [50, 40, 30] {
            let reply = hub.patch(&event, json!({"capacity": capacity})).await;
            assert_eq!(reply.status, 200, "{reply:?}");
        }
    };
    let (replies, ()) = futures::join!(crowd, lower);
    let roster = hub.roster(&event).await;
    for (name, reply) in replies {
        assert_eq!(reply.status, CREATED, "{reply:?}");
        if reply.text("status") == "confirmed" {
            let row = roster.iter().find(|row| row.0 == name).expect("a row");
            assert_eq!(row.1, "confirmed", "{name} was told confirmed");
        }
    }
    hub.stop_and_audit().await;
}
