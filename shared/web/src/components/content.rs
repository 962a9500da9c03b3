//! Words that stand out from the text: in a box, behind a summary, as a tag.

use std::borrow::Cow;
use std::fmt;

use askama::Template;
use askama::filters::{Escaper as _, Html, HtmlSafe, Safe};

/// What stands inside a part: text, or HTML that has been written by templates.
#[derive(Debug, Clone)]
pub struct Content<'a>(Kind<'a>);

#[derive(Debug, Clone)]
enum Kind<'a> {
    Text(Cow<'a, str>),
    Html(Cow<'a, str>),
}

impl<'a> Content<'a> {
    /// Text; it is escaped.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self(Kind::Text(text.into()))
    }

    /// HTML that a template has written, in which everything from outside is escaped already.
    pub fn html(html: impl Into<Cow<'a, str>>) -> Self {
        Self(Kind::Html(html.into()))
    }

    /// What a template writes.
    pub fn of(template: &impl Template) -> Self {
        // Templates are checked at compile time; writing to a string cannot fail.
        Self::html(template.render().unwrap_or_default())
    }

    /// Text as a paragraph of this class; HTML as it is.
    pub(super) fn paragraph(&self, class: &str) -> Safe<String> {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        Safe(match &self.0 {
            Kind::Text(_) => format!("<p{class}>{self}</p>"),
            Kind::Html(html) => html.clone().into_owned(),
        })
    }
}

impl<'a> From<&'a str> for Content<'a> {
    fn from(text: &'a str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Content<'_> {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl fmt::Display for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Text(text) => Html.write_escaped_str(f, text),
            Kind::Html(html) => f.write_str(html),
        }
    }
}

/// Something to know, apart from the text around it.
#[derive(Template)]
#[template(path = "components/inset_text.html")]
pub struct InsetText<'a> {
    /// What to know.
    pub content: Content<'a>,
}

/// Something that some will want to read.
#[derive(Template)]
#[template(path = "components/details.html")]
pub struct Details<'a> {
    /// What it is about.
    pub summary: &'a str,
    /// What it says.
    pub content: Content<'a>,
}

/// It is done: the heading of a page that confirms.
#[derive(Template)]
#[template(path = "components/panel.html")]
pub struct Panel<'a> {
    /// What is done.
    pub heading: &'a str,
    /// What to keep.
    pub content: Content<'a>,
}

/// Something that must not be missed.
#[derive(Template)]
#[template(path = "components/warning_callout.html")]
pub struct WarningCallout<'a> {
    /// What it is about.
    pub heading: &'a str,
    /// The heading's level, from 2.
    pub level: u8,
    /// What it says.
    pub content: Content<'a>,
}

/// What has happened, at the top of a page.
#[derive(Template)]
#[template(path = "components/notification_banner.html")]
pub struct NotificationBanner<'a> {
    /// Whether it is what the reader has just done.
    pub is_success: bool,
    /// What has happened.
    pub content: Content<'a>,
}

/// One of several things to go to.
#[derive(Template)]
#[template(path = "components/card.html")]
pub struct Card<'a> {
    /// What is there.
    pub heading: &'a str,
    /// The heading's level, from 2.
    pub level: u8,
    /// Where it is.
    pub href: &'a str,
    /// Whether all of the card is the link.
    pub is_clickable: bool,
    /// What helps to choose.
    pub content: Content<'a>,
}

/// A tag's colour; its words say the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TagColour {
    /// Neither good nor bad.
    #[default]
    Blue,
    /// Good.
    Green,
    /// Wants attention.
    Yellow,
    /// Wants attention now.
    Red,
    /// Over.
    Grey,
}

impl TagColour {
    fn modifier(self) -> &'static str {
        match self {
            Self::Blue => " nhsuk-tag--blue",
            Self::Green => " nhsuk-tag--green",
            Self::Yellow => " nhsuk-tag--yellow",
            Self::Red => " nhsuk-tag--red",
            Self::Grey => " nhsuk-tag--grey",
        }
    }
}

/// A state in a few words.
#[derive(Template)]
#[template(path = "components/tag.html")]
pub struct Tag<'a> {
    /// The state.
    pub words: Cow<'a, str>,
    /// Its colour.
    pub colour: TagColour,
}

// Their templates escape what they are given.
impl HtmlSafe for Content<'_> {}
impl HtmlSafe for InsetText<'_> {}
impl HtmlSafe for Details<'_> {}
impl HtmlSafe for Panel<'_> {}
impl HtmlSafe for WarningCallout<'_> {}
impl HtmlSafe for NotificationBanner<'_> {}
impl HtmlSafe for Card<'_> {}
impl HtmlSafe for Tag<'_> {}
