//! The filters of the list: read from the address, applied, and shown again as a form.
//!
//! A value that is not known filters nothing; the page says so.

use std::collections::BTreeSet;

use domain::event::{Event, Format};
use domain::uk_time::uk;
use domain::{Ledger, Programme, ProgrammeId, Programmes};
use jiff::Timestamp;
use jiff::civil::Date;
use store::EventRecord;
use web::components::{Checkboxes, Choice, Field, Select};
use web::forms::FormData;

use crate::availability::Availability;

/// What to leave out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    programme: Option<ProgrammeId>,
    month: Option<Month>,
    meeting: Option<Meeting>,
    places_left: bool,
}

/// A calendar month, by its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Month(Date);

/// How one takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meeting {
    Online,
    InPerson,
}

impl Month {
    fn parse(text: &str) -> Option<Self> {
        // "2026-11" and nothing longer.
        let date = format!("{text}-01").parse().ok();
        date.filter(|_| text.len() == 7).map(Self)
    }
    /// The UK month of an instant.
    fn of(at: Timestamp) -> Self {
        Self(uk().to_datetime(at).date().first_of_month())
    }
    fn slug(self) -> String {
        self.0.strftime("%Y-%m").to_string()
    }
    fn label(self) -> String {
        self.0.strftime("%B %Y").to_string()
    }
}

impl Meeting {
    const ALL: [Self; 2] = [Self::Online, Self::InPerson];

    fn slug(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::InPerson => "in-person",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Self::Online => "Online",
            Self::InPerson => "In person",
        }
    }
    fn is_possible(self, format: Format) -> bool {
        match self {
            Self::Online => format != Format::InPerson,
            Self::InPerson => format != Format::Online,
        }
    }
}

impl Filters {
    /// Reads an address' query; the words say what could not be used.
    pub fn read(query: &str, known: &Programmes) -> (Self, Vec<&'static str>) {
        let mut unknown = Vec::new();
        let Ok(form) = FormData::parse(query.as_bytes()) else {
            return (Self::default(), vec!["We could not read this address, so all events are shown."]);
        };
        let programme_of = |slug: &str| ProgrammeId::from_slug(slug).filter(|id| known.find(*id).is_some());
        let programme = choose(form.one("programme"), programme_of, || {
            unknown.push("We do not know the programme in this address, so events of all programmes are shown.");
        });
        let month = choose(form.one("month"), Month::parse, || {
            unknown.push("We could not read the month in this address, so events of all months are shown.");
        });
        let meeting_of = |slug: &str| Meeting::ALL.into_iter().find(|meeting| meeting.slug() == slug);
        let meeting = choose(form.one("format"), meeting_of, || {
            unknown.push("Events are online or in person. We could not tell which you want, so both are shown.");
        });
        let yes = |value: &str| ["yes", "on", "true", "1"].contains(&value).then_some(());
        let places_left = choose(form.one("places_left"), yes, || {
            unknown.push("We could not tell whether you want only events with places left, so all are shown.");
        });
        (Self { programme, month, meeting, places_left: places_left.is_some() }, unknown)
    }

    /// Whether anything is left out.
    pub fn any(&self) -> bool {
        *self != Self::default()
    }

    /// Whether an event is shown.
    pub fn let_through(&self, record: &EventRecord, ledger: &Ledger, availability: &Availability) -> bool {
        let event = &record.event;
        self.programme.is_none_or(|programme| event.programme == programme)
            && self.month.is_none_or(|month| months(event).any(|of| of == month))
            && self.meeting.is_none_or(|meeting| meeting.is_possible(event.format))
            && (!self.places_left || availability.has_places_left(ledger))
    }

    /// The choice of programmes.
    pub fn programmes(&self, known: &Programmes) -> Select<'static> {
        let choice = |programme: &Programme| {
            Choice::new(programme.id.to_string(), programme.name.clone(), self.programme == Some(programme.id))
        };
        select("programme", "Programme", "All programmes", known.iter().map(choice).collect())
    }

    /// The choice of months: those in which there is something, and the one chosen.
    pub fn months(&self, events: &[(EventRecord, Ledger)], now: Timestamp) -> Select<'static> {
        let ahead =
            events.iter().flat_map(|(record, _)| months(&record.event)).filter(|month| *month >= Month::of(now));
        let shown: BTreeSet<Month> = ahead.chain(self.month).collect();
        let choice = |month: Month| Choice::new(month.slug(), month.label(), self.month == Some(month));
        select("month", "Month", "All months", shown.into_iter().map(choice).collect())
    }

    /// The choice of ways to take part.
    pub fn formats(&self) -> Select<'static> {
        let choice = |meeting: Meeting| Choice::new(meeting.slug(), meeting.label(), self.meeting == Some(meeting));
        select("format", "Online or in person", "Online and in person", Meeting::ALL.map(choice).into())
    }

    /// The choice to leave out what is full.
    pub fn places(&self) -> Checkboxes<'static> {
        let choices = vec![Choice::new("yes", "Only events with places left", self.places_left)];
        Checkboxes { field: Field::new("places_left", "Places"), choices }
    }
}

fn select(
    name: &'static str,
    label: &'static str,
    empty: &'static str,
    choices: Vec<Choice<'static>>,
) -> Select<'static> {
    Select { field: Field::new(name, label), empty, choices, autocomplete: "off" }
}

/// Nothing for nothing; what is not known is noted.
fn choose<T>(value: &str, read: impl Fn(&str) -> Option<T>, note: impl FnOnce()) -> Option<T> {
    let value = value.trim();
    let read = read(value);
    if read.is_none() && !value.is_empty() {
        note();
    }
    read
}

/// The UK months in which an event has a session.
fn months(event: &Event) -> impl Iterator<Item = Month> {
    event.sessions.iter().map(|session| Month::of(session.starts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> (Filters, Vec<&'static str>) {
        Filters::read(query, &Programmes::default())
    }

    #[test]
    fn filters_are_read_from_the_address() {
        let (filters, unknown) = read("programme=open-doors&month=2026-11&format=online&places_left=yes&utm=x");
        assert_eq!(unknown, Vec::<&str>::new());
        assert_eq!(filters.programme, Some(ProgrammeId::OPEN_DOORS));
        assert_eq!(filters.month.map(Month::label).as_deref(), Some("November 2026"));
        assert_eq!((filters.meeting, filters.places_left), (Some(Meeting::Online), true));
        assert_eq!(read("programme=&month=&format="), (Filters::default(), Vec::new()));
    }

    #[test]
    fn what_is_not_known_filters_nothing_and_is_said() {
        for query in [
            "programme=no-such",
            "programme=NO",
            "month=2026-13",
            "month=2026-11-01",
            "format=hybrid",
            "places_left=no",
            "%ff=1",
        ] {
            let (filters, unknown) = read(query);
            assert_eq!((filters.any(), unknown.len()), (false, 1), "{query}");
        }
    }

    #[test]
    fn months_are_those_of_the_uk() {
        // 23:30 UTC on 31 May is half past midnight on 1 June in London.
        assert_eq!(Month::of("2026-05-31T23:30:00Z".parse().unwrap()).slug(), "2026-06");
    }
}
