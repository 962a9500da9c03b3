//! Opening and closing hold to the second in UK time, across both clock changes.

use serde_json::json;

use crate::hub::{CREATED, TestHub};

/// Opens and closes at UK wall-clock times around a clock change; the instants are theirs in UTC.
async fn check(opens: &str, closes: &str, before: &str, last: &str, starts: &str, ends: &str) {
    let hub = TestHub::at("2026-03-01T09:00:00Z").await;
    let event = hub
        .event(
            json!({"registration": {"opens": opens, "closes": closes}, "sessions": [{"starts": starts, "ends": ends}]}),
        )
        .await;
    hub.set_clock(before).await;
    assert_eq!(hub.book(&event, "Ann Ash").await.code(), "registration-not-open");
    hub.set_clock(opens).await;
    assert_eq!(hub.book(&event, "Ann Ash").await.status, CREATED);
    hub.set_clock(last).await;
    assert_eq!(hub.book(&event, "Bob Birch").await.status, CREATED);
    hub.set_clock(closes).await;
    let late = hub.book(&event, "Cat Cedar").await;
    assert_eq!((late.status, late.code()), (409, "registration-closed"));
    assert_eq!(hub.book(&event, "Ann Ash").await.status, CREATED, "who is in stays in");
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn around_the_last_sunday_of_march() {
    let (before, last) = ("2026-03-29T00:59:59Z", "2026-03-30T07:59:59Z");
    check(
        "2026-03-29T02:00:00+01:00",
        "2026-03-30T09:00:00+01:00",
        before,
        last,
        "2026-04-01T09:00:00Z",
        "2026-04-01T10:00:00Z",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn around_the_last_sunday_of_october() {
    let (before, last) = ("2026-10-25T00:29:59Z", "2026-10-25T01:29:59Z");
    // 01:30 comes twice that night: first in summer time, then in winter time.
    check(
        "2026-10-25T01:30:00+01:00",
        "2026-10-25T01:30:00+00:00",
        before,
        last,
        "2026-11-01T09:00:00Z",
        "2026-11-01T10:00:00Z",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_counts_working_hours_over_a_weekend_in_which_the_clocks_change() {
    let hub = TestHub::at("2026-10-23T15:00:00Z").await;
    let event = hub.event(json!({"capacity": 1, "waiting_list": {"offer_hours": 6}})).await;
    hub.book(&event, "Ann Ash").await;
    hub.book(&event, "Bob Birch").await;
    let ann = hub.link("Ann Ash").await;
    hub.act(&ann, "cancel").await;
    let offer = hub.booking(&hub.link("Bob Birch").await).await;
    // Friday 16:00 to 20:00 summer time, then Monday 08:00 to 10:00 winter time.
    assert_eq!(offer.text("offer_until"), "2026-10-26T10:00:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn six_empty_months_pass_and_reminders_come_at_their_times() {
    let hub = TestHub::start().await;
    let event = hub
        .event(json!({"joining_url": "https://teams.example/meet",
            "sessions": [{"starts": "2027-05-04T09:00:00Z", "ends": "2027-05-04T10:00:00Z"}]}))
        .await;
    hub.book(&event, "Ann Ash").await;
    hub.advance("P190D").await;
    let inbox = hub.inbox("ann.ash@practice.example").await;
    let sent: Vec<(&str, &str)> = inbox
        .iter()
        .map(|m| {
            (
                m["subject"].as_str().unwrap_or_default().split(':').next().unwrap_or_default(),
                m["at"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    let expected = [
        ("Confirmed", "2026-11-02T09:00:00Z"),
        ("In a week", "2027-04-27T09:00:00Z"),
        ("Tomorrow", "2027-05-03T09:00:00Z"),
        ("In an hour", "2027-05-04T08:00:00Z"),
        ("Thank you", "2027-05-05T08:00:00Z"),
    ];
    assert_eq!(sent, expected);
    let says = |n: usize| inbox[n]["text"].as_str().unwrap_or_default().contains("https://teams.example/meet");
    assert_eq!([0, 1, 2, 3, 4].map(says), [false, false, false, true, false]);
}
