//! What each function used: invocations, requests by operation, capacity units.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::KeyOperation;
use crate::engine::Operation;

/// The counts of one hub, by function name.
#[derive(Debug, Default)]
pub struct Usage(Mutex<BTreeMap<String, Used>>);

/// What one function used.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Used {
    /// How often it was started.
    pub invocations: u64,
    /// Requests that reached the store, by operation.
    pub requests: BTreeMap<Operation, u64>,
    /// Requests that reached KMS, by operation.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<KeyOperation, u64>,
    /// Write capacity units.
    pub write_units: f64,
    /// Read capacity units.
    pub read_units: f64,
}

impl Usage {
    /// Counts for these functions, all nothing.
    pub fn of<'a>(functions: impl IntoIterator<Item = &'a str>) -> Self {
        Self(Mutex::new(functions.into_iter().map(|name| (name.to_owned(), Used::default())).collect()))
    }

    /// A function was started.
    pub fn invoked(&self, function: &str) {
        self.change(function, |used| used.invocations += 1);
    }

    /// A function's request was carried out.
    pub fn requested(&self, function: &str, operation: Operation, units: f64) {
        self.change(function, |used| {
            *used.requests.entry(operation).or_default() += 1;
            let total = if operation.is_write() { &mut used.write_units } else { &mut used.read_units };
            *total += units;
        });
    }

    /// A function had a key used.
    pub fn key_used(&self, function: &str, operation: KeyOperation) {
        self.change(function, |used| *used.keys.entry(operation).or_default() += 1);
    }

    /// All counts.
    pub fn all(&self) -> BTreeMap<String, Used> {
        self.counts().clone()
    }

    /// Starts counting anew.
    pub fn reset(&self) {
        self.counts().values_mut().for_each(|used| *used = Used::default());
    }

    fn change(&self, function: &str, change: impl FnOnce(&mut Used)) {
        change(self.counts().entry(function.to_owned()).or_default());
    }

    fn counts(&self) -> MutexGuard<'_, BTreeMap<String, Used>> {
        // Nothing panics while the lock is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
