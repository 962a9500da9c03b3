//! The measurement and what it says.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::Settings;
use crate::bound::{self, Bound};
use crate::crowd::{Hub, Outcome};
use crate::process::{self, Used};

/// The hub could not be measured.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// What was measured.
pub struct Report {
    settings: Settings,
    outcome: Outcome,
    register: Value,
    before: Option<Used>,
    after: Option<Used>,
    bound: Bound,
}

/// Loads the hub and measures.
pub async fn measure(settings: &Settings) -> Result<Report, Error> {
    let hub = Hub::connect(settings.port).await?;
    let events = hub.events(settings).await?;
    let process = process::listening_on(settings.port);
    let before = process.and_then(process::used);
    let outcome = hub.crowd(settings, &events).await?;
    let register = hub.settle().await?;
    let after = process.and_then(process::used);
    let bound = bound::measure(settings.people.min(2_000), settings.at_once).await?;
    Ok(Report { settings: *settings, outcome, register, before, after, bound })
}

impl Report {
    /// The latency that this share of the answers keeps, in milliseconds.
    fn percentile(&self, share: f64) -> f64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index"
        )]
        let index = ((self.outcome.latencies.len() as f64 * share).ceil() as usize).saturating_sub(1);
        self.outcome.latencies.get(index).map_or(0.0, |latency| millis(*latency))
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(clippy::cast_precision_loss, reason = "people are few")]
        let people = self.settings.people as f64;
        let rate = people / self.outcome.elapsed.as_secs_f64();
        writeln!(f, "{:?}: {people} people, {} at once", self.settings.shape, self.settings.at_once)?;
        let Bound { rate: bound, cpu: bound_cpu } = self.bound;
        writeln!(f, "registrations a second  {rate:.0}   (the engine alone, the same two writes: {bound:.0})")?;
        let [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1.0].map(|share| self.percentile(share));
        writeln!(f, "latency in ms           p50 {p50:.1}  p95 {p95:.1}  p99 {p99:.1}  max {max:.1}")?;
        writeln!(f, "outcomes                {:?}", self.outcome.outcomes)?;
        let units = self.register["write_units"].as_f64().unwrap_or_default() / people;
        writeln!(f, "register, per person    {units:.2} write units; requests {}", self.register["requests"])?;
        if let (Some(before), Some(after)) = (self.before, self.after) {
            let cpu = (after.cpu - before.cpu) * 1_000.0 / people;
            let alone = format!("(the engine alone, the same two writes: {bound_cpu:.2})");
            writeln!(f, "CPU, mail included      {cpu:.2} ms a person   {alone}")?;
            writeln!(f, "memory                  {} MiB resident", after.resident)?;
        }
        Ok(())
    }
}
