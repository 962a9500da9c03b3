//! What this process has used, as Linux tells it (`proc(5)`).

use std::fmt;
use std::fs;
use std::time::Instant;

/// A moment to measure from.
pub struct Used {
    at: Instant,
    cpu: f64,
}

/// What has been used since a moment.
pub struct Since {
    seconds: f64,
    cpu: f64,
    /// The most memory that the process has ever held, in MiB.
    resident: u64,
}

impl Used {
    /// Now.
    pub fn so_far() -> Self {
        Self { at: Instant::now(), cpu: cpu() }
    }

    /// What has been used since.
    pub fn since(&self) -> Since {
        Since { seconds: self.at.elapsed().as_secs_f64(), cpu: cpu() - self.cpu, resident: resident_most() }
    }
}

impl fmt::Display for Since {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seconds, cpu, resident } = self;
        write!(f, "{seconds:.2} s, {cpu:.2} s of CPU, {resident} MiB at most")
    }
}

/// CPU seconds so far; `USER_HZ` is 100 on every Linux that this runs on.
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name: Vec<&str> = stat.rsplit_once(") ").map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |index: usize| after_name.get(index).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn resident_most() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    most.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1_024
}
