//! Fields that are typed into, or chosen from a list that unfolds.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::components::{Choice, Field};

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
    /// The address of a page.
    Url,
}

impl InputKind {
    fn name(self) -> &'static str {
        match self {
            Self::Text | Self::Digits => "text",
            Self::Email => "email",
            Self::Telephone => "tel",
            Self::Url => "url",
        }
    }

    fn is_spelled_as_is(self) -> bool {
        match self {
            Self::Text | Self::Telephone => false,
            Self::Email | Self::Digits | Self::Url => true,
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

/// One choice of many, in a list that unfolds.
#[derive(Template)]
#[template(path = "components/select.html")]
pub struct Select<'a> {
    /// Name, label, hint, error.
    pub field: Field<'a>,
    /// The words of the choice of nothing, such as "Select your role"; where they are empty, there is no such choice.
    pub empty: &'a str,
    /// In order.
    pub choices: Vec<Choice<'a>>,
    /// A token of HTML's autofill list, or `off`.
    pub autocomplete: &'a str,
}

/// A date in three fields: the field's name with `-day`, `-month` and `-year`.
#[derive(Template)]
#[template(path = "components/date_input.html")]
pub struct DateInput<'a> {
    /// Name, legend, hint, error.
    pub field: Field<'a>,
    /// What was typed for the day.
    pub day: &'a str,
    /// What was typed for the month.
    pub month: &'a str,
    /// What was typed for the year.
    pub year: &'a str,
}

struct DatePart<'a> {
    name: &'static str,
    label: &'static str,
    characters: u8,
    value: &'a str,
}

impl DateInput<'_> {
    fn parts(&self) -> [DatePart<'_>; 3] {
        [
            DatePart { name: "day", label: "Day", characters: 2, value: self.day },
            DatePart { name: "month", label: "Month", characters: 2, value: self.month },
            DatePart { name: "year", label: "Year", characters: 4, value: self.year },
        ]
    }
}

/// A file of one's own device.
#[derive(Template)]
#[template(path = "components/file_upload.html")]
pub struct FileUpload<'a> {
    /// Name, label, hint, error.
    pub field: Field<'a>,
    /// File endings or media types, as in HTML's `accept`; empty for any.
    pub accept: &'a str,
}

// Their templates escape what they are given.
impl HtmlSafe for TextInput<'_> {}
impl HtmlSafe for Textarea<'_> {}
impl HtmlSafe for Select<'_> {}
impl HtmlSafe for DateInput<'_> {}
impl HtmlSafe for FileUpload<'_> {}
