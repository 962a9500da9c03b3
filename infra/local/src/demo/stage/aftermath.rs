//! What comes after an event of the demo year: opinions, and certificates that an organiser looks at again.

use axum::http::{Method, StatusCode};
use domain::ProgrammeId;
use domain::evaluation::{AnswerKind, EvaluationQuestion, Round, usual_questions};
use serde_json::{Value, json};

use super::{DemoError, Running, Stage, text};
use crate::demo::script::Review;
use crate::random::SplitMix64;

/// Of a hundred who were there, how many say what they thought of it, and how many where the certificate waits for it.
const SAY: usize = 42;
const SAY_FOR_CERTIFICATE: usize = 96;
/// Of a hundred who say something, how many find words.
const IN_WORDS: usize = 30;
/// Of ten scores, how many are which.
const SCORES: [&str; 10] = ["5", "5", "5", "5", "5", "4", "4", "4", "3", "2"];

/// What people will do differently, and what could be better.
const CHANGES: [&str; 8] = [
    "I shall ask directly, and then wait for the answer.",
    "Share the slides at our next practice meeting.",
    "Put the crisis numbers on the wall behind reception.",
    "Book double appointments for the first review.",
    "Listen longer before I offer a plan.",
    "Talk to the safeguarding lead about our form.",
    "Try the breathing exercise with my own team.",
    "Write down who does what after a difficult call.",
];
const BETTER: [&str; 6] = [
    "More time for questions.",
    "A shorter break and an earlier end would help with school runs.",
    "Some examples from small practices.",
    "Send the reading a week before.",
    "The sound at the back was hard to follow.",
    "Nothing, it was just right.",
];

impl Stage {
    /// Whoever was there and reads their mail says what they thought of it, or what has come of it, or does not.
    pub(super) async fn evaluate(&self, running: &Running, round: Round) -> Result<(), DemoError> {
        let counts = running.course.programme == ProgrammeId::MHFA_SCHOOLS && round == Round::First;
        for row in self.roster(running, "attended").await? {
            let mut chance = self.chance_of(running, &format!("opinion {} {}", round.name(), text(&row["name"])));
            let says = chance.below(100) < if counts { SAY_FOR_CERTIFICATE } else { SAY };
            // Nobody answers without the link from the mail.
            let Some(token) = says.then(|| self.link(&text(&row["email"]), &text(&row["reference"]))).flatten() else {
                continue;
            };
            let questions = usual_questions(round);
            let opinion = questions.iter().map(|question| (question.id.as_str(), answer(question, &mut chance)));
            let opinion: Vec<(&str, &str)> = opinion.collect();
            let path = format!("/bookings/{token}/evaluation?round={}", round.name());
            self.send_form(&path, &opinion).await?.expect(StatusCode::SEE_OTHER)?;
        }
        Ok(())
    }

    /// Looks again at the first certificate of an event.
    pub(super) async fn review(&self, running: &Running, review: Review) -> Result<(), DemoError> {
        let found = self.organise(Method::GET, &running.path("/certificates"), &Value::Null).await?;
        let found = found.expect(StatusCode::OK)?;
        let first = &found["certificates"][0];
        let (verb, said) = match review {
            Review::Misspelt => {
                let name = format!("{} (Dr)", text(&first["name"]));
                ("reissue", json!({"name": name, "reason": "Asked for the title that they hold."}))
            }
            Review::Unearned => ("revoke", json!({"reason": "A colleague had come in their place."})),
        };
        let path = running.path(&format!("/certificates/{}/{verb}", text(&first["reference"])));
        self.organise(Method::POST, &path, &said).await?.expect(StatusCode::OK).map(drop)
    }
}

/// What somebody answers: high scores for the most part, and words now and then.
fn answer(question: &EvaluationQuestion, chance: &mut SplitMix64) -> &'static str {
    let words: &[&'static str] = if question.id == "better" { &BETTER } else { &CHANGES };
    match question.kind {
        AnswerKind::Score => SCORES[chance.below(SCORES.len())],
        AnswerKind::Text if chance.below(100) < IN_WORDS => words[chance.below(words.len())],
        AnswerKind::Text => "",
    }
}
