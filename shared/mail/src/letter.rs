//! A letter: paragraphs and links, rendered twice with equal content.

use askama::Template;

/// One piece of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A paragraph.
    Text(String),
    /// What a link does, and where it leads; in text the link stands alone on its line.
    Link {
        /// What it does.
        label: String,
        /// Where it leads.
        url: String,
    },
    /// Names and values, as of an event.
    Facts(Vec<(String, String)>),
}

/// What one mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The state first, then the event.
    pub subject: String,
    /// Addressed by name.
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
        let mut blocks = vec![self.greeting.clone()];
        for part in &self.parts {
            blocks.push(match part {
                Part::Text(text) => text.clone(),
                Part::Link { label, url } => format!("{label}:\n{url}"),
                Part::Facts(facts) => {
                    facts.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
                }
            });
        }
        blocks.push(self.hub.clone());
        blocks.join("\n\n") + "\n"
    }

    /// The HTML version.
    pub fn html(&self) -> String {
        // The template is checked at compile time; writing to a string cannot fail.
        Html { letter: self }.render().unwrap_or_default()
    }
}
