//! What cannot be read of a document, as findings of a rule.

use super::{Document, variables::Fault};
use crate::{
    finding::{Draft, holds},
    rule::{Class, Rule},
};
use policy_engine::policy::parse::Mistake;

/// What the parser found wrong with a document, as findings of a rule.
pub(crate) fn mistakes(document: &Document<'_>, rule: &Rule, wanted: &[Mistake]) -> Vec<Draft> {
    let problems = document.policy.problems.iter();
    let problems = problems.filter(|one| wanted.contains(&one.mistake));
    let drafts = problems.map(|problem| {
        let (place, message) = (problem.origin, problem.message.as_str());
        let mut statements = document.statements().iter();
        let mut draft = match statements.find(|one| holds(one.origin, place)) {
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

/// Findings of a rule about the variables of that fault.
pub(crate) fn malformed(document: &Document<'_>, rule: &Rule, wanted: Fault) -> Vec<Draft> {
    let found = document.malformed_variables().iter();
    let drafts = found.filter(|one| one.fault == wanted).map(|one| {
        document
            .dead(
                one.statement,
                rule.severity,
                one.value.inner(one.error.span),
                "cannot be read",
                one.error.reason,
            )
            .because(one.value.text.literal())
            .help("${key}, or ${key, 'default'}")
            .once(one.statement.origin)
    });
    drafts.collect()
}
