//! What reports are computed from, each item read once; and the reports that have become final.
//!
//! An event's own items (configuration, ledger, attendance, evaluation, waivers) lie in one partition and are one query. Of
//! registrations a report needs what somebody does and where, so that is what is read of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::builders::KeysAndAttributesBuilder;
use domain::attendance::Attendance;
use domain::evaluation::{Opinions, Round};
use domain::ledger::Ledger;
use domain::policy::Waiver;
use domain::{EventId, Organisation, PersonId, Role};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::failure::Failure;
use crate::item::{Attributes as _, Item, number, text};
use crate::keys::{ATTENDANCE, EVALUATIONS, Key, SK, WAIVERS, month};
use crate::registrations::read_key;
use crate::{EventRecord, Store, attendance, certificates, evaluations, events, ledger_item, waivers};

/// Requests at a time.
const AT_ONCE: usize = 16;
/// Keys per batch read (the API's bound).
const BATCH: usize = 100;

/// An event with everything that lies under it.
#[derive(Debug, Clone)]
pub struct EventItems {
    /// Its configuration.
    pub record: EventRecord,
    /// Who holds which place.
    pub ledger: Ledger,
    /// Who came.
    pub attendance: Attendance,
    /// What was answered after it.
    pub evaluations: Vec<Opinions>,
    /// Whose charges are waived, and why.
    pub waivers: BTreeMap<PersonId, Waiver>,
}

/// What a report reads of people: what they said of themselves when they booked, and who was issued a certificate.
#[derive(Debug, Clone, Default)]
pub struct Bookers {
    /// By event and person; whoever has no registration is left out.
    pub booked: HashMap<(EventId, PersonId), Booker>,
    /// Of whom it was asked.
    pub certified: BTreeSet<(EventId, PersonId)>,
}

/// What a report needs to know of a registration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Booker {
    /// What the person does.
    pub role: Role,
    /// Where the person works.
    pub organisation: Option<Organisation>,
}

/// A report as it became final, or was restated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptReport {
    /// From 1.
    pub version: u32,
    /// When it was made.
    pub at: Timestamp,
    /// The report, as JSON.
    pub json: String,
    /// The SHA-256 of that text, in hexadecimal digits.
    pub sha256: String,
}

impl Store {
    /// Identifiers of the events whose first session starts from `begins` to before `ends`, in order of start.
    pub async fn events_starting(&self, begins: Timestamp, ends: Timestamp) -> Result<Vec<EventId>, Failure> {
        let last = ends - SignedDuration::from_nanos(1);
        let months = months(begins, last).into_iter().map(|month| async move { self.query(&month, "", true).await });
        let pages: Vec<Vec<Item>> = stream::iter(months).buffered(AT_ONCE).try_collect().await?;
        let mut found = BTreeSet::new();
        for item in pages.iter().flatten() {
            let unreadable = || Failure::unreadable("not an entry of a month");
            let (start, event) = item.text(SK)?.rsplit_once('#').ok_or_else(unreadable)?;
            let start: Timestamp = start.parse().map_err(Failure::unreadable)?;
            if (begins..ends).contains(&start) {
                found.insert((start, event.parse::<EventId>().map_err(Failure::unreadable)?));
            }
        }
        Ok(found.into_iter().map(|(_, event)| event).collect())
    }

