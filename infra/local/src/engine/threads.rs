//! Threads that make calls which block, in the order in which they come.
//!
//! Two keep an engine busy: while one holds its lock the other reads its request. A pool's threads, woken for each call,
//! cost a tenth of all work.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

const COUNT: usize = 2;

type Call<T> = Box<dyn FnOnce(&T) + Send>;

/// Threads that share something; they end, all calls made, when this is dropped.
#[derive(Debug)]
pub struct Threads<T> {
    calls: Option<Sender<Call<T>>>,
    handles: Vec<JoinHandle<()>>,
}

impl<T: Send + Sync + 'static> Threads<T> {
    /// Starts them.
    pub fn start(shared: &Arc<T>) -> std::io::Result<Self> {
        let (calls, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let start = |_| {
            let (shared, waiting) = (Arc::clone(shared), Arc::clone(&waiting));
            std::thread::Builder::new().name("engine".to_owned()).spawn(move || work(&*shared, &waiting))
        };
        let handles = (0..COUNT).map(start).collect::<Result<_, _>>()?;
        Ok(Self { calls: Some(calls), handles })
    }

    /// Makes a call as soon as a thread is free. One that panics is a call lost, and nothing else.
    pub fn run(&self, call: impl FnOnce(&T) + Send + 'static) {
        if let Some(calls) = &self.calls {
            // Threads receive until this sender has gone.
            drop(calls.send(Box::new(call)));
        }
    }
}

impl<T> Drop for Threads<T> {
    fn drop(&mut self) {
        self.calls = None;
        for handle in self.handles.drain(..) {
            // Nothing in a thread panics but its calls.
            drop(handle.join());
        }
    }
}

fn work<T>(shared: &T, waiting: &Mutex<Receiver<Call<T>>>) {
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok(call) = next() {
        // The panic has been reported by its hook; whoever waits for the call sees that it broke off.
        drop(catch_unwind(AssertUnwindSafe(|| call(shared))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_made_also_after_one_that_panics() {
        let made = Arc::new(Mutex::new(0));
        let threads = Threads::start(&made).expect("started");
        for number in 0..100 {
            threads.run(move |made: &Mutex<i32>| {
                assert_ne!(number, 50, "a defect");
                *made.lock().expect("not poisoned") += 1;
            });
        }
        drop(threads);
        assert_eq!(*made.lock().expect("not poisoned"), 99);
    }
}
