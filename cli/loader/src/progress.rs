//! The progress of a long run: a line on standard error, on terminals only, that disappears at the end.

use std::{
    io::{IsTerminal, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

/// A run shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(700);
/// How often the line is written anew.
const TICK: Duration = Duration::from_millis(100);

/// A run that is under way; its end clears the line.
pub(super) struct Progress {
    state: Arc<State>,
    writer: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    done: AtomicUsize,
    over: AtomicBool,
}

impl Progress {
    /// Begins; nothing is shown where standard error is no terminal.
    pub(super) fn start(total: usize) -> Self {
        Self::on(total, std::io::stderr().is_terminal())
    }

    fn on(total: usize, shown: bool) -> Self {
        let state = Arc::new(State::default());
        let seen = Arc::clone(&state);
        let writer = shown.then(|| std::thread::spawn(move || write(total, &seen)));
        Self { state, writer }
    }

    /// So many more files are done.
    pub(super) fn advance(&self, count: usize) {
        self.state.done.fetch_add(count, Ordering::Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::Relaxed);
        if let Some(writer) = self.writer.take() {
            writer.thread().unpark();
            // A writer that failed has nothing left to clear.
            let _ = writer.join();
        }
    }
}

fn write(total: usize, state: &State) {
    let over = || state.over.load(Ordering::Relaxed);
    std::thread::park_timeout(PATIENCE);
    let mut written = false;
    while !over() {
        let line = line(state.done.load(Ordering::Relaxed), total);
        let mut error = std::io::stderr().lock();
        // There is no way to report a failure of standard error.
        let _ = write!(error, "\r{line}").and_then(|()| error.flush());
        drop(error);
        written = true;
        std::thread::park_timeout(TICK);
    }
    if written {
        let mut error = std::io::stderr().lock();
        let _ = write!(error, "\r\u{1b}[K").and_then(|()| error.flush());
    }
}

fn line(done: usize, total: usize) -> String {
    format!("reading {done} of {total} files")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_run_ends_without_waiting() {
        let started = std::time::Instant::now();
        let progress = Progress::on(3, true);
        progress.advance(3);
        drop(progress);
        assert!(started.elapsed() < PATIENCE);
        assert_eq!(line(3, 10), "reading 3 of 10 files");
    }
}
