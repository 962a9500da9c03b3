//! The parts of an event of which there may be several: sessions, lanes, questions. Each is a row of fields; a row in which
//! nothing is typed is none.

use std::collections::BTreeSet;

use domain::event::{Question, QuestionKind, ReservedLane};
use serde_json::{Value, json};
use web::forms::FormData;

use super::form::{number, text};

/// What there may be several of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// Dated parts.
    Sessions,
    /// Places reserved for roles.
    Lanes,
    /// What the form asks besides the usual.
    Questions,
}

impl Rows {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sessions, Self::Lanes, Self::Questions];

    /// As the API and the form name them.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Lanes => "lanes",
            Self::Questions => "questions",
        }
    }

    /// The most that an event has.
    fn max(self) -> usize {
        match self {
            Self::Lanes => 15,
            Self::Sessions | Self::Questions => 50,
        }
    }

    /// Fields of which one that is filled makes the row one.
    fn parts(self) -> &'static [&'static str] {
        match self {
            Self::Sessions => &["date", "starts", "ends"],
            Self::Lanes => &["name", "roles", "places", "release_days"],
            Self::Questions => &["label", "type", "options"],
        }
    }

    /// What a row begins with.
    pub fn first(self) -> &'static str {
        self.parts()[0]
    }

    /// The name of a field of one row.
    pub fn field(self, row: usize, part: &str) -> String {
        format!("{}.{row}.{part}", self.name())
    }

    /// The rows in which something is typed, in order.
    pub fn filled(self, typed: &FormData) -> Vec<usize> {
        let is_filled = |row: &usize| {
            let is_typed =
                |part: &&str| typed.all(&self.field(*row, part)).iter().any(|value| !value.trim().is_empty());
            self.parts().iter().any(is_typed)
        };
        (0..self.max()).filter(is_filled).collect()
    }

    /// How many rows to show: as many as were shown, those that are filled, and one more if that is asked for. There is
    /// no event without a session.
    pub fn shown(self, typed: &FormData) -> usize {
        let before = typed.one(&format!("{}.rows", self.name())).parse().unwrap_or(0);
        let filled = self.filled(typed).last().map_or(0, |last| last + 1);
        let more = usize::from(typed.one("more") == self.name());
        let least = usize::from(self == Self::Sessions);
        (filled.max(before).min(self.max()) + more).clamp(least, self.max())
    }

    /// The name of the field of which the API says something: what was left empty between rows is not counted there.
    pub fn placed(self, field: &str, typed: &FormData) -> Option<String> {
        let rest = field.strip_prefix(self.name())?;
        let (sent, part) = match rest.strip_prefix('.') {
            None if rest.is_empty() => (0, self.first()),
            None => return None,
            Some(rest) => {
                let (sent, part) = rest.split_once('.').unwrap_or((rest, self.first()));
                (sent.parse::<usize>().ok()?, part.split('.').next().unwrap_or(part))
            }
        };
        let row = self.filled(typed).get(sent).copied().unwrap_or(sent);
        let part = if part == "id" { "label" } else { part };
        Some(self.field(row, part))
    }
}

/// The fields of an event's lanes.
pub fn of_lanes(lanes: &[ReservedLane]) -> Vec<(String, String)> {
    let of = |(row, lane): (usize, &ReservedLane)| {
        let name = |part: &str| Rows::Lanes.field(row, part);
        let roles = lane.roles.iter().map(|role| (name("roles"), role.slug().to_owned()));
        let days = lane.release_days.map(|days| days.to_string()).unwrap_or_default();
        let rest = [
            (name("name"), lane.name.clone()),
            (name("places"), lane.places.to_string()),
            (name("release_days"), days),
        ];
        rest.into_iter().chain(roles).collect::<Vec<_>>()
    };
    lanes.iter().enumerate().flat_map(of).collect()
}

/// The API's lanes of all that is typed.
pub fn lanes(typed: &FormData) -> Vec<Value> {
    let lane = |row: usize| {
        let field = |part: &str| Rows::Lanes.field(row, part);
        json!({
            "name": text(typed.one(&field("name"))), "roles": typed.all(&field("roles")),
            "places": number(typed.one(&field("places"))), "release_days": number(typed.one(&field("release_days"))),
        })
    };
    Rows::Lanes.filled(typed).into_iter().map(lane).collect()
}

