//! What a mail is about: made from an effect or a reminder, stored as a kind with a mark and facts, read back to be
//! sent. The mark tells occurrences of one kind apart, and is the same however often the stream is read.

use domain::charge::Cause;
use domain::event_change::Was;
use domain::reminders::ReminderKind;
use domain::{Effect, EffectKind, EventId, Generation, PersonId, Place};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::Message;
use store::stream::LedgerChange;

/// What a mail is about, with the facts that tell whether it has been overtaken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    Confirmed,
    Waiting,
    Approval,
    /// `until` is the deadline of the offer that this mail is about; `None` is whichever is open.
    Offered {
        until: Option<Timestamp>,
        again: bool,
    },
    Promoted,
    Returned,
    Expired,
    Cancelled,
    Substituted,
    Rejected,
    EventCancelled,
    LineEnded,
    /// `starts` is the start of the event that it reminds of, or thanks for.
    Reminder {
        kind: ReminderKind,
        starts: Option<Timestamp>,
    },
    LinkAgain,
    NotBooked {
        why: String,
    },
    /// The event is not as it was before this version.
    Changed {
        was: Was,
        version: u64,
    },
    /// What an organiser wrote, under this identifier.
    Bulletin {
        id: String,
    },
    Certificate {
        number: String,
        is_reissue: bool,
    },
    /// What an organiser answered to what somebody needs, by its version.
    Access {
        version: u32,
    },
    /// Somebody who had a place was not there.
    Absent,
    /// A manager is told of a place that was given up late or not used.
    Copy {
        cause: Cause,
    },
}

impl Subject {
    /// Whether it depends on who was there.
    pub fn is_about_attendance(&self) -> bool {
        match self {
            Self::Absent | Self::Bulletin { .. } => true,
            _ => self.is_optional(),
        }
    }

    /// Whether no booking needs it, so that people may say that they do not want it.
    pub fn is_optional(&self) -> bool {
        matches!(self, Self::Reminder { kind: ReminderKind::Thanks | ReminderKind::FollowUp, .. })
    }

    /// What a stored mail is about; `None` for a kind that this version does not know.
    pub fn of(message: &Message) -> Option<Self> {
        let facts = &message.facts;
        let second = |name: &str| facts[name].as_i64().and_then(|second| Timestamp::from_second(second).ok());
        Some(match message.kind.as_str() {
            "confirmed" => Self::Confirmed,
            "waiting" => Self::Waiting,
            "approval" => Self::Approval,
            "offered" => Self::Offered { until: second("until"), again: false },
            "offered-again" => Self::Offered { until: second("until"), again: true },
            "promoted" => Self::Promoted,
            "returned" => Self::Returned,
            "expired" => Self::Expired,
            "cancelled" => Self::Cancelled,
            "substituted" => Self::Substituted,
            "rejected" => Self::Rejected,
            "event-cancelled" => Self::EventCancelled,
            "line-ended" => Self::LineEnded,
            "absent" => Self::Absent,
            COPY_LATE => Self::Copy { cause: Cause::LateCancellation },
            COPY_ABSENT => Self::Copy { cause: Cause::Absence },
            "link-again" => Self::LinkAgain,
            "not-booked" => Self::NotBooked { why: facts["why"].as_str().unwrap_or_default().to_owned() },
            "changed" => {
                let was = serde_json::from_value(facts["was"].clone()).unwrap_or_default();
                Self::Changed { was, version: facts["version"].as_u64().unwrap_or_default() }
            }
            "message" => Self::Bulletin { id: facts["bulletin"].as_str()?.to_owned() },
            "access" => Self::Access { version: facts["version"].as_u64().and_then(|v| u32::try_from(v).ok())? },
            kind @ ("certificate" | "certificate-again") => Self::Certificate {
                number: facts["number"].as_str()?.to_owned(),
                is_reissue: kind == "certificate-again",
            },
            name => Self::Reminder { kind: ReminderKind::from_name(name)?, starts: second("starts") },
        })
    }
}

