//! What happens when: schedules, due timers, and the moves of a clock that is moved by hand.
//!
//! While the machine's clock runs, every schedule fires at its times. A clock moved by hand stands still: then time
//! passes only in [`Timekeeper::advance`], which goes from one due instant to the next, and [`Timekeeper::settle`] does
//! what is left to do at the present one. A sweep is run only while something is due, so empty months cost nothing.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use app::Clock;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::clock::HubClock;
use crate::engine::EngineError;
use crate::folder::Folder;
use crate::functions::Functions;
use crate::pump::{self, FAILURES, Progress};
use crate::template::Schedule;
use crate::wire::Ground;

/// Rounds of sweeps at one instant before what keeps coming back is left for later.
const ROUNDS_MAX: usize = 10_000;
/// Rounds that may change nothing, as under injected faults, before what is due is left for later.
const STILL_MAX: usize = 4;
/// The pause before something overdue that no sweep could move is tried again; it doubles from there.
const OVERDUE_FIRST: SignedDuration = SignedDuration::from_mins(1);
/// The longest such pause.
const OVERDUE_MAX: SignedDuration = SignedDuration::from_hours(1);

/// Attempts of an asynchronous invocation.
const ATTEMPTS: u32 = 3;

/// The one who moves the clock and fires the schedules.
pub struct Timekeeper {
    pub(crate) clock: Arc<HubClock>,
    pub(crate) ground: Arc<Ground>,
    pub(crate) functions: Arc<Functions>,
    pub(crate) folder: Arc<Folder>,
    pub(crate) pumps: Vec<Progress>,
    /// Every schedule with its function's name.
    pub(crate) schedules: Vec<(String, Schedule)>,
    /// Functions that hear what SES says of mail.
    pub(crate) subscribers: Vec<String>,
    /// One move at a time.
    pub(crate) moving: Mutex<()>,
}

