//! Whether a mail still says what is true: decided, just before it is sent, from where the booking stands by then.
//!
//! Every later change has a mail of its own, so one that has been overtaken is dropped and nothing is lost; and a
//! person never gets two mails that contradict each other, however long the mail was down.

use domain::access::{Access, Step};
use domain::event::Event;
use domain::ledger::{State, Tombstone};
use domain::reminders::{self, ReminderKind};
use domain::{Generation, Place, Presence};
use jiff::{SignedDuration, Timestamp};
use mail::{LetterKind, NextDate};
use store::Bulletin;

use crate::subject::Subject;

/// Where a booking stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing<'a> {
    /// The event.
    pub event: &'a Event,
    /// Why it was cancelled, in an organiser's words.
    pub reason: Option<&'a str>,
    /// Why the person was not approved, in an organiser's words.
    pub rejection: Option<&'a str>,
    /// Its ledger's state.
    pub state: State,
    /// The person's present booking in the ledger, and its place.
    pub booking: Option<(Generation, Place)>,
    /// An offer has lapsed.
    pub returned: bool,
    /// The ledger refused the booking after it was stored.
    pub refused: bool,
    /// How what the person needs stands.
    pub access: &'a Access,
    /// Came without a booking.
    pub walk_in: bool,
    /// What an organiser wrote, where the mail is to bring that.
    pub bulletin: Option<&'a Bulletin>,
    /// What attendance says, where the mail is about that.
    pub presence: Presence,
    /// When the same event takes place next, where the mail is to say so.
    pub next: Option<&'a NextDate>,
}

/// Why a mail is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dropped {
    /// Something happened since, which has a mail of its own.
    Overtaken,
    /// It would be of no use by now.
    TooLate,
    /// There is no registration: a group's nameless place, or an erased person.
    NobodyToTell,
    /// The booking was taken without an address.
    NoAddress,
    /// Mail to the address bounced, or was complained of.
    Suppressed,
    /// It could not be sent for a day.
    Undeliverable,
    /// Another mail says it too.
    Merged,
    /// The person asked for no mail of this kind.
    Unwanted,
}

impl Dropped {
    /// As it is recorded.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overtaken => "overtaken",
            Self::TooLate => "too-late",
            Self::NobodyToTell => "nobody-to-tell",
            Self::NoAddress => "no-address",
            Self::Suppressed => "suppressed",
            Self::Undeliverable => "undeliverable",
            Self::Merged => "merged",
            Self::Unwanted => "unwanted",
        }
    }
}

/// The letter that a mail about one generation of a booking has become by `now`.
pub(crate) fn letter(
    subject: &Subject,
    generation: Generation,
    standing: &Standing,
    now: Timestamp,
) -> Result<LetterKind, Dropped> {
    if let Subject::NotBooked { why } = subject {
        return if standing.refused { Ok(LetterKind::NotBooked { why: why.clone() }) } else { Err(Dropped::Overtaken) };
    }
    if let Subject::Certificate { number, is_reissue } = subject {
        // Whatever became of the booking, or if there was none: the certificate stands by itself.
        return Ok(LetterKind::Certificate { number: number.clone(), is_reissue: *is_reissue });
    }
    let came = matches!(standing.presence, Presence::Attended | Presence::AttendedPart);
    let place = match standing.booking {
        // Whoever came has been where a place would have let them.
        Some((present, _)) if present == generation && came && is_for_those_who_came(subject) => Place::Confirmed,
        Some((present, place)) if present == generation => place,
        None if (standing.walk_in || came) && is_for_those_who_came(subject) => Place::Confirmed,
        _ => return Err(Dropped::Overtaken),
    };
    let letter = letter_of(subject, standing, place).ok_or(Dropped::Overtaken)?;
    if is_too_late(&letter, standing.event, now) { Err(Dropped::TooLate) } else { Ok(letter) }
}

/// Whether a mail goes to people who came, with a place or without: thanks, and an organiser's words.
fn is_for_those_who_came(subject: &Subject) -> bool {
    matches!(subject, Subject::Reminder { kind: ReminderKind::Thanks, .. } | Subject::Bulletin { .. })
}

