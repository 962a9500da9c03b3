//! The mail that brings a month's report, and the one that asks for attendance that is missing.

use app::{App, Failure, Notice};
use documents::Form;
use domain::report::{Breakdown, Figure, Period, Report, Row};
use domain::uk_time::uk;
use domain::{EmailAddress, Hub};
use jiff::Timestamp;
use mail::{Letter, Part};
use store::Enclosure;

use crate::form::{Made, heading, render, standing};
use crate::kept::current;

/// Bars of one chart at most.
const BARS_MAX: usize = 9;

/// Which mail it is.
const KIND: &str = "report";

/// The report as it stands until the 10th, and from then on.
fn stage(is_final: bool) -> &'static str {
    if is_final { "final" } else { "provisional" }
}

/// Whether a month's report has been posted to everybody who is to have it.
pub async fn is_posted(app: &App, month: Period, is_final: bool, hub: &Hub) -> Result<bool, Failure> {
    let mark = format!("{month}-{}", stage(is_final));
    for recipient in &hub.report_recipients {
        if !app.has_posted(recipient, KIND, &mark).await? {
            return Ok(false);
        }
    }
    Ok(!hub.report_recipients.is_empty())
}

/// Posts a month's report to everybody who is to have it, as it stands: provisional, or final. Posting it again, to
/// whom it has been posted, posts nothing. That there was nothing is said on the 1st alone.
pub async fn post(app: &App, month: Period, now: Timestamp, hub: &Hub) -> Result<(), Failure> {
    if hub.report_recipients.is_empty() {
        return Ok(());
    }
    let made = current(&app.store, month, now, None).await.map_err(Failure::new)?;
    // What was final stays as it was mailed; a restatement is on the page.
    let made = if made.is_final { current(&app.store, month, now, Some(1)).await.map_err(Failure::new)? } else { made };
    let is_first = uk().to_datetime(now).day() == 1;
    if made.report.is_empty() && !is_first {
        return Ok(());
    }
    let bytes = render(&made, Form::Workbook).map_err(Failure::new)?;
    let stage = stage(made.is_final);
    let letter = letter(app, month, &made, &hub.name);
    for recipient in &hub.report_recipients {
        let workbook = Enclosure {
            name: format!("report-{month}-{stage}.xlsx"),
            content_type: Form::Workbook.content_type().to_owned(),
            bytes: bytes.clone(),
        };
        let mark = format!("{month}-{stage}");
        let enclosures = vec![workbook];
        app.post(Notice { to: recipient, kind: KIND, mark, letter: letter.clone(), enclosures }).await?;
    }
    Ok(())
}

/// Posts the question for attendance that is missing, once a month and organiser.
pub async fn ask_for_attendance(
    app: &App,
    month: Period,
    organiser: &EmailAddress,
    events: Vec<(String, String)>,
    hub: &str,
) -> Result<(), Failure> {
    let letter = Letter {
        subject: format!("Attendance missing for {}", month.words()),
        greeting: String::new(),
        parts: vec![
            Part::Text(
                "These events lack attendance for some of the people who had a place. The report becomes final on the \
                 10th."
                    .to_owned(),
            ),
            Part::Facts(events),
            Part::Link { label: "See the report".to_owned(), url: page(app, month) },
        ],
        hub: hub.to_owned(),
    };
    let mark = month.to_string();
    app.post(Notice { to: organiser, kind: "attendance-missing", mark, letter, enclosures: Vec::new() }).await?;
    Ok(())
}

fn page(app: &App, period: Period) -> String {
    format!("{}/organise/reports/{period}", app.config.base_url)
}

fn letter(app: &App, period: Period, made: &Made, hub: &str) -> Letter {
    let report = &made.report;
    let subject = if made.is_final { format!("{}, final", heading(made)) } else { heading(made) };
    let url = page(app, period);
    let mut parts = vec![Part::Text(opening(made)), Part::Link { label: "See the report".to_owned(), url }];
    if !report.is_empty() {
        parts.push(Part::Heading("In short".to_owned()));
        parts.push(Part::Facts(in_short(report)));
    }
    if report.totals.count(Figure::PlacesBooked) > 0 {
        parts.push(Part::Bars { heading: "Places booked by programme".to_owned(), rows: by_programme(report) });
        parts.push(Part::Bars { heading: "What became of the places booked".to_owned(), rows: outcomes(report) });
    }
    parts.push(Part::Text("The workbook that goes along holds every table, and what each figure counts.".to_owned()));
    Letter { subject, greeting: String::new(), parts, hub: hub.to_owned() }
}

/// How complete it is, and whether it is final.
fn opening(made: &Made) -> String {
    let complete = made.report.completeness.map_or_else(String::new, |complete| format!("{}.\n", complete.words()));
    format!("{complete}{}.", standing(made))
}

fn in_short(report: &Report) -> Vec<(String, String)> {
    let shown = [
        Figure::EventsHeld,
        Figure::EventsCancelled,
        Figure::PlacesOffered,
        Figure::PlacesBooked,
        Figure::Attended,
        Figure::DidNotAttend,
        Figure::WaitingUnmet,
        Figure::Cancelled,
        Figure::CancelledLate,
        Figure::UnusedGbp,
        Figure::People,
        Figure::OrganisationsReached,
        Figure::CertificatesIssued,
    ];
    shown.map(|figure| (figure.label().to_owned(), report.totals.get(figure).words())).into()
}

/// A bar: its name, the number in words, and how long it is, of a hundred.
type Bar = (String, String, u8);

fn bars(counts: Vec<(String, u64)>) -> Vec<Bar> {
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    // Nothing draws nothing, and something at least a line.
    let bar = |(name, count): (String, u64)| {
        (name, domain::report::grouped(count), u8::try_from((count * 100).div_ceil(most)).unwrap_or(100))
    };
    counts.into_iter().map(bar).collect()
}

fn by_programme(report: &Report) -> Vec<Bar> {
    let count = |row: &Row| (row.label.clone(), row.figures.map_or(0, |figures| figures.count(Figure::PlacesBooked)));
    let mut counts: Vec<_> = report.rows(Breakdown::Programme).iter().map(count).collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.truncate(BARS_MAX);
    bars(counts)
}

fn outcomes(report: &Report) -> Vec<Bar> {
    let shown = [Figure::Attended, Figure::AttendedPart, Figure::DidNotAttend, Figure::NotRecorded];
    bars(shown.map(|figure| (figure.label().to_owned(), report.totals.count(figure))).into())
}
