//! Reminders, thanks and organisers' messages: one timer per event and kind, expanded when it rings into a mail for
//! everyone whom it concerns by then.
//!
//! A timer that an event has outrun (moved, cancelled, begun) rings for nobody.

use app::{App, Clock, Failure, audiences};
use domain::attendance::{Attendance, Presence};
use domain::ledger::{Ledger, State};
use domain::reminders::{self, ReminderKind};
use domain::{EventId, EventStatus, Place};
use jiff::Timestamp;
use store::{ABSENCES_TOLD, Bulletin, DueKind, EventRecord, Hold, Message, Outgoing, Timer};

use crate::delivery::{AT_ONCE, deliver};
use crate::effects::post;
use crate::sweep::is_mail_going;
use crate::{managers, subject};

/// Timers per index partition and invocation.
const PAGE: i32 = 100;

/// Expands every reminder that is due, and sends what it becomes until `ends`, in real time. One that fails stays due,
/// and keeps no other from ringing.
pub(crate) async fn expand(app: &App, ends: Timestamp) -> Result<(), Failure> {
    let time = Time { now: app.clock.now(), ends };
    let now = time.now;
    let mut failed = None;
    for due in app.store.due(DueKind::Timer, now, PAGE).await? {
        // Events have timers of other functions too.
        let Some((event, timer)) = due.event().zip(due.timer_kind()) else { continue };
        if timer == ABSENCES_TOLD {
            if let Err(failure) = tell_absent(app, event, due.at, time).await {
                tracing::warn!(event.id = %event, timer, error = failure.chain(), "timer not expanded");
                failed = Some(failure);
            }
            continue;
        }
        let rung = match (ReminderKind::from_name(timer), Bulletin::id_of_timer(timer)) {
            (Some(kind), _) => ring(app, event, (kind, due.at), time).await,
            (None, Some(id)) => hand_out(app, event, id, time).await,
            (None, None) => continue,
        };
        if let Err(failure) = rung {
            tracing::warn!(event.id = %event, timer, error = failure.chain(), "timer not expanded");
            failed = Some(failure);
        }
    }
    failed.map_or(Ok(()), Err)
}

/// When it is, and until when, in real time, mails are sent.
#[derive(Clone, Copy)]
struct Time {
    now: Timestamp,
    ends: Timestamp,
}

/// Stores mails, and sends them round by round while there is time and mail goes at all; the others are due at once. What is
/// sent as it is stored needs no lease, which is a third of what a mail writes.
async fn hand_over(app: &App, messages: Vec<Message>, time: Time) -> Result<(), Failure> {
    let mut is_going = true;
    for round in messages.chunks(AT_ONCE) {
        is_going &= Clock::real() < time.ends;
        let hold = if is_going { Hold::Lease } else { Hold::Nobody };
        let (mut held, mut failed) = (Vec::new(), None);
        let round = round.iter().map(|message| (message.clone(), hold)).collect();
        for posted in post(app, round, time.now).await {
            match posted {
                Ok(message) => held.extend(message.map(Outgoing::Booking)),
                Err(failure) => failed = Some(failure),
            }
        }
        if is_going {
            is_going = is_mail_going(&deliver(app, held).await);
        }
        failed.map_or(Ok(()), Err)?;
    }
    Ok(())
}

/// One mail for everyone whom an organiser's message is for.
async fn hand_out(app: &App, event: EventId, id: &str, time: Time) -> Result<(), Failure> {
    let bulletin = app.store.bulletin(event, id).await?;
    let found = app.store.event_with_ledger(event, true).await?;
    if let Some((bulletin, (record, ledger))) = bulletin.zip(found) {
        let attendance = app.attendance(&record).await?;
        let people = audiences::members(&record.event, &ledger, &attendance, bulletin.to);
        let messages = people.into_iter().map(|person| subject::of_bulletin(event, person, id, time.now));
        hand_over(app, messages.collect(), time).await?;
    }
    // Left over by one that has been erased, or handed out: it rings no more.
    Ok(app.store.silence_timer(event, &Bulletin::timer(id), None).await?)
}

