//! Policies that name the roles that they are put on.

use super::{
    attribute::{Open, items, of, shown_of, shown_text},
    batch::Batch,
    spelling::{POLICY, POLICY_ARN, POLICY_ARNS, POLICY_NAMES, ROLE, ROLES},
};
use crate::{
    pending::{Stray, StrayFact},
    resource::{Exists, Resource},
};
use policy_engine::{
    inventory::{Attribute, Listed},
    policy::PolicyType,
    source::{Origin, Spanned},
    text::Hole,
};
use std::sync::Arc;

/// An inline policy of some roles.
pub(super) fn inline(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let name = resource.name.value.clone();
    let document = batch.policy(resource, POLICY, PolicyType::Identity, &name);
    if matches!(document, Attribute::Absent) {
        return;
    }
    for name in roles(batch, resource, StrayFact::Policy) {
        let Some(role) = batch.role_of(resource, &name) else {
            continue;
        };
        match &document {
            Attribute::Known(document) => role.inline.list.push(Arc::clone(document)),
            Attribute::Unknown(hole) => role.inline.open = Some(hole.clone()),
            Attribute::Absent => {}
        }
    }
}

/// A managed policy that is attached to some roles.
pub(super) fn managed(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    match resource.text(POLICY_ARN) {
        Attribute::Known(arn) => attach(batch, resource, |_| shown_of(&arn)),
        Attribute::Absent => {}
        Attribute::Unknown(hole) => {
            for name in roles(batch, resource, StrayFact::Policy) {
                if let Some(role) = batch.role_of(resource, &name) {
                    role.attached.open = Some(hole.clone());
                }
            }
        }
    }
}

/// Attaches a policy to the roles that a resource names.
pub(super) fn attach(
    batch: &mut Batch<'_>,
    resource: &Resource<'_>,
    policy: impl Fn(Origin) -> Spanned<String>,
) {
    let arn = policy(resource.origin).value;
    let perhaps = |hole| StrayFact::Attached { arn, hole };
    for name in roles(batch, resource, perhaps) {
        let Some(role) = batch.role_of(resource, &name) else {
            continue;
        };
        match &resource.exists {
            Exists::Yes => role.attached.list.push(policy(name.origin)),
            Exists::Unknown(hole) => role.attached.open = Some(hole.clone()),
        }
    }
}

/// The names of the roles that a resource names; an unknown name may be any role of the account.
fn roles(
    batch: &mut Batch<'_>,
    resource: &Resource<'_>,
    stray: impl FnOnce(Hole) -> StrayFact,
) -> Vec<Spanned<String>> {
    let mut open = Open::default();
    let mut arns = Vec::new();
    for names in [ROLES, ROLE] {
        let stated = resource.stated(names);
        for item in items(of(stated.as_deref()), &mut open) {
            arns.extend(shown_text(item));
        }
    }
    let (known, unknown): (Vec<_>, Vec<_>) = arns
        .into_iter()
        .partition(|name| batch.knows_role(resource, name));
    for name in unknown {
        open.add(Hole::any(name.value));
    }
    if let (Some(account), Some(hole)) = (&resource.home.account, open.hole()) {
        let stray = Stray::within(account.clone(), stray(hole.clone()));
        batch.loading.strays.push(stray);
    }
    known
}

/// A list without a policy that another resource of the same source puts on the role: the order in which both are made decides,
/// and each apply undoes the other.
///
/// Terraform AWS provider, "aws_iam_role_policies_exclusive": Terraform makes resources that do not refer to each other in any order.
fn contradiction(resource: &Resource<'_>) -> Hole {
    let address = &resource.address;
    Hole::any(format!("whether {address} takes away what its list lacks"))
}

/// The managed policies of a role, and no others.
pub(super) fn only_managed(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let mut open = Open::of(&resource.exists);
    let mut unlisted = Open::default();
    let listed = resource.shown_texts(POLICY_ARNS, &mut unlisted);
    let is_certain = unlisted.hole().is_none();
    if let Some(hole) = unlisted.hole() {
        open.add(hole.clone());
    }
    let names = listed.iter().map(|listed| listed.value.clone()).collect();
    let others = |hole| StrayFact::OnlyAttached {
        listed: names,
        hole,
    };
    for name in roles(batch, resource, others) {
        let Some(role) = batch.role_of(resource, &name) else {
            continue;
        };
        let is_listed = |arn: &Spanned<String>| listed.iter().any(|own| own.value == arn.value);
        let is_alone = role.attached.list.iter().all(is_listed);
        match open.hole() {
            // Whether it exists or not, nothing goes away.
            Some(_) if is_certain && is_alone => {}
            None if is_alone => role.attached = Listed::all(listed.clone()),
            None => {
                role.attached = Listed::all(listed.clone());
                role.attached.open = Some(contradiction(resource));
            }
            // Which of those that are attached stay is not known.
            Some(hole) => {
                role.attached.list.clear();
                role.attached.open = Some(hole.clone());
            }
        }
    }
}

/// The inline policies of a role; others go away.
pub(super) fn only_inline(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let mut open = Open::of(&resource.exists);
    let listed = resource.shown_texts(POLICY_NAMES, &mut open);
    let is_listed = |name: &str| listed.iter().any(|listed| listed.value == name);
    let names = listed.iter().map(|listed| listed.value.clone()).collect();
    let others = |hole| StrayFact::OnlyInline {
        listed: names,
        hole,
    };
    for name in roles(batch, resource, others) {
        let Some(role) = batch.role_of(resource, &name) else {
            continue;
        };
        let hole = open.hole().cloned();
        let hole = &hole.unwrap_or_else(|| contradiction(resource));
        // Which of the others stay is not known.
        let mut kept = std::mem::take(&mut role.inline.list);
        for policy in kept.iter_mut().filter(|policy| !is_listed(&policy.name)) {
            let (name, origin) = (policy.name.clone(), policy.origin);
            if let Some(document) = batch.anything(hole, PolicyType::Identity, &name, origin) {
                *policy = document;
            }
        }
        if let Some(role) = batch.role_of(resource, &name) {
            role.inline.list = kept;
        }
    }
}
