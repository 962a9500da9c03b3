//! What can be shown: letters that no font has would stop an accessible PDF, so they are left out before it is set.

use std::sync::OnceLock;

use typst::text::FontBook;

/// Text as it can be printed, and whether that is all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub text: String,
    pub is_whole: bool,
}

/// How much is asked of the fonts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Every letter that some font has.
    AllFonts,
    /// Letters of the first font alone: what is left when letters of several do not join.
    FirstFont,
}

impl Shown {
    /// The part of a text that these fonts can show.
    pub fn of(text: &str, book: &FontBook, reach: Reach) -> Self {
        let fonts = book.families().map(|(_, infos)| infos.count()).sum();
        let kept: String = text.chars().filter(|letter| is_shown(*letter, book, fonts, reach)).collect();
        let is_whole = kept == text;
        // What was between two letters that went is not two spaces.
        let text = if is_whole { kept } else { kept.split_whitespace().collect::<Vec<_>>().join(" ") };
        Self { text, is_whole }
    }

    /// Whether anything can be read.
    pub fn has_letters(&self) -> bool {
        self.text.chars().any(char::is_alphanumeric)
    }
}

fn is_shown(letter: char, book: &FontBook, fonts: usize, reach: Reach) -> bool {
    static LATIN: OnceLock<usize> = OnceLock::new();
    if is_joiner(letter) {
        return reach == Reach::AllFonts;
    }
    let first = *LATIN.get_or_init(|| book.select_family("noto sans").next().unwrap_or(0));
    let has = |index| book.info(index).is_some_and(|font| font.coverage.contains(u32::from(letter)));
    match reach {
        Reach::FirstFont => has(first),
        Reach::AllFonts => (0..fonts).any(has),
    }
}

/// Joiners, directional marks and variation selectors: nothing to see, and no font need have them.
fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200C}'..='\u{200F}' | '\u{FE00}'..='\u{FE0F}')
}
