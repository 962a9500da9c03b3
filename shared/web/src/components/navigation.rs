//! Ways to other pages, and the frame's header and footer.

use std::borrow::Cow;

use askama::Template;
use askama::filters::HtmlSafe;

/// Another page.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/link.html")]
pub struct Link<'a> {
    /// Where it is.
    pub href: Cow<'a, str>,
    /// What is there.
    pub words: Cow<'a, str>,
}

impl<'a> Link<'a> {
    /// Another page.
    pub fn new(href: impl Into<Cow<'a, str>>, words: impl Into<Cow<'a, str>>) -> Self {
        Self { href: href.into(), words: words.into() }
    }
}

/// Back to where one comes from; it stands before the page's content.
#[derive(Template)]
#[template(path = "components/back_link.html")]
pub struct BackLink<'a> {
    /// Where that is.
    pub href: Cow<'a, str>,
    /// What is there.
    pub words: Cow<'a, str>,
}

/// The pages above this one, outermost first.
#[derive(Template)]
#[template(path = "components/breadcrumb.html")]
pub struct Breadcrumb<'a> {
    /// In order.
    pub pages: Vec<Link<'a>>,
}

/// The one thing to go on to.
#[derive(Template)]
#[template(path = "components/action_link.html")]
pub struct ActionLink<'a> {
    /// Where it is.
    pub href: &'a str,
    /// What is done there.
    pub words: &'a str,
}

/// The pages of a list before and after this one.
#[derive(Template)]
#[template(path = "components/pagination.html")]
pub struct Pagination<'a> {
    /// The page before.
    pub previous: Option<Link<'a>>,
    /// The page after.
    pub next: Option<Link<'a>>,
}

/// The band at the top of every page.
#[derive(Template)]
#[template(path = "components/header.html")]
pub struct Header<'a> {
    /// A picture of the operator's, beside the name that says the same.
    pub logo: Option<&'a str>,
    /// Whose pages these are.
    pub service: &'a str,
    /// Where they begin.
    pub href: &'a str,
    /// Who is signed in.
    pub account: Option<Account<'a>>,
    /// The menu; none where it is empty.
    pub items: Vec<MenuItem<'a>>,
}

/// Who is signed in.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// Their name.
    pub name: &'a str,
    /// Where a POST signs them out.
    pub sign_out: &'a str,
}

/// An entry of the menu.
#[derive(Debug, Clone)]
pub struct MenuItem<'a> {
    /// Where it leads.
    pub href: Cow<'a, str>,
    /// What is there.
    pub words: Cow<'a, str>,
    /// Whether the page belongs to it.
    pub is_current: bool,
}

/// The band at the foot of every page.
#[derive(Template)]
#[template(path = "components/footer.html")]
pub struct Footer<'a> {
    /// In order.
    pub links: Vec<Link<'a>>,
}

// Their templates escape what they are given.
impl HtmlSafe for Link<'_> {}
impl HtmlSafe for BackLink<'_> {}
impl HtmlSafe for Breadcrumb<'_> {}
impl HtmlSafe for ActionLink<'_> {}
impl HtmlSafe for Pagination<'_> {}
impl HtmlSafe for Header<'_> {}
impl HtmlSafe for Footer<'_> {}
