//! People who are known under two identifiers: two addresses, or two spellings of a name. That one stands for another is
//! all there is to it: no booking, ledger or number moves, so it can be taken back.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{MailboxId, PersonId};

/// How long a merge can be taken back.
pub const REVERSIBLE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Why one stands for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AliasKind {
    /// An organiser merged two people who are one.
    Merge,
    /// The person has another address now.
    Address,
}

/// One identifier that stands for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// The person meant.
    pub to: PersonId,
    /// Why.
    pub kind: AliasKind,
    /// Since when.
    pub at: Timestamp,
}

impl Alias {
    /// Whether it can be taken back at `now`.
    pub fn is_reversible(&self, now: Timestamp) -> bool {
        self.kind == AliasKind::Merge && now.duration_since(self.at) < REVERSIBLE
    }
}

/// All of a hub's aliases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Aliases(BTreeMap<PersonId, Alias>);

impl Aliases {
    /// These.
    pub fn new(aliases: BTreeMap<PersonId, Alias>) -> Self {
        Self(aliases)
    }

    /// What this identifier stands for, if anything.
    pub fn find(&self, person: PersonId) -> Option<&Alias> {
        self.0.get(&person)
    }

    /// The one identifier of whoever has several.
    pub fn main(&self, person: PersonId) -> PersonId {
        let (mut main, mut seen) = (person, BTreeSet::from([person]));
        // Two merges at one moment could make a ring; then the first of it stands for all.
        while let Some(alias) = self.0.get(&main) {
            if !seen.insert(alias.to) {
                return seen.into_iter().next().unwrap_or(person);
            }
            main = alias.to;
        }
        main
    }

    /// Whether two identifiers are one person.
    pub fn is_one(&self, one: PersonId, other: PersonId) -> bool {
        self.main(one) == self.main(other)
    }

    /// Every identifier of a person, the one that was asked for first.
    pub fn all(&self, person: PersonId) -> Vec<PersonId> {
        let main = self.main(person);
        let others = self.0.keys().copied().chain([main]).filter(|other| *other != person && self.main(*other) == main);
        let others: BTreeSet<PersonId> = others.collect();
        [person].into_iter().chain(others).collect()
    }

    /// People who read this mailbox under another identifier.
    pub fn at_mailbox(&self, mailbox: MailboxId) -> BTreeSet<PersonId> {
        let here = self.0.keys().copied().filter(|person| person.mailbox() == mailbox);
        here.flat_map(|person| self.all(person)).filter(|person| person.mailbox() != mailbox).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(number: u8) -> PersonId {
        PersonId::new(MailboxId::new([number; 9]), [number; 3])
    }

    fn aliases(pairs: &[(u8, u8)]) -> Aliases {
        let at = Timestamp::UNIX_EPOCH;
        let alias = |(from, to): &(u8, u8)| (person(*from), Alias { to: person(*to), kind: AliasKind::Merge, at });
        Aliases::new(pairs.iter().map(alias).collect())
    }

    #[test]
    fn whoever_is_merged_is_one_through_every_step() {
        let aliases = aliases(&[(1, 2), (2, 3), (5, 3)]);
        for one in [1, 2, 3, 5] {
            assert_eq!(aliases.main(person(one)), person(3), "{one}");
        }
        assert!(aliases.is_one(person(1), person(5)) && !aliases.is_one(person(1), person(4)));
        assert_eq!(aliases.all(person(2)), [2, 1, 3, 5].map(person));
        assert_eq!(aliases.all(person(4)), [person(4)]);
        assert_eq!(aliases.at_mailbox(person(1).mailbox()), [2, 3, 5].map(person).into());
    }

    #[test]
    fn a_ring_is_one_person_all_the_same() {
        let aliases = aliases(&[(1, 2), (2, 1)]);
        assert!(aliases.is_one(person(1), person(2)));
        assert_eq!(aliases.all(person(1)).len(), 2);
    }

    #[test]
    fn a_merge_is_taken_back_within_thirty_days() {
        let at: Timestamp = "2026-11-02T09:00:00Z".parse().unwrap();
        let alias = |kind| Alias { to: person(1), kind, at };
        let is_reversible = |kind, now: &str| alias(kind).is_reversible(now.parse().unwrap());
        assert!(is_reversible(AliasKind::Merge, "2026-12-02T08:59:59Z"));
        assert!(!is_reversible(AliasKind::Merge, "2026-12-02T09:00:00Z"));
        assert!(!is_reversible(AliasKind::Address, "2026-11-02T09:00:01Z"));
    }
}
