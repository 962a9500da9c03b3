//! What each mail becomes of each place.

use domain::ledger::Ending;
use serde_json::json;

use super::*;

const BEFORE: &str = "2026-12-06T09:00:00Z";
const UNTIL: &str = "2026-12-07T12:00:00Z";
const STARTS: &str = "2026-12-08T09:30:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn event() -> Event {
    Event::parse(json!({"title": "Suturing", "programme": "clinical-updates",
        "sessions": [{"starts": STARTS, "ends": "2026-12-08T12:30:00Z"}]}))
    .unwrap()
}

fn ended(ending: Ending, late: bool) -> Place {
    Place::Ended(Tombstone { generation: Generation(2), ending, late, returned: false, held: true, at: at(BEFORE) })
}

/// What a mail about generation 2 becomes.
fn decide(subject: &Subject, place: Place, now: &str) -> Result<LetterKind, Dropped> {
    decide_with(&Access::default(), subject, place, now)
}

/// The same, of somebody whose need stands so.
fn decide_with(access: &Access, subject: &Subject, place: Place, now: &str) -> Result<LetterKind, Dropped> {
    let event = event();
    let state = if at(now) < at(STARTS) { State::Open } else { State::Closed };
    let booking = Some((Generation(2), place));
    let standing = Standing {
        event: &event,
        reason: None,
        rejection: None,
        state,
        booking,
        returned: false,
        refused: false,
        access,
        walk_in: false,
        bulletin: None,
        presence: Presence::NotRecorded,
        next: None,
    };
    letter(subject, Generation(2), &standing, at(now))
}

#[test]
fn a_mail_goes_while_it_is_true_and_says_what_is_true_now() {
    let until = at(UNTIL);
    let (waiting, offered) = (Place::Waiting { position: 2 }, Place::Offered { until });
    let day = Subject::Reminder { kind: ReminderKind::Day, starts: Some(at(STARTS)) };
    let table = [
        (Subject::Confirmed, Place::Confirmed, LetterKind::Confirmed),
        (Subject::Promoted, Place::Confirmed, LetterKind::Promoted),
        (Subject::Waiting, waiting, LetterKind::Waiting { position: 2 }),
        (Subject::Returned, waiting, LetterKind::Returned { position: 2 }),
        (Subject::Approval, Place::Approval, LetterKind::Approval),
        (Subject::Offered { until: Some(until), again: true }, offered, LetterKind::Offered { until, again: true }),
        (Subject::Offered { until: None, again: false }, offered, LetterKind::Offered { until, again: false }),
        (day, Place::Confirmed, LetterKind::ReminderDay),
        (Subject::LinkAgain, waiting, LetterKind::LinkAgain),
        (Subject::Cancelled, ended(Ending::Cancelled, true), LetterKind::Cancelled { late: true }),
        (Subject::Expired, ended(Ending::Expired, false), LetterKind::Expired),
    ];
    for (subject, place, letter) in table {
        assert_eq!(decide(&subject, place, BEFORE), Ok(letter), "{subject:?} {place:?}");
    }
}

#[test]
fn a_mail_that_something_overtook_is_dropped() {
    let (until, earlier) = (at(UNTIL), Some(at(BEFORE)));
    let (waiting, offered) = (Place::Waiting { position: 2 }, Place::Offered { until });
    let table = [
        (Subject::Confirmed, ended(Ending::Cancelled, false)),
        (Subject::Promoted, ended(Ending::Substituted, false)),
        (Subject::Waiting, Place::Confirmed),
        (Subject::Waiting, offered),
        (Subject::Approval, waiting),
        (Subject::Offered { until: Some(until), again: false }, Place::Confirmed),
        (Subject::Offered { until: earlier, again: false }, offered),
        (Subject::Returned, offered),
        (Subject::Returned, ended(Ending::EventCancelled, false)),
        (Subject::Reminder { kind: ReminderKind::Day, starts: Some(at(STARTS)) }, waiting),
        (Subject::Reminder { kind: ReminderKind::Day, starts: earlier }, Place::Confirmed),
        (Subject::LineEnded, waiting),
        (Subject::NotBooked { why: "Full.".to_owned() }, Place::Confirmed),
    ];
    for (subject, place) in table {
        assert_eq!(decide(&subject, place, "2026-12-07T10:00:00Z"), Err(Dropped::Overtaken), "{subject:?} {place:?}");
    }
}