/// The fields of an event's questions.
pub fn of_questions(questions: &[Question]) -> Vec<(String, String)> {
    let of = |(row, question): (usize, &Question)| {
        let name = |part: &str| Rows::Questions.field(row, part);
        let (kind, options) = match &question.kind {
            QuestionKind::Text => ("text", &[][..]),
            QuestionKind::YesNo => ("yes_no", &[][..]),
            QuestionKind::Choice { options } => ("choice", options.as_slice()),
            QuestionKind::Choices { options } => ("choices", options.as_slice()),
        };
        let required = question.required.then(|| (name("required"), "yes".to_owned()));
        let rest = [
            (name("id"), question.id.clone()),
            (name("label"), question.label.clone()),
            (name("type"), kind.to_owned()),
            (name("options"), options.join("\n")),
        ];
        rest.into_iter().chain(required).collect::<Vec<_>>()
    };
    questions.iter().enumerate().flat_map(of).collect()
}

/// The API's questions of all that is typed. A question keeps its identifier, under which answers are stored; a new one
/// gets one from its words.
pub fn questions(typed: &FormData) -> Vec<Value> {
    let rows = Rows::Questions.filled(typed);
    let known = |row: &usize| typed.one(&Rows::Questions.field(*row, "id")).to_owned();
    let mut taken: BTreeSet<String> = rows.iter().map(known).collect();
    let question = |row: usize| {
        let one = |part: &str| typed.one(&Rows::Questions.field(row, part));
        let kind = one("type");
        let options: Vec<&str> = match kind {
            "choice" | "choices" => one("options").lines().map(str::trim).filter(|line| !line.is_empty()).collect(),
            _ => Vec::new(),
        };
        let id = if one("id").is_empty() { new_id(one("label"), &mut taken) } else { one("id").to_owned() };
        json!({
            "id": id, "label": text(one("label")), "type": text(kind), "options": options,
            "required": typed.has(&Rows::Questions.field(row, "required")),
        })
    };
    rows.into_iter().map(question).collect()
}

/// An identifier of a question's first words that no other has.
fn new_id(label: &str, taken: &mut BTreeSet<String>) -> String {
    let lower = label.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut id: String = words.take(4).collect::<Vec<_>>().join("-").chars().take(40).collect();
    if id.is_empty() {
        "question".clone_into(&mut id);
    }
    let numbered = (2..).map(|number| format!("{id}-{number}"));
    let free = std::iter::once(id.clone()).chain(numbered).find(|id| !taken.contains(id)).unwrap_or(id);
    taken.insert(free.clone());
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> FormData {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn there_is_room_for_one_more_when_it_is_asked_for() {
        let shown = |pairs: &[(&str, &str)]| Rows::ALL.map(|rows| rows.shown(&typed(pairs)));
        assert_eq!(shown(&[]), [1, 0, 0]);
        assert_eq!(shown(&[("sessions.1.date", "x"), ("lanes.0.name", "x")]), [2, 1, 0]);
        assert_eq!(shown(&[("lanes.0.name", "x"), ("lanes.rows", "1"), ("more", "lanes")]), [1, 2, 0]);
        assert_eq!(shown(&[("lanes.rows", "99"), ("more", "questions")]), [1, 15, 1]);
    }

    #[test]
    fn what_is_left_empty_is_none_and_mistakes_are_at_the_row_that_has_them() {
        let form =
            typed(&[("lanes.1.name", "GPs"), ("lanes.1.roles", "gp"), ("lanes.3.places", "x"), ("lanes.2.name", " ")]);
        assert_eq!(Rows::Lanes.filled(&form), [1, 3]);
        assert_eq!(lanes(&form)[1], json!({"name": null, "roles": [], "places": "x", "release_days": null}));
        let placed = |field: &str| Rows::ALL.iter().find_map(|rows| rows.placed(field, &form));
        assert_eq!(placed("lanes.1.places").as_deref(), Some("lanes.3.places"));
        assert_eq!(placed("lanes").as_deref(), Some("lanes.1.name"));
        assert_eq!(placed("sessions.0.ends").as_deref(), Some("sessions.0.ends"));
        assert_eq!(placed("questions.0.id").as_deref(), Some("questions.0.label"));
        assert_eq!(placed("title"), None);
    }

    #[test]
    fn a_question_keeps_its_identifier_and_a_new_one_gets_another() {
        let form = typed(&[
            ("questions.0.id", "your-level"),
            ("questions.0.label", "How much have you sutured?"),
            ("questions.0.type", "text"),
            ("questions.1.label", "Your level?"),
            ("questions.1.type", "choice"),
            ("questions.1.options", "a\r\n\r\nb"),
            ("questions.1.required", "yes"),
            ("questions.4.label", "\u{995}?"),
            ("questions.4.type", "yes_no"),
        ]);
        let sent = questions(&form);
        let ids: Vec<&Value> = sent.iter().map(|question| &question["id"]).collect();
        assert_eq!(ids, ["your-level", "your-level-2", "question"]);
        assert_eq!(
            (&sent[1]["options"], &sent[1]["required"], &sent[0]["required"]),
            (&json!(["a", "b"]), &json!(true), &json!(false))
        );
    }
}
