//! Lectern on one machine: `lectern serve` runs the hub, `lectern audit` proves a data folder sound.

use std::process::ExitCode;

/// Requests, items and mails are many small things that live on many threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    local::cli::main().await
}
