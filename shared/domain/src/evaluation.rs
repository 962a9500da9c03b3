//! Evaluation: what people are asked after an event, and what their answers come to.
//!
//! Answers are kept apart from whoever gave them. Organisers see figures, and words only once there are so many that
//! nobody can be picked out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::fields::{FieldError, Fields};
use crate::text;

/// Answers from which on words are shown.
pub const WORDS_SHOWN_FROM: usize = 5;
/// Questions in one evaluation.
pub const QUESTIONS_MAX: usize = 12;
/// The longest answer in words, in characters.
pub const ANSWER_MAX: usize = 2_000;

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnswerKind {
    /// From 1 (poor) to 5 (very good); must be given.
    Score,
    /// In words; may be left out.
    Text,
}

/// Something that people are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationQuestion {
    /// Unique within the evaluation.
    pub id: String,
    /// The words.
    pub label: String,
    /// How it is answered.
    #[serde(rename = "type")]
    pub kind: AnswerKind,
}

/// What an event asks, where that differs from what the hub asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationRule {
    /// Its own questions; `None` for the usual ones.
    pub questions: Option<Vec<EvaluationQuestion>>,
    /// Whether people are asked again after three months.
    #[serde(default)]
    pub follow_up: bool,
    /// Its own questions then; `None` for the usual ones.
    #[serde(default)]
    pub follow_up_questions: Option<Vec<EvaluationQuestion>>,
}

/// When people are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Round {
    /// After the event.
    First,
    /// Three months later.
    FollowUp,
}

impl Round {
    /// The name in addresses and stored items.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::FollowUp => "follow-up",
        }
    }
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Opinion {
    /// From 1 to 5.
    Score(u8),
    /// In words.
    Text(String),
}

/// What somebody answered, by question.
pub type Opinions = BTreeMap<String, Opinion>;

fn question(id: &str, kind: AnswerKind, label: &str) -> EvaluationQuestion {
    EvaluationQuestion { id: id.to_owned(), label: label.to_owned(), kind }
}

/// The usual questions of a round.
pub fn usual_questions(round: Round) -> Vec<EvaluationQuestion> {
    match round {
        Round::First => vec![
            question("useful", AnswerKind::Score, "How useful was this event for your work?"),
            question("clear", AnswerKind::Score, "How clear was what was taught?"),
            question("led", AnswerKind::Score, "How well was the event led?"),
            question("change", AnswerKind::Text, "What will you do differently?"),
            question("better", AnswerKind::Text, "What could we do better?"),
        ],
        Round::FollowUp => vec![
            question("used", AnswerKind::Score, "How much have you used what you learnt?"),
            question("example", AnswerKind::Text, "What has changed in your work?"),
        ],
    }
}

impl EvaluationRule {
    /// The questions of a round.
    pub fn questions(&self, round: Round) -> Vec<EvaluationQuestion> {
        let own = match round {
            Round::First => &self.questions,
            Round::FollowUp => &self.follow_up_questions,
        };
        own.clone().unwrap_or_else(|| usual_questions(round))
    }

    /// Reads `{"questions", "follow_up", "follow_up_questions"}`.
    pub fn read(fields: &mut Fields) -> Self {
        Self {
            questions: read_questions(fields, "questions"),
            follow_up: fields.flag("follow_up"),
            follow_up_questions: read_questions(fields, "follow_up_questions"),
        }
    }
}

/// An event's own questions; `None` where there are none.
fn read_questions(fields: &mut Fields, name: &str) -> Option<Vec<EvaluationQuestion>> {
    let is_given = !fields.is_null(name);
    let given = fields.objects(name, QUESTIONS_MAX, |f| {
        let id = f.parse("id", "Enter an id", |raw| parse_id(raw).ok_or("Must be lower-case letters, digits, - and _"));
        let label = f.parse("label", "Enter the question", |raw| text::line(raw, 300).map_err(|e| e.to_string()));
        let kind = f.parse("type", "Must be score or text", |raw| match raw {
            "score" => Ok(AnswerKind::Score),
            "text" => Ok(AnswerKind::Text),
            _ => Err("Must be score or text"),
        });
        Some(EvaluationQuestion { id: id?, label: label?, kind: kind? })
    });
    let ids: std::collections::BTreeSet<&str> = given.iter().map(|question| question.id.as_str()).collect();
    if ids.len() < given.len() {
        fields.refuse(name, "Each question needs an id of its own");
    }
    (is_given && !given.is_empty()).then_some(given)
}

fn parse_id(raw: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    ((1..=40).contains(&raw.len()) && raw.chars().all(is_plain)).then(|| raw.to_owned())
}

/// Reads what somebody typed or chose, by question; every score must be given.
pub fn parse(
    questions: &[EvaluationQuestion],
    mut given: impl FnMut(&str) -> String,
) -> Result<Opinions, Vec<FieldError>> {
    let (mut opinions, mut errors) = (Opinions::new(), Vec::new());
    for question in questions {
        let raw = given(&question.id);
        let mut refuse = |detail: String| errors.push(FieldError { pointer: format!("/{}", question.id), detail });
        match question.kind {
            AnswerKind::Score => match raw.trim().parse::<u8>() {
                Ok(score @ 1..=5) => drop(opinions.insert(question.id.clone(), Opinion::Score(score))),
                _ => refuse(format!("Select a number from 1 to 5: {}", question.label)),
            },
            AnswerKind::Text => match text::lines(&raw, ANSWER_MAX) {
                Ok(words) => drop(opinions.insert(question.id.clone(), Opinion::Text(words))),
                Err(text::InvalidText::Empty) => {}
                Err(error) => refuse(format!("The answer {error}")),
            },
        }
    }
    if errors.is_empty() { Ok(opinions) } else { Err(errors) }
}