/// The mail that an effect makes, as this change of a ledger shows it.
pub(crate) fn of_effect(change: &LedgerChange, effect: &Effect, now: Timestamp) -> Message {
    let (event, version, generation) = (change.event, change.new.version, effect.generation);
    let facts = match effect.kind {
        EffectKind::Offered { until, .. } => json!({"until": until.as_second(), "version": version}),
        EffectKind::Cancelled { .. } | EffectKind::EventCancelled => {
            let before = change.old.as_ref().and_then(|ledger| ledger.place(effect.person));
            json!({"version": version, "held": before == Some(Place::Confirmed)})
        }
        _ => json!({"version": version}),
    };
    Message {
        person: effect.person,
        event,
        kind: effect.kind.name().to_owned(),
        mark: mark(effect, version),
        generation,
        at: now,
        tries: 0,
        facts,
    }
}

/// The generation, and the version where a generation can see the same effect twice.
fn mark(effect: &Effect, version: u64) -> String {
    let generation = effect.generation.0;
    match effect.kind {
        EffectKind::Confirmed
        | EffectKind::Approval
        | EffectKind::Expired
        | EffectKind::Cancelled { .. }
        | EffectKind::EventCancelled => generation.to_string(),
        EffectKind::Waiting { .. }
        | EffectKind::Offered { .. }
        | EffectKind::Promoted
        | EffectKind::Returned { .. }
        | EffectKind::LineEnded => format!("{generation}-{version}"),
    }
}

/// The mail to somebody who did not come; one a booking, however often attendance is put right.
pub(crate) fn of_absence(event: EventId, (person, generation): (PersonId, Generation), now: Timestamp) -> Message {
    let mark = generation.0.to_string();
    Message { person, event, kind: ABSENT.to_owned(), mark, generation, at: now, tries: 0, facts: json!({}) }
}

/// The mail to somebody's manager, due at `at`; one a booking.
pub(crate) fn of_copy(
    event: EventId,
    (person, generation): (PersonId, Generation),
    cause: Cause,
    at: Timestamp,
) -> Message {
    let kind = match cause {
        Cause::LateCancellation => COPY_LATE,
        Cause::Absence => COPY_ABSENT,
    };
    let mark = generation.0.to_string();
    Message { person, event, kind: kind.to_owned(), mark, generation, at, tries: 0, facts: json!({}) }
}

/// The mail that tells a person how an event was before one of its versions.
pub(crate) fn of_change(
    event: EventId,
    (person, generation): (PersonId, Generation),
    (was, version): (&Was, u64),
    now: Timestamp,
) -> Message {
    Message {
        person,
        event,
        kind: CHANGED.to_owned(),
        mark: format!("{}-{version}", generation.0),
        generation,
        at: now,
        tries: 0,
        facts: json!({"was": was, "version": version}),
    }
}

/// The kind of mail that tells a change of the event.
pub(crate) const CHANGED: &str = "changed";

/// The mail to somebody who did not come.
const ABSENT: &str = "absent";

/// The mail to a manager of somebody who cancelled late.
const COPY_LATE: &str = "manager-late";

/// The mail to a manager of somebody who did not come.
const COPY_ABSENT: &str = "manager-absent";

/// The mail that brings a person what an organiser wrote.
pub(crate) fn of_bulletin(
    event: EventId,
    (person, generation): (PersonId, Generation),
    id: &str,
    now: Timestamp,
) -> Message {
    Message {
        person,
        event,
        kind: "message".to_owned(),
        mark: format!("{}-{id}", generation.0),
        generation,
        at: now,
        tries: 0,
        facts: json!({"bulletin": id}),
    }
}

/// The mail that reminds a person of an event's start, or thanks afterwards; one that has moved is reminded of anew.
pub(crate) fn of_reminder(
    event: EventId,
    (person, generation): (PersonId, Generation),
    kind: ReminderKind,
    starts: Timestamp,
    now: Timestamp,
) -> Message {
    let starts = starts.as_second();
    Message {
        person,
        event,
        kind: kind.name().to_owned(),
        mark: format!("{}-{starts}", generation.0),
        generation,
        at: now,
        tries: 0,
        facts: Value::from_iter([("starts", starts)]),
    }
}

#[cfg(test)]
mod tests {
    use domain::ledger::{Ending, Ledger};

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn message(kind: EffectKind) -> Message {
        let effect = Effect { person: PersonId::default(), generation: Generation(2), kind };
        let new = Ledger { version: 17, ..Ledger::empty() };
        of_effect(&LedgerChange { event: EventId::from_bits(1), old: None, new }, &effect, NOW)
    }

