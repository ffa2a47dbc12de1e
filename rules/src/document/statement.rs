//! The parts of a statement that rules read.

use crate::finding::{hash, holds};
use policy_engine::{
    policy::{
        PolicyType,
        statement::{Effect, ListElement, PrincipalEntry, Statement, Written},
    },
    source::Origin,
};

/// Whether a place belongs to a part that excludes requests: `NotAction`, `NotResource`, `NotPrincipal`, or a negated operator.
pub(crate) fn excludes(statement: &Statement, place: Origin) -> bool {
    let lists = statement.action.iter().chain(&statement.resource);
    let mut lists = lists.filter(|list| list.negated).map(|list| list.origin);
    let principal = statement.principal.iter().filter(|own| own.negated);
    let mut principals = principal
        .flat_map(|own| &own.entries)
        .map(|entry| entry.value.origin);
    let negated = statement.conditions.iter();
    let mut conditions = negated.filter(|own| own.parsed.is_some_and(|parsed| parsed.negated));
    lists.any(|own| holds(own, place))
        || principals.any(|own| holds(own, place))
        || conditions.any(|own| {
            holds(own.origin, place) || own.key.origin == place || own.operator.origin == place
        })
}

/// The identity of a statement within its document: the Sid, else a hash of its actions and resources.
pub(crate) fn identity(statement: &Statement) -> String {
    if let Some(sid) = statement.sid.as_ref().filter(|sid| !sid.value.is_empty()) {
        return sid.value.clone();
    }
    let lists = statement.action.iter().chain(&statement.resource);
    let texts = lists.flat_map(|element| &element.values);
    let texts: Vec<String> = texts.map(|value| value.text.to_string()).collect();
    let parts: Vec<&str> = texts.iter().map(String::as_str).collect();
    format!("{:016x}", hash(&parts))
}

pub(crate) fn is_allow(statement: &Statement) -> bool {
    statement
        .effect
        .as_ref()
        .is_some_and(|effect| effect.value == Effect::Allow)
}

pub(crate) fn is_deny(statement: &Statement) -> bool {
    statement
        .effect
        .as_ref()
        .is_some_and(|effect| effect.value == Effect::Deny)
}

/// The values of `Action`, unless it is `NotAction`.
pub(crate) fn actions(statement: &Statement) -> &[Written] {
    plain(statement.action.as_ref())
}

/// The values of `Resource`, unless it is `NotResource`.
pub(crate) fn resources(statement: &Statement) -> &[Written] {
    plain(statement.resource.as_ref())
}

fn plain(element: Option<&ListElement>) -> &[Written] {
    element
        .filter(|element| !element.negated)
        .map(|element| element.values.as_slice())
        .unwrap_or_default()
}

/// The principals of a statement.
pub(crate) fn entries(statement: &Statement) -> impl Iterator<Item = &PrincipalEntry> {
    let elements = statement.principal.iter();
    elements.flat_map(|element| &element.entries)
}

/// Whether the service that keeps policies of a type accepts any text as a Sid, also twice: docs/semantics.md#sid.
pub(crate) fn is_lenient(kind: PolicyType) -> bool {
    matches!(
        kind,
        PolicyType::Resource | PolicyType::Key | PolicyType::Endpoint
    )
}

/// Every action, resource, condition key and value of some statements, each with its own.
pub(crate) fn texts_of(statements: &[Statement]) -> impl Iterator<Item = (&Statement, &Written)> {
    statements.iter().flat_map(|statement| {
        let lists = statement.action.iter().chain(&statement.resource);
        let lists = lists.flat_map(|element| &element.values);
        let conditions = statement.conditions.iter();
        let conditions = conditions.flat_map(|test| std::iter::once(&test.key).chain(&test.values));
        lists.chain(conditions).map(move |text| (statement, text))
    })
}

/// The content of a statement without its Sid.
pub(crate) fn content(statement: &Statement) -> String {
    let mut parts = vec![format!(
        "{:?}",
        statement.effect.as_ref().map(|effect| effect.value)
    )];
    let lists = statement.action.iter().chain(&statement.resource);
    for list in lists {
        parts.push(list.negated.to_string());
        parts.extend(list.values.iter().map(|value| value.text.to_string()));
    }
    if let Some(element) = &statement.principal {
        let entries = element.entries.iter();
        parts.extend(entries.map(|entry| {
            let (kind, text) = (entry.kind.name(), &entry.value.text);
            format!("{}{kind}{text}", element.negated)
        }));
    }
    for condition in &statement.conditions {
        parts.push(format!(
            "{} {}",
            condition.operator.value, condition.key.text
        ));
        parts.extend(condition.values.iter().map(|value| value.text.to_string()));
    }
    parts.join("\u{0}")
}

/// Whether a statement names the service of EKS Pod Identity: docs/semantics.md#role-assumption.
pub(crate) fn lets_pods_in(statement: &Statement) -> bool {
    let mut entries = statement
        .principal
        .iter()
        .flat_map(|element| &element.entries);
    entries.any(|entry| entry.value.text.literal() == "pods.eks.amazonaws.com")
}
