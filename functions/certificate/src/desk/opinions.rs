//! What people thought of an event: figures, words without names from five answers up, and what they say three months
//! later beside it.

use std::sync::Arc;

use app::access::ManagedEvent;
use app::{App, Rejection};
use askama::Template;
use axum::extract::State as Shared;
use axum::response::Response;
use domain::evaluation::{AnswerKind, Summary, WORDS_SHOWN_FROM};
use web::components::{Column, Content, Table};

use super::words::counted;
use super::{EVENTS, events_page};
use crate::evaluation::{Answered, answered};

#[derive(Template)]
#[template(path = "desk/opinions.html")]
struct OpinionsPage<'a> {
    id: String,
    title: &'a str,
    rounds: Vec<RoundPart<'a>>,
}

/// One round of answers.
struct RoundPart<'a> {
    heading: &'static str,
    count: String,
    scores: Option<Table<'a>>,
    words: Vec<Words>,
}

/// What was written to one question.
struct Words {
    question: String,
    said: Vec<String>,
    /// Where there are answers, and too few of them.
    is_held_back: bool,
}

/// `GET /organise/events/{id}/evaluation`
pub(crate) async fn show(Shared(app): Shared<Arc<App>>, managed: ManagedEvent) -> Result<Response, Rejection> {
    let record = &managed.record;
    let mut rounds = Vec::new();
    for (answered, (heading, caption)) in answered(&app, record).await?.into_iter().zip(HEADINGS) {
        rounds.push(part(answered, heading, caption));
    }
    let content = OpinionsPage { id: record.id.to_string(), title: &record.event.title, rounds };
    let back = format!("{EVENTS}/{}", record.id);
    let hub = app.hub().await?;
    let page = events_page(&hub, &managed.organiser, "Evaluation").back(back, record.event.title.as_str());
    Ok(page.show(&content))
}

/// Of the first round and of the second: the heading, and the caption of the scores.
const HEADINGS: [(&str, &str); 2] = [
    ("After the event", "Scores after the event, from 1 (poor) to 5 (very good)"),
    ("Three months later", "Scores three months later, from 1 (poor) to 5 (very good)"),
];

fn part(answered: Answered, heading: &'static str, caption: &'static str) -> RoundPart<'static> {
    let Answered { round, count, summaries } = answered;
    let is_few = count < WORDS_SHOWN_FROM;
    let (scores, texts): (Vec<Summary>, Vec<Summary>) =
        summaries.into_iter().partition(|summary| summary.question.kind == AnswerKind::Score);
    let words = texts.into_iter().map(|summary| Words {
        is_held_back: is_few && summary.answers > 0,
        question: summary.question.label,
        said: summary.words,
    });
    RoundPart {
        heading,
        count: counted(count, "person has answered.", "people have answered."),
        scores: (count > 0 && !scores.is_empty()).then(|| table(round.name(), caption, scores)),
        words: words.collect(),
    }
}

fn table(id: &'static str, caption: &'static str, scores: Vec<Summary>) -> Table<'static> {
    let mut columns = vec![Column::words("Question"), Column::numbers("Mean")];
    columns.extend(["1", "2", "3", "4", "5"].map(Column::numbers));
    let row = |summary: Summary| {
        let mean = summary.mean.map_or_else(|| "–".to_owned(), |mean| format!("{mean:.2}"));
        let counts = summary.scores.into_iter().map(|count| Content::from(count.to_string()));
        [Content::from(summary.question.label), Content::from(mean)].into_iter().chain(counts).collect()
    };
    Table { id, caption, columns, rows: scores.into_iter().map(row).collect() }
}
