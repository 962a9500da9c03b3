//! The count: every person of every event, once.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::charge::{Cause, Charge};
use crate::event::Format;
use crate::ids::PersonId;
use crate::report::facts::{EventFacts, Fate, PersonFacts, Standing, Workplace, WorkplaceKind};
use crate::report::figure::{Cell, Figure, Figures};
use crate::report::{Breakdown, CONFIDENTIAL, Completeness, Period, Reach, Report, Row, RowKey, Table};
use crate::role::Role;

/// What one row has come to so far.
#[derive(Default)]
struct Tally<'a> {
    label: &'a str,
    counts: Figures,
    people: HashSet<PersonId>,
    organisations: HashSet<&'a str>,
    answers: u64,
    scores: u64,
    ratings: u64,
}

impl<'a> Tally<'a> {
    fn add(&mut self, figure: Figure, by: u64) {
        self.counts.set(figure, Cell::Count(self.counts.count(figure) + by));
    }

    /// What is about the event as a whole.
    fn add_event(&mut self, event: &EventFacts) {
        match event.fate {
            Fate::Cancelled => self.add(Figure::EventsCancelled, 1),
            Fate::Held => {
                self.add(Figure::EventsHeld, 1);
                self.add(Figure::PlacesOffered, event.capacity.map_or(0, u64::from));
                self.answers += u64::from(event.answers);
                self.scores += u64::from(event.scores);
                self.ratings += u64::from(event.ratings);
            }
        }
    }

    /// One person of an event that was held.
    fn add_person(&mut self, event: &EventFacts, person: &'a PersonFacts) {
        match person.standing {
            Standing::Held => self.add_booked(event, person),
            Standing::Unmet => self.add(Figure::WaitingUnmet, 1),
            Standing::GaveUp { late } => {
                self.add(Figure::Cancelled, 1);
                self.add(Figure::CancelledLate, u64::from(late));
            }
            Standing::Gone => {}
        }
        if person.standing != Standing::Held && person.minutes.is_some_and(|minutes| minutes > 0) {
            self.add(Figure::WalkIns, 1);
        }
        self.add(Figure::CertificatesIssued, u64::from(person.is_certified));
        if let Some(charge) = &person.charge {
            self.add_charge(charge);
        }
    }

    fn add_charge(&mut self, charge: &Charge) {
        let unused = match charge.cause {
            Cause::LateCancellation => Figure::UnusedCancelled,
            Cause::Absence => Figure::UnusedAbsent,
        };
        self.add(unused, 1);
        self.add(Figure::UnusedWaived, u64::from(charge.waived.is_some()));
        self.add(Figure::UnusedGbp, charge.due().into());
    }

    fn add_booked(&mut self, event: &EventFacts, person: &'a PersonFacts) {
        self.add(Figure::PlacesBooked, 1);
        self.people.insert(person.counts_as);
        let outcome = outcome(event, person);
        self.add(outcome, 1);
        if outcome == Figure::Attended {
            self.add(Figure::CpdMinutes, event.cpd_minutes.into());
            if let Some(organisation) = person.organisation.as_ref().filter(|_| !event.is_confidential) {
                self.organisations.insert(&organisation.key);
            }
        }
    }

    /// The figures; a row of some people only says nothing about events as a whole.
    fn figures(&self, is_of_events: bool) -> Figures {
        let mut figures = Figures::default();
        for figure in Figure::ALL {
            figures.set(figure, Cell::Count(self.counts.count(figure)));
        }
        let count = |of: usize| Cell::Count(of as u64);
        figures.set(Figure::People, count(self.people.len()));
        figures.set(Figure::OrganisationsReached, count(self.organisations.len()));
        figures.set(Figure::EvaluationResponses, Cell::Count(self.answers));
        let mean = (self.ratings * 100 + self.scores / 2).checked_div(self.scores);
        figures.set(Figure::EvaluationMean, mean.map_or(Cell::None, Cell::Mean));
        if !is_of_events {
            let of_events = [Figure::EventsCancelled, Figure::PlacesOffered];
            for figure in of_events.into_iter().chain([Figure::EvaluationMean, Figure::EvaluationResponses]) {
                figures.set(figure, Cell::None);
            }
        }
        figures
    }
}

/// Which part of the places booked somebody with a place is.
fn outcome(event: &EventFacts, person: &PersonFacts) -> Figure {
    match person.minutes {
        None => Figure::NotRecorded,
        Some(0) => Figure::DidNotAttend,
        Some(minutes) if minutes >= event.minimum_minutes => Figure::Attended,
        Some(_) => Figure::AttendedPart,
    }
}

/// Whose row, and the words for it.
type Name<'a> = (RowKey, &'a str);

fn known<'a>(id: &str, label: &'a str) -> Name<'a> {
    (RowKey::Known(id.to_owned()), label)
}

/// The row of an event in a table of events.
fn row_of_event(of: Breakdown, event: &EventFacts) -> Name<'_> {
    match of {
        _ if event.is_confidential => confidential(),
        Breakdown::Format => match event.format {
            Format::Online => known("online", "Online"),
            Format::InPerson => known("in-person", "In person"),
            Format::Hybrid => known("hybrid", "Online and in person"),
        },
        _ => known(&event.programme, &event.programme_label),
    }
}

