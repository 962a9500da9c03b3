//! One cell of a table, typed, so that a spreadsheet can add up what is a number and sort what is a date.

use jiff::civil::DateTime;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Empty,
    /// Words, never a formula.
    Text(String),
    /// A count.
    Count(u64),
    /// A number with two decimals, in hundredths.
    Hundredths(u64),
    /// A day and a time of it, in the hub's time zone.
    Moment(DateTime),
}

impl Value {
    /// Words, or nothing.
    pub fn text(words: Option<impl Into<String>>) -> Self {
        words.map_or(Self::Empty, |words| Self::Text(words.into()))
    }
}
