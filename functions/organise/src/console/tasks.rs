//! What needs somebody: of events that are ahead, of people in them, of addresses that get no mail, of events that are
//! over. Each task leads to where it is dealt with, and is gone once it is.

use app::{App, Rejection};
use domain::{Ledger, PersonId, Place, Presence};
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use store::{BounceTask, EventRecord};
use web::dates;
use web::sign_in::{Organiser, OrganiserRole};

use super::bounce::{self, Seen};
use super::{needs, words};
use crate::organisations::open_tasks;
use crate::roster;
use crate::row::Row;

/// How far ahead people are looked at one by one.
const NEAR: SignedDuration = SignedDuration::from_hours(24 * 14);
/// How far ahead too few people are worth a thought.
const VIABLE: SignedDuration = SignedDuration::from_hours(24 * 21);

/// An event and where its places stand.
type Standing = (EventRecord, Ledger);

/// Tasks of one kind.
pub struct Group {
    /// What they have in common.
    pub heading: &'static str,
    /// In order.
    pub tasks: Vec<Task>,
}

/// Something to look at: where, its words, what about it.
pub struct Task {
    /// Where it is dealt with.
    pub path: String,
    /// What it is.
    pub words: String,
    /// What about it.
    pub detail: String,
}

/// Where an event is shown.
pub fn event_path(record: &EventRecord) -> String {
    format!("{}/{}", super::EVENTS, record.id)
}

/// What needs this organiser: of published events, those ahead and those over, by start.
pub async fn of(
    app: &App,
    organiser: &Organiser,
    ahead: &[Standing],
    over: &[Standing],
) -> Result<Vec<Group>, Rejection> {
    let now = app.clock.now();
    let mut groups = Vec::new();
    if organiser.may_manage() {
        groups.push(bounces(app, organiser).await?);
        groups.push(of_events("Fewer people than it takes", ahead, "", |record, ledger| too_few(record, ledger, now)));
        groups.extend(needs::tasks(app, ahead, now).await?);
        groups.extend(of_people(app, ahead, now).await?);
        groups.push(of_events("Lines that could become a second date", ahead, "/copy", long_line));
    }
    if organiser.may_see_roster() {
        groups.push(attendance_missing(app, organiser, over).await?);
    }
    if organiser.role == OrganiserRole::Admin {
        groups.push(names_to_match(app).await?);
    }
    groups.retain(|group| !group.tasks.is_empty());
    Ok(groups)
}

fn of_events(
    heading: &'static str,
    events: &[Standing],
    part: &str,
    detail: impl Fn(&EventRecord, &Ledger) -> Option<String>,
) -> Group {
    let task = |(record, ledger): &Standing| {
        let detail = detail(record, ledger)?;
        Some(Task { path: format!("{}{part}", event_path(record)), words: record.event.title.clone(), detail })
    };
    Group { heading, tasks: events.iter().filter_map(task).collect() }
}

fn too_few(record: &EventRecord, ledger: &Ledger, now: Timestamp) -> Option<String> {
    let (minimum, confirmed) = (record.event.minimum?, ledger.places().confirmed);
    let is_near = record.event.starts().duration_since(now) <= VIABLE && record.event.starts() > now;
    let when = words::when(&record.event);
    (is_near && confirmed < minimum).then(|| format!("{confirmed} of {minimum}, starts {when}"))
}

fn long_line(record: &EventRecord, ledger: &Ledger) -> Option<String> {
    let (capacity, waiting) = (record.event.capacity?, ledger.places().waiting);
    (waiting * 2 > capacity).then(|| format!("{waiting} waiting for {capacity} places"))
}

