//! Measures a running hub: `cargo run --release -p load -- hot|spread|storm --people N --at-once N [--port 8080]`.
//!
//! *hot*: everybody books one event, and gets a place. *spread*: thirty people an event. *storm*: everybody wants one of
//! thirty places with a line of forty-five. Only this machine is ever loaded.

mod bound;
mod crowd;
mod process;
mod report;

use std::process::ExitCode;

/// What is to be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One event, a place for everyone.
    Hot,
    /// Thirty people an event.
    Spread,
    /// One event of thirty places and a line of forty-five.
    Storm,
}

/// The command line.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    shape: Shape,
    people: usize,
    at_once: usize,
    port: u16,
}

const USAGE: &str = "usage: load hot|spread|storm [--people N] [--at-once N] [--port 8080]";

impl Settings {
    fn read(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let shape = match arguments.next()?.as_str() {
            "hot" => Shape::Hot,
            "spread" => Shape::Spread,
            "storm" => Shape::Storm,
            _ => return None,
        };
        let mut settings = Self { shape, people: 1_000, at_once: 64, port: 8080 };
        while let Some(name) = arguments.next() {
            let value = arguments.next()?;
            match name.as_str() {
                "--people" => settings.people = value.parse().ok()?,
                "--at-once" => settings.at_once = value.parse().ok()?,
                "--port" => settings.port = value.parse().ok()?,
                _ => return None,
            }
        }
        Some(settings)
    }
}

#[tokio::main]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a report on the terminal is what this program is for")]
async fn main() -> ExitCode {
    let Some(settings) = Settings::read(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(64);
    };
    match report::measure(&settings).await {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}
