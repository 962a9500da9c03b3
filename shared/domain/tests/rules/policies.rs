//! The booking policies of seven hubs, each as it is set, and what it makes of the same bookings. A line is a moment
//! and what is done then; the result is what follows. The event is three hours on Tuesday 8 December 2026 from 09:30,
//! with a lane for GPs; whoever acts is a practice nurse of an organisation.

use domain::attendance::Presence;
use domain::consequence::{Booked, Consequence, HandOver, Owed};
use domain::policy::{Policy, Waiver};
use domain::{Event, Fields, Role};
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::{Value, json};

fn policy(sent: Value) -> Policy {
    let mut fields = Fields::of(sent).expect("an object");
    let policy = Policy::read(&mut fields);
    assert_eq!(fields.finish(), Ok(()));
    let again = Policy::read(&mut Fields::of(policy.to_json()).expect("an object"));
    assert_eq!(again, policy, "it reads back");
    policy
}

fn event(own_notice: Option<u16>) -> Event {
    let sent = json!({"title": "Suturing", "programme": "clinical-updates", "capacity": 10,
        "sessions": [{"starts": "2026-12-08T09:30:00Z", "ends": "2026-12-08T12:30:00Z"}],
        "lanes": [{"name": "gps", "roles": ["gp"], "places": 4}],
        "cancellation": own_notice.map(|days| json!({"notice_days": days}))});
    Event::parse(sent).expect("an event")
}

/// Runs a table under a policy; the first mistake shows the line.
fn run(sent: Value, table: &str) {
    let policy = policy(sent);
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (asked, expected) = line.split_once("->").expect("-> between what happens and what follows");
        assert_eq!(follows(&policy, asked.trim()), expected.trim(), "\n  in: {line}");
    }
}

fn follows(policy: &Policy, asked: &str) -> String {
    let (what, rest) = asked.split_once(' ').unwrap_or((asked, ""));
    let (own_notice, confidential, has_organisation) = match rest.rsplit(' ').next() {
        Some("confidential") => (None, true, true),
        Some("alone") => (None, false, false),
        Some("own-notice-2") => (Some(2), false, true),
        _ => (None, false, true),
    };
    let event = event(own_notice);
    let booked = Booked { event: &event, confidential, has_organisation };
    match what {
        "cancel" => said(&policy.consequence(booked, moment(rest))),
        "absent" => absence(policy, booked, Presence::Absent),
        "part" => absence(policy, booked, Presence::AttendedPart),
        "unrecorded" => absence(policy, booked, Presence::NotRecorded),
        "hand-over" => match policy.hand_over(&event, Role::PracticeNurse, Role::from_slug(rest).expect("a role")) {
            HandOver::Allowed => "done",
            HandOver::ByOrganisers => "ask the organisers",
            HandOver::OtherRoles => "kept for other roles",
        }
        .to_owned(),
        "waive" => {
            let why = [Waiver::Sickness, Waiver::Bereavement, Waiver::Other].into_iter().find(|why| why.slug() == rest);
            if policy.waives(why.expect("a reason")) { "waived" } else { "not a reason" }.to_owned()
        }
        "told" => serde_json::to_string(&policy.told).expect("JSON").replace(['[', ']', '"'], ""),
        other => panic!("{other} is not known"),
    }
}

fn moment(text: &str) -> Timestamp {
    let day_and_time: Vec<&str> = text.split_whitespace().take(2).collect();
    let at: DateTime = format!("2026-{}T{}", day_and_time[0], day_and_time[1]).parse().expect("month-day hour:minute");
    at.in_tz("Europe/London").expect("a time").timestamp()
}

fn said(consequence: &Consequence) -> String {
    let mut words = Vec::new();
    words.extend((!consequence.by_self).then(|| "by an organiser".to_owned()));
    words.push(consequence.late.map_or("in time".to_owned(), |notice| format!("late by {}", notice.words())));
    words.extend(consequence.owed.map(owed));
    words.join(", ")
}

fn owed(owed: Owed) -> String {
    let who = if owed.by_person { "the person" } else { "the organisation" };
    owed.gbp.map_or(format!("{who} without a price"), |gbp| format!("{who} £{gbp}"))
}

fn absence(policy: &Policy, booked: Booked<'_>, presence: Presence) -> String {
    if policy.is_absence(presence) && !booked.confidential { owed(policy.owed(booked)) } else { "nothing".to_owned() }
}

#[test]
fn lancashire_counts_seven_days_and_charges_by_duration() {
    let charge = json!([{"under_hours": 2, "gbp": 35}, {"under_hours": 4, "gbp": 60}, {"gbp": 105}]);
    run(
        json!({"notice": {"n": 7, "unit": "calendar_day"}, "charge": charge, "liable": "organisation",
               "invoice": "quarterly", "substitution": "removes_charge_if_attends",
               "waivers": ["sickness", "bereavement"]}),
        "
        cancel 12-01 09:30               -> in time
        cancel 12-01 09:31               -> late by 7 days, the organisation £60
        cancel 12-01 09:31 alone         -> late by 7 days, the organisation £60
        cancel 12-01 09:31 confidential  -> late by 7 days
        cancel 12-06 09:00 own-notice-2  -> in time
        cancel 12-06 09:31 own-notice-2  -> late by 2 days, the organisation £60
        absent                           -> the organisation £60
        absent confidential              -> nothing
        part                             -> nothing
        unrecorded                       -> nothing
        hand-over practice-nurse         -> done
        hand-over gp                     -> done
        waive sickness                   -> waived
        waive bereavement                -> waived
        waive other                      -> not a reason
        ",
    );
}

