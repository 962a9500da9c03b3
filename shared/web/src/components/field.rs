//! What every field has: name, label, hint, error; and the summary of all errors.

use std::borrow::Cow;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::components::Content;
use crate::page::{Mistake, mistake_of};

/// "There is a problem", with a link to every field that has one; nothing where no field has.
#[derive(Template)]
#[template(path = "components/error_summary.html")]
pub struct ErrorSummary<'a> {
    /// In the order of the form.
    pub mistakes: &'a [Mistake],
}

/// How large a label or legend is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Size {
    /// As large as the text.
    Plain,
    /// As large as the text, and bold: one of several questions on a page.
    #[default]
    Small,
    /// Heads a part of a page.
    Medium,
    /// Heads a page.
    Large,
}

impl Size {
    pub(super) fn suffix(self, class: &str) -> String {
        match self {
            Self::Plain => String::new(),
            Self::Small => format!("{class}--s"),
            Self::Medium => format!("{class}--m"),
            Self::Large => format!("{class}--l"),
        }
    }
}

/// How wide a line of text is, which says how much is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// A number up to 99.
    Characters2,
    /// A year.
    Characters4,
    /// A code.
    Characters10,
    /// A word.
    Characters20,
    /// A name.
    Characters30,
}

impl Width {
    pub(super) fn characters(self) -> u8 {
        match self {
            Self::Characters2 => 2,
            Self::Characters4 => 4,
            Self::Characters10 => 10,
            Self::Characters20 => 20,
            Self::Characters30 => 30,
        }
    }
}

/// What every field has.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) label: &'a str,
    pub(super) hint: Option<&'a str>,
    pub(super) error: Option<&'a str>,
    pub(super) is_optional: bool,
    pub(super) size: Size,
    pub(super) width: Option<Width>,
}

impl<'a> Field<'a> {
    /// A field that must be filled.
    pub fn new(name: impl Into<Cow<'a, str>>, label: &'a str) -> Self {
        Self {
            name: name.into(),
            label,
            hint: None,
            error: None,
            is_optional: false,
            size: Size::default(),
            width: None,
        }
    }

    /// Says what helps to answer.
    #[must_use]
    pub fn hint(self, hint: &'a str) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// Says "(optional)" after the label. Fields that must be filled are not marked, as in the NHS service manual.
    #[must_use]
    pub fn optional(self) -> Self {
        self.required(false)
    }

    /// Whether it must be filled.
    #[must_use]
    pub fn required(self, required: bool) -> Self {
        Self { is_optional: !required, ..self }
    }

    /// How large the label is; bold text where this is not called.
    #[must_use]
    pub fn size(self, size: Size) -> Self {
        Self { size, ..self }
    }

    /// How wide its line is; the whole column where this is not called.
    #[must_use]
    pub fn width(self, width: Width) -> Self {
        Self { width: Some(width), ..self }
    }

    /// Shows this field's mistake, if it is among these.
    #[must_use]
    pub fn mistakes(self, mistakes: &'a [Mistake]) -> Self {
        Self { error: mistake_of(mistakes, &self.name), ..self }
    }

    /// Ids of what describes the field, hint first.
    pub(super) fn described_by(&self) -> Option<String> {
        let part = |words: Option<&str>, suffix| words.map(|_| format!("{}-{suffix}", self.name));
        let ids: Vec<String> = [part(self.hint, "hint"), part(self.error, "error")].into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// The id of a choice, from 1: the first bears the field's name.
    pub(super) fn choice_id(&self, index: usize) -> String {
        if index == 1 { self.name.clone().into_owned() } else { format!("{}-{index}", self.name) }
    }
}

/// Fields that belong together.
#[derive(Template)]
#[template(path = "components/fieldset.html")]
pub struct Fieldset<'a> {
    /// What they ask together.
    pub legend: &'a str,
    /// How large that is.
    pub size: Size,
    /// The fields.
    pub content: Content<'a>,
}

// Their templates escape what they are given.
impl HtmlSafe for ErrorSummary<'_> {}
impl HtmlSafe for Fieldset<'_> {}
