//! Lectern on one machine: `lectern serve` runs the hub, `lectern audit` proves a data folder sound.

use std::num::NonZero;
use std::process::ExitCode;

/// Requests, items and mails are many small things that live on many threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::io::Result<ExitCode> {
    // The engine has a thread of its own, and a core for it: more workers would only push each other off theirs.
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let workers = cores.saturating_sub(1).max(1);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build()?;
    Ok(runtime.block_on(local::cli::main()))
}
