//! Faults between the SDK and the engine: what AWS does on a bad day, in a repeatable order.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::random::SplitMix64;

/// The faults of one hub; none until some are set.
#[derive(Debug, Default)]
pub struct Faults(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    plan: Plan,
    random: SplitMix64,
}

/// What goes wrong, and how often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// Whether SES answers.
    pub mail: Mail,
    /// How often `DynamoDB` does not do its part.
    pub store: Store,
    /// Where the sequence of faults starts.
    pub seed: u64,
}

/// Whether SES answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mail {
    /// It does.
    #[default]
    Up,
    /// It does not.
    Down,
}

/// Probabilities from 0 to 1, together at most 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// That a request is refused for its rate.
    pub throttle: f64,
    /// That a request fails.
    pub error: f64,
    /// That a request is carried out and its reply lost.
    pub lost_reply: f64,
}

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Refused for its rate.
    Throttle,
    /// Failed.
    Error,
    /// Carried out, the reply lost.
    LostReply,
}

/// A plan whose probabilities are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter probabilities from 0 to 1 that are together at most 1")]
pub struct InvalidPlan;

impl Faults {
    /// Replaces the plan, and starts its sequence anew.
    pub fn set(&self, plan: Plan) -> Result<(), InvalidPlan> {
        let Store { throttle, error, lost_reply } = plan.store;
        let valid = |probability: f64| (0.0..=1.0).contains(&probability);
        if ![throttle, error, lost_reply, throttle + error + lost_reply].into_iter().all(valid) {
            return Err(InvalidPlan);
        }
        *self.state() = State { plan, random: SplitMix64::new(plan.seed) };
        Ok(())
    }

    /// Nothing goes wrong any more.
    pub fn clear(&self) {
        *self.state() = State::default();
    }

    /// The plan.
    pub fn plan(&self) -> Plan {
        self.state().plan
    }

    /// Whether SES answers.
    pub fn mail(&self) -> Mail {
        self.state().plan.mail
    }

    /// What happens to the next request to the store.
    pub fn draw(&self) -> Option<Fault> {
        let mut state = self.state();
        let Store { throttle, error, lost_reply } = state.plan.store;
        let drawn = state.random.next_unit();
        let limits = [
            (throttle, Fault::Throttle),
            (throttle + error, Fault::Error),
            (throttle + error + lost_reply, Fault::LostReply),
        ];
        limits.into_iter().find_map(|(limit, fault)| (drawn < limit).then_some(fault))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while the lock is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(store: Store, seed: u64, count: usize) -> Vec<Option<Fault>> {
        let faults = Faults::default();
        faults.set(Plan { store, seed, ..Plan::default() }).expect("probabilities");
        (0..count).map(|_| faults.draw()).collect()
    }

    #[test]
    fn nothing_goes_wrong_until_it_is_asked_for() {
        let faults = Faults::default();
        assert!((0..1_000).all(|_| faults.draw().is_none()));
        assert_eq!(faults.mail(), Mail::Up);
    }

    #[test]
    fn the_same_seed_gives_the_same_faults_at_the_rates_asked_for() {
        let store = Store { throttle: 0.1, error: 0.05, lost_reply: 0.2 };
        let faults = drawn(store, 7, 10_000);
        assert_eq!(faults, drawn(store, 7, 10_000));
        assert_ne!(faults, drawn(store, 8, 10_000));
        let count = |fault| faults.iter().filter(|drawn| **drawn == Some(fault)).count();
        assert!((900..1_100).contains(&count(Fault::Throttle)), "{}", count(Fault::Throttle));
        assert!((400..600).contains(&count(Fault::Error)), "{}", count(Fault::Error));
        assert!((1_850..2_150).contains(&count(Fault::LostReply)), "{}", count(Fault::LostReply));
    }

    #[test]
    fn one_means_always() {
        let store = Store { lost_reply: 1.0, ..Store::default() };
        assert!(drawn(store, 1, 1_000).iter().all(|fault| *fault == Some(Fault::LostReply)));
    }

    #[test]
    fn what_is_no_probability_is_refused() {
        let faults = Faults::default();
        for (throttle, error) in [(-0.1, 0.0), (1.1, 0.0), (f64::NAN, 0.0), (0.6, 0.6)] {
            let store = Store { throttle, error, lost_reply: 0.0 };
            assert_eq!(faults.set(Plan { store, ..Plan::default() }), Err(InvalidPlan));
        }
    }
}
