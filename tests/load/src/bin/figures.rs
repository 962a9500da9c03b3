//! Measures what a report costs: `cargo run --release -p load --bin figures`.
//!
//! A month of 100,000 registrations at 4,000 events is counted and read in every form; 10,000 rows of 25 columns become a
//! workbook. Nothing here touches a hub: what is read of the store, and how much, is asserted by the acceptance tests.

use std::fs;
use std::time::Instant;

use documents::workbook::{Book, Column, Size};
use documents::{Value, csv};
use domain::ids::MailboxId;
use domain::report::{Audience, EventFacts, Fate, PersonFacts, Report, Standing, Workplace, WorkplaceKind};
use domain::{PersonId, Role};

const EVENTS: usize = 4_000;
const PEOPLE: usize = 25;
const ROWS: usize = 10_000;
const COLUMNS: usize = 25;

fn main() {
    count();
    write();
}

#[expect(clippy::print_stdout, reason = "a report on the terminal is what this program is for")]
fn say(what: &str, started: Instant, before: f64) {
    let cpu = cpu() - before;
    println!("{what}: {:.2} s, {cpu:.2} s of CPU, {} MiB at most", started.elapsed().as_secs_f64(), resident_most());
}

/// A month's figures.
fn count() {
    let events: Vec<EventFacts> = (0..EVENTS).map(event).collect();
    let period = "2026-10".parse().expect("a month");
    let (started, before) = (Instant::now(), cpu());
    let report = Report::of(period, &events);
    assert_eq!(report.completeness.events, EVENTS as u64);
    say("100,000 registrations at 4,000 events, counted", started, before);
    let (started, before) = (Instant::now(), cpu());
    for audience in [Audience::Organiser, Audience::Funder, Audience::Public] {
        assert_eq!(report.read_by(audience, true).from, report.from);
    }
    say("the same in three readings", started, before);
}

fn event(number: usize) -> EventFacts {
    EventFacts {
        programme: format!("programme-{}", number % 9),
        programme_label: format!("Programme {}", number % 9),
        is_confidential: number.is_multiple_of(9),
        format: domain::event::Format::Online,
        fate: Fate::Held,
        capacity: Some(30),
        minimum_minutes: 96,
        cpd_minutes: 120,
        people: (0..PEOPLE).map(|person| somebody(number, person)).collect(),
        answers: 10,
        ratings: 43,
    }
}

fn somebody(event: usize, number: usize) -> PersonFacts {
    let id = u32::try_from((event * 7 + number * 13) % 60_000).unwrap_or(0).to_be_bytes();
    let mut mailbox = [0; 9];
    mailbox[..4].copy_from_slice(&id);
    let place = usize::from(id[3]) * 3 + usize::from(id[2]);
    PersonFacts {
        person: PersonId::new(MailboxId::new(mailbox), [0; 3]),
        standing: if number < 20 { Standing::Held } else { Standing::Unmet },
        minutes: (number < 18).then_some(if number < 13 { 120 } else { 0 }),
        role: Role::ALL.get(number % Role::ALL.len()).copied(),
        organisation: Some(Workplace {
            key: format!("A{place:05}"),
            name: format!("Practice {place}"),
            kind: WorkplaceKind::Practice,
            network: Some(format!("Network {}", place % 60)),
            borough: Some(format!("Borough {}", place % 7)),
        }),
        is_certified: number < 13,
    }
}

/// A workbook and a table of registrations.
fn write() {
    let heads: Vec<String> = (0..COLUMNS).map(|column| format!("Column {column}")).collect();
    let columns: Vec<Column> = heads.iter().map(|head| Column { head, width: 16.0 }).collect();
    let row = |row: usize| {
        let cell = |column: usize| match column % 5 {
            0 => Value::Count((row * column) as u64),
            _ => Value::Text(format!("Zoë Ødegård {row} {column}")),
        };
        (0..COLUMNS).map(cell).collect::<Vec<_>>()
    };
    let (started, before) = (Instant::now(), cpu());
    let mut book = Book::new("Registrations", jiff::civil::date(2026, 10, 31)).expect("a workbook");
    book.table("Registrations", &columns, (0..ROWS).map(row), Size::Large).expect("a table");
    assert!(book.into_bytes().is_ok_and(|file| file.starts_with(b"PK")));
    say("a workbook of 10,000 rows of 25 columns", started, before);
    let (started, before) = (Instant::now(), cpu());
    assert!(csv::write(heads.iter().map(String::as_str), (0..ROWS).map(row)).is_ok());
    say("the same as CSV", started, before);
}

/// CPU seconds of this process so far; `USER_HZ` is 100 on every Linux that this runs on.
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name: Vec<&str> = stat.rsplit_once(") ").map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |index: usize| after_name.get(index).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// The most memory that this process has held, in MiB.
fn resident_most() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    most.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1_024
}
