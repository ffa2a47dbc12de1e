//! Grants on KMS keys (evaluation.md 5.9): they only allow.

use crate::{
    key::Key,
    request::{ContextValue, Grant, Principal, Request},
    text::Text,
};

/// Whether a grant of the key allows the request.
pub(super) fn allow(request: &Request) -> bool {
    request
        .traits
        .grants
        .iter()
        .any(|grant| grants(grant, request))
}

fn grants(grant: &Grant, request: &Request) -> bool {
    let grantee = match &request.principal {
        Principal::Session { role, session, .. } => {
            grant.grantee == *role || session.as_ref() == Some(&grant.grantee)
        }
        Principal::User { arn, .. } => grant.grantee == *arn,
        _ => false,
    };
    let operation = grant
        .operations
        .iter()
        .any(|operation| operation.eq_ignore_ascii_case(request.action.operation()));
    grantee && operation && constraints_hold(grant, request)
}

fn constraints_hold(grant: &Grant, request: &Request) -> bool {
    let carries = |(name, wanted): &(String, Text)| {
        let key = Key::new(format!("kms:EncryptionContext:{name}"));
        request.context.get(&key).0 == &ContextValue::Single(wanted.clone())
    };
    let names = match request
        .context
        .get(&Key::new("kms:EncryptionContextKeys"))
        .0
    {
        ContextValue::Multi(names) => names.len(),
        _ => 0,
    };
    let subset = grant
        .context_subset
        .as_ref()
        .is_none_or(|pairs| pairs.iter().all(carries));
    let equals = grant
        .context_equals
        .as_ref()
        .is_none_or(|pairs| pairs.len() == names && pairs.iter().all(carries));
    subset && equals
}
