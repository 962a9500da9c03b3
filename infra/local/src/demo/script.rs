//! What happens to each event of the demo year, deed by deed: the one place to change when more shall happen.
//!
//! A script is written before anything is done and depends on nothing but the seed. What depends on how the line moves
//! (who is offered a place) is decided when it is done, from the person's own chance, so it too is the same each time.

use std::collections::BTreeSet;

use domain::reminders::follow_up_from;
use domain::{ProgrammeId, Role};
use jiff::Timestamp;
use jiff::civil::Date;

use super::calendar::{self, Hour, OutOfCalendar};
use super::course::Course;
use super::offerings;
use super::people::Person;
use crate::random::SplitMix64;

/// Working days before its start on which an event is announced.
const ANNOUNCED: i32 = 25;
/// Working days before the start on which people book, and how many of a hundred by then.
const WAVES: [(i32, usize); 11] =
    [(24, 22), (22, 35), (19, 46), (16, 55), (13, 64), (10, 73), (8, 81), (6, 88), (4, 94), (2, 98), (1, 100)];
/// Working days before the start on which people give up their places, and how many of a thousand do.
const GIVEN_UP: [(i32, usize); 4] = [(9, 25), (5, 30), (3, 20), (1, 20)];
/// Of a hundred who gave up, how many want their place back.
const BACK_AGAIN: usize = 15;
/// Working days after which they do.
const BACK_AFTER: i32 = 1;
/// Working days before the start on which a group is named, and the most that come in one.
const GROUP_NAMED: i32 = 22;
const GROUP_MOST: usize = 3;
/// The events at which an organiser looks at a certificate again, by their place in the year.
const REVIEWS: [(&str, Review); 2] = [("year-24", Review::Misspelt), ("year-71", Review::Unearned)];
/// Working days before the start on which an event is called off.
const CALLED_OFF: i32 = 3;

/// Somebody's place in the list of people.
pub type Who = usize;

/// One thing that somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// An organiser creates the event and publishes it.
    Announce,
    /// Somebody asks for a place.
    Book(Who),
    /// Somebody rings, and an organiser books.
    Telephone(Who),
    /// An organiser seats a group of an organisation; who has the link to name its people.
    SeatGroup {
        /// Who names them.
        contact: Who,
        /// How many come.
        places: usize,
    },
    /// The group's contact names somebody.
    Name(Who),
    /// An organiser looks at what waits for approval.
    Approve,
    /// Somebody gives the booking up, through the link in their mail.
    GiveUp(Who),
    /// Whoever holds an offer takes it, declines it, or does not read their mail.
    AnswerOffers,
    /// An organiser cancels the event.
    CallOff(&'static str),
    /// The event has begun: its places are counted.
    Begin,
    /// The event is over: an organiser records who was there.
    TakeAttendance,
    /// Whoever was there says what they thought of it, or does not.
    Evaluate,
    /// Three months later some of them say what has come of it.
    LookBack,
    /// An organiser looks at a certificate again.
    Review(Review),
}

/// What an organiser finds about the first certificate of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Review {
    /// The name on it was mistyped.
    Misspelt,
    /// It was issued to somebody who had sent a colleague.
    Unearned,
}

/// When what is done, in order.
pub type Script = Vec<(Timestamp, Deed)>;

/// The script of an event of the year.
pub fn of_year(course: &Course, people: &[Person], seed: u64) -> Result<Script, OutOfCalendar> {
    let mut script = until(course, course.day, people, seed)?;
    if let Some(reason) = course.called_off {
        let day = calendar::working_days_from(course.day, -CALLED_OFF);
        let off = calendar::at(day, Hour::Evening)?;
        script.retain(|(at, _)| *at < off);
        script.push((off, Deed::CallOff(reason)));
    } else {
        let begun = calendar::at(calendar::working_days_from(course.day, 1), Hour::Noon)?;
        script.push((begun, Deed::Begin));
        script.extend(afterwards(course)?);
    }
    Ok(script)
}

/// What is done once an event of the year is over.
fn afterwards(course: &Course) -> Result<Script, OutOfCalendar> {
    let after = |days| calendar::working_days_from(calendar::day_of(course.ends()), days);
    let mut script = vec![
        (calendar::at(after(1), Hour::Noon)?, Deed::TakeAttendance),
        (calendar::at(after(1), Hour::Evening)?, Deed::Evaluate),
    ];
    let back = calendar::working_days_from(calendar::day_of(follow_up_from(course.ends())), 1);
    if course.asks_again() && calendar::at(back, Hour::Evening)? < calendar::end()? {
        script.push((calendar::at(back, Hour::Evening)?, Deed::LookBack));
    }
    for (_, review) in REVIEWS.iter().filter(|(key, _)| *key == course.key) {
        script.push((calendar::at(after(4), Hour::Noon)?, Deed::Review(*review)));
    }
    Ok(script)
}

