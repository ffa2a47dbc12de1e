//! Whether a document has to do with pods that mount, secrets, parameters, keys, or roles that pods reach.

use crate::{
    document::{Document, Owner, clusters, entries, is_allow, lets_pods_in},
    text::globs::includes_any_case,
    world::roles::Pods,
};
use policy_engine::{
    inventory::{Inventory, Role},
    policy::{
        PolicyDocument, PolicyType,
        statement::{PrincipalKind, Statement},
    },
    service::ServiceProfile,
    text::Text,
};

/// Actions by which a caller gets the sessions of others, or changes who does.
const CONCERNS: [&str; 5] = [
    "sts:assumerole",
    "sts:tagsession",
    "iam:passrole",
    "iam:tagrole",
    "eks:createpodidentityassociation",
];
/// The services of these actions, and of pods.
const SERVICES: [&str; 4] = ["sts", "iam", "eks", "eks-auth"];

/// Whether a finding about a document matters to the question which pod reads which secret.
pub(super) fn matters(inventory: &Inventory, pods: &Pods<'_>, document: &Document<'_>) -> bool {
    match (document.owner, document.kind) {
        (Owner::Secret(_) | Owner::Key(_) | Owner::Other, _) => true,
        (Owner::Role(role), _) => {
            let mut sharing = document.sharing.iter();
            of_role(inventory, pods, role)
                || sharing.any(|role| pods.serve(role))
                || lets_in(document)
        }
        (Owner::Nothing, PolicyType::Trust) => lets_in(document) || takes_principals(document),
        (Owner::Nothing, PolicyType::Key) => true,
        (Owner::Nothing, _) => concerns(document.policy),
    }
}

/// Whether pods assume a role, or its permissions concern secrets, keys or other roles; unknown permissions do.
fn of_role(inventory: &Inventory, pods: &Pods<'_>, role: &Role) -> bool {
    let is_open = |open: &Option<policy_engine::text::Hole>| {
        open.as_ref().is_some_and(|hole| !hole.is_unstated())
    };
    let mut attached = role.attached.list.iter().map(|arn| {
        let mut policies = inventory.policies.iter();
        policies.find(|policy| policy.arn == arn.value)
    });
    pods.serve(role)
        || is_open(&role.inline.open)
        || is_open(&role.attached.open)
        || role.inline.list.iter().any(|policy| concerns(policy))
        || attached.any(|policy| policy.is_none_or(|policy| concerns(&policy.document)))
}

/// Whether a statement is about an action that concerns secrets, keys or roles; one without readable actions is.
fn concerns(policy: &PolicyDocument) -> bool {
    policy.statements.is_empty() || policy.statements.iter().any(is_concern)
}

fn is_concern(statement: &Statement) -> bool {
    let Some(element) = &statement.action else {
        return true;
    };
    element.negated
        || element.values.iter().any(|value| {
            let Some(text) = value.text.known() else {
                return true;
            };
            let service = text.split(':').next().unwrap_or(text);
            let is_service = SERVICES.iter().any(|own| own.eq_ignore_ascii_case(service));
            let reads = ServiceProfile::ALL.iter().flat_map(|profile| profile.read);
            is_service
                || ServiceProfile::of(service).is_some()
                || !text.contains(':')
                || reads
                    .chain(&CONCERNS)
                    .any(|own| includes_any_case(text, own))
        })
}

/// Whether a trust policy allows pods of EKS.
fn lets_in(document: &Document<'_>) -> bool {
    let mut statements = document.statements().iter();
    document.kind == PolicyType::Trust
        && (clusters(document).next().is_some()
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
