//! KMS keys, their policies and aliases.

use super::{
    attribute::{Open, items, of},
    batch::Batch,
    grant,
    spelling::{
        ALIASES, ENABLED, GRANTS, KEY_ID, KEY_MANAGER, KEY_SPEC, KEY_STATE, KEY_USAGE, Names,
        POLICY, TARGET_KEY,
    },
    tags,
};
use crate::{
    arns::{alias_name, is_open},
    merge,
    pending::{LateFact, StrayFact},
    resource::{Exists, Resource},
};
use policy_engine::{
    inventory::{Attribute, KmsKey, Listed},
    policy::{PolicyDocument, PolicyType, builtin},
    request::Grant,
    source::Spanned,
    text::Hole,
};
use std::sync::Arc;

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let Some(arn) = &resource.arn else { return };
    let account = resource.home.account.clone().unwrap_or_default();
    let policy = key_policy(batch, resource, &account);
    let mut more_aliases = Open::default();
    let aliases = aliases(resource, &mut more_aliases);
    let key = KmsKey {
        arn: arn.clone(),
        // Without an id the address is the only name there is.
        name: (!arn.is_known()).then(|| resource.name.value.clone()),
        account,
        region: resource.home.region.clone().unwrap_or_default(),
        policy,
        aws_managed: is_managed(resource)
            || aliases.iter().any(|alias| alias.starts_with("alias/aws/")),
        aliases,
        more_aliases: more_aliases.hole().cloned(),
        grants: grants(resource),
        tags: tags::of_resource(resource),
        enabled: enabled(resource),
        unfit: unfit(resource),
        origin: resource.origin,
    };
    batch.loading.inventory.keys.push(key);
}

/// The policy; a key that is made without one gets the default policy.
///
/// AWS KMS Developer Guide, "Default key policy".
fn key_policy(
    batch: &mut Batch<'_>,
    resource: &Resource<'_>,
    account: &str,
) -> Attribute<Arc<PolicyDocument>> {
    if let Exists::Unknown(hole) = &resource.exists {
        return Attribute::Unknown(hole.clone());
    }
    match batch.policy(resource, POLICY, PolicyType::Key, "key policy") {
        Attribute::Absent if resource.whole => {
            let default = builtin::default_key_policy(&resource.home.partition, account);
            Attribute::Known(Arc::new(default))
        }
        Attribute::Absent => Attribute::unstated(),
        stated => stated,
    }
}

fn is_managed(resource: &Resource<'_>) -> bool {
    matches!(resource.exact(KEY_MANAGER), Attribute::Known(manager) if manager.value == "AWS")
}

/// Whether a key can be used: a key in another state than `Enabled` decrypts nothing; one that is updated does.
///
/// AWS: KMS Developer Guide, "Key states of AWS KMS keys".
fn enabled(resource: &Resource<'_>) -> Attribute<Spanned<bool>> {
    if let Attribute::Known(state) = resource.exact(KEY_STATE)
        && !matches!(state.value.as_str(), "Enabled" | "Updating")
    {
        return Attribute::Known(Spanned::new(false, state.origin));
    }
    match resource.flag(ENABLED) {
        Attribute::Absent if resource.states(ENABLED) => {
            Attribute::Known(Spanned::new(true, resource.place(ENABLED)))
        }
        stated => stated,
    }
}

/// The spec or the usage of a key that is no symmetric encryption key; a key has both by default.
///
/// AWS: Secrets Manager User Guide, "Secret encryption and decryption in AWS Secrets Manager", "Choosing an AWS KMS key"; KMS API Reference,
/// "CreateKey", `KeySpec` and `KeyUsage`.
fn unfit(resource: &Resource<'_>) -> Attribute<Spanned<String>> {
    let other = |names, fit: &str| match resource.exact(names) {
        Attribute::Known(own) if own.value == fit => Attribute::Absent,
        stated => stated,
    };
    match other(KEY_SPEC, "SYMMETRIC_DEFAULT") {
        Attribute::Known(spec) => Attribute::Known(spec),
        spec => match other(KEY_USAGE, "ENCRYPT_DECRYPT") {
            Attribute::Absent => spec,
            usage => usage,
        },
    }
}

fn aliases(resource: &Resource<'_>, open: &mut Open) -> Vec<String> {
    let listed = resource.shown_texts(ALIASES, open).into_iter();
    listed.map(|alias| alias.value).collect()
}

/// The grants that an answer of AWS states; others are stated by themselves.
fn grants(resource: &Resource<'_>) -> Listed<Grant> {
    let stated = resource.stated(GRANTS);
    let mut open = Open::default();
    let mut grants = Vec::new();
    for item in items(of(stated.as_deref()), &mut open) {
        grants.extend(grant::read(item, &mut open));
    }
    open.listed(grants, true)
}

/// The policy of a key that is described elsewhere in the file.
pub(super) fn policy(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let policy = batch.policy(resource, POLICY, PolicyType::Key, "key policy");
    batch.with_key(resource, KEY_ID, StrayFact::KeyPolicy, move |key| {
        let are_two = key.policy.known().zip(policy.known());
        key.policy = match policy {
            Attribute::Absent => Attribute::unstated(),
            // A key has one policy: which of two stays depends on the order in which they are put.
            Attribute::Known(_) if are_two.is_some_and(|(old, new)| merge::are_two(old, new)) => {
                Attribute::Unknown(Hole::any(format!(
                    "which of two resources states the policy of {}",
                    key.arn
                )))
            }
            stated => stated,
        };
    });
}

/// An alias of a key that is described elsewhere in the file.
pub(super) fn alias(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let name = alias_name(&resource.name.value);
    let mut open = Open::of(&resource.exists);
    let exists = open.hole().is_none();
    if is_open(&name) {
        open.add(Hole::any(format!("the name of {}", resource.address)));
    }
    if open.hole().is_some() {
        batch.leave_open("keys", resource);
    }
    batch.with_key(resource, TARGET_KEY, StrayFact::Alias, move |key| {
        if exists {
            key.aliases.push(name);
        }
        key.more_aliases = open.hole().cloned().or(key.more_aliases.take());
    });
}

impl Batch<'_> {
    /// Changes the key of this file that a resource names; an unknown key may be any key of the account.
    pub(super) fn with_key(
        &mut self,
        resource: &Resource<'_>,
        names: Names,
        stray: fn(Hole) -> StrayFact,
        change: impl FnOnce(&mut KmsKey) + 'static,
    ) {
        let Some(id) = self.target(resource, names, stray) else {
            return;
        };
        let keys = self.loading.inventory.keys.iter_mut();
        let mut own = keys.skip(self.first_key);
        let named = own.find(|key| {
            let arn = key.arn.to_string();
            arn == id.value || arn.ends_with(&format!(":key/{}", id.value))
        });
        match named {
            Some(key) => change(key),
            None => self.later(resource, id, stray, LateFact::Key(Box::new(change))),
        }
    }
}
