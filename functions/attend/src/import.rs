//! `POST /api/v1/events/{id}/attendance/import`: a meeting's own report. Who is sure is recorded, who is not waits for a
//! human; with `?dry_run=true` the answer is the same and nothing is kept.
//!
//! An import never takes minutes away: where a person has some in a session, the larger number stays. A file that was
//! imported before changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use app::access::RosterEvent;
use app::{App, Rejection};
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::attendance::{Mark, SessionNumber};
use domain::{PersonId, Place, Refusal};
use meeting::{Joiner, Meeting, minutes};
use serde_json::{Value, json};
use store::{EventRecord, Unidentified};
use web::forms::FormData;
use web::{Problem, body, page};

use crate::matching::{self, Candidate, Known, Match, PRESSED};
use crate::roll::Roll;

/// The longest file, in bytes.
pub const BYTES_MAX: usize = 4 * 1_024 * 1_024;

/// What was asked for besides the import itself.
pub struct Asked {
    /// Whether nothing is to be kept.
    pub is_dry_run: bool,
    /// Whether everybody with a place who may not be in the file is to be recorded as absent.
    pub others_absent: bool,
}

/// Reads, matches, and keeps what came of it.
pub async fn import(
    State(app): State<Arc<App>>,
    roster: RosterEvent,
    RawQuery(query): RawQuery,
    request: Body,
) -> Result<Response, Rejection> {
    let bytes = body::bytes(request, BYTES_MAX).await?;
    let asked = Asked::read(&query.unwrap_or_default())?;
    Ok(page::ok(&take(&app, &roster, &bytes, &asked).await?))
}

/// Takes a report in, unless it is only tried; the answer in either case.
pub async fn take(app: &App, roster: &RosterEvent, bytes: &[u8], asked: &Asked) -> Result<Value, Rejection> {
    let record = &roster.record;
    let meeting = Meeting::read(bytes, &record.event);
    let meeting = meeting.map_err(|why| Problem::invalid_field("", &why.to_string()))?;
    if app.clock.now() < record.event.starts() {
        return Err(Refusal::NotStarted.into());
    }
    let roll = Roll::call(app, record).await?;
    let found = Found::of(&meeting.joiners, &roll.known(app).await?, record);
    let digest = app.identity.fingerprint(bytes);
    if !asked.is_dry_run && !app.store.is_imported(record.id, &digest).await? {
        let mut marks = found.marks(&roll, record);
        if asked.others_absent {
            marks.extend(found.absences(&roll));
        }
        app.store.keep_unidentified(record.id, &found.unmatched(&digest, record), app.clock.now()).await?;
        roll.keep_marks(app, &roster.organiser, "attendance.import", &marks).await?;
        app.store.note_import(record.id, &digest).await?;
    }
    Ok(if roster.is_counts_only() { found.counts() } else { found.answer(app, &roll, &digest, record) })
}

impl Asked {
    fn read(query: &str) -> Result<Self, Problem> {
        let query = FormData::parse(query.as_bytes())?;
        let flag = |name: &str, yes: &str, no: &str| match query.one(name) {
            value if value == yes => Ok(true),
            value if value.is_empty() || value == no => Ok(false),
            _ => Err(Problem::invalid_field(&format!("/{name}"), &format!("Must be {yes} or {no}"))),
        };
        Ok(Self { is_dry_run: flag("dry_run", "true", "false")?, others_absent: flag("others", "absent", "unknown")? })
    }
}

/// Who is who in a file.
struct Found<'a> {
    /// By person: everything that is theirs, and why.
    sure: BTreeMap<PersonId, (Vec<&'a Joiner>, &'static str)>,
    /// In the order of the file, with its place in it.
    unsure: Vec<(usize, &'a Joiner, Vec<Candidate>, &'static str)>,
    /// The same, of nobody who is known.
    nobody: Vec<(usize, &'a Joiner, &'static str)>,
    /// Sessions during which anybody in the file was there.
    sessions: BTreeSet<SessionNumber>,
}

impl<'a> Found<'a> {
    fn of(joiners: &'a [Joiner], known: &[Known], record: &EventRecord) -> Self {
        let present = joiners.iter().flat_map(|joiner| minutes([joiner], &record.event));
        let sessions = present.filter(|(_, minutes)| *minutes > 0).map(|(session, _)| session).collect();
        let mut found = Self { sure: BTreeMap::new(), unsure: Vec::new(), nobody: Vec::new(), sessions };
        for (number, joiner) in joiners.iter().enumerate() {
            match matching::find(joiner, known) {
                Match::Sure(person, why) => found.sure.entry(person).or_insert((Vec::new(), why)).0.push(joiner),
                Match::Unsure(candidates, why) => found.unsure.push((number, joiner, candidates, why)),
                Match::Nobody(why) => found.nobody.push((number, joiner, why)),
            }
        }
        found.leave_out_who_is_there();
        found
    }

