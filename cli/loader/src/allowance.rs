//! How much the functions of all sources of one run may make: many small files may ask for as much as one large one.

use std::{cell::Cell, rc::Rc};

/// Bytes of text.
const TEXT: usize = 64 * 1024 * 1024;
/// Values.
const VALUES: usize = 100_000_000;

/// What the functions of a run may still make; its clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Allowance(Rc<Left>);

#[derive(Debug)]
struct Left {
    text: Cell<usize>,
    values: Cell<usize>,
}

impl Default for Allowance {
    fn default() -> Self {
        Self(Rc::new(Left {
            text: Cell::new(TEXT),
            values: Cell::new(VALUES),
        }))
    }
}

impl Allowance {
    /// Takes some bytes of text; whether they were left.
    pub(crate) fn takes_text(&self, bytes: usize) -> bool {
        takes(&self.0.text, bytes)
    }

    /// Takes some values; whether they were left.
    pub(crate) fn takes_values(&self, count: usize) -> bool {
        takes(&self.0.values, count)
    }

    /// Whether one of both is used up.
    pub(crate) fn is_spent(&self) -> bool {
        self.0.text.get() == 0 || self.0.values.get() == 0
    }
}

/// One that asks for more than is left takes all of it.
fn takes(left: &Cell<usize>, count: usize) -> bool {
    let rest = left.get().checked_sub(count).filter(|rest| *rest > 0);
    left.set(rest.unwrap_or(0));
    rest.is_some()
}