    /// Events with all that lies under them, one query each, in this order; one that is not whole is left out.
    pub async fn event_items(&self, ids: Vec<EventId>) -> Result<Vec<EventItems>, Failure> {
        let queries = ids.into_iter().map(|id| async move {
            let items = self.query(&Key::Event(id).pk(), "", true).await?;
            read_event(&items)
        });
        let found: Vec<Option<EventItems>> = stream::iter(queries).buffered(AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// What is known of bookings, and of those who came whether they were issued a certificate.
    pub async fn bookers(
        &self,
        bookings: &[(EventId, PersonId)],
        came: &[(EventId, PersonId)],
    ) -> Result<Bookers, Failure> {
        let registrations = bookings.iter().map(|(event, person)| Key::Registration(*person, *event));
        let holdings = came.iter().map(|(event, person)| Key::Holding(*person, *event));
        let keys: Vec<Item> = registrations.chain(holdings).map(|key| key.attributes()).collect();
        let batches = keys.chunks(BATCH).map(<[Item]>::to_vec).collect::<Vec<_>>().into_iter();
        let batches = batches.map(|keys| async move {
            let set_up = |request: KeysAndAttributesBuilder| {
                request.consistent_read(true).projection_expression("PK, SK, d, n, ver")
            };
            self.batch_as(&keys, set_up).await
        });
        let mut batches = stream::iter(batches).buffer_unordered(AT_ONCE);
        let mut found = Bookers::default();
        while let Some(items) = batches.try_next().await? {
            for item in &items {
                if item.text(SK)?.starts_with("K#") {
                    let holding = certificates::read_holding(item)?;
                    if holding.latest.is_some() {
                        found.certified.insert((holding.event, holding.person));
                    }
                } else {
                    let (booking, booker) = read_booker(item)?;
                    found.booked.insert(booking, booker);
                }
            }
        }
        Ok(found)
    }

    /// Every version of a period's final report, the first first.
    pub async fn kept_reports(&self, period: &str) -> Result<Vec<KeptReport>, Failure> {
        let items = self.query(&Key::Report(period.to_owned(), 0).pk(), "V#", true).await?;
        let mut kept = items.iter().map(read_kept).collect::<Result<Vec<_>, Failure>>()?;
        kept.sort_by_key(|report| report.version);
        Ok(kept)
    }

    /// Keeps a version of a period's final report for good; whether nobody was quicker.
    pub async fn keep_report(&self, period: &str, kept: &KeptReport) -> Result<bool, Failure> {
        let mut item = Key::Report(period.to_owned(), kept.version).attributes();
        item.insert("at".to_owned(), number(kept.at.as_millisecond()));
        item.insert("d".to_owned(), text(&kept.json));
        item.insert("hash".to_owned(), text(&kept.sha256));
        self.put_if_absent(item).await
    }
}

/// The partitions of the months, in UTC, that lie between two instants.
fn months(begins: Timestamp, last: Timestamp) -> Vec<String> {
    let day = |at: Timestamp| jiff::tz::TimeZone::UTC.to_datetime(at).date();
    let until = day(last);
    let next = |first: &Date| first.last_of_month().tomorrow().ok().filter(|first| *first <= until);
    let firsts = std::iter::successors(Some(day(begins).first_of_month()), next);
    let start = |first: Date| jiff::tz::TimeZone::UTC.to_timestamp(first.at(0, 0, 0, 0)).unwrap_or(begins);
    firsts.map(|first| month(start(first))).collect()
}

fn read_event(items: &[Item]) -> Result<Option<EventItems>, Failure> {
    let (mut record, mut ledger, mut came) = (None, None, Attendance::default());
    let (mut said, mut waived) = (Vec::new(), BTreeMap::new());
    for item in items {
        match item.text(SK)? {
            "C" => record = Some(events::read(item)?),
            "L" => ledger = Some(ledger_item::read(item)?),
            key if key.starts_with(ATTENDANCE) => {
                let (session, people, version) = attendance::read(item)?;
                came.version += version;
                came.sessions.insert(session, people);
            }
            key if key.starts_with(EVALUATIONS) => said.extend(evaluations::of_round(item, Round::First).transpose()?),
            key if key.starts_with(WAIVERS) => waived.extend([waivers::read(item)?]),
            _ => {}
        }
    }
    let whole = record.zip(ledger);
    Ok(whole.map(|(record, ledger)| EventItems {
        record,
        ledger,
        attendance: came,
        evaluations: said,
        waivers: waived,
    }))
}

fn read_booker(item: &Item) -> Result<((EventId, PersonId), Booker), Failure> {
    let (person, event) = read_key(item)?;
    Ok(((event, person), serde_json::from_str(item.text("d")?).map_err(Failure::unreadable)?))
}

fn read_kept(item: &Item) -> Result<KeptReport, Failure> {
    let version = item.text(SK)?.strip_prefix("V#").and_then(|version| version.parse().ok());
    Ok(KeptReport {
        version: version.ok_or_else(|| Failure::unreadable("not the key of a final report"))?,
        at: Timestamp::from_millisecond(item.number("at")?).map_err(Failure::unreadable)?,
        json: item.text("d")?.to_owned(),
        sha256: item.text("hash")?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_touches_the_months_it_lies_in() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(months(at("2026-09-30T23:00:00Z"), at("2026-10-31T23:59:59Z")), ["M#2026-09", "M#2026-10"]);
        assert_eq!(months(at("2026-11-01T00:00:00Z"), at("2026-11-30T23:59:59Z")), ["M#2026-11"]);
        assert_eq!(months(at("2026-03-31T23:00:00Z"), at("2027-03-31T22:59:59Z")).len(), 13);
    }
}
