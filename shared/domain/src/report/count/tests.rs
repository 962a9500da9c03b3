use proptest::prelude::*;

use super::*;
use crate::consequence::Owed;
use crate::ids::MailboxId;
use crate::policy::Waiver;
use crate::report::{Audience, Kind};

fn person(number: u8) -> PersonId {
    PersonId::new(MailboxId::new([number; 9]), [0; 3])
}

fn workplace(number: u8) -> Workplace {
    let part = |of: &str, number: u8| (number > 0).then(|| format!("{of} {number}"));
    let (network, borough) = (part("Network", number % 2), part("Borough", number % 3));
    let kind = [WorkplaceKind::School, WorkplaceKind::Practice, WorkplaceKind::Other][usize::from(number % 3)];
    Workplace { key: format!("A8100{number}"), name: format!("Practice {number}"), kind, network, borough }
}

fn people() -> impl Strategy<Value = Vec<PersonFacts>> {
    let standing = prop_oneof![
        4 => Just(Standing::Held),
        1 => Just(Standing::Unmet),
        1 => any::<bool>().prop_map(|late| Standing::GaveUp { late }),
        1 => Just(Standing::Gone),
    ];
    let charge = (any::<bool>(), prop::option::of(0_u32..200), any::<bool>()).prop_map(charge);
    let facts = (standing, prop::option::of(0_u32..100), 0_usize..4, prop::option::of(0_u8..6), any::<bool>());
    let person = |(number, ((standing, minutes, role, organisation, is_certified), charge)): (
        usize,
        ((_, _, usize, _, _), _),
    )| PersonFacts {
        person: person(u8::try_from(number).unwrap()),
        counts_as: person(u8::try_from(number).unwrap()),
        standing,
        minutes,
        role: Role::ALL.get(role).copied().filter(|_| role > 0),
        organisation: Option::map(organisation, workplace),
        is_certified,
        charge,
    };
    prop::collection::vec((facts, prop::option::of(charge)), 0..12)
        .prop_map(move |all| all.into_iter().enumerate().map(person).collect())
}

fn charge((is_absence, gbp, is_waived): (bool, Option<u32>, bool)) -> Charge {
    let cause = if is_absence { Cause::Absence } else { Cause::LateCancellation };
    Charge { cause, owed: Owed { gbp, by_person: false }, waived: is_waived.then_some(Waiver::Sickness) }
}

fn events() -> impl Strategy<Value = Vec<EventFacts>> {
    let fate = prop_oneof![4 => Just(Fate::Held), 1 => Just(Fate::Cancelled)];
    let facts = (0_usize..3, any::<bool>(), fate, prop::option::of(1_u32..20), people(), 0_u32..5);
    let event = |(programme, is_online, fate, capacity, people, answers): (usize, bool, _, _, _, u32)| EventFacts {
        programme: ["open-doors", "mhfa-schools", "staff-wellbeing"][programme].to_owned(),
        programme_label: String::new(),
        is_confidential: programme == 2,
        format: if is_online { Format::Online } else { Format::InPerson },
        fate,
        capacity,
        minimum_minutes: 50,
        cpd_minutes: 60,
        people,
        answers,
        scores: answers * 2,
        ratings: answers * 7,
    };
    prop::collection::vec(facts.prop_map(event), 0..8)
}

fn period() -> Period {
    "2026-10".parse().unwrap()
}

