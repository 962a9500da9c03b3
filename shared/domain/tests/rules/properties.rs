//! Whatever is done in whatever order: no lane gives out more than it has, no place idles while somebody waits, nobody
//! confirmed is demoted, nobody is lost, and arrivals are served in order.

use std::collections::BTreeMap;

use domain::event::EventStatus;
use domain::ids::Generation;
use domain::ledger::{Command, Entry, GENERAL, LaneKey, LaneRules, Ledger, Place, Registering, Rules};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::table::person;

#[derive(Debug, Clone)]
enum Operation {
    Register(u8, bool),
    Cancel(u8),
    Accept(u8),
    Decline(u8),
    Admit(u8),
    Prioritise(u8, u8),
    Substitute(u8, u8),
    Group(u8),
    Configure { general: u32, lane: u32, limit: Option<u32>, offers: bool },
    Pass(i64),
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::{Accept, Admit, Cancel, Configure, Decline, Group, Pass, Prioritise, Register, Substitute};
    let who = 0..10_u8;
    prop_oneof![
        8 => (who.clone(), any::<bool>()).prop_map(|(who, lane)| Register(who, lane)),
        4 => who.clone().prop_map(Cancel),
        3 => who.clone().prop_map(Accept),
        2 => who.clone().prop_map(Decline),
        1 => who.clone().prop_map(Admit),
        1 => (who.clone(), 0..10_u8).prop_map(|(who, priority)| Prioritise(who, priority)),
        1 => (who.clone(), who.clone()).prop_map(|(from, to)| Substitute(from, to)),
        1 => (1..3_u8).prop_map(Group),
        1 => (0..5_u32, 0..4_u32, proptest::option::of(0..4_u32), any::<bool>())
            .prop_map(|(general, lane, limit, offers)| Configure { general, lane, limit, offers }),
        3 => (1..200_i64).prop_map(Pass),
    ]
}

fn rules(version: u64, starts: Timestamp, general: u32, lane: u32, limit: Option<u32>, offers: bool) -> Rules {
    let lane_rules = |places, release| LaneRules { places, line_limit: limit, release, approval: false };
    Rules {
        status: EventStatus::Published,
        opens: None,
        closes: starts - SignedDuration::from_hours(48),
        starts,
        offer_hours: offers.then_some(6),
        organisation_limit: None,
        organisations: BTreeMap::new(),
        version,
        lanes: BTreeMap::from([
            (GENERAL, lane_rules(general, None)),
            (LaneKey::new(1), lane_rules(lane, Some(starts - SignedDuration::from_hours(24 * 20)))),
        ]),
    }
}

fn command(ledger: &Ledger, operation: &Operation, now: Timestamp, version: &mut u64, groups: &mut u8) -> Command {
    let named = |who: u8| person(&format!("p{who}"));
    let next_generation = |who| ledger.members.get(&who).map_or(Generation::FIRST, |e: &Entry| e.generation().next());
    match *operation {
        Operation::Register(who, lane) => {
            let person = named(who);
            let generation = match ledger.members.get(&person) {
                Some(Entry::Live(live)) => live.generation,
                _ => next_generation(person),
            };
            let lane = ledger.lane_now(LaneKey::new(u8::from(lane)));
            let (rules, organisation) = (ledger.rules, None);
            Command::Register(Registering {
                person,
                generation,
                lane,
                organisation,
                at: now,
                rules,
                is_over_ruled: false,
            })
        }
        Operation::Cancel(who) => Command::Cancel { person: named(who), organisation: None, late: false },
        Operation::Accept(who) => Command::Accept(named(who)),
        Operation::Decline(who) => Command::Decline { person: named(who), organisation: None },
        Operation::Admit(who) => Command::Admit(named(who)),
        Operation::Prioritise(who, priority) => Command::Prioritise { person: named(who), priority },
        Operation::Substitute(from, to) => {
            let to = named(to);
            let generation = next_generation(to);
            Command::Substitute { from: named(from), to, generation, organisations: (None, None) }
        }
        Operation::Group(size) => {
            *groups += 1;
            let people = (0..size).map(|n| person(&format!("g{groups}-{n}"))).collect();
            Command::Group { people, lane: GENERAL, organisation: None }
        }
        Operation::Configure { general, lane, limit, offers } => {
            *version += 1;
            Command::Configure(rules(*version, ledger.starts, general, lane, limit, offers))
        }
        Operation::Pass(_) => Command::Tick { organisations: BTreeMap::new() },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_keeps_the_ledger_sound(operations in prop::collection::vec(operation(), 1..60)) {
        let mut now: Timestamp = "2026-06-08T08:00:00Z".parse().unwrap();
        let starts = now + SignedDuration::from_hours(24 * 40);
        let (mut version, mut groups) = (1, 0);
        let first = Command::Configure(rules(version, starts, 2, 1, None, true));
        let mut ledger = Ledger::empty().step(&first, now).unwrap().ledger;
        for operation in &operations {
            if let Operation::Pass(hours) = operation {
                now += SignedDuration::from_hours(*hours);
            }
            let command = command(&ledger, operation, now, &mut version, &mut groups);
            let Ok(outcome) = ledger.step(&command, now) else { continue };
            let next = outcome.ledger;
            prop_assert_eq!(next.violations(now), Vec::<String>::new(), "after {:?}", operation);
            for (who, live) in ledger.live_entries() {
                let before = ledger.place(who);
                let after = next.place(who);
                prop_assert!(after.is_some(), "somebody was lost");
                let same_booking = next.live(who).is_some_and(|l| l.generation == live.generation);
                if before == Some(Place::Confirmed) && same_booking {
                    prop_assert_eq!(after, Some(Place::Confirmed), "demoted by {:?}", operation);
                }
            }
            for (key, lane) in &next.lanes {
                prop_assert!(lane.issued >= ledger.lanes.get(key).map_or(0, |l| l.issued), "tickets only rise");
            }
            ledger = next;
        }
    }
}