/// What is to be said of a place; `None` where another mail says it.
fn letter_of(subject: &Subject, standing: &Standing, place: Place) -> Option<LetterKind> {
    let has_place = place == Place::Confirmed;
    match subject {
        Subject::Confirmed => has_place.then_some(LetterKind::Confirmed),
        Subject::Promoted => has_place.then_some(LetterKind::Promoted),
        Subject::Approval => (place == Place::Approval).then_some(LetterKind::Approval),
        Subject::Waiting if standing.returned => None,
        Subject::Waiting => position(place).map(|position| LetterKind::Waiting { position }),
        Subject::Returned => position(place).map(|position| LetterKind::Returned { position }),
        Subject::Offered { until: told, again } => match place {
            Place::Offered { until } if told.is_none_or(|told| told == until) => {
                Some(LetterKind::Offered { until, again: *again })
            }
            _ => None,
        },
        Subject::Expired => tombstone(place).map(|_| LetterKind::Expired),
        Subject::Cancelled => tombstone(place).map(|tombstone| LetterKind::Cancelled { late: tombstone.late }),
        Subject::Substituted => tombstone(place).map(|_| LetterKind::Substituted),
        Subject::Rejected => {
            tombstone(place).map(|_| LetterKind::Rejected { reason: standing.rejection.map(str::to_owned) })
        }
        Subject::EventCancelled => {
            tombstone(place).map(|_| LetterKind::EventCancelled { reason: standing.reason.map(str::to_owned) })
        }
        // An event that has been moved to a later day has not begun after all.
        Subject::LineEnded => {
            let stayed = !has_place && tombstone(place).is_none() && standing.state == State::Closed;
            stayed.then_some(LetterKind::LineEnded)
        }
        Subject::Reminder { starts, .. }
            if starts.is_some_and(|starts| starts.as_second() != standing.event.starts().as_second()) =>
        {
            None
        }
        Subject::Reminder { kind, .. } => has_place.then_some(match kind {
            ReminderKind::Week => LetterKind::ReminderWeek,
            ReminderKind::Day => LetterKind::ReminderDay,
            ReminderKind::Hour => LetterKind::ReminderHour,
            ReminderKind::Thanks => LetterKind::Thanks,
            ReminderKind::FollowUp => LetterKind::FollowUp,
        }),
        Subject::Changed { was, .. } => {
            let was = if has_place { was.clone() } else { was.clone().without_joining() };
            let is_in = tombstone(place).is_none() && standing.state != State::Cancelled;
            was.since_changed(standing.event).filter(|_| is_in).map(|was| LetterKind::Changed { was })
        }
        Subject::Bulletin { .. } => {
            let Bulletin { subject, body, .. } = standing.bulletin?;
            let message = LetterKind::Message { subject: subject.clone(), body: body.clone() };
            tombstone(place).is_none().then_some(message)
        }
        Subject::Absent => {
            let is_absent = has_place && standing.presence == Presence::Absent;
            is_absent.then(|| LetterKind::Absent { next: standing.next.cloned().map(Box::new) })
        }
        Subject::LinkAgain => Some(LetterKind::LinkAgain),
        // Another answer has a mail of its own, and another need is nobody's answer yet.
        Subject::Access { version } => {
            let is_last = standing.access.version == *version && tombstone(place).is_none();
            let answered = standing.access.answered.as_ref().filter(|_| is_last)?;
            let is_arranged = answered.step == Step::Arranged;
            Some(LetterKind::Access { is_arranged, reply: answered.reply.clone() })
        }
        Subject::NotBooked { .. } | Subject::Certificate { .. } | Subject::Copy { .. } => None,
    }
}

fn position(place: Place) -> Option<u32> {
    match place {
        Place::Waiting { position } => Some(position),
        Place::Confirmed | Place::Offered { .. } | Place::Approval | Place::Ended(_) => None,
    }
}

fn tombstone(place: Place) -> Option<Tombstone> {
    match place {
        Place::Ended(tombstone) => Some(tombstone),
        Place::Confirmed | Place::Offered { .. } | Place::Waiting { .. } | Place::Approval => None,
    }
}

/// How long people still know why they did not come.
const ABSENCE_TOLD_WITHIN: SignedDuration = SignedDuration::from_hours(28 * 24);

/// Whether a letter is of no use by `now`. That something ended is told however late it is.
fn is_too_late(letter: &LetterKind, event: &Event, now: Timestamp) -> bool {
    match letter {
        LetterKind::Confirmed
        | LetterKind::Promoted
        | LetterKind::Waiting { .. }
        | LetterKind::Approval
        | LetterKind::Returned { .. } => now >= event.starts(),
        LetterKind::Offered { until, .. } => now >= event.starts().min(*until),
        LetterKind::Changed { .. } | LetterKind::Access { .. } => now >= event.ends(),
        LetterKind::Absent { .. } => now >= event.ends().saturating_add(ABSENCE_TOLD_WITHIN).unwrap_or(Timestamp::MAX),
        LetterKind::Thanks => !reminders::still_useful(ReminderKind::Thanks, event, now),
        LetterKind::FollowUp => !reminders::still_useful(ReminderKind::FollowUp, event, now),
        LetterKind::ReminderWeek => !reminders::still_useful(ReminderKind::Week, event, now),
        LetterKind::ReminderDay => !reminders::still_useful(ReminderKind::Day, event, now),
        LetterKind::ReminderHour => !reminders::still_useful(ReminderKind::Hour, event, now),
        LetterKind::Expired
        | LetterKind::Cancelled { .. }
        | LetterKind::Substituted
        | LetterKind::Rejected { .. }
        | LetterKind::EventCancelled { .. }
        | LetterKind::LineEnded
        | LetterKind::NotBooked { .. }
        | LetterKind::LinkAgain
        | LetterKind::Message { .. }
        | LetterKind::Certificate { .. } => false,
    }
}

#[cfg(test)]
mod tests;
