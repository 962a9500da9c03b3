//! Whether two names at one address may be one person's: a slip of the keyboard, initials, or the names swapped.

use crate::person::PersonName;
use crate::text;

/// Letters that are compared; a longer name is as good as told by these.
const LETTERS_MAX: usize = 60;
/// Names of more words are compared in their own order only.
const WORDS_MAX: usize = 5;
/// Letters among which one edit is let through.
const LETTERS_PER_EDIT: usize = 5;

/// Whether one of two names may be a spelling of the other: equal but for one edit (a letter more, less, other, or two
/// swapped) in five letters, for words that are an initial in the other, or for the order of the words.
pub fn are_near(one: &PersonName, other: &PersonName) -> bool {
    let (one, mut other) = (words(one), words(other));
    let turns = if other.len() <= WORDS_MAX { other.len() } else { 1 };
    (0..turns).any(|_| {
        other.rotate_left(1);
        is_misspelt(&one, &other) || is_abbreviated(&one, &other)
    }) || (turns == 1 && is_misspelt(&one, &other))
}

/// The words of a name, folded; punctuation parts words, apostrophes do not.
fn words(name: &PersonName) -> Vec<Vec<char>> {
    let is_apostrophe = |c: char| matches!(c, '\'' | '’' | 'ʼ');
    let text: String = name.as_str().chars().filter(|c| !is_apostrophe(*c)).collect();
    let parts = text.split(|c: char| c.is_whitespace() || c.is_ascii_punctuation());
    parts.map(|part| text::fold(part).chars().collect::<Vec<char>>()).filter(|word| !word.is_empty()).collect()
}

fn is_misspelt(one: &[Vec<char>], other: &[Vec<char>]) -> bool {
    let letters = |words: &[Vec<char>]| words.concat();
    let (mut one, mut other) = (letters(one), letters(other));
    let allowed = one.len().min(other.len()).min(LETTERS_MAX) / LETTERS_PER_EDIT;
    if one.len().abs_diff(other.len()) > allowed {
        return false;
    }
    one.truncate(LETTERS_MAX);
    other.truncate(LETTERS_MAX);
    edits(&one, &other) <= allowed
}

/// Word for word the same, where an initial is as good as its word and an initial may be left out; at least one word
/// must be written out in both.
fn is_abbreviated(one: &[Vec<char>], other: &[Vec<char>]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let mut surplus = long.len() - short.len();
    let mut long = long.iter();
    let mut is_written_out = false;
    for word in short {
        let found = long.by_ref().find(|found| {
            let is_left_out = surplus > 0 && found.len() == 1 && **found != *word;
            surplus -= usize::from(is_left_out);
            !is_left_out
        });
        let Some(found) = found else { return false };
        let is_initial = (word.len() == 1 || found.len() == 1) && word.first() == found.first();
        if word != found && !is_initial {
            return false;
        }
        is_written_out |= word == found && word.len() > 1;
    }
    is_written_out && long.all(|left| left.len() == 1)
}

/// Edits between two words, where two neighbours swapped are one (optimal string alignment).
fn edits(one: &[char], other: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut least = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_may_be_one_persons_are_near() {
        let near = [
            ("Amina Begum", "Amina Begum"),
            ("Amina Begum", "amina  BEGUM"),
            ("Amina Begum", "Amina Begun"),
            ("Amina Begum", "Anima Begum"),
            ("Amina Begum", "Aminah Begum"),
            ("Amina Begum", "Begum, Amina"),
            ("Amina Begum", "Begun Amina"),
            ("Amina Begum", "A Begum"),
            ("Amina Begum", "A. Begum"),
            ("Amina Begum", "Begum A"),
            ("Amina Begum", "Amina J. Begum"),
            ("Amina Jane Begum", "A. J. Begum"),
            ("Zoë O’Brien", "Zoe OBrien"),
            ("Ann Smith-Jones", "Ann Smith Jones"),
            ("আমিনা বেগম", "বেগম আমিনা"),
        ];
        let far = [
            ("Amina Begum", "Amina Khan"),
            ("Amina Begum", "B Begum"),
            ("Amina Begum", "Nadia Begum"),
            ("Ann Lee", "Ian Lea"),
            ("Ann Lee", "A L"),
            ("Ann", "Ben"),
            ("Amina Begum", "Amina Begum Chowdhury"),
        ];
        let name = |text| PersonName::parse(text).unwrap();
        for (is_near, pairs) in [(true, &near[..]), (false, &far[..])] {
            for (one, other) in pairs {
                assert_eq!(are_near(&name(one), &name(other)), is_near, "{one} / {other}");
                assert_eq!(are_near(&name(other), &name(one)), is_near, "{other} / {one}");
            }
        }
    }
}
