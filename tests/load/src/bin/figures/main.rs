//! Measures what a report costs: `cargo run --release -p load --bin figures [-- --events 4000]`.
//!
//! A month of 25 registrations at each event is counted by a hub, from its table to the answer, as its organisers ask for
//! it; 10,000 rows of 25 columns become a workbook.

mod month;
mod used;

use std::process::ExitCode;

use documents::workbook::{Book, Column, Size};
use documents::{Value, csv};
use used::Used;

/// What cannot be measured, and why.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Events of the month where nothing else is asked for: 100,000 registrations.
const EVENTS: u32 = 4_000;
const ROWS: usize = 10_000;
const COLUMNS: usize = 25;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let Some(events) = events(std::env::args().skip(1)) else {
        say("usage: figures [--events 4000]");
        return ExitCode::from(64);
    };
    // Memory only ever rises: the workbook, which takes little, goes first.
    let measured = async {
        workbook()?;
        month::measure(events).await
    };
    match measured.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("figures: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn events(mut arguments: impl Iterator<Item = String>) -> Option<u32> {
    match (arguments.next().as_deref(), arguments.next()) {
        (None, None) => Some(EVENTS),
        (Some("--events"), Some(number)) => number.parse().ok().filter(|events| (1..=100_000).contains(events)),
        _ => None,
    }
}

#[expect(clippy::print_stdout, reason = "a report on the terminal is what this program is for")]
fn say(words: &str) {
    println!("{words}");
}

/// A workbook and a table of registrations.
fn workbook() -> Result<(), Error> {
    let heads: Vec<String> = (0..COLUMNS).map(|column| format!("Column {column}")).collect();
    let columns: Vec<Column> = heads.iter().map(|head| Column { head, width: 16.0 }).collect();
    let row = |row: usize| {
        let cell = |column: usize| match column % 5 {
            0 => Value::Count((row * column) as u64),
            _ => Value::Text(format!("Zoë Ødegård {row} {column}")),
        };
        (0..COLUMNS).map(cell).collect::<Vec<_>>()
    };
    let before = Used::so_far();
    let mut book = Book::new("Registrations", jiff::civil::date(2026, 10, 31))?;
    book.table("Registrations", &columns, (0..ROWS).map(row), Size::Large)?;
    let size = book.into_bytes()?.len();
    say(&format!("a workbook of 10,000 rows of 25 columns ({} KiB): {}", size / 1_024, before.since()));
    let before = Used::so_far();
    let size = csv::write(heads.iter().map(String::as_str), (0..ROWS).map(row))?.len();
    say(&format!("the same as CSV ({} KiB): {}", size / 1_024, before.since()));
    Ok(())
}
