//! The limit on registrations by network. Off until it is set: on this machine every caller is this machine.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const WINDOW_SECONDS: i64 = 60;

/// The limit of one hub.
#[derive(Debug, Default)]
pub struct Limits(Mutex<State>);

/// What may be set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limit {
    /// Registrations a minute from one network; no limit where absent.
    pub network_per_minute: Option<u32>,
}

#[derive(Debug, Default)]
struct State {
    limit: Limit,
    /// The minute that is counted.
    window: i64,
    counts: BTreeMap<IpAddr, u32>,
}

impl Limits {
    /// Sets the limit and starts counting anew.
    pub fn set(&self, limit: Limit) {
        *self.state() = State { limit, ..State::default() };
    }

    /// Counts a registration; where it is one too many, the seconds until the next may come.
    pub fn admit(&self, network: IpAddr, now: Timestamp) -> Result<(), u32> {
        let mut state = self.state();
        let Some(limit) = state.limit.network_per_minute else { return Ok(()) };
        let window = now.as_second().div_euclid(WINDOW_SECONDS);
        if state.window != window {
            state.window = window;
            state.counts.clear();
        }
        let count = state.counts.entry(network).or_default();
        *count = count.saturating_add(1);
        let wait = WINDOW_SECONDS - now.as_second().rem_euclid(WINDOW_SECONDS);
        // From 1 to 60.
        if *count > limit { Err(u32::try_from(wait).unwrap_or(1)) } else { Ok(()) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while the lock is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_network_has_its_own_allowance_each_minute() {
        let limits = Limits::default();
        let admit =
            |network: &str, now: &str| limits.admit(network.parse().expect("an address"), now.parse().expect("a time"));
        assert_eq!(admit("127.0.0.1", "2026-11-02T09:00:00Z"), Ok(()), "off until it is set");
        limits.set(Limit { network_per_minute: Some(2) });
        assert_eq!(admit("127.0.0.1", "2026-11-02T09:00:00Z"), Ok(()));
        assert_eq!(admit("127.0.0.1", "2026-11-02T09:00:10Z"), Ok(()));
        assert_eq!(admit("127.0.0.1", "2026-11-02T09:00:15Z"), Err(45));
        assert_eq!(admit("127.0.0.2", "2026-11-02T09:00:15Z"), Ok(()));
        assert_eq!(admit("127.0.0.1", "2026-11-02T09:01:00Z"), Ok(()), "the next minute");
    }
}
