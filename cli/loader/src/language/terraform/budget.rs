//! How much one file may make the evaluator do.

use crate::allowance::Allowance;
use std::cell::Cell;

/// How deep one value may rest on others.
const MAX_DEPTH: usize = 200;
/// How many values one file may make the evaluator build.
const MAX_STEPS: usize = 4_000_000;

/// The longest text that a function or template makes, the names of its holes included.
pub(super) const MAX_TEXT: usize = 1024 * 1024;
/// How many bytes of text count as one value: 16 MiB of text for one file.
const BYTES_OF_VALUE: usize = 4;

/// How much one file may still do.
#[derive(Default)]
pub(super) struct Budget {
    steps: Cell<usize>,
    depth: Cell<usize>,
    /// How much all files of the run may still do.
    run: Allowance,
}

impl Budget {
    pub(super) fn of(run: Allowance) -> Self {
        Self {
            run,
            ..Self::default()
        }
    }

    /// Counts some values; returns whether more are allowed.
    pub(super) fn spend(&self, count: usize) -> bool {
        let spent = self.steps.get().saturating_add(count);
        self.steps.set(spent);
        self.run.takes_values(count) && !self.run.is_spent() && spent <= MAX_STEPS
    }

    /// Counts a text of that size; whether it may be made.
    pub(super) fn affords_text(&self, bytes: usize) -> bool {
        let text = bytes.min(MAX_TEXT);
        self.run.takes_text(text) && self.spend(text / BYTES_OF_VALUE) && bytes <= MAX_TEXT
    }

    pub(super) fn deeper<T>(&self, inner: impl FnOnce() -> T) -> Option<T> {
        if self.depth.get() >= MAX_DEPTH || !self.spend(1) {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let value = inner();
        self.depth.set(self.depth.get() - 1);
        Some(value)
    }
}
