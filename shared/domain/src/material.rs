//! Materials of an event: links and small files for those who hold a place.

use serde::{Deserialize, Serialize};

use crate::fields::Fields;
use crate::text;

/// The most that one event has.
pub const MATERIALS_MAX: usize = 20;
/// The longest file, in bytes: with its name it fits into one item of the table. A longer one is linked to.
pub const FILE_BYTES_MAX: usize = 300 * 1_024;
/// The longest title, in characters.
const TITLE_MAX: usize = 200;

/// What a file may be, by the ending of its name: nothing that a browser would run.
const KINDS: [(&str, &str); 12] = [
    ("pdf", "application/pdf"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("txt", "text/plain; charset=utf-8"),
    ("csv", "text/csv; charset=utf-8"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
];

/// Something for those who hold a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// Unique within the event; in the order in which materials were added.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Where it is.
    #[serde(flatten)]
    pub kind: MaterialKind,
}

/// Where a material is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum MaterialKind {
    /// Somewhere else.
    Link {
        /// Where; it begins with `https://`.
        url: String,
    },
    /// Here.
    File {
        /// The name under which it is saved.
        name: String,
        /// How long it is.
        bytes: usize,
    },
}

impl Material {
    /// Reads a link's `{"title", "url"}`.
    pub fn read_link(id: String, fields: &mut Fields) -> Option<Self> {
        let title = fields.parse("title", "Enter a title", read_title);
        let words = "Enter a link that begins with https://";
        let url = fields.parse("url", words, |raw| {
            let url = text::line(raw, 2_000).ok();
            url.filter(|url| url.starts_with("https://") && !url.contains(char::is_whitespace)).ok_or(words)
        });
        Some(Self { id, title: title?, kind: MaterialKind::Link { url: url? } })
    }

    /// A file of this name and length; without a title it has its name as one. The error is in words.
    pub fn file(id: String, title: &str, name: &str, bytes: usize) -> Result<Self, String> {
        let name = text::line(name, TITLE_MAX).map_err(|error| format!("The file’s name {error}"))?;
        if content_type(&name).is_none() {
            let endings: Vec<&str> = KINDS.iter().map(|(ending, _)| *ending).collect();
            return Err(format!("Files may be: {}. Anything else can be linked to", endings.join(", ")));
        }
        if bytes > FILE_BYTES_MAX {
            return Err(format!("The file is longer than {} KB: add a link to it instead", FILE_BYTES_MAX / 1_024));
        }
        let title = if title.trim().is_empty() { name.clone() } else { read_title(title)? };
        Ok(Self { id, title, kind: MaterialKind::File { name, bytes } })
    }
}

/// The media type of a file of this name; `None` for one that materials may not have.
pub fn content_type(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    KINDS.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known)).map(|(_, kind)| *kind)
}

fn read_title(raw: &str) -> Result<String, String> {
    text::line(raw, TITLE_MAX).map_err(|error| format!("The title {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_link_is_one_that_browsers_open_safely() {
        let read = |url: &str| {
            let mut fields = Fields::of(json!({"title": "Slides", "url": url})).expect("an object");
            let read = Material::read_link("1".to_owned(), &mut fields);
            fields.finish().is_ok().then_some(read).flatten()
        };
        assert!(read("https://slides.example/x").is_some());
        for url in ["http://slides.example", "javascript:alert(1)", "https://a b", ""] {
            assert!(read(url).is_none(), "{url}");
        }
    }

    #[test]
    fn a_file_is_small_and_of_a_kind_that_nothing_runs() {
        let file = |title: &str, name: &str, bytes| Material::file("1".to_owned(), title, name, bytes);
        let slides = file(" ", "Slides.PDF", 10).expect("a file");
        assert_eq!((slides.title.as_str(), content_type("Slides.PDF")), ("Slides.PDF", Some("application/pdf")));
        assert_eq!(file("Slides", "a.pdf", FILE_BYTES_MAX).map(|file| file.title), Ok("Slides".to_owned()));
        assert!(file("", "a.pdf", FILE_BYTES_MAX + 1).is_err_and(|words| words.contains("300 KB")));
        for name in ["a.html", "a.svg", "pdf", "a.exe", "a.pdf.js", ""] {
            assert!(file("", name, 1).is_err(), "{name}");
        }
        let stored = serde_json::to_value(&slides).expect("JSON");
        assert_eq!(
            stored,
            json!({"id": "1", "title": "Slides.PDF", "kind": "file", "name": "Slides.PDF", "bytes": 10})
        );
        assert_eq!(serde_json::from_value::<Material>(stored).ok(), Some(slides));
    }
}
