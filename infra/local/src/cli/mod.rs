//! The program: `lectern serve`, `lectern audit` and `lectern report`.

mod arguments;
mod audit;
mod report;

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::{Hub, Options};
use arguments::{Command, USAGE};

/// The command cannot be understood (`EX_USAGE` of sysexits.h).
const EXIT_USAGE: u8 = 64;

/// Does what the command line asks.
pub async fn main() -> ExitCode {
    log_to_stderr();
    let outcome = match Command::parse(std::env::args().skip(1)) {
        Ok(Command::Help) => say(USAGE).map(|()| ExitCode::SUCCESS).map_err(Into::into),
        Ok(Command::Serve(options)) => serve(options).await,
        Ok(Command::Audit { data, repair }) => audit::run(&data, repair).await,
        Ok(Command::Report { data, month, form, out }) => report::run(&data, month, form, &out).await,
        Err(reason) => {
            complain(&format!("{reason}\n{USAGE}"));
            return ExitCode::from(EXIT_USAGE);
        }
    };
    outcome.unwrap_or_else(|error| {
        complain(&format!("lectern: {}", chain(&*error)));
        ExitCode::FAILURE
    })
}

async fn serve(options: Options) -> Result<ExitCode, Box<dyn Error>> {
    // Listened for before anybody is told that the hub is there to be stopped.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let hub = tokio::select! {
        hub = Hub::start(options) => hub?,
        // The demo year takes its time; it is loaded again at the next start.
        _ = terminate.recv() => return Ok(ExitCode::SUCCESS),
        _ = interrupt.recv() => return Ok(ExitCode::SUCCESS),
    };
    say(&format!("listening on {}", hub.url()))?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    hub.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Warnings and worse, unless `RUST_LOG` asks for more.
fn log_to_stderr() {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::WARN.into()).from_env_lossy();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter).init();
}

/// A line for whoever started the program.
fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// A line about why it went wrong.
fn complain(line: &str) {
    // Where nobody can read it, nothing is lost.
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn chain(error: &dyn Error) -> String {
    let mut causes = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        causes = format!("{causes}: {cause}");
        next = cause.source();
    }
    causes
}
