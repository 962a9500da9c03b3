//! The booking form's content: what every event asks, then the event's own questions.

use askama::Template;
use domain::Role;
use domain::event::{Event, Question, QuestionKind};
use web::components::{
    Button, Checkboxes, Choice, ErrorSummary, Field, InputKind, InsetText, Radios, Select, TextInput, Textarea, Width,
};
use web::dates;
use web::forms::FormData;
use web::page::Mistake;

use crate::organisation::{CHOICE, NOT_LISTED};

/// The form, with what was typed and what was wrong with it.
#[derive(Template)]
#[template(path = "form.html")]
pub struct FormPage<'a> {
    /// The event.
    pub event: &'a Event,
    /// Its identifier.
    pub id: String,
    /// Whether booking means joining the line.
    pub is_full: bool,
    /// What was typed.
    pub typed: &'a FormData,
    /// What was wrong.
    pub mistakes: &'a [Mistake],
    /// When the form was shown.
    pub started: i64,
    /// What the booking policy asks of those who book.
    pub policy: Vec<String>,
    /// Organisations that may be meant: identifier and words.
    pub organisations: Vec<(String, String)>,
}

impl FormPage<'_> {
    fn sessions(&self) -> Vec<String> {
        self.event.sessions.iter().map(dates::session).collect()
    }

    fn summary(&self) -> ErrorSummary<'_> {
        ErrorSummary { mistakes: self.mistakes }
    }

    fn field<'f>(&'f self, name: &'f str, label: &'f str) -> Field<'f> {
        Field::new(name, label).mistakes(self.mistakes)
    }

    fn line<'f>(&'f self, name: &'f str, field: Field<'f>, kind: InputKind, autocomplete: &'f str) -> TextInput<'f> {
        TextInput { field, value: self.typed.one(name), kind, autocomplete }
    }

    fn button(&self) -> Button<'static> {
        Button::new(match (self.is_full, self.event.approval) {
            (true, _) => "Join the waiting list",
            (false, true) => "Ask for a place",
            (false, false) => "Book my place",
        })
    }

    fn heading(&self) -> &'static str {
        match (self.is_full, self.event.approval) {
            (true, _) => "Join the waiting list",
            (false, true) => "Ask for a place",
            (false, false) => "Book a place",
        }
    }

    fn full() -> InsetText<'static> {
        let words = "This event is full. If a place becomes free, it goes to the next person on the waiting list.";
        InsetText { content: words.into() }
    }

    fn name(&self) -> TextInput<'_> {
        let field = self.field("name", "Full name").hint("As it should appear on your certificate");
        self.line("name", field, InputKind::Text, "name")
    }

    fn email(&self) -> TextInput<'_> {
        let hint = "We send your confirmation and your booking link here";
        self.line("email", self.field("email", "Email address").hint(hint), InputKind::Email, "email")
    }

    fn role(&self) -> Select<'_> {
        let choice = |role: &Role| Choice::new(role.slug(), role.label(), self.is_chosen("role", role.slug()));
        let choices = Role::ALL.iter().map(choice).collect();
        Select { field: self.field("role", "Your role"), empty: "Select your role", choices, autocomplete: "off" }
    }

    fn organisation(&self) -> TextInput<'_> {
        let field = self.field("organisation", "Practice, school or organisation");
        let field = field.required(self.event.organisation_limit.is_some());
        self.line("organisation", field, InputKind::Text, "organization")
    }

    /// What to choose from, where what was typed may mean several.
    fn organisation_choice(&self) -> Option<Radios<'_>> {
        if self.organisations.is_empty() {
            return None;
        }
        let found = self.organisations.iter();
        let mut choices: Vec<Choice<'_>> =
            found.map(|(id, words)| Choice::new(id.clone(), words.as_str(), self.is_chosen(CHOICE, id))).collect();
        let words = "My organisation is not listed";
        choices.push(Choice::new(NOT_LISTED, words, self.is_chosen(CHOICE, NOT_LISTED)));
        Some(Radios { field: self.field(CHOICE, "Which of these is your organisation?"), choices })
    }

    fn registration_number(&self) -> TextInput<'_> {
        let field = self.field("registration_number", "Professional registration number").optional();
        let field = field.hint("GMC, NMC, GPhC, HCPC or other, if you have one").width(Width::Characters10);
        self.line("registration_number", field, InputKind::Text, "off")
    }

    fn access_needs(&self) -> Textarea<'_> {
        let hint = "Anything that helps you take part, such as step-free access or captions";
        let field = self.field("access_needs", "Access needs").hint(hint).optional();
        Textarea { field, value: self.typed.one("access_needs"), rows: 3 }
    }

    /// The event's own questions, each already written by its component.
    fn questions(&self) -> Vec<String> {
        self.event.questions.iter().map(|question| self.question(question)).collect()
    }

    fn question(&self, question: &Question) -> String {
        let name = format!("answers.{}", question.id);
        let field = Field::new(name.clone(), &question.label).required(question.required).mistakes(self.mistakes);
        let of = |options: &[String]| -> Vec<Choice<'_>> {
            options.iter().map(|o| Choice::new(o.clone(), o.clone(), self.is_chosen(&name, o))).collect()
        };
        match &question.kind {
            QuestionKind::Text => Textarea { field, value: self.typed.one(&name), rows: 3 }.to_string(),
            QuestionKind::Choice { options } => Radios { field, choices: of(options) }.to_string(),
            QuestionKind::Choices { options } => {
                Checkboxes { field: field.hint("Select all that apply"), choices: of(options) }.to_string()
            }
            QuestionKind::YesNo => {
                let choice = |value, label| Choice::new(value, label, self.is_chosen(&name, value));
                Radios { field, choices: vec![choice("yes", "Yes"), choice("no", "No")] }.to_string()
            }
        }
    }

    fn is_chosen(&self, field: &str, value: &str) -> bool {
        self.typed.all(field).iter().any(|chosen| chosen == value)
    }
}