/// What is told of people one by one, in events that are near.
async fn of_people(app: &App, events: &[Standing], now: Timestamp) -> Result<Vec<Group>, Rejection> {
    let mut groups = [("Bookings that want approval", Vec::new()), ("People who may have booked twice", Vec::new())];
    let is_near = |record: &EventRecord| record.event.starts().duration_since(now) <= NEAR;
    for (record, ledger) in events.iter().filter(|(record, _)| is_near(record)) {
        for row in roster::all(app, record, ledger).await? {
            if row.status == "approval" {
                groups[0].1.push(person(record, &row));
            }
            if row.possible_duplicate_of.is_some() {
                groups[1].1.push(person(record, &row));
            }
        }
    }
    Ok(groups.into_iter().map(|(heading, tasks)| Group { heading, tasks }).collect())
}

fn person(record: &EventRecord, row: &Row) -> Task {
    let path = format!("{}/registrations/{}", event_path(record), row.reference);
    Task { path, words: super::people::name(row), detail: record.event.title.clone() }
}

/// Addresses that get no mail, of bookings that this organiser sees.
async fn bounces(app: &App, organiser: &Organiser) -> Result<Group, Rejection> {
    let mut tasks = Vec::new();
    for task in app.store.bounce_tasks().await? {
        let seen = bounce::seen(app, organiser, &task).await?;
        if bounce::is_concerned(organiser, &seen) {
            tasks.push(undelivered(&task, &seen));
        }
    }
    Ok(Group { heading: "Mail that does not arrive", tasks })
}

fn undelivered(task: &BounceTask, seen: &[Seen]) -> Task {
    let words = bounce::heading(task);
    let mut bookings: Vec<String> =
        seen.iter().map(|one| format!("{}, {}", one.reference, one.record.event.title)).collect();
    if bookings.is_empty() {
        bookings.push("No booking of an event ahead is concerned".to_owned());
    }
    let detail = format!("{}, {}", bookings.join("; "), dates::day(task.at));
    Task { path: bounce::path(&task.id), words: words.to_owned(), detail }
}

/// Events that are over, of some of whose people nobody has said whether they came. A desk sees nobody of confidential
/// programmes, and so has nothing to do there.
async fn attendance_missing(app: &App, organiser: &Organiser, over: &[Standing]) -> Result<Group, Rejection> {
    let programmes = app.programmes().await?;
    let is_theirs = |record: &EventRecord| {
        organiser.role != OrganiserRole::Desk || !programmes.is_confidential(record.event.programme)
    };
    let theirs = over.iter().filter(|(record, _)| is_theirs(record));
    let read = theirs.map(|(record, ledger)| async move {
        let attendance = app.attendance(record).await?;
        let holders: Vec<_> = ledger.members.keys().filter(|person| is_confirmed(ledger, **person)).collect();
        let is_unknown = |person: PersonId| attendance.presence(&record.event, person) == Presence::NotRecorded;
        let missing = holders.iter().filter(|person| is_unknown(***person)).count();
        let detail = format!("{missing} of {} not recorded, held {}", holders.len(), words::when(&record.event));
        let path = format!("{}/attendance", event_path(record));
        let task = || Task { path, words: record.event.title.clone(), detail };
        Ok::<_, Rejection>((missing > 0).then(task))
    });
    let tasks = try_join_all(read).await?.into_iter().flatten().collect();
    Ok(Group { heading: "Attendance that is missing", tasks })
}

fn is_confirmed(ledger: &Ledger, person: PersonId) -> bool {
    ledger.place(person) == Some(Place::Confirmed)
}

/// What forms said that the list of organisations does not have.
async fn names_to_match(app: &App) -> Result<Group, Rejection> {
    let open = open_tasks(&app.store.listed_organisations().await?, app.store.unmatched().await?);
    let task = || Task {
        path: "/organise/lists/unlisted".to_owned(),
        words: words::counted(open.len() as u64, "name to match", "names to match"),
        detail: "Figures count each organisation once when its names are known".to_owned(),
    };
    let tasks = (!open.is_empty()).then(task).into_iter().collect();
    Ok(Group { heading: "Organisations that are not in the list", tasks })
}
