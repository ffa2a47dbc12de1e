//! What watches an evaluation.

use super::{element::Element, side::Side};
use crate::{
    policy::{
        set::{CompiledStatement, PolicySet},
        statement::Effect,
    },
    truth::Truth,
};

/// Watches an evaluation.
pub trait Observer {
    /// Whether misses are wanted; without it the evaluation stops at the first element that fails.
    const TRACING: bool;

    /// A set begins to speak: that of a side, at a level counted from the root.
    fn enter_set(&mut self, side: Side, level: usize, set: &PolicySet);

    /// A statement of it is tried.
    fn enter(&mut self, statement: &CompiledStatementRef<'_>);

    /// An element of the statement does not match, or only perhaps.
    fn missed(&mut self, element: Element, truth: Truth);

    /// The statement was tried.
    fn leave(&mut self, effect: Effect, truth: Truth);
}

/// A statement under trial, for observers.
pub struct CompiledStatementRef<'a> {
    pub(super) set: &'a PolicySet,
    pub(super) statement: &'a CompiledStatement,
}

/// Watches nothing; the evaluation then allocates nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    const TRACING: bool = false;

    fn enter_set(&mut self, _: Side, _: usize, _: &PolicySet) {}

    fn enter(&mut self, _: &CompiledStatementRef<'_>) {}

    fn missed(&mut self, _: Element, _: Truth) {}

    fn leave(&mut self, _: Effect, _: Truth) {}
}