/// What the answers to one question come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The question.
    pub question: EvaluationQuestion,
    /// How many answered it.
    pub answers: usize,
    /// The mean of its scores, to the hundredth.
    pub mean: Option<f64>,
    /// How many gave 1, 2, … 5.
    pub scores: [usize; 5],
    /// Its words, in no order that tells anything; empty below [`WORDS_SHOWN_FROM`] answers to the whole.
    pub words: Vec<String>,
}

/// What all answers of a round come to, question by question.
pub fn summarise(questions: &[EvaluationQuestion], all: &[Opinions]) -> Vec<Summary> {
    let of = |question: &EvaluationQuestion| {
        let given = || all.iter().filter_map(|opinions| opinions.get(&question.id));
        let mut scores = [0; 5];
        let mut words = Vec::new();
        for opinion in given() {
            match opinion {
                Opinion::Score(score) => scores[usize::from(score.clamp(&1, &5) - 1)] += 1,
                Opinion::Text(text) => words.push(text.clone()),
            }
        }
        words.sort();
        let answers = given().count();
        Summary {
            question: question.clone(),
            answers,
            mean: mean(&scores),
            scores,
            words: if all.len() >= WORDS_SHOWN_FROM { words } else { Vec::new() },
        }
    };
    questions.iter().map(of).collect()
}

/// How many scores were given in these answers, and what they add up to.
pub fn scores(all: &[Opinions]) -> (u32, u32) {
    let scores = all.iter().flat_map(BTreeMap::values).filter_map(|opinion| match opinion {
        Opinion::Score(score) => Some(u32::from(*score)),
        Opinion::Text(_) => None,
    });
    scores.fold((0, 0), |(count, sum), score| (count + 1, sum + score))
}

/// The mean of scores counted from 1 to 5, to the hundredth; halves go up.
pub fn mean(scores: &[usize; 5]) -> Option<f64> {
    let count: usize = scores.iter().sum();
    let sum: usize = scores.iter().zip(1..).map(|(count, score)| count * score).sum();
    // Whole hundredths first, so that the same answers are the same digits everywhere.
    let hundredths = (count > 0).then(|| (sum * 200 + count) / (2 * count))?;
    u32::try_from(hundredths).ok().map(|hundredths| f64::from(hundredths) / 100.0)
}

impl Summary {
    /// The summary in the API's shape.
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.question.id, "label": self.question.label, "type": self.question.kind,
            "answers": self.answers, "mean": self.mean, "scores": self.scores, "texts": self.words,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_score_is_given_and_words_may_be_left_out() {
        let questions = usual_questions(Round::First);
        let answer =
            |scores: &'static str| move |id: &str| if id == "better" { " Tea ".to_owned() } else { scores.to_owned() };
        let errors = parse(&questions, answer("6")).expect_err("no score");
        assert_eq!(errors.iter().map(|e| e.pointer.as_str()).collect::<Vec<_>>(), ["/useful", "/clear", "/led"]);
        let given = parse(&questions[..3], answer("4")).expect("scores");
        assert_eq!(given.len(), 3);
        assert_eq!(parse(&questions[4..], answer("")).expect("words")["better"], Opinion::Text("Tea".to_owned()));
    }

    #[test]
    fn an_event_may_ask_its_own_questions_in_each_round() {
        let own = |id: &str| json!([{"id": id, "label": "Well?", "type": "score"}]);
        let read = |sent: Value| {
            let mut fields = Fields::of(sent).expect("an object");
            let rule = EvaluationRule::read(&mut fields);
            fields.finish().map(|()| rule)
        };
        let rule = read(json!({"questions": own("a"), "follow_up": true, "follow_up_questions": own("b")}));
        let ids =
            |round| rule.as_ref().expect("a rule").questions(round).iter().map(|q| q.id.clone()).collect::<Vec<_>>();
        assert_eq!((ids(Round::First), ids(Round::FollowUp)), (vec!["a".to_owned()], vec!["b".to_owned()]));
        assert_eq!(read(json!({"follow_up_questions": null})), Ok(EvaluationRule::default()));
        let twice = json!({"follow_up_questions": [own("a")[0], own("a")[0]]});
        assert_eq!(read(twice).expect_err("one id")[0].pointer, "/follow_up_questions");
    }

    #[test]
    fn words_are_shown_from_five_answers_on() {
        let questions = usual_questions(Round::First);
        let one = Opinions::from([
            ("useful".to_owned(), Opinion::Score(4)),
            ("better".to_owned(), Opinion::Text("Tea".to_owned())),
        ]);
        let words = |count: usize| summarise(&questions, &vec![one.clone(); count])[4].words.len();
        assert_eq!([words(4), words(5)], [0, 5]);
        let mut mixed = vec![one.clone(); 2];
        mixed.push(Opinions::from([("useful".to_owned(), Opinion::Score(5))]));
        let useful = &summarise(&questions, &mixed)[0];
        assert_eq!((useful.mean, useful.scores, useful.answers), (Some(4.33), [0, 0, 0, 2, 1], 3));
    }
}
