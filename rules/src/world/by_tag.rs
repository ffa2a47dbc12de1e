//! Roles whose permissions to read depend on tags of the caller.

use crate::{
    document::{Document, READS, entries, is_allow, is_deny, matches_action, tags::caller_tags},
    world::{index::Index, roles::Pods},
};
use policy_engine::{
    inventory::{Inventory, ResourcePolicy, Role},
    policy::{
        PolicyDocument,
        statement::{PrincipalKind, Statement},
    },
    service::KMS,
    syntax::arn::Arn,
};
use std::{collections::BTreeSet, sync::Arc};

/// A role, and the tags of the caller on which its grants depend.
pub(crate) struct ByTag<'a> {
    pub(crate) role: &'a Role,
    /// For each grant the names of all tags that it compares, in lower case; a caller who sets all of them gets the grant.
    pub(crate) grants: BTreeSet<BTreeSet<String>>,
}

/// The roles whose permissions to read depend on tags of the caller: by a statement of their own policies, or of the policy of a secret or
/// key.
pub(crate) fn roles<'a>(inventory: &'a Inventory, index: &Index<'a>) -> Vec<ByTag<'a>> {
    let shared: Vec<&Statement> = shared(inventory)
        .flat_map(|policy| &policy.statements)
        .filter(|own| reads(own) && !caller_tags(own).is_empty())
        .collect();
    let roles = inventory.roles.iter();
    let by_tag = roles.filter_map(|role| {
        let grants = grants(index, role, &shared);
        (!grants.is_empty()).then_some(ByTag { role, grants })
    });
    by_tag.collect()
}

/// The policies of secrets and keys.
fn shared(inventory: &Inventory) -> impl Iterator<Item = &Arc<PolicyDocument>> {
    let secrets = inventory.secrets.iter();
    let secrets = secrets.filter_map(|secret| match &secret.policy {
        ResourcePolicy::Document(policy) => Some(policy),
        _ => None,
    });
    let keys = inventory.keys.iter();
    secrets.chain(keys.filter_map(|key| key.policy.known()))
}

fn grants(index: &Index<'_>, role: &Role, shared: &[&Statement]) -> BTreeSet<BTreeSet<String>> {
    // A document that several roles share is listed once in a context, so that the roles are asked.
    let attached = role.attached.list.iter();
    let attached = attached.filter_map(|arn| index.policy(&arn.value));
    let attached = attached.map(|policy| &policy.document);
    let own: Vec<&Statement> = role
        .inline
        .list
        .iter()
        .chain(attached)
        .flat_map(|policy| &policy.statements)
        .filter(|own| reads(own))
        .collect();
    let boundary = role
        .boundary
        .known()
        .and_then(|arn| index.policy(&arn.value));
    let boundary = boundary.iter().flat_map(|own| &own.document.statements);
    let denies = own.iter().copied().chain(boundary);
    let denies = denies.filter(|own| is_deny(own) && reads(own));
    let denied: BTreeSet<String> = denies.flat_map(caller_tags).collect();
    let of_others = shared.iter().filter(|own| names(own, role)).copied();
    let allows = own.iter().copied().filter(|own| is_allow(own)).peekable();
    let can_read = allows.clone().next().is_some();
    // A Deny in the policy of a secret limits the grants of the role to callers with the tag.
    let others = of_others.filter(|own| is_allow(own) || can_read);
    let sets = allows.chain(others).map(|own| {
        let mut tags = caller_tags(own);
        tags.extend(denied.iter().cloned());
        tags
    });
    sets.filter(|tags| !tags.is_empty()).collect()
}

/// Whether a statement is about an action that returns a value or decrypts it.
fn reads(statement: &Statement) -> bool {
    let mut actions = READS.iter().chain(KMS.values);
    actions.any(|action| matches_action(statement, action))
}

/// Whether a statement of a resource policy is about a role: it names the role, its account, or everyone.
fn names(statement: &Statement, role: &Role) -> bool {
    let account = Arn::parse(&role.arn).map_or("", |arn| arn.account);
    let is_negated = statement.principal.as_ref().is_some_and(|own| own.negated);
    is_negated
        || entries(statement).any(|entry| match entry.kind {
            PrincipalKind::Everyone => true,
            PrincipalKind::Aws => {
                let text = entry.value.text.to_string();
                let root = format!(":iam::{account}:root");
                text == "*" || role.arn == text.as_str() || text == account || text.ends_with(&root)
            }
            _ => false,
        })
}

/// How often a role may receive its sessions from another role before the search ends.
const LONGEST_CHAIN: usize = 4;

/// Whether every session of a role has the session tags of EKS, which are transitive: another role receives them unchanged
/// (docs/semantics.md#pod-identity-session-tags). A session of a web identity has none.
pub(crate) fn always_tagged(index: &Index<'_>, pods: &Pods<'_>, role: &Role) -> bool {
    is_tagged(index, pods, role, LONGEST_CHAIN)
}

fn is_tagged(index: &Index<'_>, pods: &Pods<'_>, role: &Role, rest: usize) -> bool {
    if pods.have_no_tags(role) {
        return false;
    }
    let Some(trust) = role.trust.known() else {
        return pods.have_tags(role);
    };
    let allows = trust.statements.iter().filter(|own| is_allow(own));
    let mut entries = allows.flat_map(entries).peekable();
    let only_tagged = |text: &str| {
        let giver = index.role(text).filter(|_| rest > 0);
        giver.is_some_and(|giver| is_tagged(index, pods, giver, rest - 1))
    };
    entries.peek().is_some()
        && entries.all(|entry| match entry.kind {
            PrincipalKind::Service => entry.value.text.literal() == POD_IDENTITY,
            PrincipalKind::Aws => only_tagged(&entry.value.text.to_string()),
            _ => false,
        })
}

/// The service of EKS Pod Identity: docs/semantics.md#role-assumption.
const POD_IDENTITY: &str = "pods.eks.amazonaws.com";

/// Whether a role has a trust policy; two roles can share one document.
pub(crate) fn has_trust(role: &Role, document: &Document<'_>) -> bool {
    let trust = role.trust.known();
    trust.is_some_and(|trust| trust.origin == document.policy.origin)
}
