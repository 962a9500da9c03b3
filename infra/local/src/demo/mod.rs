//! The demo year: what an empty hub is filled with at its first start, so that there is something to see.
//!
//! A year of invented events and people, played through the front door while the hub's clock is moved from instant to
//! instant, so that streams, timers and mail do what they do in life. Chance is seeded: the same events, people and
//! counts come out every time. Nothing is written past the functions.
//!
//! While it is played a marker file stands in the folder. A start that finds it clears what the broken load has made,
//! which is everything but the keys, and plays again.

mod attendance;
mod calendar;
mod course;
mod meeting_file;
mod names;
mod offerings;
mod people;
mod places;
mod progress;
mod script;
mod stage;
mod topics;
mod year;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use app::Clock;
use axum::http::StatusCode;
use futures::StreamExt as _;
use jiff::Timestamp;
use tokio::task::{JoinError, JoinSet};

use crate::folder::Folder;
use crate::hub::{HubError, TABLE};
use crate::issuer::IssuerError;
use crate::stack::Stack;
use crate::template::Template;
use crate::timekeeper::{TimeError, Timekeeper};
use calendar::OutOfCalendar;
use course::Course;
use progress::Progress;
use script::{Deed, Script};
use stage::{Running, Stage};

/// Where all chance starts.
const SEED: u64 = 2020;
/// Stands in the folder while the year is loaded.
const MARKER: &str = "demo-loading";
/// Events that are busy at once: their order does not matter, that within an event does.
const AT_ONCE: usize = 4;

