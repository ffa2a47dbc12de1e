//! The parts of a document that cannot be read, as drafts of a rule.

use super::{Document, actions, resources, variables::Fault};
use crate::{
    finding::{Draft, holds},
    rule::{Class, Rule, Severity},
    text::arn_forms::{named, prefixed},
};
use policy_engine::{
    policy::{mistake::PolicyError, parse::Mistake},
    source::Origin,
};

/// The most mistakes that a rule reports of a document that is larger than AWS accepts.
const MOST: usize = 100;

/// Drafts for the mistakes that the parser noted in a document.
pub(crate) fn mistakes(document: &Document<'_>, rule: &Rule, wanted: &[Mistake]) -> Vec<Draft> {
    if is_other_text(document) {
        return other_text(document, wanted).into_iter().collect();
    }
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
        if problem.mistake == Mistake::ResourceShape {
            draft.help = Some(whole_arn(document, place));
        }
        draft
    });
    drafts.collect()
}

/// The change of a resource that is no ARN.
fn whole_arn(document: &Document<'_>, place: Origin) -> String {
    let mut statements = document.statements().iter();
    let statement = statements.find(|statement| holds(statement.origin, place));
    let mut values = statement.into_iter().flat_map(resources);
    let value = values.find(|value| value.origin == place);
    let text = value.map_or("", |value| value.text.literal());
    let services = statement.into_iter().flat_map(actions);
    let mut services = services.filter_map(|action| action.text.literal().split(':').next());
    let arn = prefixed(text).or_else(|| named(services.next()?, text));
    match arn {
        Some(arn) => format!("write \"{arn}\""),
        None => "write the whole ARN of the resource, or `*`".to_owned(),
    }
}

/// Whether a document has members, and none that a policy has or that is near to one: `{file: policy.yaml}`, which a program replaces.
fn is_other_text(document: &Document<'_>) -> bool {
    let policy = document.policy;
    let mut problems = policy.problems.iter().peekable();
    let is_empty = policy.statements.is_empty() && policy.version.is_none() && policy.id.is_none();
    let has = |wanted| policy.problems.iter().any(|own| own.mistake == wanted);
    is_empty
        && has(Mistake::NoStatement)
        && has(Mistake::UnknownElement)
        && problems.all(|own| own.mistake != Mistake::UnknownElement || !is_near(own))
}

/// Whether the unknown member that a problem names is a misspelt member of a policy.
fn is_near(problem: &PolicyError) -> bool {
    const KNOWN: [&str; 2] = ["statement", "version"];
    let name = problem.message.split('`').nth(1).unwrap_or_default();
    let name = name.to_ascii_lowercase();
    problem.help.is_some() || KNOWN.iter().any(|own| strsim::levenshtein(own, &name) <= 3)
}

/// The one draft for such a document, of the rule for documents without statements.
fn other_text(document: &Document<'_>, wanted: &[Mistake]) -> Option<Draft> {
    let mut problems = document.policy.problems.iter();
    let problem = problems.find(|own| own.mistake == Mistake::UnknownElement)?;
    let is_own = wanted.contains(&Mistake::NoStatement);
    let message = "this is not a policy document: it has no member of a policy";
    let draft = document.draft(problem.origin, "no member of a policy", message);
    let draft = draft
        .severity(Severity::Info)
        .help("write the policy here if no program replaces this text before the deployment");
    is_own.then_some(draft)
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
