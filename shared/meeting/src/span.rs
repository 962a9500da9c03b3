//! Stretches of time, and how much of them lies within a session.

use jiff::Timestamp;

/// From joining to leaving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First instant.
    pub joined: Timestamp,
    /// Last instant, not before the first.
    pub left: Timestamp,
}

impl Span {
    /// How long it is, in seconds.
    pub fn seconds(self) -> i64 {
        self.left.as_second() - self.joined.as_second()
    }
}

/// Seconds of `within` that any of the spans covers; what several cover counts once.
pub fn seconds_within(spans: &[Span], within: Span) -> i64 {
    let cut = |span: &Span| Span { joined: span.joined.max(within.joined), left: span.left.min(within.left) };
    let mut inside: Vec<Span> = spans.iter().map(cut).filter(|span| span.joined < span.left).collect();
    inside.sort_unstable();
    let (mut covered, mut until) = (0, within.joined);
    for span in inside {
        let fresh = Span { joined: span.joined.max(until), left: span.left.max(until) };
        covered += fresh.seconds();
        until = fresh.left;
    }
    covered
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn span((joined, length): (i64, i64)) -> Span {
        Span { joined: at(joined), left: at(joined + length) }
    }

    proptest! {
        #[test]
        fn a_second_counts_once_and_only_within(
            spans in prop::collection::vec((0..300_i64, 0..80_i64), 0..12), within in (0..200_i64, 0..150_i64)
        ) {
            let spans: Vec<Span> = spans.into_iter().map(span).collect();
            let within = span(within);
            let covers = |span: &Span, second: i64| span.joined.as_second() <= second && second < span.left.as_second();
            let counted = (0..400).filter(|s| covers(&within, *s) && spans.iter().any(|span| covers(span, *s))).count();
            prop_assert_eq!(seconds_within(&spans, within), i64::try_from(counted).unwrap());
        }
    }
}
