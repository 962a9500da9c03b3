//! `report-monthly`: on the 1st each month's report is made and mailed, provisional; on the 10th it is final, and kept.
//!
//! The schedule starts it every morning from the 1st to the 12th, so that a run that was missed is made up for on the
//! next. What is done already is done once: a report is kept under its number, a mail is posted under its mark.

use std::collections::BTreeMap;

use app::{App, Failure};
use domain::report::Period;
use domain::uk_time::uk;
use domain::{EmailAddress, Hub};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::facts::{Lists, gather};
use crate::kept::{counted, keep};
use crate::letter;

/// Months back for which a missed final report is made up for.
const MONTHS_BACK: usize = 3;
/// The day of the next month on which a month's report becomes final.
const FINAL_DAY: i8 = 10;
/// The hour of that day, in the UK.
const FINAL_HOUR: i8 = 6;

/// Handles a schedule's tick; the time for which it was scheduled says which month is over.
pub async fn monthly(app: &App, payload: Value) -> Result<Value, Failure> {
    let scheduled = payload["scheduled_at"].as_str().and_then(|text| text.parse().ok());
    let now = scheduled.unwrap_or_else(|| app.clock.now());
    let hub = app.hub().await?;
    let this = Period::month_of(uk().to_datetime(now).date());
    let mut over: Vec<Period> =
        std::iter::successors(this.previous(), |month| month.previous()).take(MONTHS_BACK).collect();
    over.reverse();
    for month in over {
        let is_last = month.previous() == this.previous().and_then(Period::previous);
        if is_final_by(month, now) {
            close(app, month, now, is_last).await?;
            for period in month.ending_with_month() {
                close(app, period, now, is_last).await?;
            }
        }
        // That everybody has the letter says that all of this is done: it comes last.
        let is_final = is_final_by(month, now);
        if is_last && !letter::is_posted(app, month, is_final, &hub).await? {
            if !is_final {
                chase(app, month, now, &hub).await?;
            }
            letter::post(app, month, now, &hub).await?;
        }
    }
    Ok(json!({}))
}

/// Asks the organisers of events that lack attendance for it, each once a month.
async fn chase(app: &App, month: Period, now: Timestamp, hub: &Hub) -> Result<(), Failure> {
    let lists = Lists::read(&app.store).await?;
    let mut lacking: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for event in gather(&app.store, &lists, month, now, |_| true).await? {
        if event.facts.lacks_attendance() {
            let record = &event.items.record;
            let when = web::dates::day(record.event.starts());
            for organiser in &record.event.organisers {
                lacking.entry(organiser.clone()).or_default().push((when.clone(), record.event.title.clone()));
            }
        }
    }
    for (organiser, events) in lacking {
        // Addresses were checked when the event was made.
        if let Ok(address) = EmailAddress::parse(&organiser) {
            letter::ask_for_attendance(app, month, &address, events, &hub.name).await?;
        }
    }
    Ok(())
}

/// Keeps a period's final report, once; one that nothing happened in only while it is the last.
async fn close(app: &App, period: Period, now: Timestamp, is_last: bool) -> Result<(), Failure> {
    if !app.store.kept_reports(&period.to_string()).await?.is_empty() {
        return Ok(());
    }
    let lists = Lists::read(&app.store).await?;
    let report = counted(&app.store, &lists, period, now).await?;
    if is_last || !report.is_empty() {
        keep(&app.store, &report, 1, now).await.map_err(Failure::new)?;
        tracing::info!(report.period = report.period, "report is final");
    }
    Ok(())
}

/// Whether a month's report is final by then.
fn is_final_by(month: Period, now: Timestamp) -> bool {
    let next = month.to().tomorrow().ok();
    let day = next.and_then(|first| jiff::civil::Date::new(first.year(), first.month(), FINAL_DAY).ok());
    let at = day.and_then(|day| uk().to_timestamp(day.at(FINAL_HOUR, 0, 0, 0)).ok());
    at.is_some_and(|at| at <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_final_on_the_tenth_of_the_next_at_six_in_the_uk() {
        let october: Period = "2026-10".parse().expect("a month");
        let by = |text: &str| is_final_by(october, text.parse().expect("a time"));
        assert!(!by("2026-11-10T05:59:59Z"));
        assert!(by("2026-11-10T06:00:00Z"));
        let june: Period = "2026-06".parse().expect("a month");
        assert!(is_final_by(june, "2026-07-10T05:00:00Z".parse().expect("a time")), "summer time");
    }
}
