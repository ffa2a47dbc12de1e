//! The interface through which an evaluation reports its steps.

use super::{element::Element, side::Side};
use crate::{
    policy::{
        set::{CompiledStatement, PolicySet},
        statement::Effect,
    },
    truth::Truth,
};

/// Receives the steps of an evaluation.
pub trait Observer {
    /// Whether the observer needs the misses; without it the evaluation stops at the first element that fails.
    const TRACING: bool;

    /// The evaluation of a set begins; SCPs and RCPs have a level, counted from the root.
    fn enter_set(&mut self, side: Side, level: usize, set: &PolicySet);

    /// The evaluation of a statement begins.
    fn enter(&mut self, statement: &CompiledStatementRef<'_>);

    /// An element of the statement does not match, or its match is unknown.
    fn missed(&mut self, element: Element, truth: Truth);

    /// The evaluation of the statement ended.
    fn leave(&mut self, effect: Effect, truth: Truth);
}

/// The statement that the evaluator matches, for observers.
pub struct CompiledStatementRef<'a> {
    pub(super) set: &'a PolicySet,
    pub(super) statement: &'a CompiledStatement,
}

/// Ignores all steps; the evaluation then allocates nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    const TRACING: bool = false;

    fn enter_set(&mut self, _: Side, _: usize, _: &PolicySet) {}

    fn enter(&mut self, _: &CompiledStatementRef<'_>) {}

    fn missed(&mut self, _: Element, _: Truth) {}

    fn leave(&mut self, _: Effect, _: Truth) {}
}
