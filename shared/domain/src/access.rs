//! What somebody needs to take part, as a task: new until an organiser has said what will be done about it, then agreed,
//! then arranged. Each step is an answer to the person; another need begins anew.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::event::Event;

/// From when on a desk sees what was arranged: it has to be set up the day before.
const DESK_SEES: SignedDuration = SignedDuration::from_hours(24);

/// How far a need has got once somebody has answered it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// It will be seen to.
    Agreed,
    /// It has been.
    Arranged,
}

impl Step {
    /// Both, in order.
    pub const ALL: [Self; 2] = [Self::Agreed, Self::Arranged];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::Arranged => "arranged",
        }
    }

    /// The step that is written so.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }
}

/// What an organiser answered. Prints redacted: the words may say what the need is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// How far it has got.
    pub step: Step,
    /// In the organiser's words.
    pub reply: String,
    /// When.
    pub at: Timestamp,
}

impl std::fmt::Debug for Answered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answered").field("step", &self.step).field("at", &self.at).finish_non_exhaustive()
    }
}

/// How a need stands. What the need is stands in the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// How often it was answered or became another one: tells one answer from the next.
    pub version: u32,
    /// The last answer; none while it is new.
    pub answered: Option<Answered>,
}

impl Access {
    /// `new`, `agreed` or `arranged`.
    pub fn state(&self) -> &'static str {
        self.answered.as_ref().map_or("new", |answered| answered.step.name())
    }

    /// The same, answered. What the last answer said already changes nothing; an arrangement that falls through may be
    /// agreed anew.
    #[must_use]
    pub fn answer(&self, step: Step, reply: &str, at: Timestamp) -> Self {
        if self.answered.as_ref().is_some_and(|last| last.step == step && last.reply == reply) {
            return self.clone();
        }
        Self { version: self.version + 1, answered: Some(Answered { step, reply: reply.to_owned(), at }) }
    }

    /// As it stands once the person needs something else: new again.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self { version: self.version + 1, answered: None }
    }
}

/// Whether whoever is at the door is told by now what to have ready: from the day before until the event is over.
pub fn is_told_at_the_door(event: &Event, now: Timestamp) -> bool {
    event.starts() - DESK_SEES <= now && now < event.ends()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn a_need_is_new_then_agreed_then_arranged_and_another_need_is_new() {
        let new = Access::default();
        let agreed = new.answer(Step::Agreed, "We book an interpreter.", at(1));
        let arranged = agreed.answer(Step::Arranged, "She is booked.", at(2));
        let states = [&new, &agreed, &arranged, &arranged.anew()].map(|access| (access.version, access.state()));
        assert_eq!(states, [(0, "new"), (1, "agreed"), (2, "arranged"), (3, "new")]);
    }

    #[test]
    fn the_same_answer_is_one_answer_and_another_is_another() {
        let agreed = Access::default().answer(Step::Agreed, "Yes.", at(1));
        assert_eq!(agreed.answer(Step::Agreed, "Yes.", at(9)), agreed);
        assert_eq!(agreed.answer(Step::Agreed, "Yes, in room 2.", at(9)).version, 2);
        let arranged = agreed.answer(Step::Arranged, "Yes.", at(9));
        assert_eq!(arranged.answer(Step::Agreed, "The lift is broken. Room 2 then.", at(10)).state(), "agreed");
    }

    #[test]
    fn an_answer_prints_without_its_words() {
        let agreed = Access::default().answer(Step::Agreed, "A chair for your back.", at(1));
        assert!(!format!("{agreed:?}").contains("back"));
    }

    #[test]
    fn the_door_is_told_from_the_day_before_to_the_end() {
        let event = Event::parse(json!({"title": "Suturing", "programme": "clinical-updates",
            "sessions": [{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T12:30:00Z"}]}))
        .expect("an event");
        let told = |now: &str| is_told_at_the_door(&event, now.parse().expect("a time"));
        let times = ["2026-11-30T09:29:59Z", "2026-11-30T09:30:00Z", "2026-12-01T12:29:59Z", "2026-12-01T12:30:00Z"];
        assert_eq!(times.map(told), [false, true, true, false]);
    }
}
