//! Buttons, which do something, and links that look like them, which lead to where it is done.

use askama::Template;
use askama::filters::HtmlSafe;

/// What pressing it means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// What most people came for.
    #[default]
    Primary,
    /// Something else.
    Secondary,
    /// Something that takes away.
    Warning,
}

impl ButtonKind {
    fn modifier(self) -> &'static str {
        match self {
            Self::Primary => "",
            Self::Secondary => " nhsuk-button--secondary",
            Self::Warning => " nhsuk-button--warning",
        }
    }
}

/// Sends its form.
#[derive(Template)]
#[template(path = "components/button.html")]
pub struct Button<'a> {
    /// What it does.
    pub words: &'a str,
    /// What that means.
    pub kind: ButtonKind,
}

impl<'a> Button<'a> {
    /// What most people came for.
    pub fn new(words: &'a str) -> Self {
        Self { words, kind: ButtonKind::Primary }
    }
}

/// Leads to where something is done. Unlike the package's it has the role of a link, for it opens with Enter alone.
#[derive(Template)]
#[template(path = "components/button_link.html")]
pub struct ButtonLink<'a> {
    /// What is done there.
    pub words: &'a str,
    /// Where.
    pub href: &'a str,
    /// What that means.
    pub kind: ButtonKind,
}

// Their templates escape what they are given.
impl HtmlSafe for Button<'_> {}
impl HtmlSafe for ButtonLink<'_> {}