/// One mail for everyone who had a place and, as attendance has it by now, was not there. Who has had it has it.
async fn tell_absent(app: &App, event: EventId, rang: Timestamp, time: Time) -> Result<(), Failure> {
    let found = app.store.event_with_ledger(event, true).await?;
    if let Some((record, ledger)) = found.filter(|(record, _)| record.status == EventStatus::Published) {
        let attendance = app.store.attendance(event).await?;
        let is_absent = |person| {
            ledger.place(person) == Some(Place::Confirmed)
                && attendance.presence(&record.event, person) == Presence::Absent
        };
        let absent = ledger.live_entries().filter(|(person, _)| is_absent(*person));
        let mut messages: Vec<Message> =
            absent.map(|(person, live)| subject::of_absence(event, (person, live.generation), time.now)).collect();
        messages.extend(managers::of_absences(app, (&record, &ledger), &attendance, time.now).await?);
        hand_over(app, messages, time).await?;
    }
    Ok(app.store.silence_timer(event, ABSENCES_TOLD, Some(rang)).await?)
}

async fn ring(app: &App, event: EventId, (kind, rang): (ReminderKind, Timestamp), time: Time) -> Result<(), Failure> {
    let now = time.now;
    let found = app.store.event_with_ledger(event, true).await?;
    if let Some((record, ledger)) = found.filter(|(record, ledger)| takes_place(kind, record, ledger)) {
        match due_at(&record, kind) {
            // The event has been moved, and its timer not with it.
            Some(at) if at.as_second() > now.as_second() => {
                return Ok(app.store.set_timer(&Timer { event, kind: kind.name().to_owned(), at }).await?);
            }
            Some(_) if reminders::still_useful(kind, &record.event, now) => {
                let messages = one_each(&record, &ledger, &app.attendance(&record).await?, (kind, now));
                let count = messages.len();
                hand_over(app, messages, time).await?;
                tracing::info!(event.id = %event, timer = kind.name(), messages = count, "reminder expanded");
            }
            Some(_) | None => tracing::info!(event.id = %event, timer = kind.name(), "reminder too late"),
        }
    }
    Ok(app.store.silence_timer(event, kind.name(), Some(rang)).await?)
}

/// Whether the event is to come; for the thanks and the question after three months, whether it has been.
fn takes_place(kind: ReminderKind, record: &EventRecord, ledger: &Ledger) -> bool {
    let state = match kind {
        ReminderKind::Week | ReminderKind::Day | ReminderKind::Hour => State::Open,
        ReminderKind::Thanks | ReminderKind::FollowUp => State::Closed,
    };
    record.status == EventStatus::Published && ledger.state == state
}

fn due_at(record: &EventRecord, kind: ReminderKind) -> Option<Timestamp> {
    reminders::of(&record.event).into_iter().find(|(found, _)| *found == kind).map(|(_, at)| at)
}

/// One mail for everyone who has a place; nobody is thanked who is known to have stayed away, and everybody is who came
/// without one; nobody is asked what has come of it who is not known to have been there.
fn one_each(
    record: &EventRecord,
    ledger: &Ledger,
    attendance: &Attendance,
    (kind, now): (ReminderKind, Timestamp),
) -> Vec<Message> {
    let has_place = |person| ledger.place(person) == Some(Place::Confirmed);
    let is_meant = |person| match attendance.presence(&record.event, person) {
        Presence::Absent => false,
        Presence::NotRecorded => kind != ReminderKind::FollowUp,
        Presence::Attended | Presence::AttendedPart => true,
    };
    let entries = ledger.live_entries().filter(|(person, _)| has_place(*person) && is_meant(*person));
    let starts = record.event.starts();
    let mut people: Vec<_> = entries.map(|(person, live)| (person, live.generation)).collect();
    if kind == ReminderKind::Thanks {
        people.extend(audiences::came_without_place(&record.event, ledger, attendance));
    }
    people.into_iter().map(|person| subject::of_reminder(record.id, person, kind, starts, now)).collect()
}
