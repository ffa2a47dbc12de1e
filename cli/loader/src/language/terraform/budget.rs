//! How much one file may make the evaluator do.

use std::cell::Cell;

/// How deep one value may rest on others.
const MAX_DEPTH: usize = 200;
/// How many values one file may make the evaluator build.
const MAX_STEPS: usize = 4_000_000;

/// The longest text that a function or template makes, the names of its holes included.
pub(super) const MAX_TEXT: usize = 1024 * 1024;
/// How many bytes of text count as one value: 16 MiB of text for one file.
const BYTES_OF_VALUE: usize = 4;

/// How much a run may still do.
#[derive(Default)]
pub(super) struct Budget {
    steps: Cell<usize>,
    depth: Cell<usize>,
}

impl Budget {
    /// Counts some values; returns whether more are allowed.
    pub(super) fn spend(&self, count: usize) -> bool {
        let spent = self.steps.get().saturating_add(count);
        self.steps.set(spent);
        spent <= MAX_STEPS
    }

    /// Counts a text of that size; whether it may be made.
    pub(super) fn affords_text(&self, bytes: usize) -> bool {
        self.spend(bytes.min(MAX_TEXT) / BYTES_OF_VALUE) && bytes <= MAX_TEXT
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