    /// Whoever pressed *Join* and is in the file under their own name is no nameless guest besides.
    fn leave_out_who_is_there(&mut self) {
        for (number, joiner, mut candidates, why) in std::mem::take(&mut self.unsure) {
            candidates.retain(|candidate| why != PRESSED || !self.sure.contains_key(&candidate.person));
            if candidates.is_empty() {
                self.nobody.push((number, joiner, "nobody of this name has booked"));
            } else {
                self.unsure.push((number, joiner, candidates, why));
            }
        }
        self.nobody.sort_by_key(|(number, ..)| *number);
    }

    /// Minutes in the sessions that the file is of.
    fn minutes<'b>(
        &self,
        joiners: impl IntoIterator<Item = &'b Joiner>,
        record: &EventRecord,
    ) -> Vec<(SessionNumber, u32)> {
        let all = minutes(joiners, &record.event);
        all.into_iter().filter(|(session, _)| self.sessions.contains(session)).collect()
    }

    fn marks(&self, roll: &Roll<'_>, record: &EventRecord) -> Vec<Mark> {
        let marks = self.sure.iter().flat_map(|(person, (joiners, _))| {
            let minutes = self.minutes(joiners.iter().copied(), record);
            minutes.into_iter().map(|(session, minutes)| {
                let minutes = roll.attendance.recorded(session, *person).map_or(minutes, |before| before.max(minutes));
                Mark { session, person: *person, minutes: Some(minutes) }
            })
        });
        marks.collect()
    }

    /// Those with a place whom the file cannot mean, and of whom nothing is recorded: they were not there.
    fn absences(&self, roll: &Roll<'_>) -> Vec<Mark> {
        let possible: BTreeSet<PersonId> =
            self.unsure.iter().flat_map(|(_, _, candidates, _)| candidates.iter().map(|c| c.person)).collect();
        let confirmed =
            roll.ledger.members.keys().filter(|person| roll.ledger.place(**person) == Some(Place::Confirmed));
        let missing = confirmed.filter(|person| !self.sure.contains_key(person) && !possible.contains(person));
        let marks = missing.flat_map(|person| {
            let unrecorded = |session: &&SessionNumber| roll.attendance.recorded(**session, *person).is_none();
            let mark = |session: &SessionNumber| Mark { session: *session, person: *person, minutes: Some(0) };
            self.sessions.iter().filter(unrecorded).map(mark).collect::<Vec<_>>()
        });
        marks.collect()
    }

    /// Everybody who waits for a human.
    fn unmatched(&self, digest: &str, record: &EventRecord) -> Vec<Unidentified> {
        let unsure = self.unsure.iter().map(|(number, joiner, ..)| (*number, *joiner));
        let nobody = self.nobody.iter().map(|(number, joiner, _)| (*number, *joiner));
        let unmatched = unsure.chain(nobody).map(|(number, joiner)| Unidentified {
            entry: entry(digest, number),
            name: joiner.name.clone(),
            email: joiner.email.as_ref().map(|email| email.as_str().to_owned()),
            minutes: self.minutes([joiner], record),
        });
        unmatched.collect()
    }

    fn counts(&self) -> Value {
        let counts =
            json!({"matched": self.sure.len(), "ambiguous": self.unsure.len(), "unmatched": self.nobody.len()});
        json!({"matched": [], "ambiguous": [], "unmatched": [], "counts": counts})
    }

    fn answer(&self, app: &App, roll: &Roll<'_>, digest: &str, record: &EventRecord) -> Value {
        let reference = |person| app.identity.reference(record.id, person);
        let sum = |minutes: Vec<(SessionNumber, u32)>| minutes.iter().map(|(_, minutes)| minutes).sum::<u32>();
        let matched = self.sure.iter().map(|(person, (joiners, why))| {
            let minutes = sum(self.minutes(joiners.iter().copied(), record));
            json!({"reference": reference(*person), "name": roll.name(*person), "minutes": minutes, "reason": why})
        });
        let ambiguous = self.unsure.iter().map(|(number, joiner, candidates, why)| {
            let candidates = candidates.iter().map(|candidate| {
                let name = roll.name(candidate.person);
                json!({"reference": reference(candidate.person), "name": name, "score": candidate.score})
            });
            json!({"entry": entry(digest, *number), "name": joiner.name, "minutes": sum(self.minutes([*joiner], record)),
                   "reason": why, "candidates": candidates.collect::<Vec<_>>()})
        });
        let unmatched = self.nobody.iter().map(|(number, joiner, why)| {
            let email = joiner.email.as_ref().map(domain::EmailAddress::as_str);
            json!({"entry": entry(digest, *number), "name": joiner.name, "email": email,
                   "minutes": sum(self.minutes([*joiner], record)), "reason": why})
        });
        json!({"matched": matched.collect::<Vec<_>>(), "ambiguous": ambiguous.collect::<Vec<_>>(),
               "unmatched": unmatched.collect::<Vec<_>>()})
    }
}

fn entry(digest: &str, number: usize) -> String {
    format!("{}.{number}", &digest[..digest.len().min(12)])
}
