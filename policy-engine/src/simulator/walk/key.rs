//! The walk, last part: the value is decrypted.

use super::{Place, Walker, principal, read::Reading};
use crate::{
    inventory::{Attribute, KeyRef, KmsKey, find::Object},
    policy::set::PolicySet,
    request::{Context, ContextValue},
    service::{EncryptionValue, ServiceProfile},
    simulator::{Fault, StageName, Step, context, stages},
    source::Origin,
    syntax::arn::Arn,
    text::{HoleKind, Text},
    uncertainty::Uncertainty,
};
use std::sync::Arc;

impl Walker<'_, '_> {
    /// The key stage, if the object is encrypted.
    pub(super) fn key(&mut self, reading: &Reading<'_, '_>, actions: &[&str]) {
        let first = self.stages.len();
        let open = match reading.place.object {
            Object::Key(_) => return,
            Object::Secret(_) => None,
            Object::Parameter(parameter) => match &parameter.secure {
                Attribute::Known(true) => None,
                Attribute::Known(false) | Attribute::Absent => return,
                Attribute::Unknown(hole) => {
                    let object = reading.place.object.display(self.simulator.inventory);
                    Some(hole.reason(|| format!("type of {object}")))
                }
            },
        };
        self.decrypt(reading, actions);
        // A parameter that is not encrypted needs no key, so that a key that refuses decides nothing.
        let Some(missing) = open else { return };
        let own = self.stages.iter_mut().skip(first);
        for stage in own.filter(|stage| stage.result.blocks()) {
            stages::leave_open(stage, &missing);
        }
    }

    fn decrypt(&mut self, reading: &Reading<'_, '_>, actions: &[&str]) {
        let place = reading.place;
        let (reference, context_arn) = match place.object {
            Object::Secret(secret) => (
                secret.key_in(&place.region),
                self.arn(secret.arn_in(&place.region)),
            ),
            Object::Parameter(parameter) => (&parameter.key, Text::from(parameter.arn.as_str())),
            Object::Key(_) => return,
        };
        let profile = place.object.profile();
        let owner = place.object.account();
        match reference {
            KeyRef::Unknown(hole) => {
                let name = || place.object.display(self.simulator.inventory);
                let missing = hole.reason(|| format!("key of {}", name()));
                let mut stage = stages::open(StageName::Key, actions.join(", "), missing);
                stage.region.clone_from(&place.label);
                self.stages.push(stage);
            }
            KeyRef::AwsManaged(_) => {
                let Some(set) =
                    self.simulator
                        .compiled
                        .managed_key(owner, profile.service, &place.region)
                else {
                    return;
                };
                let partition = context_arn
                    .literal()
                    .split(':')
                    .nth(1)
                    .unwrap_or("aws")
                    .to_owned();
                let id = Text::hole(format!("id of {}", profile.managed_key()), HoleKind::KeyId);
                let arn = Text::from(format!("arn:{partition}:kms:{}:{owner}:key/", place.region))
                    .then(&id);
                self.forward(reading, actions, &context_arn, (arn, set, None));
            }
            KeyRef::Named(name) => {
                let Some(key) =
                    self.simulator
                        .inventory
                        .find_key(&name.value, owner, &place.region)
                else {
                    self.missing_key(&name.value, name.origin, owner, place, actions);
                    return;
                };
                let Some(set) = self.simulator.compiled.key(key) else {
                    return;
                };
                let name = Object::Key(key).display(self.simulator.inventory);
                if let Some((fault, origin, note)) = unusable(key, &name) {
                    let asked = actions.join(", ");
                    let mut stage = stages::fault(StageName::Key, asked, Some(origin), fault, note);
                    stage.region.clone_from(&place.label);
                    self.stages.push(stage);
                    return;
                }
                let own = (key.arn.clone(), set, Some(key));
                self.forward(reading, actions, &context_arn, own);
                // Such a key decrypts for no caller.
                let open = key.enabled.hole().map(|hole| (hole, "is enabled"));
                let open =
                    open.or_else(|| Some((key.unfit.hole()?, "is a symmetric encryption key")));
                if let Some((hole, state)) = open
                    && let Some(stage) = self.stages.last_mut()
                    && !stage.result.blocks()
                {
                    let missing = hole.reason(|| format!("whether the key {name} {state}"));
                    stages::leave_open(stage, &missing);
                }
            }
        }
    }

    pub(super) fn missing_key(
        &mut self,
        name: &str,
        origin: Origin,
        owner: &str,
        place: &Place<'_>,
        actions: &[&str],
    ) {
        // An ARN names the account; only that account's facts decide whether the key exists.
        let owner = Arn::parse(name).map_or(owner, |arn| arn.account);
        let asked = actions.join(", ");
        let inventory = self.simulator.inventory;
        let mut stage = if let Some(hole) = inventory.open_alias(name, owner, &place.region) {
            let missing = hole.reason(|| format!("key {name}"));
            stages::open(StageName::Key, asked, missing.clone())
        } else if inventory.is_absent("keys", owner, name) {
            let note = format!("there is no key `{name}` in {}", place.region);
            stages::fault(
                StageName::Key,
                asked,
                Some(origin),
                Fault::NoKey(name.to_owned()),
                note,
            )
        } else {
            stages::open(StageName::Key, asked, format!("key {name}"))
        };
        stage.region.clone_from(&place.label);
        self.stages.push(stage);
    }

