//! Time and chance enter here and nowhere else.

use std::sync::Arc;

use jiff::Timestamp;

/// What time it is.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that says what `now` says.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The machine's clock.
    pub fn system() -> Self {
        Self::new(Self::real)
    }

    /// The machine's time, whatever clock a hub goes by: for retries and leases between processes.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub fn real() -> Timestamp {
        Timestamp::now()
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

/// Fills a key from the operating system.
pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "the one place that draws entropy")]
    // Without entropy no key is safe: there is nothing to go on with.
    getrandom::fill(&mut bytes).expect("the operating system has entropy");
    bytes
}

/// A random number.
pub(crate) fn entropy() -> u64 {
    u64::from_le_bytes(random_bytes())
}
