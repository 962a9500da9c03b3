//! What this process has used, as Linux tells it (`proc(5)`).

use std::fmt;
use std::fs;
use std::time::Instant;

/// A moment to measure from.
pub struct Used {
    at: Instant,
    cpu: f64,
    /// In MiB.
    resident: u64,
}

/// What has been used since a moment.
pub struct Since {
    seconds: f64,
    cpu: f64,
    /// In MiB: what the process held then, and the most that it has ever held.
    resident: (u64, u64),
}

impl Used {
    /// Now.
    pub fn so_far() -> Self {
        Self { at: Instant::now(), cpu: cpu(), resident: status("VmRSS:") }
    }

    /// What has been used since.
    pub fn since(&self) -> Since {
        let resident = (self.resident, status("VmHWM:"));
        Since { seconds: self.at.elapsed().as_secs_f64(), cpu: cpu() - self.cpu, resident }
    }
}

impl fmt::Display for Since {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seconds, cpu, resident: (before, most) } = self;
        write!(f, "{seconds:.2} s, {cpu:.2} s of CPU, {most} MiB at most ({before} before)")
    }
}

/// CPU seconds so far; `USER_HZ` is 100 on every Linux that this runs on.
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name: Vec<&str> = stat.rsplit_once(") ").map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |index: usize| after_name.get(index).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// A line of the process's memory, in MiB.
fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1_024
}