proptest! {
    #[test]
    fn parts_add_up_to_totals(events in events()) {
        let report = Report::of(period(), &events);
        for of in Breakdown::ALL {
            for figure in Figure::ALL {
                let sum: u64 = report.rows(of).iter().map(|row| row.figures.unwrap().count(figure)).sum();
                let total = report.totals.count(figure);
                match figure.kind() {
                    Kind::People | Kind::Minutes | Kind::Charges => prop_assert_eq!(sum, total, "{:?} {:?}", of, figure),
                    Kind::Distinct => prop_assert!(sum >= total, "{:?} {:?}", of, figure),
                    Kind::Events if of.is_of_events() => prop_assert_eq!(sum, total, "{:?} {:?}", of, figure),
                    Kind::Events | Kind::Answers => {}
                }
            }
        }
        for figures in report.tables.iter().flat_map(|table| &table.rows).filter_map(|row| row.figures).chain([report.totals]) {
            let parts = [Figure::Attended, Figure::AttendedPart, Figure::DidNotAttend, Figure::NotRecorded];
            let booked: u64 = parts.iter().map(|part| figures.count(*part)).sum();
            prop_assert_eq!(figures.count(Figure::PlacesBooked), booked);
            prop_assert!(figures.count(Figure::CancelledLate) <= figures.count(Figure::Cancelled));
            prop_assert!(figures.count(Figure::People) <= booked);
        }
        let confidential = report.rows(Breakdown::Organisation).iter().filter(|row| row.key == RowKey::Confidential);
        prop_assert!(confidential.count() <= 1);
        prop_assert!(report.rows(Breakdown::Programme).iter().all(|row| row.key.id() != Some("staff-wellbeing")));
    }

    #[test]
    fn the_order_of_facts_is_nothing(events in events(), by in 0_usize..8) {
        let mut other = events.clone();
        other.rotate_left(if events.is_empty() { 0 } else { by % events.len() });
        for event in &mut other {
            event.people.reverse();
        }
        let (one, two) = (Report::of(period(), &events), Report::of(period(), &other));
        prop_assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&two).unwrap());
        prop_assert_eq!(one.changes_since(&two), vec![]);
        let stored = serde_json::from_str::<Report>(&serde_json::to_string(&one).unwrap()).unwrap();
        prop_assert_eq!(&stored, &one);
        let public = one.read_by(Audience::Public, true);
        prop_assert_eq!(public.rows(Breakdown::Organisation), vec![]);
    }
}

#[test]
fn each_person_counts_where_they_stood_and_what_they_did() {
    let facts = |number, standing, minutes| PersonFacts {
        person: person(number),
        counts_as: person(number),
        standing,
        minutes,
        role: Some(Role::Gp),
        organisation: Some(workplace(number)),
        is_certified: minutes == Some(60),
        charge: None,
    };
    let held = Standing::Held;
    let mut people = vec![
        facts(1, held, Some(60)),
        facts(2, held, Some(50)),
        facts(3, held, Some(49)),
        facts(4, held, Some(0)),
        facts(5, held, None),
        facts(6, Standing::Unmet, None),
        facts(7, Standing::GaveUp { late: true }, None),
        facts(8, Standing::GaveUp { late: false }, Some(60)),
        facts(9, Standing::Gone, Some(30)),
        facts(10, Standing::Gone, None),
    ];
    people[3].charge = Some(charge((true, Some(60), false)));
    people[6].charge = Some(charge((false, Some(60), true)));
    people[7].charge = Some(charge((false, None, false)));
    let event = EventFacts {
        programme: "open-doors".to_owned(),
        programme_label: "Open Doors".to_owned(),
        is_confidential: false,
        format: Format::Online,
        fate: Fate::Held,
        capacity: None,
        minimum_minutes: 50,
        cpd_minutes: 60,
        people,
        answers: 3,
        scores: 3,
        ratings: 13,
    };
    let called_off = EventFacts { fate: Fate::Cancelled, capacity: Some(20), ..event.clone() };
    let report = Report::of(period(), &[event, called_off]);
    assert_eq!(
        serde_json::to_string(&report.totals).unwrap(),
        "{\"events_held\":1,\"events_cancelled\":1,\"places_offered\":0,\"places_booked\":5,\"waiting_unmet\":1,\
         \"cancelled\":2,\"cancelled_late\":1,\"attended\":2,\"attended_part\":1,\"did_not_attend\":1,\
         \"not_recorded\":1,\"walk_ins\":2,\"unused_cancelled\":2,\"unused_absent\":1,\"unused_waived\":1,\
         \"unused_gbp\":60,\"people\":5,\"organisations_reached\":2,\"cpd_minutes\":120,\
         \"certificates_issued\":2,\"evaluation_mean\":4.33,\"evaluation_responses\":3}"
    );
    assert_eq!(report.completeness.unwrap().words(), "The one event lacks attendance");
    let reached: Vec<bool> = report.rows(Breakdown::Organisation).iter().map(|row| row.is_reached).collect();
    assert_eq!(reached.iter().filter(|reached| **reached).count(), 2);
}
