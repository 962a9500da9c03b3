//! `lectern report`: a month's report as a file, the same bytes as by HTTP, while no hub runs on the folder.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use domain::report::{Audience, Period};
use report::Form;
use store::Store;

use crate::offline;

/// Writes the report of a period, as organisers read it at the last time that the folder's hub showed.
pub async fn run(data: &Path, period: Period, form: Form, out: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let table = offline::Table::open(data).await?;
    // Nobody else writes, so no retry needs to be spread.
    let store = Store::new(table.client(), table.name(), Arc::new(|| 0));
    let made = report::current(&store, period, table.last_shown(), None).await?;
    std::fs::write(out, report::render(&made.read_by(Audience::Organiser, true), form)?)?;
    Ok(ExitCode::SUCCESS)
}
