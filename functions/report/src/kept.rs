//! Final reports: kept once, for good, and restated by number when what they counted has changed.
//!
//! A restatement gets its number when somebody is first told of it, so that every figure that anybody has seen under a
//! number can be seen again.

use domain::report::{Audience, Period, Report, Restatement};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use store::{Failure, KeptReport, Store};

use crate::facts::{Gathered, Lists, gather};
use crate::form::Made;

/// Attempts at a number that others take first.
const ATTEMPTS: usize = 5;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The store.
    #[error(transparent)]
    Store(#[from] Failure),
    /// What is kept does not read.
    #[error("a final report does not read")]
    Unreadable(#[from] serde_json::Error),
    /// The numbers ran away.
    #[error("others restated the report at every attempt")]
    Contended,
    /// There is no such version.
    #[error("the report has no such version")]
    NoVersion,
}

/// A period's report as of `now`, exactly.
pub async fn counted(store: &Store, lists: &Lists, period: Period, now: Timestamp) -> Result<Report, Failure> {
    let gathered = gather(store, lists, period, now, |_| true).await?;
    Ok(report_of(period, gathered))
}

/// The report of gathered events.
pub fn report_of(period: Period, gathered: Vec<Gathered>) -> Report {
    let facts: Vec<_> = gathered.into_iter().map(|gathered| gathered.facts).collect();
    Report::of(period, &facts)
}

/// A period's report as it stands at `now`, or in an earlier version: provisional, final, or final and restated.
pub async fn current(store: &Store, period: Period, now: Timestamp, version: Option<u32>) -> Result<Made, ReportError> {
    let lists = Lists::read(store).await?;
    for _ in 0..ATTEMPTS {
        let kept = store.kept_reports(&period.to_string()).await?;
        let Some(last) = kept.last() else {
            return match version {
                None => Ok(provisional(counted(store, &lists, period, now).await?)),
                Some(_) => Err(ReportError::NoVersion),
            };
        };
        if let Some(version) = version {
            let upto: Vec<KeptReport> = kept.into_iter().take_while(|kept| kept.version <= version).collect();
            return match upto.last() {
                Some(last) if last.version == version => final_one(&upto),
                _ => Err(ReportError::NoVersion),
            };
        }
        let report = counted(store, &lists, period, now).await?;
        if serde_json::from_str::<Report>(&last.json)? == report {
            return final_one(&kept);
        }
        keep(store, &report, last.version + 1, now).await?;
    }
    Err(ReportError::Contended)
}

/// A report that may still change.
pub fn provisional(report: Report) -> Made {
    Made { report, audience: Audience::Organiser, version: 0, is_final: false, sha256: None, restated: Vec::new() }
}

/// Keeps a report for good under this number, unless it is taken; whether it was kept.
pub async fn keep(store: &Store, report: &Report, version: u32, now: Timestamp) -> Result<bool, ReportError> {
    let json = serde_json::to_string(report)?;
    let sha256 = hex::encode(Sha256::digest(json.as_bytes()));
    Ok(store.keep_report(&report.period, &KeptReport { version, at: now, json, sha256 }).await?)
}

/// The last of these versions, with what each changed.
fn final_one(kept: &[KeptReport]) -> Result<Made, ReportError> {
    let reports =
        kept.iter().map(|kept| Ok(serde_json::from_str(&kept.json)?)).collect::<Result<Vec<Report>, ReportError>>()?;
    let (Some(last), Some(report)) = (kept.last(), reports.last()) else { return Err(ReportError::NoVersion) };
    let restated = kept.iter().skip(1).zip(reports.windows(2)).map(|(kept, pair)| Restatement {
        version: kept.version,
        at: kept.at,
        changes: pair[1].changes_since(&pair[0]),
    });
    Ok(Made {
        report: report.clone(),
        audience: Audience::Organiser,
        version: last.version,
        is_final: true,
        sha256: Some(last.sha256.clone()),
        restated: restated.collect(),
    })
}

impl Made {
    /// As much of it as an audience may know.
    #[must_use]
    pub fn read_by(&self, audience: Audience, totals_are_exact: bool) -> Self {
        // The hash is of what organisers read: of a reading of less it proves nothing.
        let sha256 = self.sha256.clone().filter(|_| audience == Audience::Organiser);
        Self { report: self.report.read_by(audience, totals_are_exact), audience, sha256, ..self.clone() }
    }
}
