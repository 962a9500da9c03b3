//! Who of the demo year's people comes, and for how long.

use serde_json::{Value, json};

use super::course::Course;
use super::offerings;
use super::people::Person;
use crate::random::SplitMix64;

/// Of a thousand with a place, how many do not come, and how many come for a part only.
const ABSENT: usize = 180;
const PART: usize = 30;
/// Of a hundred events in a room, at how many somebody comes without a booking.
const WALK_INS: usize = 35;

/// Somebody's minutes in the whole event: none, a part that earns no certificate, or all but the first few.
pub fn minutes(course: &Course, mut chance: SplitMix64) -> u32 {
    let all = course.minutes();
    match chance.below(1_000) {
        drawn if drawn < ABSENT => 0,
        drawn if drawn < ABSENT + PART => all / 4 + u32::try_from(chance.below(30)).unwrap_or_default(),
        _ => all - u32::try_from(chance.below(8)).unwrap_or_default(),
    }
}

/// The records of those who come without a booking.
pub fn walk_ins(course: &Course, people: &[Person], mut chance: SplitMix64) -> Vec<Value> {
    if !course.is_in_person() || chance.below(100) >= WALK_INS {
        return Vec::new();
    }
    let audience = offerings::of(course.programme).audience;
    let likely: Vec<&Person> = people.iter().filter(|person| audience.contains(&person.role)).collect();
    let count = 1 + chance.below(2);
    let came = (0..count).filter_map(|_| likely.get(chance.below(likely.len().max(1))));
    came.map(|person| {
        let mut record = person.form();
        record["minutes"] = json!(course.minutes());
        record
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::year;

    #[test]
    fn fewer_than_one_in_five_do_not_come() {
        let courses = year::courses(1).expect("a year");
        let all: Vec<u32> = (0..4_000_usize)
            .map(|number| minutes(&courses[number % courses.len()], SplitMix64::of_text(1, &number.to_string())))
            .collect();
        let absent = all.iter().filter(|minutes| **minutes == 0).count();
        assert!((640..800).contains(&absent), "{absent}");
    }
}
