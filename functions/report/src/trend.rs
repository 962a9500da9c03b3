//! A period beside those before it: what was kept of them when they became final.

use documents::chart::{Bar, Bars};
use domain::report::{Figure, Period, Report};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use store::Store;

use crate::kept::ReportError;

/// Earlier periods that are shown.
const BEFORE: usize = 6;
/// Reads at a time.
const AT_ONCE: usize = 6;

/// Attendance of a period and of those before it; of a year, month by month. `None` where nothing was kept.
pub async fn trend(store: &Store, period: Period, report: &Report) -> Result<Option<Bars>, ReportError> {
    let periods = periods(period);
    let reads = periods.into_iter().map(|period| async move {
        let kept = store.kept_reports(&period.to_string()).await?;
        let Some(last) = kept.last() else { return Ok(None) };
        Ok(Some((period, serde_json::from_str::<Report>(&last.json)?)))
    });
    let found: Vec<Option<(Period, Report)>> =
        stream::iter(reads).buffered(AT_ONCE).try_collect::<Vec<_>>().await.map_err(|error: ReportError| error)?;
    let mut bars: Vec<Bar> = found.iter().flatten().map(|(period, report)| bar(*period, report)).collect();
    if bars.is_empty() {
        return Ok(None);
    }
    if !matches!(period, Period::Year { .. }) {
        bars.push(bar(period, report));
    }
    let legend = vec!["Attended", "Other places booked"];
    Ok(Some(Bars { title: "Places booked, period by period".to_owned(), legend, bars }))
}

fn bar(period: Period, report: &Report) -> Bar {
    let (attended, booked) = (report.totals.count(Figure::Attended), report.totals.count(Figure::PlacesBooked));
    Bar { label: period.words(), parts: vec![attended, booked - attended.min(booked)] }
}

/// In order of time: the months of a year, else the periods before.
fn periods(period: Period) -> Vec<Period> {
    if let Period::Year { .. } = period {
        let next = |month: &Period| month.to().tomorrow().ok().map(Period::month_of);
        return std::iter::successors(Some(Period::month_of(period.from())), next).take(12).collect();
    }
    let mut before: Vec<Period> =
        std::iter::successors(period.previous(), |period| period.previous()).take(BEFORE).collect();
    before.reverse();
    before
}
