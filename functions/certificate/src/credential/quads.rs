//! Canonical N-Quads (RDFC-1.0) of documents whose shape is fixed: one line a statement, sorted. A document with at most
//! one blank node has exactly one canonical form, so no JSON-LD processor is needed; tests elsewhere compare the bytes
//! with one.

use std::collections::BTreeSet;
use std::fmt::Write as _;

const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// The one blank node that a document may have.
pub(crate) const BLANK: &str = "_:c14n0";

/// Statements about one thing after another.
#[derive(Default)]
pub(crate) struct Quads {
    lines: BTreeSet<String>,
}

impl Quads {
    /// Says something that is an address.
    pub fn iri(&mut self, subject: &str, property: &str, object: &str) -> &mut Self {
        self.add(subject, property, &node(object))
    }

    /// Says what kind of thing it is.
    pub fn kind(&mut self, subject: &str, kind: &str) -> &mut Self {
        self.iri(subject, TYPE, kind)
    }

    /// Says something in words.
    pub fn words(&mut self, subject: &str, property: &str, words: &str) -> &mut Self {
        self.add(subject, property, &literal(words))
    }

    /// Says something of another type; `datatype` is a name of XML Schema's or a whole address.
    pub fn typed(&mut self, subject: &str, property: &str, words: &str, datatype: &str) -> &mut Self {
        let datatype = if datatype.contains(':') { datatype.to_owned() } else { format!("{XSD}{datatype}") };
        self.add(subject, property, &format!("{}^^<{datatype}>", literal(words)))
    }

    fn add(&mut self, subject: &str, property: &str, object: &str) -> &mut Self {
        self.lines.insert(format!("{} <{property}> {object} .\n", node(subject)));
        self
    }

    /// The whole, in canonical order.
    pub fn text(&self) -> String {
        self.lines.iter().map(String::as_str).collect()
    }
}

fn node(name: &str) -> String {
    if name.starts_with("_:") { name.to_owned() } else { format!("<{name}>") }
}

/// A literal as canonical N-Quads writes it.
fn literal(words: &str) -> String {
    let mut text = String::from('"');
    for letter in words.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            // Writing to a string cannot fail.
            control if u32::from(control) < 0x20 || control == '\u{7f}' => {
                let _ = write!(text, "\\u{:04X}", u32::from(control));
            }
            letter => text.push(letter),
        }
    }
    text.push('"');
    text
}

/// A number as JSON-LD turns it into a literal: whole ones as they are, others as a canonical `xsd:double`.
pub(crate) fn number(value: f64) -> String {
    if value.fract() == 0.0 {
        return format!("{value:.0}");
    }
    let text = format!("{value:.15e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = mantissa.trim_end_matches('0');
    let mantissa = if mantissa.ends_with('.') { format!("{mantissa}0") } else { mantissa.to_owned() };
    format!("{mantissa}E{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_sorted_and_literals_escaped() {
        let mut quads = Quads::default();
        quads
            .words("urn:b", "urn:p", "say \"hi\"\n\u{1}")
            .iri(BLANK, "urn:p", "urn:o")
            .typed("urn:a", "urn:p", "1", "date");
        assert_eq!(
            quads.text(),
            "<urn:a> <urn:p> \"1\"^^<http://www.w3.org/2001/XMLSchema#date> .\n\
             <urn:b> <urn:p> \"say \\\"hi\\\"\\n\\u0001\" .\n_:c14n0 <urn:p> <urn:o> .\n"
        );
    }

    #[test]
    fn numbers_are_as_json_ld_writes_them() {
        let table = [(6.0, "6"), (6.5, "6.5E0"), (1.08, "1.08E0"), (12.25, "1.225E1"), (0.5, "5.0E-1"), (0.0, "0")];
        for (value, text) in table {
            assert_eq!(number(value), text);
        }
    }
}