#[test]
fn north_west_london_counts_clear_working_days_and_charges_the_person_who_names_no_practice() {
    run(
        json!({"notice": {"n": 2, "unit": "working_day"}, "liable": "organisation_else_person",
               "invoice": "thirty_days", "self_only": true, "charge": [{"gbp": 50}]}),
        "
        cancel 12-03 23:59        -> in time
        cancel 12-04 00:00        -> late by 2 clear working days, the organisation £50
        cancel 12-04 00:00 alone  -> late by 2 clear working days, the person £50
        cancel 12-06 12:00        -> late by 2 clear working days, the organisation £50
        absent alone              -> the person £50
        waive sickness            -> not a reason
        ",
    );
}

#[test]
fn central_london_asks_the_practice_manager() {
    let sent =
        json!({"notice": {"n": 2, "unit": "working_day"}, "manager_approves": true, "told": ["practice_manager"]});
    let approved = Event { approval: true, ..event(None) };
    let words = |event: &Event| {
        policy(sent.clone()).words_on_booking(Booked { event, confidential: false, has_organisation: true })
    };
    assert_eq!(words(&event(None)).len(), 2, "an event that needs no approval says nothing of it");
    let words = words(&approved);
    assert_eq!(
        words,
        [
            "If you cannot come, please cancel at least 2 clear working days before the event.",
            "If a place is given up late, or not used, we tell your practice manager a day later, where your organisation \
             has given us an address for that.",
            "Your practice manager has to agree to it."
        ]
    );
    run(
        sent,
        "
        cancel 12-03 18:00  -> in time
        cancel 12-04 09:00  -> late by 2 clear working days, the organisation without a price
        absent              -> the organisation without a price
        told                -> practice_manager
        ",
    );
}

#[test]
fn accent_charges_within_six_weeks_and_lets_nobody_cancel_alone_within_two() {
    run(
        json!({"self_cancel_until_days": 14, "charge_window_days": 42, "substitution": "by_consultation",
               "told": ["line_manager"], "charge": [{"gbp": 80}]}),
        "
        cancel 10-27 09:29               -> in time
        cancel 10-27 09:31               -> late by 42 days, the organisation £80
        cancel 11-24 09:29               -> late by 42 days, the organisation £80
        cancel 11-24 09:31               -> by an organiser, late by 42 days, the organisation £80
        cancel 11-20 09:00 own-notice-2  -> in time
        hand-over practice-nurse         -> ask the organisers
        told                             -> line_manager
        ",
    );
}

#[test]
fn east_of_england_tells_the_sponsor_and_keeps_places_for_whom_they_are_meant() {
    run(
        json!({"notice": {"n": 10, "unit": "working_day"}, "told": ["sponsor"], "substitution": "must_meet_criteria"}),
        "
        cancel 11-23 23:59        -> in time
        cancel 11-24 00:00        -> late by 10 clear working days, the organisation without a price
        hand-over receptionist    -> done
        hand-over gp              -> kept for other roles
        told                      -> sponsor
        ",
    );
}

#[test]
fn west_sussex_charges_half_and_full_days_and_whoever_comes_late() {
    run(
        json!({"notice": {"n": 10, "unit": "working_day"}, "late_arrival_is_absence": true,
               "charge": [{"under_hours": 5, "gbp": 35}, {"gbp": 70}]}),
        "
        cancel 11-23 12:00  -> in time
        cancel 11-24 12:00  -> late by 10 clear working days, the organisation £35
        absent              -> the organisation £35
        part                -> the organisation £35
        ",
    );
}

#[test]
fn maxcourse_counts_weeks_and_keeps_what_was_paid_as_a_credit() {
    let sent = json!({"notice": {"n": 4, "unit": "week"}, "invoice": "credit"});
    let event = event(None);
    let words = |at: &str| {
        let booked = Booked { event: &event, confidential: false, has_organisation: true };
        policy(sent.clone()).words_on_giving_up(booked, moment(at))
    };
    assert_eq!(words("11-10 09:30"), ["What was paid is kept as a credit for another event."]);
    assert_eq!(
        words("11-10 09:31"),
        [
            "It is less than 4 weeks before the event. You can still cancel; it is recorded as late.",
            "What was paid is not kept as a credit any more."
        ]
    );
    run(
        sent.clone(),
        "
        cancel 11-10 09:30  -> in time
        cancel 11-10 09:31  -> late by 4 weeks, the organisation without a price
        ",
    );
}