/// The script of an event that is still ahead: what happens before `now`, as if booking came to its end soon after.
pub fn ahead(course: &Course, people: &[Person], seed: u64, now: Timestamp) -> Result<Script, OutOfCalendar> {
    let soon = calendar::working_days_from(calendar::day_of(now), 2);
    let mut script = until(course, course.day.min(soon), people, seed)?;
    script.retain(|(at, _)| *at < now);
    Ok(script)
}

/// What happens until an event begins, counted back from `day`.
fn until(course: &Course, day: Date, people: &[Person], seed: u64) -> Result<Script, OutOfCalendar> {
    let mut random = SplitMix64::of_text(seed, &course.key);
    let before = |days: i32, hour| calendar::at(calendar::working_days_from(day, -days), hour);
    let crowd = crowd(course, people, &mut random);
    let mut script = vec![(before(ANNOUNCED, Hour::Noon)?, Deed::Announce)];
    let mut booked = 0;
    for (days, hundredths) in WAVES {
        let hour = if random.below(2) == 0 { Hour::Noon } else { Hour::Evening };
        let at = before(days, hour)?;
        let until = crowd.len() * hundredths / 100;
        for (place, who) in crowd.iter().enumerate().take(until).skip(booked) {
            let rings = place % 40 == 39;
            script.push((at, if rings { Deed::Telephone(*who) } else { Deed::Book(*who) }));
        }
        booked = booked.max(until);
        if course.needs_approval() {
            script.push((before(days - 1, Hour::Noon)?, Deed::Approve));
        }
    }
    script.extend(group(course, people, &crowd, &before)?);
    let holders = &crowd[..crowd.len().min(course.capacity().unwrap_or(usize::MAX))];
    let given_up = given_up(&script, holders, &before, &mut random)?;
    script.extend(given_up);
    if course.capacity().is_some_and(|places| places < crowd.len()) {
        for days in 0..GIVEN_UP[0].0 {
            script.push((before(days, Hour::Noon)?, Deed::AnswerOffers));
        }
    }
    script.retain(|(at, _)| *at < course.starts);
    // Stable: what happens at one instant happens in the order in which it was written.
    script.sort_by_key(|(at, _)| *at);
    Ok(script)
}

/// A school that sends several people at once, under one link: of those who do not book for themselves. One group in
/// three has a place that nobody is named for.
fn group(
    course: &Course,
    people: &[Person],
    crowd: &[Who],
    before: &impl Fn(i32, Hour) -> Result<Timestamp, OutOfCalendar>,
) -> Result<Script, OutOfCalendar> {
    if course.programme != ProgrammeId::MHFA_SCHOOLS {
        return Ok(Script::new());
    }
    let mut random = SplitMix64::of_text(0, &format!("group {}", course.key));
    let stays = |who: &Who| people[*who].role == Role::SchoolStaff && !crowd.contains(who);
    let others: Vec<Who> = (0..people.len()).filter(stays).collect();
    let contact = others[random.below(others.len().max(1))];
    let colleagues = others.iter().filter(|who| people[**who].place == people[contact].place);
    let mut named: Vec<Who> = colleagues.copied().take(GROUP_MOST).collect();
    let places = named.len();
    if random.below(3) == 0 {
        named.pop();
    }
    let mut script = vec![(before(ANNOUNCED, Hour::Evening)?, Deed::SeatGroup { contact, places })];
    let at = before(GROUP_NAMED, Hour::Evening)?;
    script.extend(named.into_iter().map(|who| (at, Deed::Name(who))));
    Ok(script)
}

/// Who gives a place up that they hold by then, and who wants it back.
fn given_up(
    script: &Script,
    holders: &[Who],
    before: &impl Fn(i32, Hour) -> Result<Timestamp, OutOfCalendar>,
    random: &mut SplitMix64,
) -> Result<Script, OutOfCalendar> {
    let mut gone = BTreeSet::new();
    let mut given_up = Script::new();
    for (days, thousandths) in GIVEN_UP {
        let at = before(days, Hour::Evening)?;
        for who in holders {
            let gives_up = random.below(1_000) < thousandths;
            let has_link = script.iter().any(|(then, deed)| *deed == Deed::Book(*who) && *then < at);
            if !gives_up || !has_link || !gone.insert(*who) {
                continue;
            }
            given_up.push((at, Deed::GiveUp(*who)));
            if days > BACK_AFTER && random.below(100) < BACK_AGAIN {
                given_up.push((before(days - BACK_AFTER, Hour::Evening)?, Deed::Book(*who)));
            }
        }
    }
    Ok(given_up)
}

/// Who asks for a place, in order.
fn crowd(course: &Course, people: &[Person], random: &mut SplitMix64) -> Vec<Who> {
    let audience = offerings::of(course.programme).audience;
    let mut crowd: Vec<Who> = (0..people.len()).filter(|who| audience.contains(&people[*who].role)).collect();
    random.shuffle(&mut crowd);
    crowd.truncate(course.demand);
    crowd
}