#[test]
fn after_the_start_only_what_ended_is_told() {
    let waiting = Place::Waiting { position: 2 };
    let after = |subject: Subject, place| decide(&subject, place, STARTS);
    assert_eq!(after(Subject::Confirmed, Place::Confirmed), Err(Dropped::TooLate));
    assert_eq!(after(Subject::Waiting, waiting), Err(Dropped::TooLate));
    assert_eq!(after(Subject::LineEnded, waiting), Ok(LetterKind::LineEnded));
    assert_eq!(after(Subject::Rejected, ended(Ending::Rejected, false)), Ok(LetterKind::Rejected { reason: None }));
    let hour = Subject::Reminder { kind: ReminderKind::Hour, starts: None };
    assert_eq!(after(hour, Place::Confirmed), Err(Dropped::TooLate));
}

#[test]
fn offers_and_reminders_end_with_their_moment() {
    let offered = Place::Offered { until: at(UNTIL) };
    let offer = Subject::Offered { until: Some(at(UNTIL)), again: false };
    assert_eq!(decide(&offer, offered, UNTIL), Err(Dropped::TooLate));
    let week = Subject::Reminder { kind: ReminderKind::Week, starts: Some(at(STARTS)) };
    assert_eq!(decide(&week, Place::Confirmed, "2026-12-07T09:29:59Z"), Ok(LetterKind::ReminderWeek));
    assert_eq!(decide(&week, Place::Confirmed, "2026-12-07T09:30:00Z"), Err(Dropped::TooLate));
}

#[test]
fn another_generation_has_mails_of_its_own() {
    let event = event();
    let mut standing = Standing {
        event: &event,
        reason: Some("The trainer is ill."),
        rejection: None,
        state: State::Cancelled,
        booking: Some((Generation(2), ended(Ending::EventCancelled, false))),
        returned: false,
        refused: false,
        access: &Access::default(),
        walk_in: false,
        bulletin: None,
        presence: Presence::NotRecorded,
        next: None,
    };
    let tell = |subject: &Subject, standing: &Standing| letter(subject, Generation(1), standing, at(BEFORE));
    assert_eq!(tell(&Subject::Cancelled, &standing), Err(Dropped::Overtaken));
    standing.booking = Some((Generation(1), ended(Ending::EventCancelled, false)));
    let reason = Some("The trainer is ill.".to_owned());
    assert_eq!(tell(&Subject::EventCancelled, &standing), Ok(LetterKind::EventCancelled { reason }));
    standing.booking = None;
    assert_eq!(tell(&Subject::LinkAgain, &standing), Err(Dropped::Overtaken));
    standing.refused = true;
    let why = "Full.".to_owned();
    let not_booked = Subject::NotBooked { why: why.clone() };
    assert_eq!(tell(&not_booked, &standing), Ok(LetterKind::NotBooked { why }));
}

#[test]
fn a_person_back_in_line_is_told_of_that_alone() {
    let event = event();
    let booking = Some((Generation(1), Place::Waiting { position: 1 }));
    let standing = Standing {
        event: &event,
        reason: None,
        rejection: None,
        state: State::Open,
        booking,
        returned: true,
        refused: false,
        access: &Access::default(),
        walk_in: false,
        bulletin: None,
        presence: Presence::NotRecorded,
        next: None,
    };
    let tell = |subject| letter(&subject, Generation(1), &standing, at(BEFORE));
    assert_eq!(tell(Subject::Waiting), Err(Dropped::Overtaken));
    assert_eq!(tell(Subject::Returned), Ok(LetterKind::Returned { position: 1 }));
}

#[test]
fn an_answer_to_a_need_goes_while_it_is_the_last_one_and_there_is_a_booking() {
    let access = Access::default().answer(Step::Agreed, "Yes.", at(BEFORE)).answer(Step::Arranged, "Done.", at(BEFORE));
    let decide = |version, place, now| decide_with(&access, &Subject::Access { version }, place, now);
    let done = LetterKind::Access { is_arranged: true, reply: "Done.".to_owned() };
    assert_eq!(decide(2, Place::Confirmed, BEFORE), Ok(done.clone()));
    assert_eq!(decide(2, Place::Waiting { position: 1 }, BEFORE), Ok(done));
    assert_eq!(decide(1, Place::Confirmed, BEFORE), Err(Dropped::Overtaken));
    assert_eq!(decide(2, ended(Ending::Cancelled, false), BEFORE), Err(Dropped::Overtaken));
    assert_eq!(decide(2, Place::Confirmed, "2026-12-08T12:30:00Z"), Err(Dropped::TooLate));
}
