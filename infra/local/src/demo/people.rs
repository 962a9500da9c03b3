//! Who books in the demo year: some fifteen hundred invented people, the same each time.

use std::collections::BTreeSet;

use domain::Role;
use serde_json::{Value, json};

use super::names::{FAMILY, GIVEN, OTHER_SCRIPTS, in_ascii};
use super::places::{self, Kind, Place};
use crate::random::SplitMix64;

/// Who works in a practice.
const PRACTICE: [Role; 20] = [
    Role::Gp,
    Role::Gp,
    Role::Gp,
    Role::Gp,
    Role::Gp,
    Role::GpTrainee,
    Role::GpTrainee,
    Role::PracticeNurse,
    Role::PracticeNurse,
    Role::PracticeNurse,
    Role::NurseAssociate,
    Role::HealthcareAssistant,
    Role::Pharmacist,
    Role::Paramedic,
    Role::AlliedHealth,
    Role::PracticeManager,
    Role::Receptionist,
    Role::Receptionist,
    Role::Receptionist,
    Role::SocialPrescriber,
];
/// How many of a school's staff come.
const SCHOOL: usize = 6;
/// Students of a college.
const COLLEGE: usize = 60;
/// Volunteers of a charity.
const CHARITY: usize = 12;

/// Somebody who books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// As on the certificate.
    pub name: String,
    /// Their own, or the one that the front desk shares.
    pub email: String,
    /// What they do.
    pub role: Role,
    /// Where they do it.
    pub place: Place,
}

impl Person {
    /// The form, but for what an event asks.
    pub fn form(&self) -> Value {
        json!({
            "name": self.name, "email": self.email, "role": self.role,
            "organisation": {"ods_code": self.place.ods_code, "name": self.place.name},
        })
    }
}

/// Everybody.
pub fn all(seed: u64) -> Vec<Person> {
    let mut names = Names::new(seed);
    let mut people = Vec::new();
    for place in places::all() {
        for role in staff(place.kind) {
            people.push(person(names.draw(), role, place.clone()));
        }
    }
    // Spread over the list, so that they are of several places.
    let step = people.len() / OTHER_SCRIPTS.len();
    for (number, (name, local)) in OTHER_SCRIPTS.into_iter().enumerate() {
        let person = &mut people[number * step];
        name.clone_into(&mut person.name);
        person.email = format!("{local}@{}", person.place.domain);
    }
    people
}

fn staff(kind: Kind) -> Vec<Role> {
    match kind {
        Kind::Practice => PRACTICE.to_vec(),
        Kind::School => vec![Role::SchoolStaff; SCHOOL],
        Kind::College => vec![Role::Student; COLLEGE],
        Kind::Charity => vec![Role::Volunteer; CHARITY],
    }
}

fn person((given, family): (&str, &str), role: Role, place: Place) -> Person {
    let shares = matches!(role, Role::Receptionist | Role::SchoolStaff);
    let shared = place.shared.clone().filter(|_| shares);
    let own = || format!("{}.{}@{}", in_ascii(given), in_ascii(family), place.domain);
    Person { name: format!("{given} {family}"), email: shared.unwrap_or_else(own), role, place }
}

/// Names, none of them twice.
struct Names {
    random: SplitMix64,
    taken: BTreeSet<(usize, usize)>,
}

impl Names {
    fn new(seed: u64) -> Self {
        Self { random: SplitMix64::of_text(seed, "names"), taken: BTreeSet::new() }
    }

    fn draw(&mut self) -> (&'static str, &'static str) {
        loop {
            let drawn = (self.random.below(GIVEN.len()), self.random.below(FAMILY.len()));
            if self.taken.insert(drawn) {
                return (GIVEN[drawn.0], FAMILY[drawn.1]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_the_same_each_time_and_all_different() {
        let people = all(1);
        assert_eq!(people, all(1));
        let distinct: BTreeSet<(&str, &str)> = people.iter().map(|p| (p.name.as_str(), p.email.as_str())).collect();
        assert_eq!(distinct.len(), people.len());
        assert!((1_300..1_600).contains(&people.len()), "{}", people.len());
    }

    #[test]
    fn addresses_are_ascii_and_some_are_shared() {
        let people = all(1);
        assert!(people.iter().all(|person| person.email.is_ascii() && person.email.ends_with(".example")));
        let shared = people.iter().filter(|person| person.email.starts_with("reception@")).count();
        assert!(shared > 50, "{shared}");
    }
}
