//! A letter: paragraphs, links and facts, rendered twice with equal content.

use askama::Template;
use serde::{Deserialize, Serialize};

/// One piece of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A paragraph; a line break in it is one.
    Text(String),
    /// What the parts up to the next heading are about.
    Heading(String),
    /// What a link does, and where it leads; in text the link stands alone on its line.
    Link {
        /// What it does.
        label: String,
        /// Where it leads.
        url: String,
    },
    /// Names and values, as of an event.
    Facts(Vec<(String, String)>),
    /// What has changed: its name, as it was, as it is.
    Changes(Vec<(String, String, String)>),
    /// A bar chart: each bar's name, its number in words, and its length, of a hundred.
    Bars {
        /// What it shows.
        heading: String,
        /// From the top.
        rows: Vec<(String, String, u8)>,
    },
}

/// What one mail says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The state first, then the event.
    pub subject: String,
    /// Addressed by name; empty where the letter begins with what it says.
    pub greeting: String,
    /// The content, in order.
    pub parts: Vec<Part>,
    /// Who writes.
    pub hub: String,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    letter: &'a Letter,
}

impl Letter {
    /// The text version.
    pub fn text(&self) -> String {
        let mut blocks: Vec<String> =
            Some(self.greeting.clone()).filter(|words| !words.is_empty()).into_iter().collect();
        blocks.extend(self.parts.iter().map(Part::text));
        blocks.push(self.hub.clone());
        blocks.join("\n\n") + "\n"
    }

    /// The HTML version.
    pub fn html(&self) -> String {
        // The template is checked at compile time; writing to a string cannot fail.
        Html { letter: self }.render().unwrap_or_default()
    }
}

impl Part {
    fn text(&self) -> String {
        let lines = |lines: Vec<String>| lines.join("\n");
        match self {
            Self::Text(text) => text.clone(),
            Self::Heading(text) => format!("# {text}"),
            Self::Link { label, url } => format!("{label}:\n{url}"),
            Self::Facts(facts) => lines(facts.iter().map(|(name, value)| format!("{name}: {value}")).collect()),
            Self::Bars { heading, rows } => {
                let row = |(name, number, _): &(String, String, u8)| format!("{name}: {number}");
                format!("# {heading}\n\n{}", lines(rows.iter().map(row).collect()))
            }
            Self::Changes(changes) => {
                let change = |(name, was, is): &(String, String, String)| format!("{name}: {is}\n(before: {was})");
                lines(changes.iter().map(change).collect())
            }
        }
    }

    /// A text's lines, for the page.
    fn lines(text: &str) -> std::str::Lines<'_> {
        text.lines()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        let text = |text: &str| text.to_owned();
        Letter {
            subject: text("Changed: Suturing & \"knots\""),
            greeting: text("Dear <b>Ann</b> \"A\" Ash,"),
            parts: vec![
                Part::Text(text("One line.\n<script>alert(1)</script>")),
                Part::Heading(text("Your booking")),
                Part::Link { label: text("See it"), url: text("https://hub.example/bookings/abc?x=1&y=\"2\"") },
                Part::Changes(vec![(text("Where"), text("Mile End"), text("Online <now>"))]),
                Part::Facts(vec![(text("When"), text("Tuesday"))]),
                Part::Bars { heading: text("Places"), rows: vec![(text("Open <Doors>"), text("1,204"), 100)] },
            ],
            hub: text("The hub"),
        }
    }

    #[test]
    fn the_text_has_links_alone_on_their_lines() {
        let expected = "Dear <b>Ann</b> \"A\" Ash,\n\nOne line.\n<script>alert(1)</script>\n\n# Your booking\n\n\
                        See it:\nhttps://hub.example/bookings/abc?x=1&y=\"2\"\n\n\
                        Where: Online <now>\n(before: Mile End)\n\nWhen: Tuesday\n\n# Places\n\nOpen <Doors>: 1,204\n\nThe hub\n";
        assert_eq!(letter().text(), expected);
    }

    #[test]
    fn nothing_that_is_said_becomes_markup_and_nothing_is_left_out() {
        let html = letter().html();
        for hostile in ["<b>", "<Doors>", "<script", "<now>"] {
            assert!(!html.contains(hostile), "{hostile}");
        }
        for said in ["One line.", "Your booking", "See it", "Mile End", "Online", "Tuesday", "The hub", "knots"] {
            assert!(html.contains(said), "{said}");
        }
        assert!(!html.contains("y=\"2"), "an address stays in its attribute");
    }

    #[test]
    fn nothing_draws_nothing() {
        let drawn = |percent| {
            let rows = vec![("Absent".to_owned(), "0".to_owned(), percent)];
            let parts = vec![Part::Bars { heading: "Places".to_owned(), rows }];
            Letter { parts, ..letter() }.html().matches("background-color").count()
        };
        assert_eq!([0, 1, 100].map(drawn), [0, 1, 1]);
    }

    #[test]
    fn a_stored_letter_reads_back() {
        let stored = serde_json::to_string(&letter()).expect("JSON");
        assert_eq!(serde_json::from_str::<Letter>(&stored).ok(), Some(letter()));
    }
}