/// The row of a person in a table of people.
fn row_of_person<'a>(of: Breakdown, event: &EventFacts, person: &'a PersonFacts) -> Name<'a> {
    let not_known = (RowKey::NotKnown, "Not known");
    let workplace = person.organisation.as_ref();
    let part = |part: fn(&Workplace) -> Option<&String>| workplace.and_then(part).map(|name| known(name, name));
    match of {
        _ if event.is_confidential => confidential(),
        Breakdown::Role => person.role.map_or(not_known, |role: Role| known(role.slug(), role.label())),
        Breakdown::Network => part(|workplace| workplace.network.as_ref()).unwrap_or(not_known),
        Breakdown::Borough => part(|workplace| workplace.borough.as_ref()).unwrap_or(not_known),
        _ => workplace.map_or(not_known, |workplace| known(&workplace.key, &workplace.name)),
    }
}

fn confidential() -> Name<'static> {
    (RowKey::Confidential, "Confidential programmes")
}

/// The rows of one table while they are counted.
struct Counting<'a> {
    of: Breakdown,
    rows: BTreeMap<RowKey, Tally<'a>>,
}

impl<'a> Counting<'a> {
    fn row(&mut self, (key, label): Name<'a>) -> &mut Tally<'a> {
        let tally = self.rows.entry(key).or_default();
        // An organisation goes by several spellings: the first of the alphabet, whatever the order of the facts.
        if tally.label.is_empty() || label < tally.label {
            tally.label = label;
        }
        tally
    }

    fn add(&mut self, event: &'a EventFacts) {
        if self.of.is_of_events() {
            let row = self.row(row_of_event(self.of, event));
            row.add_event(event);
            if event.fate == Fate::Held {
                event.people.iter().for_each(|person| row.add_person(event, person));
            }
        } else if event.fate == Fate::Held {
            let mut held_for = HashSet::new();
            for person in &event.people {
                let name = row_of_person(self.of, event, person);
                let is_first = person.standing == Standing::Held && held_for.insert(name.0.clone());
                let row = self.row(name);
                row.add(Figure::EventsHeld, u64::from(is_first));
                row.add_person(event, person);
            }
        }
    }

    fn table(self) -> Table {
        let row = |(key, tally): (RowKey, Tally)| {
            let figures = tally.figures(self.of.is_of_events());
            Row {
                key,
                label: tally.label.to_owned(),
                figures: Some(figures),
                is_reached: figures.count(Figure::Attended) > 0,
            }
        };
        let rows: Vec<Row> = self.rows.into_iter().map(row).collect();
        Table { of: self.of, rows: rows.into_iter().filter(tells_something).collect() }
    }
}

/// Whether any figure is more than zero: somebody who declined an offer makes no row.
fn tells_something(row: &Row) -> bool {
    row.figures.is_some_and(|figures| figures.iter().any(|(_, cell)| !matches!(cell, Cell::None | Cell::Count(0))))
}

/// The report of a period's events.
pub(super) fn report(period: Period, events: &[EventFacts]) -> Report {
    let mut totals = Tally::default();
    let mut tables = Breakdown::ALL.map(|of| Counting { of, rows: BTreeMap::new() });
    let mut completeness = Completeness::default();
    for event in events {
        totals.add_event(event);
        if event.fate == Fate::Held {
            event.people.iter().for_each(|person| totals.add_person(event, person));
            completeness.events += 1;
            completeness.lacking_attendance += u64::from(event.lacks_attendance());
        }
        for table in &mut tables {
            table.add(event);
        }
    }
    Report {
        period: period.to_string(),
        from: period.from(),
        to: period.to(),
        completeness: Some(completeness),
        reach: Some(reach(events)),
        totals: totals.figures(true),
        tables: tables.into_iter().map(Counting::table).collect(),
    }
}

/// Whom the events reached. An organisation is a school if anybody of it says so.
fn reach(events: &[EventFacts]) -> Reach {
    let mut certified = HashSet::new();
    let mut kinds: HashMap<&str, WorkplaceKind> = HashMap::new();
    for event in events.iter().filter(|event| event.fate == Fate::Held) {
        for person in &event.people {
            if person.is_certified {
                certified.insert(person.counts_as);
            }
            let attended = event.has_attended(person);
            if let Some(workplace) = person.organisation.as_ref().filter(|_| attended && !event.is_confidential) {
                let kind = kinds.entry(&workplace.key).or_insert(workplace.kind);
                *kind = workplace.kind.min(*kind);
            }
        }
    }
    let of = |kind| kinds.values().filter(|found| **found == kind).count() as u64;
    Reach {
        schools: of(WorkplaceKind::School),
        practices: of(WorkplaceKind::Practice),
        people_certified: certified.len() as u64,
    }
}

/// The row's name in the API, where it has one.
impl RowKey {
    /// The identifier; `None` where it is not known.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Known(id) => Some(id),
            Self::NotKnown => None,
            Self::Confidential => Some(CONFIDENTIAL),
        }
    }
}

#[cfg(test)]
mod tests;
