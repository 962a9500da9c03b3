//! How often one network may book, or try a name on a certificate, in a minute. It is counted in memory, so that a first registration costs no write; an
//! instance of a function counts for itself, and the gateway's throttling stands before all of them.
//!
//! A practice, and at times a whole health service, comes from one address: the limit is to stop programs, not people.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use jiff::Timestamp;
use web::Problem;

use crate::App;

const WINDOW_SECONDS: i64 = 60;
/// Networks that are counted in one minute; more are let through, so that memory has a bound.
const NETWORKS_MAX: usize = 20_000;

/// The limit, and what has come this minute.
#[derive(Debug, Default)]
pub struct Limits(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Requests a minute from one network; no limit where absent.
    per_minute: Option<u32>,
    /// The minute that is counted.
    window: i64,
    counts: BTreeMap<IpAddr, u32>,
}

impl Limits {
    /// So many a minute; no limit where absent.
    pub fn of(per_minute: Option<u32>) -> Self {
        Self(Mutex::new(State { per_minute, ..State::default() }))
    }

    /// Sets the limit and starts counting anew.
    pub fn set(&self, per_minute: Option<u32>) {
        *self.state() = State { per_minute, ..State::default() };
    }

    /// Counts a request; where it is one too many, the seconds until the next may come.
    pub fn admit(&self, network: IpAddr, now: Timestamp) -> Result<(), u32> {
        let mut state = self.state();
        let Some(limit) = state.per_minute else { return Ok(()) };
        let window = now.as_second().div_euclid(WINDOW_SECONDS);
        if state.window != window {
            state.window = window;
            state.counts.clear();
        }
        let network = whole(network);
        if state.counts.len() >= NETWORKS_MAX && !state.counts.contains_key(&network) {
            return Ok(());
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

/// A household has 2^64 addresses of the new kind: they are one network.
fn whole(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => six
            .to_ipv4_mapped()
            .map_or_else(|| IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX))), IpAddr::V4),
    }
}

impl App {
    /// Lets a person's registration or trial in, unless too many have come from their network within the minute.
    pub fn admit(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(network) = network(headers) else { return Ok(()) };
        self.limits.admit(network, self.clock.now()).map_err(Problem::slow_down)
    }
}

/// Where a request comes from: the gateway writes it at the end of the header, whatever the caller has put before.
fn network(headers: &HeaderMap) -> Option<IpAddr> {
    let value = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    value.rsplit(',').next()?.trim().parse().ok()
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
        limits.set(Some(2));
        assert_eq!(admit("127.0.0.1", "2026-11-02T09:00:00Z"), Ok(()));
        assert_eq!(admit("127.0.0.1", "2026-11-02T09:00:10Z"), Ok(()));
        assert_eq!(admit("127.0.0.1", "2026-11-02T09:00:15Z"), Err(45));
        assert_eq!(admit("127.0.0.2", "2026-11-02T09:00:15Z"), Ok(()));
        assert_eq!(admit("127.0.0.1", "2026-11-02T09:01:00Z"), Ok(()), "the next minute");
    }

    #[test]
    fn a_household_is_one_network() {
        let limits = Limits::of(Some(1));
        let now = "2026-11-02T09:00:00Z".parse().expect("a time");
        let admit = |network: &str| limits.admit(network.parse().expect("an address"), now);
        assert_eq!(admit("2001:db8:1:2::1"), Ok(()));
        assert_eq!(admit("2001:db8:1:2:ffff::9"), Err(60));
        assert_eq!(admit("2001:db8:1:3::1"), Ok(()));
        assert_eq!(admit("::ffff:192.0.2.1"), Ok(()));
        assert_eq!(admit("192.0.2.1"), Err(60));
    }

    #[test]
    fn only_the_gateway_says_where_from() {
        let headers =
            HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), "192.0.2.9, 198.51.100.7".parse().unwrap())]);
        assert_eq!(network(&headers), "198.51.100.7".parse().ok());
        assert_eq!(network(&HeaderMap::new()), None);
    }
}
