//! What the hubs of this process log, kept to be searched. It is the process's, not one hub's: whatever other tests log
//! meanwhile is searched too.

use std::io;
use std::sync::{Mutex, Once, PoisonError};

use tracing_subscriber::filter::LevelFilter;

static KEPT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static KEEPING: Once = Once::new();

/// Keeps whatever is logged from here on, down to what only a developer asks for.
pub fn keep() {
    KEEPING.call_once(|| {
        tracing_subscriber::fmt()
            .json()
            .with_max_level(LevelFilter::DEBUG)
            .with_writer(|| Kept)
            .try_init()
            .expect("nobody else keeps the log");
    });
}

/// All that was logged, in lower case.
pub fn kept() -> String {
    String::from_utf8_lossy(&KEPT.lock().unwrap_or_else(PoisonError::into_inner)).to_lowercase()
}

struct Kept;

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        KEPT.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