    /// The calls that the service forwards to the key.
    ///
    /// AWS: docs/semantics.md#forwarded-requests
    fn forward(
        &mut self,
        reading: &Reading<'_, '_>,
        actions: &[&str],
        object_arn: &Text,
        (key_arn, set, key): (Text, &PolicySet, Option<&KmsKey>),
    ) {
        let Reading {
            session,
            policy,
            place,
            network,
            ..
        } = reading;
        let profile = place.object.profile();
        let owner = key
            .map_or(place.object.account(), |key| key.account.as_str())
            .to_owned();
        let membership = self.simulator.compiled.membership(&owner);
        let mut context = Context::over(reading.context.clone());
        context::network(&mut context, network, true);
        context.set_text("aws:ResourceAccount", owner.as_str());
        context::membership(
            &mut context,
            "Resource",
            self.simulator.inventory,
            &owner,
            membership,
        );
        context.set_text("aws:ViaAWSService", Text::fixed("true"));
        context.set_text("kms:ViaService", profile.via(&place.region));
        context.set_text("kms:CallerAccount", session.account.as_str());
        context.set_text("kms:EncryptionAlgorithm", Text::fixed("SYMMETRIC_DEFAULT"));
        self.encryption_context(&mut context, place, object_arn);
        match key {
            Some(key) => {
                let name = Object::Key(key).display(self.simulator.inventory);
                self.key_keys(&mut context, key, &name);
            }
            None => managed_key_keys(&mut context, profile),
        }
        let policies = self.policies(Some(session), *policy, Some(set), membership);
        let mut traits = Self::traits(session);
        traits.forwarded = true;
        traits.aws_managed_key = key.is_none_or(|key| key.aws_managed);
        if let Some(key) = key {
            context::grants(&mut traits, key, self.simulator.inventory);
        }
        let first = self.calls.len();
        let context = Arc::new(context);
        for action in actions {
            self.call(
                Step::Key,
                &place.region,
                action,
                principal(session),
                key_arn.clone(),
                Text::from(owner.as_str()),
                Context::over(context.clone()),
                traits.clone(),
                &policies,
            );
        }
        self.push_step(StageName::Key, first, place.label.clone());
        if let Some(stage) = self.stages.last_mut() {
            stage.note = Some(match key {
                Some(key) => Object::Key(key).display(self.simulator.inventory),
                None => profile.managed_key(),
            });
        }
    }

    /// The encryption context that the service sends with the value.
    fn encryption_context(&self, context: &mut Context, place: &Place<'_>, object_arn: &Text) {
        let parts = place.object.profile().encryption_context;
        for (name, value) in parts {
            let key = format!("kms:EncryptionContext:{name}");
            match (value, place.object) {
                (EncryptionValue::ObjectArn, Object::Secret(secret))
                    if secret.region != place.region =>
                {
                    let own = ContextValue::Single(object_arn.clone());
                    let primary = ContextValue::Single(secret.arn.clone());
                    context.set_uncertain(key, own, Uncertainty::REPLICA_CONTEXT, primary);
                }
                (EncryptionValue::ObjectArn, _) => {
                    context.set(key, ContextValue::Single(object_arn.clone()));
                }
                (EncryptionValue::Version, _) => {
                    let version = self.mount.and_then(|mount| mount.version).map(Text::from);
                    let version = version
                        .unwrap_or_else(|| Text::hole("id of the secret's version", HoleKind::Any));
                    context.set(key, ContextValue::Single(version));
                }
            }
        }
        let names = parts.iter().map(|(name, _)| Text::fixed(name)).collect();
        context.set("kms:EncryptionContextKeys", ContextValue::Multi(names));
    }

    /// The keys that follow from a KMS key.
    pub(super) fn key_keys(&self, context: &mut Context, key: &KmsKey, name: &str) {
        context::resource_tags(context, &["aws:ResourceTag/"], &key.tags, name);
        context::aliases(context, key, self.simulator.inventory, name);
        context.set_text("kms:KeySpec", Text::fixed("SYMMETRIC_DEFAULT"));
        context.set_text("kms:KeyUsage", Text::fixed("ENCRYPT_DECRYPT"));
        context.set("kms:KeyOrigin", context::hole("kms:KeyOrigin"));
        context.set("kms:MultiRegion", context::hole("kms:MultiRegion"));
        // Only a multi-Region key has it.
        let key = "kms:MultiRegionKeyType";
        context.set(key, ContextValue::Unknown(key.into()));
    }
}

/// The keys that follow from the key that AWS manages for a service.
fn managed_key_keys(context: &mut Context, profile: &ServiceProfile) {
    context.set_text("kms:KeySpec", Text::fixed("SYMMETRIC_DEFAULT"));
    context.set_text("kms:KeyUsage", Text::fixed("ENCRYPT_DECRYPT"));
    context.set_text("kms:KeyOrigin", Text::fixed("AWS_KMS"));
    context.set_text("kms:MultiRegion", Text::fixed("false"));
    let alias = Text::from(profile.managed_alias());
    context.set("kms:ResourceAliases", ContextValue::Multi(vec![alias]));
}

/// Why no caller can decrypt with a key, with the place.
fn unusable(key: &KmsKey, name: &str) -> Option<(Fault, Origin, String)> {
    if let Attribute::Known(enabled) = &key.enabled
        && !enabled.value
    {
        let note = format!("the key {name} is disabled");
        return Some((Fault::KeyDisabled, enabled.origin, note));
    }
    let unfit = key.unfit.known()?;
    let note = format!(
        "the key {name} is no symmetric encryption key: it is {}",
        unfit.value
    );
    Some((Fault::KeyUnfit(unfit.value.clone()), unfit.origin, note))
}
