//! Who somebody in a meeting is: by address, else by name. Only what leaves no doubt is sure; the rest is for a human,
//! with scores from 0 to 100.

use domain::person::are_near;
use domain::{EmailAddress, PersonId, PersonName, text};
use jiff::{SignedDuration, Timestamp};
use meeting::Joiner;

/// The same name, letter for letter but for case, accents and the order of its words.
const SAME_NAME: u8 = 95;
/// A spelling of the name, or its initials.
const NEAR_NAME: u8 = 75;
/// The address is the right one, the name another.
const SHARED_ADDRESS: u8 = 60;
/// One word of the name.
const PART_OF_NAME: u8 = 40;

/// Nothing but that they pressed *Join* just then.
const PRESSED_ONLY: u8 = 30;
/// Why nothing but that is known.
pub const PRESSED: &str = "pressed Join when this guest came in";
/// Why it is settled who of several it is.
const PRESSED_TOO: &str = "could be several, and only this one pressed Join just then";
/// How long people are in the lobby, and find their headset.
const LOBBY: SignedDuration = SignedDuration::from_mins(15);
/// How much a meeting's clock may be behind the hub's.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(1);

/// Somebody whom the event knows.
pub struct Known {
    /// Who.
    pub person: PersonId,
    /// As on the certificate.
    pub name: PersonName,
    /// Missing in telephone bookings.
    pub email: Option<EmailAddress>,
    /// Whether they have a place, or came without one.
    pub is_expected: bool,
    /// When they pressed *Join* on their booking.
    pub pressed: Option<Timestamp>,
}

/// Who it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub person: PersonId,
    /// How likely, from 0 to 100.
    pub score: u8,
}

/// Who somebody in a meeting is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// This person, and why.
    Sure(PersonId, &'static str),
    /// One of these, the likeliest first, and why nothing is sure.
    Unsure(Vec<Candidate>, &'static str),
    /// Nobody who is known, and why.
    Nobody(&'static str),
}

/// Looks for somebody among those whom the event knows. That they pressed *Join* when somebody came in says which of
/// several it is; of itself it says only who it may be.
pub fn find(joiner: &Joiner, known: &[Known]) -> Match {
    let pressed = |person: PersonId| known.iter().any(|one| one.person == person && has_pressed(one, joiner));
    match find_as_shown(joiner, known) {
        Match::Unsure(candidates, why) => {
            let mut came = candidates.iter().filter(|candidate| pressed(candidate.person));
            match (came.next(), came.next()) {
                (Some(only), None) => Match::Sure(only.person, PRESSED_TOO),
                _ => Match::Unsure(candidates, why),
            }
        }
        Match::Nobody(why) => {
            let may_be = known.iter().filter(|one| one.is_expected && has_pressed(one, joiner));
            let may_be: Vec<Candidate> =
                may_be.map(|one| Candidate { person: one.person, score: PRESSED_ONLY }).collect();
            if may_be.is_empty() { Match::Nobody(why) } else { Match::Unsure(may_be, PRESSED) }
        }
        sure @ Match::Sure(..) => sure,
    }
}

/// Whether somebody pressed *Join* shortly before this one came in.
fn has_pressed(known: &Known, joiner: &Joiner) -> bool {
    let came_in = joiner.spans.iter().map(|span| span.joined);
    known.pressed.is_some_and(|pressed| {
        let waited = |joined: Timestamp| joined.duration_since(pressed);
        came_in.into_iter().any(|joined| (-CLOCKS_DIFFER..=LOBBY).contains(&waited(joined)))
    })
}

fn find_as_shown(joiner: &Joiner, known: &[Known]) -> Match {
    let by_address = joiner.email.as_ref().map(|email| find_by_address(email, &joiner.name, known));
    match by_address {
        Some(found @ (Match::Sure(..) | Match::Unsure(..))) => found,
        Some(Match::Nobody(_)) | None => find_by_name(&joiner.name, known),
    }
}

fn find_by_address(email: &EmailAddress, name: &str, known: &[Known]) -> Match {
    let has_address = |one: &&Known| one.email.as_ref().is_some_and(|own| own.normalised() == email.normalised());
    let sharing: Vec<&Known> = known.iter().filter(has_address).collect();
    let named: Vec<&&Known> = sharing.iter().filter(|one| score(name, one) >= NEAR_NAME).collect();
    match (&sharing[..], &named[..]) {
        ([], _) => Match::Nobody("nobody has this email address"),
        ([only], _) => Match::Sure(only.person, "same email address"),
        (_, [only]) => Match::Sure(only.person, "same email address, and the name"),
        (_, _) => {
            let candidate =
                |one: &&Known| Candidate { person: one.person, score: SHARED_ADDRESS.max(score(name, one)) };
            Match::Unsure(likeliest_first(sharing.iter().map(candidate)), "several people share this email address")
        }
    }
}

fn find_by_name(name: &str, known: &[Known]) -> Match {
    if !name.chars().any(char::is_alphabetic) {
        return Match::Nobody("joined by telephone");
    }
    let scored = known.iter().map(|one| (one, score(name, one))).filter(|(_, score)| *score > 0);
    let scored: Vec<(&Known, u8)> = scored.collect();
    let same: Vec<&Known> = scored.iter().filter(|(_, score)| *score == SAME_NAME).map(|(one, _)| *one).collect();
    match (&same[..], &scored[..]) {
        ([only], _) if only.is_expected => Match::Sure(only.person, "same name (score 95)"),
        (_, []) => Match::Nobody("nobody of this name has booked"),
        (_, _) => {
            let candidates = scored.iter().map(|(one, score)| Candidate { person: one.person, score: *score });
            Match::Unsure(likeliest_first(candidates), "the name alone does not say who it is")
        }
    }
}

fn likeliest_first(candidates: impl Iterator<Item = Candidate>) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = candidates.collect();
    candidates.sort_by_key(|candidate| (u8::MAX - candidate.score, candidate.person));
    candidates
}

/// How much a name in a meeting says for somebody.
fn score(shown: &str, known: &Known) -> u8 {
    let scores = spoken(shown).into_iter().map(|shown| {
        if words(&shown) == words(known.name.as_str()) {
            SAME_NAME
        } else if PersonName::parse(&shown).is_ok_and(|name| are_near(&name, &known.name)) {
            NEAR_NAME
        } else if words(&shown).len() == 1 && words(known.name.as_str()).contains(&words(&shown)[0]) {
            PART_OF_NAME
        } else {
            0
        }
    });
    scores.max().unwrap_or(0)
}

/// The names in what a meeting shows: `BIRCH, Bob (EXAMPLE SURGERY)` is Bob Birch, `iPhone (Cat)` may be Cat.
fn spoken(shown: &str) -> Vec<String> {
    let parts = shown.split(['(', ')', '[', ']']).map(str::trim);
    let is_said = |part: &&str| {
        let part = part.to_lowercase();
        !part.is_empty() && !matches!(part.as_str(), "guest" | "unverified" | "external" | "host" | "co-host" | "me")
    };
    parts.filter(is_said).map(str::to_owned).collect()
}

/// The words of a name, folded, in an order of their own.
fn words(name: &str) -> Vec<String> {
    let parts = name.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '-'));
    let mut words: Vec<String> = parts.map(text::fold).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words
}

