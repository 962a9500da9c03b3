//! A form of the console: its fields with what was typed into them and what was wrong with it, and the way from there to
//! the JSON whose reader judges it.

use std::borrow::Cow;
use std::fmt::Display;

use askama::Template;
use axum::response::Response;
use serde_json::{Value, json};
use web::components::{Checkboxes, Choice, ErrorSummary, Field, InputKind, Radios, Select, TextInput, Textarea, Width};
use web::forms::FormData;
use web::page::{Mistake, Page};

/// A field, whatever its kind.
pub type Part<'a> = Box<dyn Display + Send + 'a>;

/// Fields under a heading; without one where that is empty.
pub struct Section<'a> {
    heading: &'a str,
    hint: &'a str,
    parts: Vec<Part<'a>>,
}

impl<'a> Section<'a> {
    /// Fields under a heading.
    pub fn new(heading: &'a str, parts: Vec<Part<'a>>) -> Self {
        Self { heading, hint: "", parts }
    }

    /// Says what helps to fill them.
    pub fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }
}

/// A page that is a form.
#[derive(Template)]
#[template(path = "console/form.html")]
pub struct FormPage<'a> {
    /// What has just been done, if that led here.
    pub done: Option<&'a str>,
    /// What was wrong.
    pub summary: ErrorSummary<'a>,
    /// Where it is sent. Never left out: a page's own address may end in the field that an error led to, and the answer
    /// would then show that field first, in place of what is wrong now.
    pub to: &'a str,
    /// What the form is for.
    pub heading: &'a str,
    /// What to know before; nothing where it is empty.
    pub intro: &'a str,
    /// The fields.
    pub sections: Vec<Section<'a>>,
    /// What sending it does.
    pub button: &'a str,
}

impl FormPage<'_> {
    /// Shows the page, again where something was wrong.
    pub fn show(&self, page: &Page<'_>) -> Response {
        if self.summary.mistakes.is_empty() { page.show(self) } else { page.show_again(self) }
    }
}

/// What was typed, and what was wrong with it.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// What stands in the fields.
    pub typed: &'a FormData,
    /// What is said of them.
    pub wrong: &'a [Mistake],
}

