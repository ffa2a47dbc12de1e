//! `${…}` that cannot be read.

use super::statement::texts_of;
use policy_engine::{
    policy::{
        PolicyDocument,
        statement::{Statement, Written},
    },
    syntax::variable::{self, VariableError},
};

/// A mistake in a variable: docs/semantics.md#where-variables-apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The closing brace is missing.
    Unclosed,
    /// A quote of its default is missing.
    Unquoted,
    /// Its name contains a blank.
    Blank,
    /// It has no name.
    Empty,
}

/// The most broken variables that are reported for a text.
const MOST_BROKEN: usize = 32;

/// A variable that cannot be read.
pub(crate) struct Malformed<'d> {
    pub(super) statement: &'d Statement,
    pub(super) value: &'d Written,
    pub(super) fault: Fault,
    pub(super) error: VariableError,
}

/// The variables of a document that cannot be read; before version 2012-10-17 there are no variables.
pub(crate) fn find(policy: &PolicyDocument) -> Vec<Malformed<'_>> {
    if !policy.has_variables() {
        return Vec::new();
    }
    let mut malformed = Vec::new();
    for (statement, value) in texts_of(&policy.statements) {
        let text = value.text.literal();
        let starts = text.match_indices("${").map(|(at, _)| at);
        let broken = starts.filter_map(|at| Some((at, variable::parse(text, at).err()?)));
        for (at, error) in broken.take(MOST_BROKEN) {
            let rest = text.get(at + 2..).unwrap_or("");
            let fault = match rest.split_once('}').map(|(body, _)| body) {
                None => Fault::Unclosed,
                Some("") => Fault::Empty,
                Some(body) if body.contains(',') => Fault::Unquoted,
                Some(_) => Fault::Blank,
            };
            malformed.push(Malformed {
                statement,
                value,
                fault,
                error,
            });
        }
    }
    malformed
}
