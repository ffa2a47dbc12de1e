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
