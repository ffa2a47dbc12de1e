//! What rules ask of a statement by itself.

use crate::finding::hash;
use policy_engine::policy::{
    PolicyType,
    statement::{Effect, ListElement, Statement, Written},
};

/// What tells a statement from its neighbours: the Sid, or what it is about.
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

/// Whether the service that keeps policies of a type takes any text as a Sid, and one twice.
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
        let conditions = conditions.flat_map(|one| std::iter::once(&one.key).chain(&one.values));
        lists.chain(conditions).map(move |text| (statement, text))
    })
}

/// What a statement says, its Sid left out.
pub(crate) fn content(statement: &Statement) -> String {
    let mut parts = vec![format!(
        "{:?}",
        statement.effect.as_ref().map(|one| one.value)
    )];
    let lists = statement.action.iter().chain(&statement.resource);
    for list in lists {
        parts.push(list.negated.to_string());
        parts.extend(list.values.iter().map(|value| value.text.to_string()));
    }
    if let Some(element) = &statement.principal {
        let entries = element.entries.iter();
        parts.extend(
            entries.map(|one| format!("{}{}{}", element.negated, one.kind.name(), one.value.text)),
        );
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

/// Whether a statement is about the service that assumes roles for pods.
pub(crate) fn lets_pods_in(statement: &Statement) -> bool {
    let mut entries = statement.principal.iter().flat_map(|one| &one.entries);
    entries.any(|one| one.value.text.literal() == "pods.eks.amazonaws.com")
}
