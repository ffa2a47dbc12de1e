//! Identity providers in trust policies whose names are not wholly known.

use super::{Document, conditions::is_positive, is_allow, matches_action, principals};
use policy_engine::{
    policy::{
        PolicyType,
        statement::{PrincipalEntry, PrincipalKind, Statement},
    },
    text::Part,
};

/// The statements of a trust policy that allow web identities of a provider whose name is not wholly known, such as a reference to the
/// provider of a cluster.
pub(crate) fn unknown_providers<'d>(
    document: &'d Document<'_>,
) -> impl Iterator<Item = (&'d Statement, &'d PrincipalEntry)> {
    let is_trust = document.kind == PolicyType::Trust;
    principals(document).filter(move |(statement, entry)| {
        is_trust
            && entry.kind == PrincipalKind::Federated
            && !entry.value.text.is_known()
            && is_allow(statement)
            && matches_action(statement, "sts:AssumeRoleWithWebIdentity")
            && statement.open.is_empty()
    })
}

/// Whether an unknown identity provider is that of a cluster, by the expression that names it.
pub(crate) fn is_of_cluster(entry: &PrincipalEntry) -> bool {
    let shown = entry.value.text.to_string().to_ascii_lowercase();
    shown.contains("eks")
}

/// Whether a statement requires a claim of a token, of whatever issuer; a condition whose key ends in an unknown part may.
pub(crate) fn tests_claim(statement: &Statement, claim: &str) -> bool {
    let mut conditions = statement.conditions.iter();
    conditions.any(|own| {
        let key = &own.key.text;
        let ends_open = key
            .parts()
            .last()
            .is_none_or(|part| matches!(part, Part::Hole(_)));
        let is_own = key.literal().to_ascii_lowercase().ends_with(claim);
        ends_open || is_own && own.parsed.is_none_or(is_positive)
    })
}
