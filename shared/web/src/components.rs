//! The parts that forms are made of: the error summary, and fields with label, hint and error message.
//!
//! A field's id is its name, so that the summary's links lead to it; in a group the first choice bears it. Each part
//! is written into a page with `{{ part }}`, without `|safe`.

use std::borrow::Cow;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::page::{Mistake, mistake_of};

/// "There is a problem", with a link to every field that has one; nothing where no field has.
#[derive(Template)]
#[template(path = "components/error_summary.html")]
pub struct ErrorSummary<'a> {
    /// In the order of the form.
    pub mistakes: &'a [Mistake],
}

/// What every field has.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    name: Cow<'a, str>,
    label: &'a str,
    hint: Option<&'a str>,
    error: Option<&'a str>,
    is_optional: bool,
}

impl<'a> Field<'a> {
    /// A field that must be filled.
    pub fn new(name: impl Into<Cow<'a, str>>, label: &'a str) -> Self {
        Self { name: name.into(), label, hint: None, error: None, is_optional: false }
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

    /// Shows this field's mistake, if it is among these.
    #[must_use]
    pub fn mistakes(self, mistakes: &'a [Mistake]) -> Self {
        Self { error: mistake_of(mistakes, &self.name), ..self }
    }

    /// Ids of what describes the field, hint first.
    fn described_by(&self) -> Option<String> {
        let part = |words: Option<&str>, suffix| words.map(|_| format!("{}-{suffix}", self.name));
        let ids: Vec<String> = [part(self.hint, "hint"), part(self.error, "error")].into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// What is typed into a line, which decides the keyboard that a phone shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum InputKind {
    /// Words.
    #[default]
    Text,
    /// An email address: no spelling suggestions.
    Email,
    /// A telephone number.
    Telephone,
    /// Digits that are not a quantity.
    Digits,
}

impl InputKind {
    fn name(self) -> &'static str {
        match self {
            Self::Text | Self::Digits => "text",
            Self::Email => "email",
            Self::Telephone => "tel",
        }
    }
}

/// One line of text.
#[derive(Template)]
#[template(path = "components/text_input.html")]
pub struct TextInput<'a> {
    /// Name, label, hint, error.
    pub field: Field<'a>,
    /// What was typed.
    pub value: &'a str,
    /// What is typed.
    pub kind: InputKind,
    /// A token of HTML's autofill list, such as `name`, `email`, `organization`, or `off`.
    pub autocomplete: &'a str,
}

/// Several lines of text.
#[derive(Template)]
#[template(path = "components/textarea.html")]
pub struct Textarea<'a> {
    /// Name, label, hint, error.
    pub field: Field<'a>,
    /// What was typed.
    pub value: &'a str,
    /// Lines shown at first.
    pub rows: u8,
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<'a> {
    /// What is sent.
    pub value: Cow<'a, str>,
    /// What is read.
    pub label: Cow<'a, str>,
    /// Whether it is chosen already.
    pub is_chosen: bool,
}

impl<'a> Choice<'a> {
    /// A choice.
    pub fn new(value: impl Into<Cow<'a, str>>, label: impl Into<Cow<'a, str>>, is_chosen: bool) -> Self {
        Self { value: value.into(), label: label.into(), is_chosen }
    }
}

/// One choice of many, in a list that unfolds.
#[derive(Template)]
#[template(path = "components/select.html")]
pub struct Select<'a> {
    /// Name, label, hint, error.
    pub field: Field<'a>,
    /// The words of the choice of nothing, such as "Select your role".
    pub empty: &'a str,
    /// In order.
    pub choices: Vec<Choice<'a>>,
    /// A token of HTML's autofill list, or `off`.
    pub autocomplete: &'a str,
}

/// One choice of a few.
#[derive(Template)]
#[template(path = "components/choices.html")]
pub struct Radios<'a> {
    /// Name, legend, hint, error.
    pub field: Field<'a>,
    /// In order.
    pub choices: Vec<Choice<'a>>,
}

impl Radios<'_> {
    const KIND: &'static str = "radio";
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
}

// Their templates escape what they are given.
impl HtmlSafe for ErrorSummary<'_> {}
impl HtmlSafe for TextInput<'_> {}
impl HtmlSafe for Textarea<'_> {}
impl HtmlSafe for Select<'_> {}
impl HtmlSafe for Radios<'_> {}
impl HtmlSafe for Checkboxes<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes() -> Vec<Mistake> {
        vec![Mistake { detail: "Enter \"your\" name".to_owned(), field: "name".to_owned() }]
    }

    #[test]
    fn the_summary_leads_to_the_field_and_is_absent_without_mistakes() {
        let html = ErrorSummary { mistakes: &mistakes() }.to_string();
        assert!(html.contains("<a href=\"#name\">Enter &#34;your&#34; name</a>"), "{html}");
        assert_eq!(ErrorSummary { mistakes: &[] }.to_string(), "");
    }

    #[test]
    fn a_field_is_labelled_described_and_says_its_mistake() {
        let mistakes = mistakes();
        let field = Field::new("name", "Full name").hint("As on your certificate").mistakes(&mistakes);
        let input = TextInput { field, value: "<b>", kind: InputKind::Text, autocomplete: "name" };
        assert_eq!(
            input.to_string(),
            "<div class=\"form-group form-group-error\">\n\
             <label for=\"name\">Full name</label>\n\
             <p class=\"hint\" id=\"name-hint\">As on your certificate</p>\n\
             <p class=\"error-message\" id=\"name-error\"><span class=\"visually-hidden\">Error:</span> \
             Enter &#34;your&#34; name</p>\n\
             <input class=\"input\" id=\"name\" name=\"name\" type=\"text\" value=\"&#60;b&#62;\" \
             autocomplete=\"name\" aria-describedby=\"name-hint name-error\" aria-invalid=\"true\">\n\
             </div>"
        );
    }

    #[test]
    fn the_first_choice_of_a_group_bears_its_name() {
        let choices = vec![Choice::new("yes", "Yes", true), Choice::new("no", "No", false)];
        let html = Radios { field: Field::new("answers.ok", "All right?").optional(), choices }.to_string();
        assert!(html.contains("<legend>All right? (optional)</legend>"), "{html}");
        assert!(html.contains("id=\"answers.ok\" name=\"answers.ok\" type=\"radio\" value=\"yes\" checked>"), "{html}");
        assert!(html.contains("id=\"answers.ok-2\" name=\"answers.ok\" type=\"radio\" value=\"no\">"), "{html}");
    }
}
