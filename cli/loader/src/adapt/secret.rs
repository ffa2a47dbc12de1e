//! Secrets, their policies and tags; values of secrets are never read.

use super::{
    attribute::{Open, OrOpen, exact, hole_of, items, member, of, shown_text, text},
    batch::Batch,
    spelling::{DELETED, KEY_ID, Names, POLICY, REGION, REPLICAS, SECRET},
    tags,
};
use crate::{
    late,
    merge::are_two,
    pending::{LateFact, StrayFact},
    resource::{Exists, Resource},
};
use policy_engine::{
    inventory::{Attribute, KeyRef, Listed, Replica, ResourcePolicy, Secret},
    policy::PolicyType,
    source::Origin,
    syntax::node::{Node, Value},
    text::Hole,
};

const SERVICE: &str = "secretsmanager";

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let (Some(arn), Some((account, region))) = (&resource.arn, resource.home.placed()) else {
        return;
    };
    let policy = resource_policy(batch, resource);
    let secret = Secret {
        arn: arn.clone(),
        name: resource.name.value.clone(),
        account,
        region,
        tags: tags::of_resource(resource),
        key: key_of(resource, KEY_ID, SERVICE),
        policy,
        replicas: replicas(resource),
        deleted: resource.exact(DELETED),
        origin: resource.name.origin,
    };
    batch.identify("secrets", resource, &arn.to_string());
    batch.loading.inventory.secrets.push(secret);
}

fn resource_policy(batch: &mut Batch<'_>, resource: &Resource<'_>) -> ResourcePolicy {
    if let Exists::Unknown(hole) = &resource.exists {
        return ResourcePolicy::Unknown(hole.clone());
    }
    if resource.stated(POLICY).as_deref().is_some_and(is_no_policy) {
        return ResourcePolicy::None(resource.place(POLICY));
    }
    match batch.policy(resource, POLICY, PolicyType::Resource, "resource policy") {
        Attribute::Known(document) => ResourcePolicy::Document(document),
        Attribute::Absent if resource.states(POLICY) => {
            ResourcePolicy::None(resource.place(POLICY))
        }
        Attribute::Absent => ResourcePolicy::Unknown(Hole::unstated()),
        Attribute::Unknown(hole) => ResourcePolicy::Unknown(hole),
    }
}

/// Whether a document is empty, with which Terraform deletes the policy of a secret.
///
/// Terraform AWS provider, "aws_secretsmanager_secret", `policy`.
fn is_no_policy(node: &Node) -> bool {
    match &node.value {
        Value::Map(members) => members.is_empty(),
        _ => node.as_str().is_some_and(|text| {
            let characters = text.chars().filter(|character| !character.is_whitespace());
            characters.eq("{}".chars())
        }),
    }
}

/// Copies in other regions; a copy in an unknown region may be in any region.
fn replicas(resource: &Resource<'_>) -> Listed<Replica> {
    let stated = resource.stated(REPLICAS);
    let mut open = Open::default();
    let mut replicas = Vec::new();
    for block in items(of(stated.as_deref()), &mut open) {
        let region = exact(of(member(block, REGION)).map(text));
        if let Some(region) = region.or_open(&mut open) {
            let key = key_ref(member(block, KEY_ID), SERVICE, region.origin);
            replicas.push(Replica { region, key });
        }
    }
    open.listed(replicas, resource.states(REPLICAS))
}

/// What encrypts something.
pub(super) fn key_of(resource: &Resource<'_>, names: Names, service: &str) -> KeyRef {
    if !resource.states(names) {
        return KeyRef::Unknown(Hole::unstated());
    }
    key_ref(resource.stated(names).as_deref(), service, resource.origin)
}

/// The key that a value names; without a name, the key that AWS manages for the service.
fn key_ref(node: Option<&Node>, service: &str, place: Origin) -> KeyRef {
    let Some(node) = node else {
        return KeyRef::AwsManaged(place);
    };
    if let Some(hole) = hole_of(node) {
        return KeyRef::Unknown(hole);
    }
    match shown_text(node) {
        Some(key) if key.value.ends_with(&format!("alias/aws/{service}")) => {
            KeyRef::AwsManaged(key.origin)
        }
        Some(key) => KeyRef::Named(key),
        // A list or a map names no key: the source is broken here.
        None if node.scalar_text().is_none() => KeyRef::Unknown(Hole::any("a key that is no text")),
        None => KeyRef::AwsManaged(place),
    }
}

/// The resource policy of a secret that is described elsewhere in the file.
pub(super) fn policy(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let policy = batch.policy(resource, POLICY, PolicyType::Resource, "resource policy");
    let place = resource.place(POLICY);
    batch.with_secret(resource, StrayFact::SecretPolicy, move |secret| {
        secret.policy = match policy {
            Attribute::Known(document) => match &secret.policy {
                // A secret has one policy: which of two stays depends on the order in which they are put.
                ResourcePolicy::Document(other) if are_two(other, &document) => {
                    ResourcePolicy::Unknown(Hole::any(format!(
                        "which of two resources states the policy of {}",
                        secret.name
                    )))
                }
                _ => ResourcePolicy::Document(document),
            },
            Attribute::Absent => ResourcePolicy::None(place),
            Attribute::Unknown(hole) => ResourcePolicy::Unknown(hole),
        };
    });
}

/// One tag of a secret that is described elsewhere in the file.
pub(super) fn tag(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let mut open = Open::of(&resource.exists);
    let tag = tags::single(resource, &mut open);
    batch.with_secret(resource, StrayFact::SecretTag, move |secret| {
        match open.hole() {
            Some(hole) => secret.tags.open = Some(hole.clone()),
            None => secret.tags.list.extend(tag),
        }
    });
}

impl Batch<'_> {
    /// Changes the secret that a resource names; an unknown secret may be any secret of the account.
    fn with_secret(
        &mut self,
        resource: &Resource<'_>,
        stray: fn(Hole) -> StrayFact,
        change: impl FnOnce(&mut Secret) + 'static,
    ) {
        let Some(id) = self.target(resource, SECRET, stray) else {
            return;
        };
        let account = resource.home.account.as_deref();
        let secrets = &mut self.loading.inventory.secrets;
        match late::secret(secrets, &id.value, account) {
            Some(secret) => change(secret),
            None => self.later(resource, id, stray, LateFact::Secret(Box::new(change))),
        }
    }
}
