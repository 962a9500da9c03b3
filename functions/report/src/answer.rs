//! `GET /api/v1/reports/{period}.json|.csv|.xlsx?audience=&version=`

use std::sync::Arc;

use app::{App, Failure, Rejection};
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use documents::Form;
use domain::report::{Audience, Period};
use web::{Problem, page};

use crate::access::Reader;
use crate::asked::{self, Reading};
use crate::facts::{Lists, gather};
use crate::form::{Made, render};
use crate::kept::{ReportError, current, provisional, report_of};

/// The report as a file.
pub async fn file(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let (period, form) = asked::file(&name)?;
    let reading = Reading::of(query.as_deref())?;
    let made = made(&app, &reader, period, reading).await?;
    let bytes = render(&made, form).map_err(Failure::new).map_err(Rejection::Failure)?;
    if form == Form::Json {
        return Ok(page::file(form.content_type(), bytes));
    }
    let name = format!("report-{period}-{}.{}", reading.audience.slug(), form.extension());
    Ok(page::download(form.content_type(), &name, bytes))
}

/// The report that somebody may read, as they asked for it. Of some programmes it is counted anew each time.
pub async fn made(app: &App, reader: &Reader, period: Period, reading: Reading) -> Result<Made, Rejection> {
    let now = app.clock.now();
    let made = if reader.is_of_some_programmes() {
        if reading.version.is_some() {
            return Err(Problem::not_found().into());
        }
        let lists = Lists::read(&app.store).await?;
        let gathered = gather(&app.store, &lists, period, now, |programme| reader.0.sees(programme)).await?;
        provisional(report_of(period, gathered))
    } else {
        current(&app.store, period, now, reading.version).await?
    };
    let totals_are_exact = reading.audience != Audience::Public || app.hub().await?.public_exact_totals;
    Ok(made.read_by(reading.audience, totals_are_exact))
}

impl From<ReportError> for Rejection {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Store(failure) => failure.into(),
            ReportError::NoVersion => Problem::not_found().into(),
            error => Self::Failure(Failure::new(error)),
        }
    }
}
