//! What resources of an unknown account may change: each account of the run may have them.

use super::{
    attribute::Open,
    batch::Batch,
    document,
    spelling::{
        KEY_ID, Names, POLICY, POLICY_ARN, POLICY_ARNS, POLICY_NAMES, RESOURCES, ROLE, ROLES,
        SECRET, TARGET_KEY,
    },
};
use crate::{
    pending::{Stray, StrayFact, Target},
    resource::{Noun, Resource},
};
use policy_engine::{
    inventory::Attribute,
    policy::PolicyType,
    syntax::node::{Node, Value},
    text::{Hole, HoleKind, Text},
};

/// Whether a resource belongs to no account, or states it otherwise.
pub(crate) fn is_anywhere(noun: Noun) -> bool {
    matches!(
        noun,
        Noun::Endpoint
            | Noun::Organization
            | Noun::Unit
            | Noun::Member
            | Noun::OrganizationPolicy
            | Noun::ServiceAccount
            | Noun::Class
            | Noun::KubernetesSecret
            | Noun::Driver
            | Noun::AccessRole
            | Noun::AccessBinding
            | Noun::Workload
    )
}

/// Whether a resource cannot be described without its region.
pub(crate) fn is_regional(noun: Noun) -> bool {
    matches!(
        noun,
        Noun::Secret | Noun::Parameter | Noun::Key | Noun::Cluster
    )
}

/// Records what a resource may change in any account, or in its account if only its region is unknown.
pub(super) fn changes(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let hole = where_it_is(resource);
    match resource.noun {
        Noun::Role => {
            batch.leave_open("roles", resource);
            made(batch, resource, StrayFact::Role(hole));
        }
        Noun::Policy => {
            batch.leave_open("policies", resource);
            attached(batch, resource, &hole);
            made(batch, resource, StrayFact::ManagedPolicy(hole));
        }
        Noun::Secret => {
            batch.leave_open("secrets", resource);
            made(batch, resource, StrayFact::Secret(hole));
        }
        Noun::Parameter => {
            batch.leave_open("parameters", resource);
            made(batch, resource, StrayFact::Parameter(hole));
        }
        Noun::Cluster => batch.leave_open("clusters", resource),
        Noun::Association | Noun::Addon => batch.leave_open("associations", resource),
        Noun::Key => batch.leave_open("keys", resource),
        Noun::InlinePolicy => attached(batch, resource, &hole),
        Noun::Attachment => {
            let of = match resource.text(POLICY_ARN) {
                Attribute::Known(arn) if arn.value.is_known() => StrayFact::Attached {
                    arn: arn.value.to_string(),
                    hole,
                },
                Attribute::Known(_) | Attribute::Unknown(_) => StrayFact::Policy(hole),
                Attribute::Absent => return,
            };
            named(batch, resource, &[ROLES, ROLE], &of);
        }
        Noun::ExclusiveAttachments => {
            let listed = listed(resource, POLICY_ARNS);
            let of = StrayFact::OnlyAttached { listed, hole };
            named(batch, resource, &[ROLE], &of);
        }
        Noun::ExclusivePolicies => {
            let listed = listed(resource, POLICY_NAMES);
            let of = StrayFact::OnlyInline { listed, hole };
            named(batch, resource, &[ROLE], &of);
        }
        Noun::SecretPolicy => {
            named(batch, resource, &[SECRET], &StrayFact::SecretPolicy(hole));
        }
        Noun::SecretTag => named(batch, resource, &[SECRET], &StrayFact::SecretTag(hole)),
        Noun::KeyPolicy => named(batch, resource, &[KEY_ID], &StrayFact::KeyPolicy(hole)),
        Noun::Alias => named(batch, resource, &[TARGET_KEY], &StrayFact::Alias(hole)),
        Noun::Grant => named(batch, resource, &[KEY_ID], &StrayFact::Grant(hole)),
        Noun::Share => named(batch, resource, &[RESOURCES], &StrayFact::Share(hole)),
        // They belong to no account, or state it otherwise.
        Noun::Endpoint
        | Noun::Organization
        | Noun::Unit
        | Noun::Member
        | Noun::OrganizationPolicy
        | Noun::ServiceAccount
        | Noun::Class
        | Noun::KubernetesSecret
        | Noun::Driver
        | Noun::AccessRole
        | Noun::AccessBinding
        | Noun::Workload => {}
    }
}

fn where_it_is(resource: &Resource<'_>) -> Hole {
    let what = if resource.home.account.is_none() {
        "account"
    } else {
        "region"
    };
    Hole::any(format!("the {what} of {}", resource.address))
}

/// A policy that a resource puts on roles.
fn attached(batch: &mut Batch<'_>, resource: &Resource<'_>, hole: &Hole) {
    let name = resource.name.value.clone();
    let policy = batch.policy(resource, POLICY, PolicyType::Identity, &name);
    let of = match document::known(policy) {
        Some(document) => StrayFact::Inline {
            document,
            hole: hole.clone(),
        },
        None => StrayFact::Policy(hole.clone()),
    };
    named(batch, resource, &[ROLES, ROLE], &of);
}

fn listed(resource: &Resource<'_>, names: Names) -> Vec<String> {
    let mut open = Open::default();
    let listed = resource.shown_texts(names, &mut open).into_iter();
    listed.map(|own| own.value).collect()
}

/// What the resource itself is, where AWS may have it already.
fn made(batch: &mut Batch<'_>, resource: &Resource<'_>, of: StrayFact) {
    batch.loading.strays.push(Stray {
        account: resource.home.account.clone(),
        target: Target::Made(Text::shown(&resource.name.value)),
        of,
    });
}

/// A change of the resources that a resource names.
fn named(batch: &mut Batch<'_>, resource: &Resource<'_>, names: &[Names], of: &StrayFact) {
    let mut targets = Vec::new();
    for names in names {
        let stated = resource.stated(names);
        targets.extend(stated.iter().flat_map(|node| listed_texts(node)));
    }
    for target in targets {
        let target = batch.made.target(target);
        batch.loading.strays.push(Stray {
            account: resource.home.account.clone(),
            target,
            of: of.clone(),
        });
    }
}

/// The texts of a list, or the text itself; what is no text is unknown.
fn listed_texts(node: &Node) -> Vec<Text> {
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let unknown = || Text::hole("a name that is no text", HoleKind::Any);
    let texts = items.iter().filter(|item| !item.is_null());
    texts
        .map(|item| item.scalar_text().unwrap_or_else(unknown))
        .collect()
}