impl<'a> Asking<'a> {
    fn field(&self, name: impl Into<Cow<'a, str>>, label: &'a str, hint: &'a str) -> Field<'a> {
        let field = Field::new(name, label).mistakes(self.wrong);
        if hint.is_empty() { field } else { field.hint(hint) }
    }

    fn input(&self, field: Field<'a>, name: &str, kind: InputKind) -> Part<'a> {
        Box::new(TextInput { field, value: self.typed.one(name), kind, autocomplete: "off" })
    }

    /// One line that must be filled.
    pub fn line(&self, name: impl Into<Cow<'a, str>>, label: &'a str, hint: &'a str) -> Part<'a> {
        let name = name.into();
        self.input(self.field(name.clone(), label, hint), &name, InputKind::Text)
    }

    /// One line that may stay empty.
    pub fn line_if_any(&self, name: &'a str, label: &'a str, hint: &'a str) -> Part<'a> {
        self.input(self.field(name, label, hint).optional(), name, InputKind::Text)
    }

    /// A line for a few characters.
    pub fn short(
        &self,
        name: impl Into<Cow<'a, str>>,
        label: &'a str,
        hint: &'a str,
        width: Width,
        is_required: bool,
    ) -> Part<'a> {
        let name = name.into();
        let field = self.field(name.clone(), label, hint).required(is_required).width(width);
        self.input(field, &name, InputKind::Text)
    }

    /// A code or a date: short, and may stay empty.
    pub fn code_if_any(&self, name: &'a str, label: &'a str, hint: &'a str) -> Part<'a> {
        self.short(name, label, hint, Width::Characters10, false)
    }

    /// An address that may stay empty.
    pub fn email_if_any(&self, name: &'a str, label: &'a str, hint: &'a str) -> Part<'a> {
        self.input(self.field(name, label, hint).optional(), name, InputKind::Email)
    }

    /// A number that may stay empty.
    pub fn number(&self, name: impl Into<Cow<'a, str>>, label: &'a str, hint: &'a str) -> Part<'a> {
        let name = name.into();
        let field = self.field(name.clone(), label, hint).optional().width(Width::Characters4);
        self.input(field, &name, InputKind::Digits)
    }

    /// Several lines that may stay empty.
    pub fn lines(&self, name: impl Into<Cow<'a, str>>, label: &'a str, hint: &'a str, rows: u8) -> Part<'a> {
        let name = name.into();
        let field = self.field(name.clone(), label, hint).optional();
        Box::new(Textarea { field, value: self.typed.one(&name), rows })
    }

    /// What goes along unseen.
    pub fn hidden(&self, name: impl Into<Cow<'a, str>>) -> Part<'a> {
        let name = name.into();
        Box::new(Hidden { value: self.typed.one(&name), name })
    }

    /// A box to tick.
    pub fn tick(&self, name: impl Into<Cow<'a, str>>, legend: &'a str, words: &'a str) -> Part<'a> {
        self.ticks(name, legend, "", &[("yes", words)])
    }

    /// Any of a few.
    pub fn ticks(
        &self,
        name: impl Into<Cow<'a, str>>,
        legend: &'a str,
        hint: &'a str,
        choices: &[(&'a str, &'a str)],
    ) -> Part<'a> {
        let name = name.into();
        let ticked = self.typed.all(&name);
        let choice = |(value, words): &(&'a str, &'a str)| {
            Choice::new(*value, *words, ticked.iter().any(|ticked| ticked == value))
        };
        let choices = choices.iter().map(choice).collect();
        Box::new(Checkboxes { field: self.field(name, legend, hint), choices })
    }

    /// One of a few.
    pub fn radios(&self, name: &'a str, legend: &'a str, hint: &'a str, choices: &[(&'a str, &'a str)]) -> Part<'a> {
        Box::new(Radios { field: self.field(name, legend, hint), choices: self.choices(name, choices) })
    }

    /// One of several, in a list that unfolds; `empty` is the choice of nothing.
    pub fn select(
        &self,
        name: impl Into<Cow<'a, str>>,
        label: &'a str,
        empty: &'a str,
        choices: &[(&'a str, &'a str)],
    ) -> Part<'a> {
        let name = name.into();
        let choices = self.choices(&name, choices);
        Box::new(Select { field: self.field(name, label, ""), empty, choices, autocomplete: "off" })
    }

    fn choices(&self, name: &str, choices: &[(&'a str, &'a str)]) -> Vec<Choice<'a>> {
        let typed = self.typed.one(name);
        choices.iter().map(|(value, words)| Choice::new(*value, *words, typed == *value)).collect()
    }
}

/// What goes along with a form unseen.
#[derive(Template)]
#[template(source = "<input type=\"hidden\" name=\"{{ name }}\" value=\"{{ value }}\">", ext = "html")]
struct Hidden<'a> {
    name: Cow<'a, str>,
    value: &'a str,
}

/// What was typed, or nothing.
pub fn text(typed: &str) -> Value {
    if typed.trim().is_empty() { Value::Null } else { json!(typed) }
}

/// A number, or the text that is none, of which the reader says so; nothing where nothing was typed.
pub fn number(typed: &str) -> Value {
    let typed = typed.trim();
    typed.parse::<u32>().map_or_else(|_| text(typed), |number| json!(number))
}

/// What stands in one field of an object, as it is typed.
pub fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Mistakes in one entry of a list, at the fields of a form that asks for this entry alone.
pub fn of_one_entry(mistakes: Vec<Mistake>, list: &str) -> Vec<Mistake> {
    let prefix = format!("{list}.0.");
    let placed = |Mistake { detail, field }: Mistake| {
        let field = field.strip_prefix(&prefix).map(str::to_owned).unwrap_or(field);
        Mistake { detail, field }
    };
    mistakes.into_iter().map(placed).collect()
}
