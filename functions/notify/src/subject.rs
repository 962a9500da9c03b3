//! What a mail is about: made from an effect or a reminder, stored as a kind with a mark and facts, read back to be
//! sent. The mark tells occurrences of one kind apart, and is the same however often the stream is read.

use domain::reminders::ReminderKind;
use domain::{Effect, EffectKind, EventId, Generation, PersonId};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::Message;

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
    /// `starts` is the start that it reminds of.
    Reminder {
        kind: ReminderKind,
        starts: Option<Timestamp>,
    },
    LinkAgain,
    NotBooked {
        why: String,
    },
}

impl Subject {
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
            "link-again" => Self::LinkAgain,
            "not-booked" => Self::NotBooked { why: facts["why"].as_str().unwrap_or_default().to_owned() },
            name => Self::Reminder { kind: ReminderKind::from_name(name)?, starts: second("starts") },
        })
    }
}

/// The mail that an effect makes; `version` is the version of the ledger that shows it.
pub(crate) fn of_effect(event: EventId, effect: &Effect, version: u64, now: Timestamp) -> Message {
    let generation = effect.generation;
    let facts = match effect.kind {
        EffectKind::Offered { until, .. } => json!({"until": until.as_second(), "version": version}),
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

/// The mail that reminds a person of an event's start; one that has moved is reminded of anew.
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
    use domain::ledger::Ending;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn message(kind: EffectKind) -> Message {
        let effect = Effect { person: PersonId::default(), generation: Generation(2), kind };
        of_effect(EventId::from_bits(1), &effect, 17, NOW)
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
