//! The report: on demand in every form and reading, and each month by itself.
//!
//! Figures are computed from the period's ledgers, attendance and registrations whenever they are asked for. A month,
//! quarter or year that is over becomes final once; what changes afterwards is a numbered restatement, and every version
//! stays.

mod access;
mod answer;
mod asked;
mod export;
mod facts;
mod form;
mod index;
mod kept;
mod letter;
mod monthly;
mod page;
mod reach;
mod row;
mod trend;

use std::sync::Arc;

use app::{App, edge};
use axum::Router;
use axum::routing::get;

pub use documents::Form;
pub use form::{Made, render};
pub use kept::{ReportError, current};
pub use monthly::monthly;

/// The function's routes.
pub fn router(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route("/api/v1/reports/{period}", get(answer::file))
        .route("/api/v1/reports/{period}/reach.json", get(reach::as_json))
        .route("/api/v1/reports/{period}/reach.csv", get(reach::as_csv))
        .route("/api/v1/reports/{period}/{file}", get(export::read))
        .route("/organise/reports", get(index::show))
        .route("/organise/reports/{period}", get(page::show));
    edge(Arc::clone(&app), routes.with_state(app))
}
