//! Tests of tags, which isolate tenants from each other.

use crate::{
    document::{
        Document, READS,
        concern::reads_public_parameters,
        conditions::{each, is_positive, key},
        is_allow, matches_action,
    },
    finding::Draft,
    text::{
        tag_keys::{resource_tag, strip},
        variables::{principal_tag, variables},
    },
};
use policy_engine::policy::{
    PolicyType,
    statement::{Condition, Effect, Statement},
};
use std::collections::BTreeSet;

/// The tag that a condition tests, by its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag<'a> {
    Resource(&'a str),
    Principal(&'a str),
    Request(&'a str),
}

/// The tag that a condition tests.
pub(crate) fn tag(condition: &Condition) -> Option<Tag<'_>> {
    let key = condition.key.text.literal();
    let tags = [
        resource_tag(key).map(Tag::Resource),
        strip(key, "aws:PrincipalTag/").map(Tag::Principal),
        strip(key, "aws:RequestTag/").map(Tag::Request),
    ];
    tags.into_iter().flatten().next()
}

/// Whether a condition tests a tag of the object or of the caller, and so isolates tenants.
pub(crate) fn isolates(condition: &Condition) -> bool {
    matches!(tag(condition), Some(Tag::Resource(_) | Tag::Principal(_)))
}

/// The tags of the caller that a statement compares, in its conditions or as variables of its resources, in lower case: keys have no case
/// (docs/semantics.md#letter-case).
pub(crate) fn caller_tags(statement: &Statement) -> BTreeSet<String> {
    let conditions = &statement.conditions;
    let tested = conditions
        .iter()
        .filter_map(|condition| match tag(condition) {
            Some(Tag::Principal(name)) => Some(name.to_ascii_lowercase()),
            _ => None,
        });
    let values = conditions.iter().flat_map(|condition| &condition.values);
    let resources = statement.resource.iter().flat_map(|list| &list.values);
    let variables = values.chain(resources).flat_map(|value| {
        let variables = variables(value.text.literal());
        variables
            .into_iter()
            .filter_map(|(variable, ..)| Some(principal_tag(&variable)?.to_ascii_lowercase()))
    });
    tested.chain(variables).collect()
}

/// The statements of a document that allow an action which returns values, each with the action.
pub(crate) fn reading<'d>(
    document: &'d Document<'_>,
) -> impl Iterator<Item = (&'d Statement, &'static str)> {
    let grants = matches!(document.kind, PolicyType::Identity | PolicyType::Resource);
    let statements = document.statements().iter();
    statements
        .filter(move |statement| {
            grants && is_allow(statement) && !reads_public_parameters(statement)
        })
        .filter_map(|statement| {
            let mut reads = READS.iter().copied();
            Some((
                statement,
                reads.find(|action| matches_action(statement, action))?,
            ))
        })
}

/// Drafts for tests of an object's tag beside `NotAction`, in statements of an effect: requests of many of these actions carry no tag
/// (docs/semantics.md#keys-that-an-action-does-not-supply).
pub(crate) fn tag_beside_not_action(
    document: &Document<'_>,
    effect: Effect,
    message: &str,
) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (statement, condition) in each(document).filter(|_| document.is_identity()) {
        let asks = condition.parsed.is_some_and(is_positive)
            && matches!(tag(condition), Some(Tag::Resource(_)));
        let has_effect = statement
            .effect
            .as_ref()
            .is_some_and(|own| own.value == effect);
        let negated = statement.action.as_ref().filter(|list| list.negated);
        let Some(element) = negated.filter(|_| asks && has_effect) else {
            continue;
        };
        let place = condition.key.origin;
        let draft = document
            .in_statement(
                statement,
                place,
                "requests of many actions contain no tag",
                message,
            )
            .because(key(condition))
            .related(element.key, "everything except these actions")
            .help("list the actions in `Action`");
        drafts.push(draft);
    }
    drafts
}
