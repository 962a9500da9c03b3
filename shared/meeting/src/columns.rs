//! Rows as people: whose they are, and when those were in.
//!
//! Of somebody whose comings and goings are listed, a sum over them says nothing more and is left out.

use std::collections::BTreeMap;

use domain::event::Event;
use domain::{EmailAddress, text};
use jiff::Timestamp;

use crate::table::{Column, Row};
use crate::when::{self, DateOrder};
use crate::{Joiner, Span, Unreadable, end, minutes};

/// Everything about one person of the meeting.
#[derive(Default)]
struct Seen {
    name: String,
    email: Option<EmailAddress>,
    spans: Vec<Span>,
    /// First join, last leave, and seconds in all.
    sums: Vec<(Option<Span>, Option<i64>)>,
    /// Joined (true) or left, when.
    moves: Vec<(Timestamp, bool)>,
}

/// Everybody who was in, in the order of the file.
pub fn joiners(rows: &[Row], event: &Event) -> Result<Vec<Joiner>, Unreadable> {
    let read = |order| seen(rows, event, order).map(|seen| in_order(seen, event));
    match (read(DateOrder::DayFirst), read(DateOrder::MonthFirst)) {
        (Ok(day_first), Ok(month_first)) => {
            let sum = |joiners: &[Joiner]| -> u32 {
                joiners.iter().flat_map(|joiner| minutes([joiner], event)).map(|(_, minutes)| minutes).sum()
            };
            Ok(if sum(&month_first) > sum(&day_first) { month_first } else { day_first })
        }
        (Ok(joiners), Err(_)) | (Err(_), Ok(joiners)) => Ok(joiners),
        (Err(one), Err(other)) => Err(if line_of(&other) > line_of(&one) { other } else { one }),
    }
}

fn line_of(why: &Unreadable) -> usize {
    match why {
        Unreadable::CutOff(line)
        | Unreadable::Time(line)
        | Unreadable::Duration(line)
        | Unreadable::Backwards(line) => *line,
        Unreadable::Empty
        | Unreadable::NotText
        | Unreadable::NoColumns
        | Unreadable::Nobody
        | Unreadable::OtherTimes => 0,
    }
}

fn seen(rows: &[Row], event: &Event, order: DateOrder) -> Result<Vec<Seen>, Unreadable> {
    let mut people: Vec<Seen> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| !is_waiting(row)) {
        if !row.is_whole() {
            return Err(Unreadable::CutOff(row.line));
        }
        let Some(name) = row.text(Column::Name) else { continue };
        let email = row.text(Column::Email).and_then(|raw| EmailAddress::parse(raw).ok());
        let key = email.as_ref().map_or_else(|| format!("~{}", text::fold(name)), EmailAddress::normalised);
        let index = *known.entry(key).or_insert_with(|| {
            people.push(Seen { name: name.to_owned(), email, ..Seen::default() });
            people.len() - 1
        });
        read_row(row, event, order, &mut people[index])?;
    }
    if people.is_empty() { Err(Unreadable::Nobody) } else { Ok(people) }
}

fn is_waiting(row: &Row) -> bool {
    row.text(Column::WaitingRoom).is_some_and(|text| matches!(text.to_lowercase().as_str(), "yes" | "true"))
}

fn read_row(row: &Row, event: &Event, order: DateOrder, seen: &mut Seen) -> Result<(), Unreadable> {
    let time = |column| match row.text(column) {
        Some(text) => when::instant(text, order).map(Some).ok_or(Unreadable::Time(row.line)),
        None => Ok(None),
    };
    if let Some(action) = row.text(Column::Action) {
        let at = time(Column::At)?.ok_or(Unreadable::Time(row.line))?;
        seen.moves.push((at, !action.to_lowercase().starts_with("left")));
        return Ok(());
    }
    let duration = match row.text(Column::Duration) {
        Some(text) => Some(when::duration(text).ok_or(Unreadable::Duration(row.line))?),
        None => None,
    };
    let is_sum = !row.has(Column::Join);
    let (from, to) = if is_sum { (Column::FirstJoin, Column::LastLeave) } else { (Column::Join, Column::Leave) };
    let span = match (time(from)?, time(to)?) {
        (Some(joined), Some(left)) if joined > left => return Err(Unreadable::Backwards(row.line)),
        (Some(joined), Some(left)) => Some(Span { joined, left }),
        // Still in when the report was saved.
        (Some(joined), None) => Some(Span { joined, left: end(event).max(joined) }),
        (None, _) => None,
    };
    match span {
        Some(span) if !is_sum => seen.spans.push(span),
        // A file that was pasted twice says the same twice.
        span if seen.sums.contains(&(span, duration)) => {}
        span => seen.sums.push((span, duration)),
    }
    Ok(())
}

fn in_order(people: Vec<Seen>, event: &Event) -> Vec<Joiner> {
    people.into_iter().map(|seen| joiner(seen, event)).collect()
}

fn joiner(seen: Seen, event: &Event) -> Joiner {
    let Seen { name, email, mut spans, sums, moves } = seen;
    spans.extend(between(moves, event));
    let mut seconds_max = None;
    if spans.is_empty() {
        let durations: Option<Vec<i64>> = sums.iter().map(|(_, seconds)| *seconds).collect();
        seconds_max = durations.map(|durations| durations.into_iter().fold(0, i64::saturating_add));
        spans = sums.into_iter().filter_map(|(span, _)| span).collect();
    }
    Joiner { name, email, spans, seconds_max }
}

/// What lies between joining and leaving; whoever is not seen to leave was in until the end.
fn between(mut moves: Vec<(Timestamp, bool)>, event: &Event) -> Vec<Span> {
    moves.sort_unstable();
    let (mut spans, mut since) = (Vec::new(), None);
    for (at, is_in) in moves {
        match (since, is_in) {
            (None, true) => since = Some(at),
            (Some(joined), false) => {
                spans.push(Span { joined, left: at });
                since = None;
            }
            (Some(_), true) | (None, false) => {}
        }
    }
    spans.extend(since.map(|joined| Span { joined, left: end(event).max(joined) }));
    spans
}
