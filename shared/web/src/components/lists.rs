//! Facts by key, and rows by column.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::components::Content;

/// Facts by key.
#[derive(Template)]
#[template(path = "components/summary_list.html")]
pub struct SummaryList<'a> {
    /// In order.
    pub rows: Vec<Row<'a>>,
}

impl SummaryList<'_> {
    fn has_actions(&self) -> bool {
        self.rows.iter().any(|row| !row.actions.is_empty())
    }
}

/// One fact, or several lines of one kind.
pub struct Row<'a> {
    key: &'a str,
    value: Content<'a>,
    actions: Vec<RowAction<'a>>,
}

impl<'a> Row<'a> {
    /// A fact.
    pub fn new(key: &'a str, value: impl Into<Content<'a>>) -> Self {
        Self { key, value: value.into(), actions: Vec::new() }
    }

    /// Several lines of one kind, each a paragraph.
    pub fn lines(key: &'a str, lines: &[String]) -> Self {
        if let [line] = lines {
            return Self::new(key, line.clone());
        }
        let paragraph = |line: &String| Content::from(line.as_str()).paragraph("").0;
        Self::new(key, Content::html(lines.iter().map(paragraph).collect::<String>()))
    }

    /// Something to do about it.
    #[must_use]
    pub fn action(mut self, href: &'a str, words: &'a str, what: &'a str) -> Self {
        self.actions.push(RowAction { href, words, what });
        self
    }
}

/// Something to do about a fact.
#[derive(Template)]
#[template(path = "components/action.html")]
pub struct RowAction<'a> {
    /// Where it is done.
    pub href: &'a str,
    /// What is done, such as "Change".
    pub words: &'a str,
    /// To what, for those who do not see the row.
    pub what: &'a str,
}

/// Rows by column, the first of which names the row. It scrolls where the screen is too narrow.
#[derive(Template)]
#[template(path = "components/table.html")]
pub struct Table<'a> {
    /// The id of its caption.
    pub id: &'a str,
    /// What it shows.
    pub caption: &'a str,
    /// In order.
    pub columns: Vec<Column<'a>>,
    /// In order; each as long as the columns.
    pub rows: Vec<Vec<Content<'a>>>,
}

impl Table<'_> {
    fn is_numeric(&self, index: usize) -> bool {
        self.columns.get(index).is_some_and(|column| column.is_numeric)
    }
}

/// A column of a table.
pub struct Column<'a> {
    /// What it shows.
    pub words: &'a str,
    /// Whether that is numbers.
    pub is_numeric: bool,
}

impl<'a> Column<'a> {
    /// A column of words.
    pub fn words(words: &'a str) -> Self {
        Self { words, is_numeric: false }
    }

    /// A column of numbers.
    pub fn numbers(words: &'a str) -> Self {
        Self { words, is_numeric: true }
    }
}

// Their templates escape what they are given.
impl HtmlSafe for SummaryList<'_> {}
impl HtmlSafe for RowAction<'_> {}
impl HtmlSafe for Table<'_> {}
