//! Group commit: one thread makes the calls, which block, in the order in which they come, and answers only what is on
//! the disk.
//!
//! The calls that are waiting when one has been made are made before anything is synced, and one sync then serves all
//! that they wrote. A read among them is answered with them: it may have seen what they wrote.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

/// Calls that share a sync, at most: whoever came first waits for the last.
const TOGETHER_MAX: usize = 64;

/// What calls are made of.
pub trait Journal: Send + Sync + 'static {
    /// How many writes are to be on the disk before anybody hears of them.
    fn written(&self) -> u64;

    /// Brings all that has been written to the disk.
    fn sync(&self) -> std::io::Result<()>;
}

/// A call; what it returns answers whoever asked.
type Call<J> = Box<dyn FnOnce(&J) -> Reply + Send>;
type Reply = Box<dyn FnOnce() + Send>;

/// The thread; it ends, all calls made and answered, when this is dropped.
#[derive(Debug)]
pub struct Commits<J> {
    calls: Option<Sender<Call<J>>>,
    thread: Option<JoinHandle<()>>,
}

impl<J: Journal> Commits<J> {
    /// Starts it.
    pub fn start(journal: &Arc<J>) -> std::io::Result<Self> {
        let (calls, waiting) = channel();
        let journal = Arc::clone(journal);
        let thread = std::thread::Builder::new().name("engine".to_owned()).spawn(move || work(&*journal, &waiting))?;
        Ok(Self { calls: Some(calls), thread: Some(thread) })
    }

    /// Makes a call in its turn, and `reply`s once what it and those before it wrote is on the disk. One that panics is
    /// a call lost, and nothing else. After a sync that failed nothing is made or answered any more: nobody knows what
    /// is on the disk.
    pub fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce(&J) -> T + Send + 'static,
        reply: impl FnOnce(T) + Send + 'static,
    ) {
        let call = move |journal: &J| -> Reply {
            let outcome = call(journal);
            Box::new(move || reply(outcome))
        };
        if let Some(calls) = &self.calls {
            // Whoever waits sees that the call broke off.
            drop(calls.send(Box::new(call)));
        }
    }
}

impl<J> Drop for Commits<J> {
    fn drop(&mut self) {
        self.calls = None;
        if let Some(thread) = self.thread.take() {
            // Nothing in the thread panics but its calls.
            drop(thread.join());
        }
    }
}

fn work<J: Journal>(journal: &J, waiting: &Receiver<Call<J>>) {
    let mut synced = journal.written();
    while let Ok(first) = waiting.recv() {
        let mut held = Vec::new();
        let mut next = Some(first);
        while let Some(call) = next {
            // A panic has been reported by its hook.
            if let Ok(reply) = catch_unwind(AssertUnwindSafe(|| call(journal))) {
                if journal.written() == synced { reply() } else { held.push(reply) }
            }
            next = if held.len() < TOGETHER_MAX { waiting.try_recv().ok() } else { None };
        }
        if held.is_empty() {
            continue;
        }
        if let Err(error) = journal.sync() {
            tracing::error!(error = &error as &dyn std::error::Error, "the engine's file cannot be synced");
            return;
        }
        synced = journal.written();
        for reply in held {
            reply();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    use super::*;

    /// Tells in which order things happened.
    #[derive(Default)]
    struct Log {
        lines: Mutex<Vec<String>>,
        written: AtomicU64,
        is_broken: AtomicBool,
    }

    impl Log {
        fn note(&self, line: &str) {
            self.lines.lock().expect("not poisoned").push(line.to_owned());
        }
    }

    impl Journal for Log {
        fn written(&self) -> u64 {
            self.written.load(Ordering::SeqCst)
        }

        fn sync(&self) -> std::io::Result<()> {
            self.note("sync");
            if self.is_broken.load(Ordering::SeqCst) { Err(std::io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }
    }

    fn write(name: &'static str) -> impl FnOnce(&Log) + Send {
        move |log: &Log| {
            log.note(name);
            log.written.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn read(name: &'static str) -> impl FnOnce(&Log) + Send {
        move |log: &Log| log.note(name)
    }

    fn answer(log: &Arc<Log>, line: &'static str) -> impl FnOnce(()) + Send + use<> {
        let log = Arc::clone(log);
        move |()| log.note(line)
    }

    /// What happened, with these calls waiting in line behind the first.
    fn happened(log: &Arc<Log>, line: impl FnOnce(&Commits<Log>)) -> Vec<String> {
        let commits = Commits::start(log).expect("started");
        let (open, gate) = channel::<()>();
        // The thread comes to the line once all of it stands.
        commits.run(move |_| _ = gate.recv(), |()| ());
        line(&commits);
        drop(open);
        drop(commits);
        std::mem::take(&mut *log.lines.lock().expect("not poisoned"))
    }

    #[test]
    fn writes_share_a_sync_and_are_answered_after_it() {
        let log = Arc::new(Log::default());
        let lines = happened(&log, |commits| {
            commits.run(read("before"), answer(&log, "before answered"));
            commits.run(write("one"), answer(&log, "one answered"));
            commits.run(read("between"), answer(&log, "between answered"));
            commits.run(write("two"), answer(&log, "two answered"));
        });
        let answers = ["one answered", "between answered", "two answered"];
        assert_eq!(lines, [&["before", "before answered", "one", "between", "two", "sync"][..], &answers].concat());
    }

    #[test]
    fn a_long_line_is_not_kept_waiting_for_its_last() {
        let log = Arc::new(Log::default());
        let lines = happened(&log, |commits| {
            for _ in 0..=TOGETHER_MAX {
                commits.run(write("one"), answer(&log, "answered"));
            }
        });
        assert_eq!(lines.iter().position(|line| line == "sync"), Some(TOGETHER_MAX));
        assert_eq!(lines.iter().filter(|line| *line == "answered").count(), TOGETHER_MAX + 1);
    }

    #[test]
    fn what_may_not_be_on_the_disk_is_never_answered() {
        let log = Arc::new(Log::default());
        log.is_broken.store(true, Ordering::SeqCst);
        let commits = Commits::start(&log).expect("started");
        let (asked, answer) = channel();
        commits.run(write("one"), move |()| _ = asked.send(()));
        answer.recv().expect_err("no answer");
        let (asked, answer) = channel();
        commits.run(read("two"), move |()| _ = asked.send(()));
        answer.recv().expect_err("nor any later one");
    }

    #[test]
    fn every_call_is_made_also_after_one_that_panics() {
        let log = Arc::new(Log::default());
        let lines = happened(&log, |commits| {
            for number in 0..100 {
                let call = move |log: &Log| {
                    assert_ne!(number, 50, "a defect");
                    log.note("made");
                };
                commits.run(call, |()| ());
            }
        });
        assert_eq!(lines.len(), 99);
    }
}
