//! Lectern on one machine: `lectern serve` runs the hub, `lectern audit` proves a data folder sound.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    local::cli::main().await
}