/// Why the time cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum TimeError {
    /// The engine does not answer.
    #[error("what is due cannot be read")]
    Engine(#[from] EngineError),
    /// The clock cannot be kept in the folder.
    #[error("the clock cannot be kept")]
    Clock(#[from] std::io::Error),
}

impl Timekeeper {
    /// Does what is left to do now: streams, due timers, mail.
    pub async fn settle(&self) -> Result<(), TimeError> {
        let _moving = self.moving.lock().await;
        self.settle_now().await.map(drop)
    }

    /// Moves the clock by hand. Forward it stops at every due instant; back, nothing happens.
    pub async fn advance(&self, to: Timestamp) -> Result<(), TimeError> {
        let _moving = self.moving.lock().await;
        let start = self.clock.now();
        if to < start {
            return Ok(self.clock.set(to)?);
        }
        self.clock.set(start)?;
        let mut pause = OVERDUE_FIRST;
        let overdue = loop {
            let left = self.settle_now().await?;
            let now = self.clock.now();
            let retry = left.overdue.then(|| now + pause);
            pause = if left.overdue { OVERDUE_MAX.min(pause * 2) } else { OVERDUE_FIRST };
            let next = [left.next, retry, self.next_of_calendar(now)].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= to) else { break left.overdue };
            self.clock.set(next)?;
            self.fire(now, next, |schedule| !schedule.is_rate()).await;
        };
        self.clock.set(to)?;
        // Nothing else has become due since.
        if overdue { self.settle_now().await.map(drop) } else { Ok(()) }
    }

    /// Fires every schedule at its times while the machine's clock runs.
    pub async fn run(&self) {
        let mut moves = self.clock.moves();
        let mut fired = self.clock.now();
        while !self.clock.stands() {
            let next = self.schedules.iter().filter_map(|(_, schedule)| schedule.after(fired)).min();
            let wait = next.map_or(Duration::MAX, |next| {
                // What is past has waited long enough.
                next.duration_since(self.clock.now()).try_into().unwrap_or_default()
            });
            tokio::select! {
                () = tokio::time::sleep(wait) => fired = self.tick(fired).await,
                _ = moves.changed() => {}
            }
        }
    }

    /// Fires what was to be fired since `before`; until when.
    async fn tick(&self, before: Timestamp) -> Timestamp {
        let _moving = self.moving.lock().await;
        let now = self.clock.now();
        if !self.clock.stands() {
            if let Err(error) = self.clock.keep() {
                tracing::error!(error = &error as &dyn std::error::Error, "clock not kept");
            }
            self.fire(before, now, |_| true).await;
        }
        now
    }

    /// Hands on what SES says whenever it says something.
    pub async fn hear(&self) {
        let mut said = self.ground.feedback.said();
        while said.changed().await.is_ok() {
            let _moving = self.moving.lock().await;
            if let Err(error) = pump::drained(&self.ground, &self.pumps).await {
                tracing::error!(error = &error as &dyn std::error::Error, "what SES says waits for the stream");
                continue;
            }
            self.hand_on().await;
        }
    }

    /// Hands on what SES has said; whether that was anything. No mail is being sent meanwhile: whoever sent one has noted
    /// that it went.
    async fn hand_on(&self) -> bool {
        let said = self.ground.feedback.take();
        for payload in &said {
            for function in &self.subscribers {
                self.invoke(function, payload).await;
            }
        }
        !said.is_empty()
    }

    /// Starts a function as an asynchronous invocation does: up to three attempts, then it is written down.
    async fn invoke(&self, function: &str, payload: &Value) {
        for _ in 0..ATTEMPTS {
            match self.functions.event(function, payload.to_string()).await {
                Ok(_) => return,
                Err(error) => tracing::warn!(function, error = &error as &dyn std::error::Error, "message not handled"),
            }
        }
        self.give_up(function, &json!({ "function": function, "message": payload }));
    }

    /// Writes down what no attempt got through.
    fn give_up(&self, function: &str, failure: &Value) {
        tracing::error!(function, "given up");
        if let Err(error) = self.folder.append(FAILURES, &failure.to_string()) {
            tracing::error!(error = &error as &dyn std::error::Error, "failure not filed");
        }
    }

    /// What is left after everything that can be done at this instant.
    async fn settle_now(&self) -> Result<Left, TimeError> {
        let mut before = Vec::new();
        let mut still = 0;
        for round in 1.. {
            pump::drained(&self.ground, &self.pumps).await?;
            if self.hand_on().await {
                continue;
            }
            let now = self.clock.now();
            let mut due = self.ground.engine.due().await?;
            let later = due.split_off(due.partition_point(|one| one.at <= now));
            still = if due == before { still + 1 } else { 0 };
            if due.is_empty() || still == STILL_MAX || round == ROUNDS_MAX {
                return Ok(Left { overdue: !due.is_empty(), next: later.first().map(|one| one.at) });
            }
            before = due;
            self.sweep(now).await;
        }
        unreachable!("the last round has returned")
    }

    /// Fires every sweep once, all at once: none of them waits for another on AWS either.
    async fn sweep(&self, now: Timestamp) {
        let sweeps = self.schedules.iter().filter(|(_, schedule)| schedule.is_rate());
        join_all(sweeps.map(|(function, schedule)| self.start(function, schedule, now))).await;
    }

    /// Fires the chosen schedules that have a time after `before` and up to `now`.
    async fn fire(&self, before: Timestamp, now: Timestamp, chosen: impl Fn(&Schedule) -> bool) {
        for (function, schedule) in self.schedules.iter().filter(|(_, schedule)| chosen(schedule)) {
            if let Some(instant) = schedule.after(before).filter(|instant| *instant <= now) {
                self.start(function, schedule, instant).await;
            }
        }
    }

    async fn start(&self, function: &str, schedule: &Schedule, instant: Timestamp) {
        let payload = schedule.payload(instant);
        if let Err(error) = self.functions.event(function, payload.clone()).await {
            tracing::error!(function, error = &error as &dyn std::error::Error, "tick failed");
            self.give_up(function, &json!({ "function": function, "tick": payload }));
        }
    }

    /// The first time after `now` at which a schedule of the calendar fires.
    fn next_of_calendar(&self, now: Timestamp) -> Option<Timestamp> {
        let calendar = self.schedules.iter().filter(|(_, schedule)| !schedule.is_rate());
        calendar.filter_map(|(_, schedule)| schedule.after(now)).min()
    }

    /// Removes what has outlived its use: stream records of yesterday, and items past their time to live.
    pub async fn clean(&self) -> Result<(), EngineError> {
        pump::prune(&self.ground, &self.pumps, Clock::real()).await?;
        // The engine judges by the machine's clock; one moved by hand may not have come so far.
        if !self.clock.stands() {
            self.ground.engine.remove_lapsed().await?;
        }
        Ok(())
    }
}

/// What an instant leaves undone.
struct Left {
    /// Something is due that no sweep could move.
    overdue: bool,
    /// When the next thing is due.
    next: Option<Timestamp>,
}
