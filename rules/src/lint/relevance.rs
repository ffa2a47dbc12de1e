//! Whether a document has to do with pods that mount, secrets, parameters, keys, or roles that pods reach.

use crate::{
    document::{
        Document, Owner, clusters,
        concern::{concerns, is_concern_in},
        entries, is_allow, lets_pods_in,
        providers::{is_of_cluster, unknown_providers},
    },
    rule::{Property, Rule},
    world::{index::Index, roles::Pods},
};
use policy_engine::{
    inventory::Role,
    policy::{PolicyType, statement::PrincipalKind},
    source::Origin,
    text::Text,
};

/// Whether a finding about a document matters to the question which pod reads which secret.
pub(super) fn matters(index: &Index<'_>, pods: &Pods<'_>, document: &Document<'_>) -> bool {
    match (document.owner, document.kind) {
        (Owner::Secret(_) | Owner::Key(_) | Owner::Other, _) => true,
        (Owner::Role(role), _) => {
            let mut sharing = document.sharing.iter();
            of_role(index, pods, role) || sharing.any(|role| pods.serve(role)) || lets_in(document)
        }
        (Owner::Nothing, PolicyType::Trust) => lets_in(document) || takes_principals(document),
        (Owner::Nothing, PolicyType::Key) => true,
        (Owner::Nothing, _) => concerns(document.policy),
    }
}

/// Whether pods assume a role, or its permissions concern secrets, keys or other roles; unknown permissions do.
fn of_role(index: &Index<'_>, pods: &Pods<'_>, role: &Role) -> bool {
    let is_open = |open: &Option<policy_engine::text::Hole>| {
        open.as_ref().is_some_and(|hole| !hole.is_unstated())
    };
    let attached = role.attached.list.iter();
    let mut attached = attached.map(|arn| index.policy(&arn.value));
    pods.serve(role)
        || is_open(&role.inline.open)
        || is_open(&role.attached.open)
        || role.inline.list.iter().any(|policy| concerns(policy))
        || attached.any(|policy| policy.is_none_or(|policy| concerns(&policy.document)))
}

/// Whether a finding of a rule matters by the statement that it is about: a mistake in actions and resources of other services decides nothing
/// about secrets, whatever other statements of the document do. A document that AWS rejects as a whole has no other statements.
pub(super) fn matters_here(rule: &Rule, document: &Document<'_>, place: Option<Origin>) -> bool {
    const BY_STATEMENT: [&str; 5] = ["ARN", "CAT", "PRM", "RED", "TAG"];
    if !BY_STATEMENT.contains(&rule.family()) || rule.has(Property::RejectsDocument) {
        return true;
    }
    let mut statements = document.statements().iter();
    let own = statements.find(|own| Some(own.origin) == place);
    own.is_none_or(|own| is_concern_in(document.kind, own))
}

/// Whether a trust policy allows pods of EKS.
fn lets_in(document: &Document<'_>) -> bool {
    let mut statements = document.statements().iter();
    document.kind == PolicyType::Trust
        && (clusters(document).next().is_some()
            || unknown_providers(document).any(|(_, entry)| is_of_cluster(entry))
            || statements.any(|own| is_allow(own) && lets_pods_in(own)))
}

/// Whether a trust policy allows roles, users, accounts or everyone, not only services and identity providers.
fn takes_principals(document: &Document<'_>) -> bool {
    let mut entries = document.statements().iter().flat_map(entries);
    entries.any(|entry| matches!(entry.kind, PrincipalKind::Aws | PrincipalKind::Everyone))
}

/// Whether pods can have the role of a document: by EKS, by their nodes, or from another role. A document without a role is reachable.
pub(super) fn is_reachable(pods: &Pods<'_>, document: &Document<'_>) -> bool {
    let Owner::Role(role) = document.owner else {
        return true;
    };
    let Some(trust) = role.trust.known() else {
        return true;
    };
    let mut allows = trust.statements.iter().filter(|own| is_allow(own));
    let mut sharing = document.sharing.iter();
    pods.serve(role)
        || sharing.any(|role| pods.serve(role))
        || allows.any(|statement| {
            let is_plain = statement.principal.as_ref().is_some_and(|own| !own.negated);
            !is_plain
                || entries(statement).any(|entry| lets_workloads_in(&entry.value.text, entry.kind))
        })
}

/// Whether an entry of a trust policy is one by which a pod gets a role; an unknown entry is.
fn lets_workloads_in(text: &Text, kind: PrincipalKind) -> bool {
    let Some(text) = text.known() else {
        return true;
    };
    match kind {
        PrincipalKind::Service => text.ends_with("eks.amazonaws.com") || text.starts_with("ec2."),
        PrincipalKind::Federated => text.contains("oidc.eks") || text.contains("/id/"),
        PrincipalKind::Everyone | PrincipalKind::Aws | PrincipalKind::CanonicalUser => true,
    }
}
