//! Tests of tags, by which tenants are kept apart.

use crate::{
    conditions::{each, is_positive, key},
    context::Context,
    document::{Document, READS, is_allow, named},
    finding::{Draft, Fix, Grade},
    probe::Probe,
};
use policy_engine::{
    policy::{
        PolicyType,
        condition::{Comparison, Operator},
        statement::{Condition, Effect, Statement},
    },
    syntax::variable::{self, Expression, Variable},
};

/// Whose tag a condition tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag<'a> {
    Resource(&'a str),
    Principal(&'a str),
    Request(&'a str),
}

/// The tag that a condition tests.
pub(crate) fn tag(condition: &Condition) -> Option<Tag<'_>> {
    let key = condition.key.text.literal();
    let strip = |prefix: &str| {
        let head = key.get(..prefix.len())?;
        head.eq_ignore_ascii_case(prefix)
            .then(|| key.get(prefix.len()..))
            .flatten()
    };
    let resource = [
        "aws:ResourceTag/",
        "secretsmanager:ResourceTag/",
        "ssm:resourceTag/",
    ];
    let resource = resource.iter().find_map(|prefix| strip(prefix));
    resource
        .map(Tag::Resource)
        .or_else(|| strip("aws:PrincipalTag/").map(Tag::Principal))
        .or_else(|| strip("aws:RequestTag/").map(Tag::Request))
}

/// Whether a condition tests a tag of the object or of the caller.
pub(crate) fn isolates(condition: &Condition) -> bool {
    matches!(tag(condition), Some(Tag::Resource(_) | Tag::Principal(_)))
}

/// The statements of a document that let values be read, each with an action that reads.
pub(crate) fn reading<'d>(
    document: &'d Document<'_>,
) -> impl Iterator<Item = (&'d Statement, &'static str)> {
    let grants = matches!(document.kind, PolicyType::Identity | PolicyType::Resource);
    let statements = document.statements().iter();
    statements
        .filter(move |statement| grants && is_allow(statement))
        .filter_map(|statement| Some((statement, named(statement, &READS)?)))
}

/// Tests of tags that hold where the tag is absent, each with the request that passes; `strict` is the operator that would not.
pub(crate) fn loose_tests(
    context: &Context<'_>,
    document: &Document<'_>,
    is_loose: impl Fn(&Condition) -> bool,
    strict: impl Fn(&str) -> &str,
) -> Vec<Draft> {
    let is_loose = |condition: &Condition| isolates(condition) && is_loose(condition);
    let mut drafts = Vec::new();
    for (statement, action) in reading(document) {
        for condition in statement.conditions.iter().filter(|one| is_loose(one)) {
            let key = condition.key.text.literal();
            let probe = Probe::meeting(document, statement, action, is_loose);
            let proof = probe.and_then(|probe| probe.without(key).allowed(context, document));
            if proof.is_none() {
                continue;
            }
            let message = format!("whoever lacks `{key}` passes: {action} is allowed without it");
            let place = condition.operator.origin;
            let operator = format!("\"{}\"", strict(&condition.operator.value));
            let draft = document
                .in_statement(statement, place, "holds where the tag is absent", message)
                .because(key)
                .related(condition.key.origin, "this tag")
                .help(&*operator)
                .request(proof)
                .once(statement.origin)
                .fix(Fix {
                    grade: Grade::Safe,
                    edits: vec![(place, operator)],
                });
            drafts.push(draft);
        }
    }
    drafts
}

/// Tests of an object's tag in statements about all actions but some, of an effect; many of these actions carry no tag.
pub(crate) fn tag_beside_not_action(
    document: &Document<'_>,
    effect: Effect,
    message: &str,
) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (statement, condition) in each(document).filter(|_| document.is_identity()) {
        let asks = condition.parsed.is_some_and(is_positive)
            && matches!(tag(condition), Some(Tag::Resource(_)));
        let is_meant = statement
            .effect
            .as_ref()
            .is_some_and(|one| one.value == effect);
        let negated = statement.action.as_ref().filter(|one| one.negated);
        let Some(element) = negated.filter(|_| asks && is_meant) else {
            continue;
        };
        let place = condition.key.origin;
        let draft = document
            .in_statement(statement, place, "many actions carry no tag", message)
            .because(key(condition))
            .related(element.key, "everything but these")
            .help("list the actions that are meant");
        drafts.push(draft);
    }
    drafts
}

/// Whether an operator compares text for equality or by pattern.
pub(crate) fn is_text(operator: Operator) -> bool {
    matches!(
        operator.comparison,
        Comparison::StringEquals | Comparison::StringEqualsIgnoreCase | Comparison::StringLike
    )
}

/// The variables of a text, each with the bytes it takes.
pub(crate) fn variables(text: &str) -> Vec<(Variable, usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find("${")) {
        let start = at + next;
        if holds_another(text, start + 2) {
            at = start + 2;
            continue;
        }
        match variable::parse(text, start) {
            Ok((Expression::Variable(one), length)) => {
                found.push((one, start, start + length));
                at = start + length;
            }
            Ok((Expression::Escape(_), length)) => at = start + length,
            Err(_) => at = start + 2,
        }
    }
    found
}

/// Whether a variable's name, from its first letter on, holds the beginning of another one: then it is none.
fn holds_another(text: &str, name: usize) -> bool {
    let rest = text.get(name..).unwrap_or("");
    let end = rest.find(['}', ',', '$']).unwrap_or(rest.len());
    rest.get(end..).is_some_and(|rest| rest.starts_with("${"))
}

/// The tag of a variable that stands for a tag of the caller.
pub(crate) fn principal_tag(variable: &Variable) -> Option<&str> {
    variable.key.strip_prefix("aws:PrincipalTag/")
}