/// Why the year cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// It was broken off, and the hub is to be left as it is.
    #[error("it was broken off in this folder; start without --empty to load it again, or with another folder")]
    BrokenOff,
    /// A time that has no date.
    #[error(transparent)]
    Calendar(#[from] OutOfCalendar),
    /// The hub said no.
    #[error("the hub answered {0}: {1}")]
    Refused(StatusCode, String),
    /// A mail that was to be there.
    #[error("there is no link in the mail about {0}")]
    NoLink(String),
    /// An organiser's token.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// The clock.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// A form.
    #[error("a form cannot be written")]
    Form(#[source] serde_html_form::ser::Error),
    /// A request.
    #[error("a request cannot be made")]
    Request(#[from] http::Error),
    /// A task.
    #[error("an event's deeds broke off")]
    Task(#[from] JoinError),
    /// A response.
    #[error("a response cannot be read")]
    Response(#[from] axum::Error),
}

/// Whether the year is to be loaded: into a folder in which no hub has ever run, or again where loading broke off.
pub fn is_wanted(folder: &Folder, stays_empty: bool) -> Result<bool, HubError> {
    if folder.read(MARKER)?.is_some() {
        return if stays_empty { Err(DemoError::BrokenOff.into()) } else { Ok(true) };
    }
    Ok(!stays_empty && !folder.at(TABLE).exists() && !folder.at("mail").exists())
}

/// Loads the year, and leaves the folder as a hub leaves it that was stopped: with the clock at `clock` if that is
/// given, else with a clock that was never moved by hand.
pub async fn load(folder: &Arc<Folder>, template: &Template, clock: Option<Timestamp>) -> Result<(), HubError> {
    folder.clear_if_broken_off()?;
    folder.write(MARKER, b"")?;
    fill(folder, template, clock).await?;
    folder.sync(TABLE)?;
    Ok(folder.remove(MARKER)?)
}

/// Plays the year into a folder and closes it.
async fn fill(folder: &Arc<Folder>, template: &Template, clock: Option<Timestamp>) -> Result<(), HubError> {
    let stack = Stack::open(folder, template, Some(calendar::beginning().map_err(DemoError::from)?))?;
    // Whatever breaks off a load is loaded again.
    stack.front.ground.engine.write_behind()?;
    let timekeeper = Arc::clone(&stack.front.timekeeper);
    let mut pumps = JoinSet::new();
    for pump in stack.pumps {
        pumps.spawn(pump.run());
    }
    let now = clock.unwrap_or_else(Clock::real);
    let stage = Arc::new(Stage::new(stack.front, people::all(SEED), SEED));
    play(stage, &timekeeper, now).await?;
    pumps.shutdown().await;
    match clock {
        Some(clock) => Ok(timekeeper.clock.set(clock)?),
        None => Ok(timekeeper.clock.release()?),
    }
}

/// Plays the year, and then what is ahead of `now`.
async fn play(stage: Arc<Stage>, timekeeper: &Timekeeper, now: Timestamp) -> Result<(), DemoError> {
    let scripted = |courses: Vec<Course>, write: &dyn Fn(&Course) -> Result<Script, OutOfCalendar>| {
        let scripts = courses.into_iter().map(|course| Ok((write(&course)?, Running::new(course))));
        scripts.collect::<Result<Vec<_>, OutOfCalendar>>()
    };
    let year = scripted(year::courses(SEED)?, &|course| script::of_year(course, stage.people(), SEED))?;
    let ahead = scripted(year::ahead(now)?, &|course| script::ahead(course, stage.people(), SEED, now))?;
    stage.set_up().await?;
    let mut progress = Progress::of(year.len() + ahead.len());
    let years = year.len();
    perform(&stage, timekeeper, year, |done| progress.reach(done)).await?;
    timekeeper.advance(calendar::end()?).await?;
    // Nobody was there in between: the clock is put forward (or back) without the years passing.
    if let Some(first) = ahead.iter().filter_map(|(script, _)| script.first()).map(|(at, _)| *at).min() {
        timekeeper.clock.set(first).map_err(TimeError::from)?;
    }
    perform(&stage, timekeeper, ahead, |done| progress.reach(years + done)).await?;
    timekeeper.advance(now).await?;
    let tally = stage.take_tally();
    let (events, places, people) = (tally.events, tally.places, tally.people.len());
    progress.finish(&format!("the demo year is loaded: {events} events, {places} places filled by {people} people"));
    Ok(())
}

/// Does what the scripts say, at its time; events that are over are counted.
async fn perform(
    stage: &Arc<Stage>,
    timekeeper: &Timekeeper,
    scripts: Vec<(Script, Running)>,
    mut reach: impl FnMut(usize),
) -> Result<(), DemoError> {
    let mut running = Vec::new();
    let mut instants: BTreeMap<Timestamp, BTreeMap<usize, Vec<Deed>>> = BTreeMap::new();
    let mut last = BTreeMap::<Timestamp, usize>::new();
    for (number, (script, event)) in scripts.into_iter().enumerate() {
        running.push(Some(event));
        *last.entry(script.last().map_or(Timestamp::MIN, |(at, _)| *at)).or_default() += 1;
        for (at, deed) in script {
            instants.entry(at).or_default().entry(number).or_default().push(deed);
        }
    }
    for (at, deeds) in instants {
        timekeeper.advance(at).await?;
        let mut busy = Vec::new();
        for (number, deeds) in deeds {
            busy.extend(running[number].take().map(|event| (number, event, deeds)));
        }
        // A task each, so that every core has something to do.
        let tasks = busy.into_iter().map(|(number, mut event, deeds)| {
            let stage = Arc::clone(stage);
            tokio::spawn(async move { stage.perform(&mut event, deeds).await.map(|()| (number, event)) })
        });
        let mut tasks = futures::stream::iter(tasks).buffer_unordered(AT_ONCE);
        while let Some(done) = tasks.next().await {
            let (number, event) = done??;
            running[number] = Some(event);
        }
        reach(last.range(..=at).map(|(_, count)| count).sum());
    }
    Ok(())
}

impl Folder {
    /// Removes what a load that was broken off has made: it began with a folder that held nothing but keys.
    fn clear_if_broken_off(&self) -> io::Result<()> {
        if self.read(MARKER)?.is_none() {
            return Ok(());
        }
        let made =
            |name: &str| name.starts_with(TABLE) || name.starts_with("checkpoint-") || name.starts_with("clock.json");
        for entry in std::fs::read_dir(self.at("."))? {
            let name = entry?.file_name();
            let Some(name) = name.to_str() else { continue };
            if made(name) || name == crate::pump::FAILURES {
                self.remove(name)?;
            } else if name == "mail" {
                std::fs::remove_dir_all(self.at(name))?;
            }
        }
        Ok(())
    }
}
