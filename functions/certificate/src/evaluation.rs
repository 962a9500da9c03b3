//! The evaluation: a short form behind the booking's link, once a registration and round; the figures for organisers.

use std::sync::Arc;

use app::access::ManagedEvent;
use app::{App, HeldBooking, Rejection};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::attendance::Presence;
use domain::evaluation::{self, AnswerKind, EvaluationQuestion, Round, Summary};
use domain::reminders::follow_up_from;
use domain::{FieldError, Place, Refusal};
use serde_json::json;
use store::EventRecord;
use web::components::{Choice, ErrorSummary, Field, Radios, Textarea};
use web::forms::FormData;
use web::page::{self, Mistake, Page};

#[derive(Template)]
#[template(path = "evaluation.html")]
struct EvaluationPage<'a> {
    action: String,
    title: &'a str,
    heading: &'static str,
    summary: ErrorSummary<'a>,
    questions: Vec<Asked<'a>>,
}

/// A question as a field.
enum Asked<'a> {
    Score(Radios<'a>),
    Text(Textarea<'a>),
}

#[derive(Template)]
#[template(path = "evaluated.html")]
struct EvaluatedPage<'a> {
    token: String,
    title: &'a str,
    waits_for_certificate: bool,
}

/// `GET /bookings/{token}/evaluation`
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    held: HeldBooking,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let round = round(&app, &held, query)?;
    if has_answered(&app, &held, round).await? {
        return thanks(&app, &held).await;
    }
    let questions = held.record.event.evaluation.questions(round);
    let nothing = FormData::default();
    let content = form(&app, &held, round, &questions, &nothing, &[]);
    Ok(Page::new("Your opinion", &app.hub().await?).show(&content))
}

/// `POST /bookings/{token}/evaluation`
pub(crate) async fn submit(
    State(app): State<Arc<App>>,
    held: HeldBooking,
    RawQuery(query): RawQuery,
    typed: FormData,
) -> Result<Response, Rejection> {
    let round = round(&app, &held, query)?;
    let questions = held.record.event.evaluation.questions(round);
    match evaluation::parse(&questions, |id| typed.one(id).to_owned()) {
        Err(errors) => {
            let mistakes = mistakes(&errors);
            let content = form(&app, &held, round, &questions, &typed, &mistakes);
            Ok(Page::new("Your opinion", &app.hub().await?).show_again(&content))
        }
        Ok(opinions) => {
            let token = token(&app, &held, round);
            let is_new = app.store.add_evaluation(held.link.event, &token, round, &opinions).await?;
            if is_new && round == Round::First {
                app.set_certificate_timer(held.link.event).await?;
            }
            tracing::info!(event.id = %held.record.id, evaluation.is_new = is_new, "evaluation stored");
            Ok(page::see_other(&address(&app, &held, round)))
        }
    }
}

fn mistakes(errors: &[FieldError]) -> Vec<Mistake> {
    Mistake::of(errors)
}

/// Which round is answered, where it is time for it: by whoever held a place, or came all the same.
fn round(app: &App, held: &HeldBooking, query: Option<String>) -> Result<Round, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let (event, now) = (&held.record.event, app.clock.now());
    let held_place = held.ledger.place(held.link.person) == Some(Place::Confirmed);
    let came = match held.attendance.presence(event, held.link.person) {
        Presence::Attended | Presence::AttendedPart => true,
        Presence::Absent | Presence::NotRecorded => false,
    };
    if !held_place && !came {
        return Err(Refusal::NotAttended.into());
    }
    if now < event.starts() {
        return Err(Refusal::NotStarted.into());
    }
    if query.one("round") != Round::FollowUp.name() {
        return Ok(Round::First);
    }
    if event.evaluation.follow_up && now >= follow_up_from(event.ends()) {
        Ok(Round::FollowUp)
    } else {
        Err(Refusal::NotStarted.into())
    }
}

fn token(app: &App, held: &HeldBooking, round: Round) -> String {
    app.identity.evaluation_token(held.link.event, held.link.person, round.name())
}

async fn has_answered(app: &App, held: &HeldBooking, round: Round) -> Result<bool, Rejection> {
    Ok(app.store.has_evaluated(held.link.event, &token(app, held, round)).await?)
}

fn address(app: &App, held: &HeldBooking, round: Round) -> String {
    let path = format!("{}/evaluation", app.booking_page(held));
    if round == Round::First { path } else { format!("{path}?round={}", round.name()) }
}

fn form<'a>(
    app: &App,
    held: &'a HeldBooking,
    round: Round,
    questions: &'a [EvaluationQuestion],
    typed: &'a FormData,
    mistakes: &'a [Mistake],
) -> EvaluationPage<'a> {
    let asked = |question: &'a EvaluationQuestion| {
        let field = Field::new(question.id.as_str(), &question.label).mistakes(mistakes);
        let value = typed.one(&question.id);
        match question.kind {
            AnswerKind::Score => Asked::Score(Radios { field, choices: scores(value) }),
            AnswerKind::Text => Asked::Text(Textarea { field: field.optional(), value, rows: 4 }),
        }
    };
    EvaluationPage {
        action: address(app, held, round),
        title: &held.record.event.title,
        heading: match round {
            Round::First => "What did you think of it?",
            Round::FollowUp => "What has come of it?",
        },
        summary: ErrorSummary { mistakes },
        questions: questions.iter().map(asked).collect(),
    }
}

fn scores(chosen: &str) -> Vec<Choice<'static>> {
    let words = [("1", "1, poor"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5, very good")];
    words.into_iter().map(|(value, label)| Choice::new(value, label, value == chosen)).collect()
}

async fn thanks(app: &App, held: &HeldBooking) -> Result<Response, Rejection> {
    let content = EvaluatedPage {
        token: app.identity.token(&held.link),
        title: &held.record.event.title,
        waits_for_certificate: held.record.event.certificate.needs_evaluation,
    };
    Ok(Page::new("Thank you", &app.hub().await?).show(&content))
}

/// What people answered in one round.
pub(crate) struct Answered {
    /// Which.
    pub round: Round,
    /// How many people.
    pub count: usize,
    /// What it comes to, question by question.
    pub summaries: Vec<Summary>,
}

/// What people answered in each round that an event asks for; the second only where it does.
pub(crate) async fn answered(app: &App, record: &EventRecord) -> Result<Vec<Answered>, Rejection> {
    let rounds = [Some(Round::First), record.event.evaluation.follow_up.then_some(Round::FollowUp)];
    let mut answered = Vec::new();
    for round in rounds.into_iter().flatten() {
        let all = app.store.evaluations(record.id, round).await?;
        let questions = record.event.evaluation.questions(round);
        answered.push(Answered { round, count: all.len(), summaries: evaluation::summarise(&questions, &all) });
    }
    Ok(answered)
}

/// `GET /api/v1/events/{id}/evaluation`: figures, and words from five answers up.
pub(crate) async fn figures(State(app): State<Arc<App>>, managed: ManagedEvent) -> Result<Response, Rejection> {
    let mut rounds = json!({"first": null, "follow_up": null});
    for Answered { round, count, summaries } in answered(&app, &managed.record).await? {
        let name = if round == Round::First { "first" } else { "follow_up" };
        let questions: Vec<_> = summaries.iter().map(Summary::to_json).collect();
        rounds[name] = json!({"responses": count, "questions": questions});
    }
    Ok(page::ok(&rounds))
}
