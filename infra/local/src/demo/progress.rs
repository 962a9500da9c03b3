//! How far loading has come, on the standard error: a bar where somebody watches, else a line every ten per cent.

use std::io::{IsTerminal as _, Write as _};

/// The bar's blocks.
const WIDTH: usize = 16;

/// A count that rises to a total.
#[derive(Debug)]
pub struct Progress {
    total: usize,
    done: usize,
    watched: bool,
}

impl Progress {
    /// Nothing of this many events.
    pub fn of(total: usize) -> Self {
        let progress = Self { total, done: 0, watched: std::io::stderr().is_terminal() };
        say("loading the demo year", "\n");
        progress
    }

    /// This many are done now.
    pub fn reach(&mut self, done: usize) {
        let tenths = |done: usize| done * 10 / self.total.max(1);
        if self.watched && done != self.done {
            say(&bar(done, self.total), "");
        } else if tenths(done) != tenths(self.done) {
            say(&format!("{done} of {} events", self.total), "\n");
        }
        self.done = done;
    }

    /// All is done; what it came to.
    pub fn finish(self, words: &str) {
        if self.watched {
            say("", "\n");
        }
        say(words, "\n");
    }
}

fn bar(done: usize, total: usize) -> String {
    let full = WIDTH * done / total.max(1);
    format!("\r[{}{}] {done} of {total} events", "█".repeat(full), "·".repeat(WIDTH.saturating_sub(full)))
}

fn say(words: &str, end: &str) {
    let mut out = std::io::stderr().lock();
    // Where nobody can read it, nothing is lost.
    let _ = write!(out, "{words}{end}").and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_grows() {
        assert_eq!(bar(62, 120), "\r[████████········] 62 of 120 events");
        assert_eq!(bar(120, 120), "\r[████████████████] 120 of 120 events");
        assert_eq!(bar(0, 0), "\r[················] 0 of 0 events");
    }
}
