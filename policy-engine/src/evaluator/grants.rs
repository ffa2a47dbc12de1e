//! Grants on KMS keys (docs/semantics.md#kms-grants). A grant can allow, never deny.

use super::context::{Lookup, View};
use crate::{
    key::Key,
    request::{Grant, Principal, Request},
    text::Text,
    truth::Truth,
};

const CONTEXT: &str = "kms:EncryptionContext:";

/// Whether a grant of the key allows the request.
pub(super) fn allow(request: &Request, view: &View<'_>) -> Truth {
    let open = Truth::from(request.traits.open_grants.is_some()).and(Truth::Unknown);
    let grants = request.traits.grants.iter();
    grants
        .map(|grant| grant_allows(grant, request, view))
        .fold(open, Truth::or)
}

/// The missing facts that decide whether a grant allows the request.
pub(super) fn missing(request: &Request, view: &View<'_>) -> Vec<String> {
    let grants = request.traits.grants.iter();
    let undecided = grants.filter(|grant| grant_allows(grant, request, view) == Truth::Unknown);
    let mut names: Vec<String> = request.traits.open_grants.iter().cloned().collect();
    for grant in undecided {
        names.extend(hole_names(&grant.grantee));
        for pairs in [&grant.context_subset, &grant.context_equals] {
            for (_, wanted) in pairs.iter().flatten() {
                names.extend(hole_names(wanted));
            }
        }
        let keys = grant.context_subset.iter().chain(&grant.context_equals);
        let keys = keys.flatten().map(|(name, _)| name);
        for name in keys {
            names.extend(missing_value(&Key::new(format!("{CONTEXT}{name}")), view));
        }
        if grant.context_equals.is_some() {
            let others = request.context.iter().map(|(key, _)| key);
            let others = others.filter(|key| key.strip_prefix(CONTEXT).is_some());
            names.extend(others.flat_map(|key| missing_value(key, view)));
        }
    }
    names
}

fn missing_value(key: &Key, view: &View<'_>) -> Vec<String> {
    match view.lookup(key) {
        Lookup::Unknown(reason) => vec![reason.to_string()],
        Lookup::Single(value) => hole_names(value),
        Lookup::Absent | Lookup::Multi(_) => Vec::new(),
    }
}

fn hole_names(text: &Text) -> Vec<String> {
    let holes = text.holes().iter();
    holes.map(|(_, hole)| hole.name.to_string()).collect()
}

fn grant_allows(grant: &Grant, request: &Request, view: &View<'_>) -> Truth {
    let grantee = match &request.principal {
        Principal::Session { role, session, .. } => {
            let named = session
                .as_ref()
                .map_or(Truth::False, |session| same(&grant.grantee, session));
            named.or(same(&grant.grantee, role))
        }
        Principal::User { arn, .. } => same(&grant.grantee, arn),
        _ => Truth::False,
    };
    let operation = request.action.operation();
    let listed = grant
        .operations
        .iter()
        .any(|granted| granted.eq_ignore_ascii_case(operation));
    let subset = grant
        .context_subset
        .as_ref()
        .map_or(Truth::True, |pairs| carries(pairs, view));
    let equals = grant.context_equals.as_ref().map_or(Truth::True, |pairs| {
        carries(pairs, view).and(nothing_else(pairs, request, view))
    });
    grantee.and(listed.into()).and(subset).and(equals)
}

/// Whether the encryption context of a request contains these pairs; values compare letter by letter.
fn carries(pairs: &[(String, Text)], view: &View<'_>) -> Truth {
    let has = |(name, wanted): &(String, Text)| match view
        .lookup(&Key::new(format!("{CONTEXT}{name}")))
    {
        Lookup::Single(value) => same(wanted, value),
        Lookup::Unknown(_) => Truth::Unknown,
        Lookup::Absent | Lookup::Multi(_) => Truth::False,
    };
    pairs.iter().map(has).fold(Truth::True, Truth::and)
}

/// Whether the encryption context contains only these pairs.
fn nothing_else(pairs: &[(String, Text)], request: &Request, view: &View<'_>) -> Truth {
    let named = |key: &Key| {
        pairs
            .iter()
            .any(|(name, _)| key.is(&format!("{CONTEXT}{name}")))
    };
    let others = request
        .context
        .iter()
        .filter(|(key, _)| key.strip_prefix(CONTEXT).is_some() && !named(key));
    let absent = others.map(|(key, _)| match view.lookup(key) {
        Lookup::Absent => Truth::True,
        Lookup::Unknown(_) => Truth::Unknown,
        Lookup::Single(_) | Lookup::Multi(_) => Truth::False,
    });
    absent.fold(Truth::True, Truth::and)
}

fn same(wanted: &Text, actual: &Text) -> Truth {
    super::statement::same(wanted, actual)
}
