//! `lectern audit`: every invariant of a folder, recomputed from the stored items.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use store::Store;

use super::say;
use crate::offline;

/// The state is not sound.
const EXIT_VIOLATED: u8 = 2;

/// Prints the counts and what is wrong, judged by the last time that the folder's hub showed.
pub async fn run(data: &Path, repair: bool) -> Result<ExitCode, Box<dyn Error>> {
    let table = offline::Table::open(data).await?;
    // Nobody else writes, so no retry needs to be spread.
    let store = Store::new(table.client(), table.name(), Arc::new(|| 0));
    let report = store::audit::run(&store, table.last_shown(), repair, table.in_flight()).await?;
    for (what, count) in &report.counts {
        say(&format!("{count:>8} {what}"))?;
    }
    if repair {
        say(&format!("{:>8} repaired", report.repaired))?;
    }
    for violation in &report.violations {
        say(&format!("violation: {violation}"))?;
    }
    Ok(if report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_VIOLATED) })
}
