//! Text as people type it, made safe to keep: trimmed, NFC, no control or direction-override characters.

use unicode_normalization::UnicodeNormalization;

/// Why a piece of text was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing is left after trimming.
    #[error("is empty")]
    Empty,
    /// More characters (Unicode scalar values, after NFC) than the field may hold.
    #[error("must be {0} characters or fewer")]
    TooLong(usize),
    /// A control character (Cc) or a bidirectional override or isolate (U+202A–202E, U+2066–2069).
    #[error("must not contain control characters")]
    Control,
}

/// One line of text: trimmed, NFC, 1 to `max` characters, nothing that could break a header, a log line or a page.
pub fn line(raw: &str, max: usize) -> Result<String, InvalidText> {
    clean(raw, max, |_| false)
}

/// Text of several lines: as [`line`], with line feeds and tabs kept and carriage returns dropped before line feeds.
pub fn lines(raw: &str, max: usize) -> Result<String, InvalidText> {
    clean(&raw.replace("\r\n", "\n"), max, |c| c == '\n' || c == '\t')
}

fn clean(raw: &str, max: usize, kept: fn(char) -> bool) -> Result<String, InvalidText> {
    let text: String = raw.trim().nfc().collect();
    if text.is_empty() {
        return Err(InvalidText::Empty);
    }
    if text.chars().any(|c| is_refused(c) && !kept(c)) {
        return Err(InvalidText::Control);
    }
    if text.chars().count() > max {
        return Err(InvalidText::TooLong(max));
    }
    Ok(text)
}

/// Control characters and bidirectional overrides; joiners (ZWJ, ZWNJ) are letters' own business and stay.
fn is_refused(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A comparison key: equal for two spellings that differ only in case, Latin accents, spacing, joiners or Unicode form.
///
/// Only the general combining diacritics (U+0300–036F) are dropped: vowel signs of Indic and Arabic scripts are letters.
pub fn fold(text: &str) -> String {
    text.to_uppercase()
        .to_lowercase()
        .nfkd()
        .filter(|c| {
            !c.is_whitespace()
                && !matches!(c, '\u{0300}'..='\u{036F}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_and_composed() {
        assert_eq!(line("  Zoe\u{308} ", 10), Ok("Zo\u{eb}".to_owned()));
    }

    #[test]
    fn control_and_override_characters_are_refused_and_joiners_kept() {
        for hostile in ["a\nb", "a\u{0}b", "a\u{202E}b", "a\u{2066}b", "a\u{85}b"] {
            assert_eq!(line(hostile, 10), Err(InvalidText::Control), "{hostile:?}");
        }
        assert_eq!(line("ক্\u{200D}ষ", 10), Ok("ক্\u{200D}ষ".to_owned()));
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert_eq!(line("ééé", 3), Ok("ééé".to_owned()));
        assert_eq!(line("éééé", 3), Err(InvalidText::TooLong(3)));
    }

    #[test]
    fn folding_ignores_case_accents_and_space_but_not_letters() {
        assert_eq!(fold("Zoë  O'Brien"), fold("ZOE O'BRIEN"));
        assert_eq!(fold("STRASSE"), fold("straße"));
        assert_ne!(fold("কা"), fold("কি"), "Bengali vowel signs are letters");
    }
}
