//! Fields whose choices are all in view.

use std::borrow::Cow;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::components::Field;

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<'a> {
    /// What is sent.
    pub value: Cow<'a, str>,
    /// What is read.
    pub label: Cow<'a, str>,
    /// Whether it is chosen already.
    pub is_chosen: bool,
    /// What helps to choose; radios and checkboxes show it.
    pub hint: Option<Cow<'a, str>>,
}

impl<'a> Choice<'a> {
    /// A choice.
    pub fn new(value: impl Into<Cow<'a, str>>, label: impl Into<Cow<'a, str>>, is_chosen: bool) -> Self {
        Self { value: value.into(), label: label.into(), is_chosen, hint: None }
    }

    /// Says what helps to choose.
    #[must_use]
    pub fn hint(self, hint: impl Into<Cow<'a, str>>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// One choice of a few.
#[derive(Template)]
#[template(path = "components/choices.html")]
pub struct Radios<'a> {
    /// Name, legend, hint, error.
    pub field: Field<'a>,
    /// In order; two short ones stand side by side.
    pub choices: Vec<Choice<'a>>,
}

impl Radios<'_> {
    const KIND: &'static str = "radio";
    const PARTS: &'static str = "radios";
    /// Longer labels stand below each other.
    const INLINE_CHARACTERS_MAX: usize = 8;

    fn is_inline(&self) -> bool {
        let is_short =
            |choice: &Choice<'_>| choice.hint.is_none() && choice.label.chars().count() <= Self::INLINE_CHARACTERS_MAX;
        self.choices.len() == 2 && self.choices.iter().all(is_short)
    }
}

/// Any of a few.
#[derive(Template)]
#[template(path = "components/choices.html")]
pub struct Checkboxes<'a> {
    /// Name, legend, hint, error.
    pub field: Field<'a>,
    /// In order.
    pub choices: Vec<Choice<'a>>,
}

impl Checkboxes<'_> {
    const KIND: &'static str = "checkbox";
    const PARTS: &'static str = "checkboxes";

    #[expect(clippy::unused_self, reason = "the template is the one of radios, which ask")]
    fn is_inline(&self) -> bool {
        false
    }
}

// Their template escapes what it is given.
impl HtmlSafe for Radios<'_> {}
impl HtmlSafe for Checkboxes<'_> {}