    #[test]
    fn each_effect_makes_one_mail_that_says_which_occurrence_it_is() {
        let until = Timestamp::from_second(1_781_000_000).unwrap();
        let cancelled = |ending| EffectKind::Cancelled { ending, late: true };
        let table = [
            (EffectKind::Confirmed, "confirmed 2", Subject::Confirmed),
            (EffectKind::Waiting { position: 3 }, "waiting 2-17", Subject::Waiting),
            (EffectKind::Approval, "approval 2", Subject::Approval),
            (
                EffectKind::Offered { until, again: false },
                "offered 2-17",
                Subject::Offered { until: Some(until), again: false },
            ),
            (
                EffectKind::Offered { until, again: true },
                "offered-again 2-17",
                Subject::Offered { until: Some(until), again: true },
            ),
            (EffectKind::Promoted, "promoted 2-17", Subject::Promoted),
            (EffectKind::Returned { position: 3 }, "returned 2-17", Subject::Returned),
            (EffectKind::Expired, "expired 2", Subject::Expired),
            (cancelled(Ending::Cancelled), "cancelled 2", Subject::Cancelled),
            (cancelled(Ending::Declined), "cancelled 2", Subject::Cancelled),
            (cancelled(Ending::Substituted), "substituted 2", Subject::Substituted),
            (cancelled(Ending::Rejected), "rejected 2", Subject::Rejected),
            (EffectKind::EventCancelled, "event-cancelled 2", Subject::EventCancelled),
            (EffectKind::LineEnded, "line-ended 2-17", Subject::LineEnded),
        ];
        for (kind, key, subject) in table {
            let message = message(kind);
            assert_eq!(format!("{} {}", message.kind, message.mark), key);
            assert_eq!(Subject::of(&message), Some(subject));
        }
    }

    #[test]
    fn a_reminder_is_told_apart_by_the_start_it_reminds_of() {
        let starts = Timestamp::from_second(1_796_722_200).unwrap();
        let person = (PersonId::default(), Generation(2));
        let message = of_reminder(EventId::from_bits(1), person, ReminderKind::Day, starts, NOW);
        assert_eq!((message.kind.as_str(), message.mark.as_str()), ("reminder-day", "2-1796722200"));
        assert_eq!(Subject::of(&message), Some(Subject::Reminder { kind: ReminderKind::Day, starts: Some(starts) }));
    }

    #[test]
    fn a_managers_copy_reads_back_and_is_not_for_the_person() {
        for cause in [Cause::LateCancellation, Cause::Absence] {
            let message = of_copy(EventId::from_bits(1), (PersonId::default(), Generation(2)), cause, NOW);
            assert_eq!(Subject::of(&message), Some(Subject::Copy { cause }));
            assert!(message.kind.starts_with(store::TO_MANAGER), "{}", message.kind);
        }
    }

    #[test]
    fn what_is_told_later_reads_back() {
        let was = Was { title: Some("Knots".to_owned()), ..Was::default() };
        let person = (PersonId::default(), Generation(2));
        let message = of_change(EventId::from_bits(1), person, (&was, 5), NOW);
        assert_eq!((message.kind.as_str(), message.mark.as_str()), ("changed", "2-5"));
        assert_eq!(Subject::of(&message), Some(Subject::Changed { was, version: 5 }));
        let message = of_bulletin(EventId::from_bits(1), person, "77", NOW);
        assert_eq!((message.kind.as_str(), message.mark.as_str()), ("message", "2-77"));
        assert_eq!(Subject::of(&message), Some(Subject::Bulletin { id: "77".to_owned() }));
    }

    #[test]
    fn mails_of_other_functions_are_read_and_unknown_ones_are_not() {
        let of = |kind: &str, facts| {
            Subject::of(&Message { kind: kind.to_owned(), facts, ..message(EffectKind::Confirmed) })
        };
        assert_eq!(of("link-again", json!({})), Some(Subject::LinkAgain));
        assert_eq!(of("not-booked", json!({"why": "Full."})), Some(Subject::NotBooked { why: "Full.".to_owned() }));
        assert_eq!(of("offered", json!({})), Some(Subject::Offered { until: None, again: false }));
        assert_eq!(of("postcard", json!({})), None);
    }
}
