//! Content lines: folded at 75 octets, values escaped (RFC 5545), parameters too (RFC 6868).

use jiff::Timestamp;

/// Octets of a line, without its break.
const OCTETS_MAX: usize = 75;

/// An instant in UTC: `20261201T093000Z`.
pub(super) fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A TEXT value.
pub(super) fn text(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for character in value.replace("\r\n", "\n").chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            ';' => escaped.push_str("\\;"),
            ',' => escaped.push_str("\\,"),
            '\n' | '\r' => escaped.push_str("\\n"),
            '\t' => escaped.push('\t'),
            other if other.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

/// A value that is not text (a URI, a time): as it is, but that it cannot end its line.
pub(super) fn plain(value: &str) -> String {
    value.chars().filter(|character| !character.is_control()).collect()
}

/// A parameter with its value, quoted.
pub(super) fn parameter(name: &str, value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for character in value.replace("\r\n", "\n").chars() {
        match character {
            '^' => escaped.push_str("^^"),
            '"' => escaped.push_str("^'"),
            '\n' | '\r' => escaped.push_str("^n"),
            other if other.is_control() => {}
            other => escaped.push(other),
        }
    }
    format!(";{name}=\"{escaped}\"")
}

/// Appends a line, folded between characters. A continuation begins with a space, which counts.
pub(super) fn push(out: &mut String, line: &str) {
    let mut octets = 0;
    for character in line.chars() {
        if octets + character.len_utf8() > OCTETS_MAX {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(character);
        octets += character.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(line: &str) -> String {
        let mut out = String::new();
        push(&mut out, line);
        out
    }

    #[test]
    fn lines_are_folded_at_75_octets_between_characters() {
        assert_eq!(folded(&"a".repeat(75)), format!("{}\r\n", "a".repeat(75)));
        assert_eq!(folded(&"a".repeat(150)), format!("{}\r\n {}\r\n {}\r\n", "a".repeat(75), "a".repeat(74), "a"));
        // 74 octets, then a character of four: it moves to the next line whole.
        assert_eq!(folded(&format!("{}🩺", "a".repeat(74))), format!("{}\r\n 🩺\r\n", "a".repeat(74)));
        let bengali = "প্রাথমিক মানসিক স্বাস্থ্যসেবা ".repeat(8);
        let lines = folded(&bengali);
        assert!(lines.split("\r\n").all(|line| line.len() <= 75));
        assert_eq!(lines.replace("\r\n ", "").trim_end_matches("\r\n"), bengali);
    }

    #[test]
    fn text_cannot_leave_its_value() {
        assert_eq!(text("a\\b;c,d\r\ne\nf\u{7}"), "a\\\\b\\;c\\,d\\ne\\nf");
        assert_eq!(plain("https://a.example/\r\nATTACH:x"), "https://a.example/ATTACH:x");
    }

    #[test]
    fn parameters_escape_quotes_as_rfc_6868_says() {
        assert_eq!(parameter("CN", "Ann \"A\" Ash; ^1\nGP"), ";CN=\"Ann ^'A^' Ash; ^^1^nGP\"");
    }
}