#[cfg(test)]
mod tests {
    use domain::MailboxId;
    use meeting::Span;

    use super::*;

    fn known(number: u8, name: &str, email: &str, is_expected: bool) -> Known {
        let person = PersonId::new(MailboxId::new([number; 9]), [number; 3]);
        let (name, email) = (PersonName::parse(name).unwrap(), EmailAddress::parse(email).ok());
        Known { person, name, email, is_expected, pressed: None }
    }

    fn people() -> Vec<Known> {
        vec![
            known(1, "Ann Ash", "ann@practice.example", true),
            known(2, "Bob Birch", "desk@practice.example", true),
            known(3, "Cat Cedar", "desk@practice.example", true),
            known(4, "Jo Juniper", "", true),
            known(5, "Jo Jasmine", "", true),
            known(6, "Wim Willow", "wim@practice.example", false),
        ]
    }

    fn found(name: &str, email: &str) -> String {
        found_among(name, email, &people())
    }

    /// Somebody who comes in at 09:31.
    fn found_among(name: &str, email: &str, known: &[Known]) -> String {
        let email = EmailAddress::parse(email).ok();
        let span = Span { joined: at("09:31"), left: at("12:30") };
        let joiner = Joiner { name: name.to_owned(), email, spans: vec![span], seconds_max: None };
        let number = |person: PersonId| person.as_bytes()[0];
        match find(&joiner, known) {
            Match::Sure(person, _) => format!("{}", number(person)),
            Match::Unsure(candidates, _) => {
                candidates.iter().map(|c| format!("{}:{}", number(c.person), c.score)).collect::<Vec<_>>().join(" ")
            }
            Match::Nobody(why) => why.to_owned(),
        }
    }

    fn at(time: &str) -> Timestamp {
        format!("2026-12-01T{time}:00Z").parse().unwrap()
    }

    #[test]
    fn whoever_pressed_join_just_then_is_who_of_several_it_is_and_else_only_who_it_may_be() {
        let with = |number: u8, pressed: &str| {
            let mut people = people();
            let meant = people.iter_mut().find(|one| one.person.as_bytes()[0] == number).unwrap();
            meant.pressed = Some(at(pressed));
            people
        };
        assert_eq!(found_among("iPhone (Jo)", "", &with(4, "09:29")), "4");
        assert_eq!(found_among("Reception", "desk@practice.example", &with(3, "09:31")), "3");
        assert_eq!(found_among("iPhone", "", &with(1, "09:20")), "1:30");
        assert_eq!(found_among("iPhone", "", &with(1, "09:10")), "nobody of this name has booked");
        assert_eq!(found_among("iPhone", "", &with(1, "09:33")), "nobody of this name has booked");
        assert_eq!(found_among("Anne Ash", "", &with(4, "09:29")), "1:75", "another's press says nothing of Ann");
    }

    #[test]
    fn an_address_says_who_it_is_unless_it_is_shared() {
        assert_eq!(found("Somebody Else", "ANN@practice.example"), "1");
        assert_eq!(found("B. Birch", "desk@practice.example"), "2");
        assert_eq!(found("Reception", "desk@practice.example"), "2:60 3:60");
        assert_eq!(found("Wim", "wim@practice.example"), "6");
    }

    #[test]
    fn only_the_same_name_of_somebody_expected_is_sure_without_an_address() {
        assert_eq!(found("ASH, Ann (EXAMPLE SURGERY - F00000)", ""), "1");
        assert_eq!(found("ann ash (Guest)", "other@home.example"), "1");
        assert_eq!(found("Anne Ash", ""), "1:75");
        assert_eq!(found("iPhone (Jo)", ""), "4:40 5:40");
        assert_eq!(found("Wim Willow", ""), "6:95");
        assert_eq!(found("Nobody Known", ""), "nobody of this name has booked");
        assert_eq!(found("+44 7700 ***123", ""), "joined by telephone");
    }
}
