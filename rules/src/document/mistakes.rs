//! The parts of a document that cannot be read, as drafts of a rule.

use super::{Document, variables::Fault};
use crate::{
    finding::{Draft, holds},
    rule::{Class, Rule},
};
use policy_engine::policy::parse::Mistake;

/// The most mistakes that a rule reports of a document that is larger than AWS accepts.
const MOST: usize = 100;

/// Drafts for the mistakes that the parser noted in a document.
pub(crate) fn mistakes(document: &Document<'_>, rule: &Rule, wanted: &[Mistake]) -> Vec<Draft> {
    let problems = document.policy.problems.iter();
    let problems = problems.filter(|problem| wanted.contains(&problem.mistake));
    let problems = problems.take(if document.is_beyond() {
        MOST
    } else {
        usize::MAX
    });
    let drafts = problems.map(|problem| {
        let (place, message) = (problem.origin, problem.message.as_str());
        let mut statements = document.statements().iter();
        let mut draft = match statements.find(|statement| holds(statement.origin, place)) {
            Some(statement) if rule.class == Class::Break => document
                .dead(statement, rule.severity, place, "here", message)
                .once(statement.origin),
            Some(statement) => document
                .in_statement(statement, place, "here", message)
                .once(statement.origin),
            None => document.draft(place, "here", message),
        };
        draft.help.clone_from(&problem.help);
        draft
    });
    drafts.collect()
}

/// Drafts for the variables with a fault.
pub(crate) fn malformed(document: &Document<'_>, rule: &Rule, wanted: Fault) -> Vec<Draft> {
    let variables = document.malformed_variables().iter();
    let variables = variables.filter(|variable| variable.fault == wanted);
    let drafts = variables.map(|variable| {
        document
            .dead(
                variable.statement,
                rule.severity,
                variable.value.inner(variable.error.span),
                "not valid",
                variable.error.reason,
            )
            .because(variable.value.text.literal())
            .help("write ${key}, or ${key, 'default'}")
            .once(variable.statement.origin)
    });
    drafts.collect()
}
