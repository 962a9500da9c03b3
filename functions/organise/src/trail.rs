//! The audit trail, to read.

use std::sync::Arc;

use app::{App, Rejection};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::uk_time::uk;
use jiff::civil::Date;
use serde_json::json;
use web::forms::FormData;
use web::{Problem, page};

use crate::access::Admin;

pub use app::trail::{Deed, record};

/// `GET /api/v1/audit?date=`
pub async fn read(State(app): State<Arc<App>>, _: Admin, RawQuery(query): RawQuery) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let day = match query.one("date") {
        "" => uk().to_datetime(app.clock.now()).date(),
        text => date(text).ok_or_else(|| Problem::invalid_field("/date", "Enter a date like 2026-12-01"))?,
    };
    let entries = app.store.actions(day).await?;
    Ok(page::ok(&json!({"entries": entries, "next": null})))
}

/// A day in its one text.
fn date(text: &str) -> Option<Date> {
    text.parse().ok().filter(|date: &Date| date.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_one_text() {
        assert_eq!(date("2026-12-01"), Some(jiff::civil::date(2026, 12, 1)));
        for text in ["20261201", "2026-12-01T09:00:00", "2026-13-01", "2026-02-29", "today"] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
