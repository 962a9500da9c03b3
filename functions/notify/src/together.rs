//! Several events of one person within a week are one reminder: the first of them brings the others, whose own are then
//! not sent. Each is stored as merged, under its own key, so that its timer finds it told; one that moves is reminded of
//! anew.

use app::{App, Link};
use domain::ledger::{Ledger, State};
use domain::reminders::ReminderKind;
use domain::{EventStatus, Place};
use jiff::{SignedDuration, Timestamp};
use mail::{Also, LetterKind};
use store::{EventRecord, Message};

use crate::subject;

/// How far ahead one reminder looks.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The other bookings that a letter is about.
pub(crate) async fn also(
    app: &App,
    message: &Message,
    (kind, starts): (&LetterKind, Timestamp),
) -> Result<Vec<Also>, store::Failure> {
    if *kind != LetterKind::ReminderWeek {
        return Ok(Vec::new());
    }
    let (person, now) = (message.person, app.clock.now());
    let registrations = app.store.registrations_of_mailbox(person.mailbox()).await?;
    let others = registrations.iter().filter(|other| other.person == person && other.event != message.event);
    let ids: Vec<_> = others.map(|other| other.event).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut events = app.store.events_with_ledgers(&ids, true).await?;
    events.retain(|(record, ledger)| {
        // A reminder that is due has gone, or goes by itself.
        let is_next = record.event.starts() > starts && record.event.starts() <= starts + WEEK;
        is_next && record.event.starts() > now + WEEK && takes_place(record, ledger)
    });
    events.sort_by_key(|(record, _)| (record.event.starts(), record.id));
    let mut also = Vec::new();
    for (record, ledger) in events {
        let Some(live) = ledger.live(person).filter(|_| ledger.place(person) == Some(Place::Confirmed)) else {
            continue;
        };
        let booking = (person, live.generation);
        let own = subject::of_reminder(record.id, booking, ReminderKind::Week, record.event.starts(), now);
        if app.store.post_merged(&own, message, now).await? {
            let link = Link { person, event: record.id, generation: live.generation };
            also.push(Also {
                reference: app.identity.reference(record.id, person).to_string(),
                manage_link: app.manage_link(&link),
                event: record.event,
            });
        }
    }
    Ok(also)
}

fn takes_place(record: &EventRecord, ledger: &Ledger) -> bool {
    record.status == EventStatus::Published && ledger.state == State::Open
}
