//! A change of an unknown resource may apply to each of its kind in the account.

use crate::{
    arns::is_open,
    loading::Loading,
    managed::Catalogue,
    pending::{Stray, StrayFact},
    policy, shape,
};
use policy_engine::{
    inventory::{Attribute, ResourcePolicy, Role},
    policy::{PolicyDocument, PolicyType},
    syntax::arn::Arn,
    text::Hole,
};
use std::sync::Arc;

/// Leaves open what may hold, when everything else is known.
pub(crate) fn spread(loading: &mut Loading) {
    let catalogue = Catalogue::default();
    for stray in std::mem::take(&mut loading.strays) {
        let account = stray.account;
        let of = match stray.of {
            StrayFact::Attached { arn, hole } => {
                let known = document(loading, &catalogue, &arn);
                if let Some(document) = known {
                    perhaps_attached(loading, &account, &document, &hole);
                    continue;
                }
                StrayFact::Policy(hole)
            }
            of => of,
        };
        leave_open(loading, Stray { account, of });
    }
    namesakes(loading, &catalogue);
}

/// Gives each role of an unknown name what a role of the account has that no source describes: it may be that role.
fn namesakes(loading: &mut Loading, catalogue: &Catalogue) {
    let roles = &loading.inventory.roles;
    let is_described =
        |role: &Role| !matches!(&role.trust, Attribute::Unknown(hole) if hole.is_unstated());
    let open: Vec<usize> = (0..roles.len())
        .filter(|at| {
            let role = roles.get(*at);
            role.is_some_and(|role| is_described(role) && is_open(&role.arn))
        })
        .collect();
    if open.is_empty() {
        return;
    }
    let begun = roles.iter().filter(|role| !is_described(role));
    let begun: Vec<Role> = begun
        .filter(|role| !role.inline.list.is_empty() || !role.attached.list.is_empty())
        .cloned()
        .collect();
    for other in begun {
        let hole = Hole::any(format!("whether a role has the name of {}", &*other.arn));
        let attached = other.attached.list.iter();
        let attached: Vec<_> = attached
            .map(|arn| document(loading, catalogue, &arn.value))
            .collect();
        for at in &open {
            let Some(role) = loading.inventory.roles.get_mut(*at) else {
                continue;
            };
            if role.arn.account() != other.arn.account() {
                continue;
            }
            for document in other.inline.list.iter().chain(attached.iter().flatten()) {
                role.inline.list.push(perhaps(document, &hole));
            }
            if attached.iter().any(Option::is_none) {
                role.attached.open = Some(hole.clone());
            }
        }
    }
}

/// A policy of which it is unknown whether a role has it.
fn perhaps(document: &PolicyDocument, hole: &Hole) -> Arc<PolicyDocument> {
    let mut perhaps = document.clone();
    for statement in &mut perhaps.statements {
        statement.open.push(hole.clone());
    }
    Arc::new(perhaps)
}

fn document(loading: &Loading, catalogue: &Catalogue, arn: &str) -> Option<Arc<PolicyDocument>> {
    let mut policies = loading.inventory.policies.iter();
    let own = policies.find(|policy| policy.arn == arn);
    let own = own.map(|policy| Arc::clone(&policy.document));
    own.or_else(|| catalogue.document(arn))
}

/// Gives each role of an account the statements of a policy that one of them has: whether a role has it is unknown.
fn perhaps_attached(loading: &mut Loading, account: &str, document: &PolicyDocument, hole: &Hole) {
    if document.statements.is_empty() {
        return;
    }
    let perhaps = perhaps(document, hole);
    let roles = loading.inventory.roles.iter_mut();
    for role in roles.filter(|role| is_in(&role.arn, account)) {
        role.inline.list.push(Arc::clone(&perhaps));
    }
}

fn leave_open(loading: &mut Loading, Stray { account, of }: Stray) {
    if let StrayFact::OnlyInline { listed, hole } = of {
        only_inline(loading, &account, &listed, &hole);
        return;
    }
    let inventory = &mut loading.inventory;
    let roles = inventory.roles.iter_mut();
    let roles = roles.filter(|role| is_in(&role.arn, &account));
    let secrets = inventory.secrets.iter_mut();
    let secrets = secrets.filter(|secret| secret.account == account);
    let keys = inventory.keys.iter_mut();
    let keys = keys.filter(|key| key.account == account);
    match of {
        StrayFact::Policy(hole) => {
            roles.for_each(|role| role.attached.open = Some(hole.clone()));
        }
        StrayFact::OnlyAttached { listed, hole } => roles.for_each(|role| {
            role.attached.list.retain(|arn| listed.contains(&arn.value));
            role.attached.open = Some(hole.clone());
        }),
        StrayFact::Passed { to, hole } => {
            let is_passed = |name: &str| to.contains(&format!("\"{name}\""));
            for role in roles {
                let name = role.arn.rsplit('/').next().unwrap_or(&role.arn);
                if is_passed(name) || is_passed(&role.arn) {
                    role.attached.open = Some(hole.clone());
                }
            }
            for secret in secrets {
                if is_passed(&secret.name) || is_passed(&secret.arn.to_string()) {
                    secret.policy = ResourcePolicy::Unknown(hole.clone());
                }
            }
            for key in keys {
                let arn = key.arn.to_string();
                if is_passed(arn.rsplit('/').next().unwrap_or(&arn)) || is_passed(&arn) {
                    key.policy = Attribute::Unknown(hole.clone());
                    key.grants.open = Some(hole.clone());
                }
            }
        }
        StrayFact::Attached { .. } | StrayFact::OnlyInline { .. } => {}
        StrayFact::SecretPolicy(hole) => {
            secrets.for_each(|secret| secret.policy = ResourcePolicy::Unknown(hole.clone()));
        }
        StrayFact::SecretTag(hole) => {
            secrets.for_each(|secret| secret.tags.open = Some(hole.clone()));
        }
        StrayFact::KeyPolicy(hole) => {
            keys.for_each(|key| key.policy = Attribute::Unknown(hole.clone()));
        }
        StrayFact::Alias(hole) => keys.for_each(|key| key.more_aliases = Some(hole.clone())),
        StrayFact::Grant(hole) => keys.for_each(|key| key.grants.open = Some(hole.clone())),
        StrayFact::Share(hole) => {
            let parameters = inventory.parameters.iter_mut();
            let own = parameters.filter(|parameter| parameter.account == account);
            own.for_each(|parameter| parameter.shares.open = Some(hole.clone()));
        }
    }
}

/// The inline policies of one role that are not listed go away; which role that is, is not known.
fn only_inline(loading: &mut Loading, account: &str, listed: &[String], hole: &Hole) {
    let mut roles = std::mem::take(&mut loading.inventory.roles);
    for role in roles.iter_mut().filter(|role| is_in(&role.arn, account)) {
        let policies = role.inline.list.iter_mut();
        for policy in policies.filter(|policy| listed.iter().all(|name| **name != *policy.name)) {
            if let Some(perhaps) = anything(loading, policy, hole) {
                *policy = perhaps;
            }
        }
    }
    loading.inventory.roles = roles;
}

/// A policy that may allow or deny anything, in the place of one that may go away.
fn anything(
    loading: &mut Loading,
    policy: &PolicyDocument,
    hole: &Hole,
) -> Option<Arc<PolicyDocument>> {
    let node = shape::unknown(&hole.name, PolicyType::Identity, policy.origin);
    policy::document(loading, &node, PolicyType::Identity, &policy.name)
}

fn is_in(arn: &str, account: &str) -> bool {
    Arn::parse(arn).is_some_and(|arn| arn.account == account)
}
