//! What a change of the ledger means to somebody, read off the ledgers before and after.
//!
//! The stream shows both images, so the mail needs no other record of what happened.

use jiff::Timestamp;

use crate::ids::{Generation, PersonId};
use crate::ledger::{Ending, Entry, Ledger, Place, State};

/// What happened to one registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// Whose.
    pub person: PersonId,
    /// Which booking.
    pub generation: Generation,
    /// What.
    pub kind: EffectKind,
}

/// What can happen to a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EffectKind {
    /// Got a place on booking, or took an offer.
    Confirmed,
    /// Joined the line, or was approved into it.
    Waiting {
        /// From 1.
        position: u32,
    },
    /// Asked for approval.
    Approval,
    /// A place is held until the deadline, for the first or the second time.
    Offered {
        /// The deadline (exclusive).
        until: Timestamp,
        /// An earlier offer has lapsed.
        again: bool,
    },
    /// Got a place out of the line.
    Promoted,
    /// Let an offer lapse and is back at the end of the line.
    Returned {
        /// From 1.
        position: u32,
    },
    /// Ended by a second lapse.
    Expired,
    /// Ended by the person or an organiser.
    Cancelled {
        /// How.
        ending: Ending,
        /// A place was given up within the notice.
        late: bool,
    },
    /// The event does not take place.
    EventCancelled,
    /// The event began and the line with it ended.
    LineEnded,
}

impl EffectKind {
    /// A stable name, for keys and tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Waiting { .. } => "waiting",
            Self::Approval => "approval",
            Self::Offered { again: false, .. } => "offered",
            Self::Offered { again: true, .. } => "offered-again",
            Self::Promoted => "promoted",
            Self::Returned { .. } => "returned",
            Self::Expired => "expired",
            Self::Cancelled { ending: Ending::Substituted, .. } => "substituted",
            Self::Cancelled { ending: Ending::Rejected, .. } => "rejected",
            Self::Cancelled { .. } => "cancelled",
            Self::EventCancelled => "event-cancelled",
            Self::LineEnded => "line-ended",
        }
    }
}

impl Ledger {
    /// What happened to whom since `before` (`None`: the ledger is new), in order of lane, priority and ticket.
    pub fn effects_since(&self, before: Option<&Self>) -> Vec<Effect> {
        let changed = |(person, entry): (&PersonId, &Entry)| {
            let kind = self.effect_on(*person, entry, before)?;
            Some(Effect { person: *person, generation: entry.generation(), kind })
        };
        let mut effects: Vec<Effect> = self.members.iter().filter_map(changed).collect();
        let order = |effect: &Effect| self.live(effect.person).map(|live| (live.lane, live.order()));
        effects.sort_by_key(order);
        effects
    }

    fn effect_on(&self, person: PersonId, entry: &Entry, before: Option<&Self>) -> Option<EffectKind> {
        let earlier = before.and_then(|ledger| ledger.members.get(&person).map(|entry| (ledger, entry)));
        let was = match earlier {
            Some((ledger, Entry::Live(old))) if old.generation == entry.generation() => Some((ledger, *old)),
            Some((_, Entry::Ended(old))) if old.generation == entry.generation() => return None,
            _ => None,
        };
        let live = match entry {
            Entry::Ended(tombstone) => {
                return Some(match tombstone.ending {
                    Ending::Expired => EffectKind::Expired,
                    ending => EffectKind::Cancelled { ending, late: tombstone.late },
                });
            }
            Entry::Live(live) => live,
        };
        if let Some((ledger, _)) = was
            && ledger.state != self.state
        {
            return self.effect_of_state(person);
        }
        // Cheap first: most entries have not changed, and a position costs a walk through the ledger.
        if let Some((ledger, old)) = was
            && old == *live
            && ledger.offers.get(&person) == self.offers.get(&person)
            && ledger.is_admitted(person, &old) == self.is_admitted(person, live)
        {
            return None;
        }
        let returned_now = live.returned && was.is_some_and(|(_, old)| !old.returned);
        match (was.and_then(|(ledger, _)| ledger.place(person)), self.place(person)?) {
            (None | Some(Place::Offered { .. } | Place::Approval), Place::Confirmed) => Some(EffectKind::Confirmed),
            (None | Some(Place::Approval), Place::Waiting { position }) => Some(EffectKind::Waiting { position }),
            (None, Place::Approval) => Some(EffectKind::Approval),
            (Some(Place::Waiting { .. }), Place::Confirmed) => Some(EffectKind::Promoted),
            (Some(Place::Offered { until: old }), Place::Offered { until }) => {
                (old != until).then_some(EffectKind::Offered { until, again: live.returned })
            }
            (_, Place::Offered { until }) => Some(EffectKind::Offered { until, again: live.returned }),
            (Some(Place::Offered { .. }), Place::Waiting { position }) if returned_now => {
                Some(EffectKind::Returned { position })
            }
            _ => None,
        }
    }

    /// The event was cancelled, or began: what that means to somebody who is live.
    fn effect_of_state(&self, person: PersonId) -> Option<EffectKind> {
        match (self.state, self.place(person)?) {
            (State::Cancelled, _) => Some(EffectKind::EventCancelled),
            (State::Closed, Place::Waiting { .. } | Place::Offered { .. } | Place::Approval) => {
                Some(EffectKind::LineEnded)
            }
            (State::Closed | State::Open | State::Draft, _) => None,
        }
    }
}
