//! Secrets, parameters and endpoints.

use super::{Differences, called, fold, rivalry};
use policy_engine::inventory::{
    Inventory, KeyRef, Parameter, Replica, ResourcePolicy, Secret, Tag, Tags,
};
use policy_engine::text::Hole;

impl Differences<'_> {
    pub(super) fn secrets(&mut self, inventory: &mut Inventory) {
        let secrets = std::mem::take(&mut inventory.secrets);
        let identity = |secret: &Secret| {
            (
                secret.account.clone(),
                secret.region.clone(),
                secret.name.clone(),
            )
        };
        inventory.secrets = fold(secrets, identity, |old, new| self.secret(old, new));
        let parameters = std::mem::take(&mut inventory.parameters);
        inventory.parameters = fold(
            parameters,
            |parameter| parameter.arn.clone(),
            |old, new| self.parameter(old, new),
        );
        let endpoints = std::mem::take(&mut inventory.endpoints);
        inventory.endpoints = fold(
            endpoints,
            |endpoint| (endpoint.account.clone(), endpoint.id.clone()),
            |old, new| *old = new,
        );
    }

    fn secret(&mut self, old: &mut Secret, new: Secret) {
        let name = called(&new.name, &new.account);
        if new.arn.is_known() || !old.arn.is_known() {
            if old.arn.is_known() && old.arn != new.arn {
                self.differ(&format!("the ARN of secret {name}"), old.origin, new.origin);
            }
            old.arn = new.arn;
        }
        let described = !new.tags.is_unstated();
        self.tags(
            &format!("the tags of secret {name}"),
            &mut old.tags,
            new.tags,
        );
        self.key(&format!("the key of secret {name}"), &mut old.key, new.key);
        self.resource_policy(
            &format!("the resource policy of secret {name}"),
            &mut old.policy,
            new.policy,
        );
        for replica in new.replicas.list {
            self.replica(&name, &mut old.replicas.list, replica);
        }
        if !new.replicas.open.as_ref().is_some_and(Hole::is_unstated) {
            old.replicas.open = new.replicas.open;
        }
        if described {
            // The answer that describes it states whether it is being deleted, also by leaving the date out.
            if self.is_present(new.origin) || !self.is_present(old.origin) {
                old.deleted = new.deleted;
            }
            old.origin = new.origin;
        }
    }

    fn replica(&mut self, name: &str, replicas: &mut Vec<Replica>, new: Replica) {
        match replicas
            .iter_mut()
            .find(|old| old.region.value == new.region.value)
        {
            Some(old) => {
                let what = format!(
                    "the key of the replica in {} of secret {name}",
                    new.region.value
                );
                self.key(&what, &mut old.key, new.key);
            }
            None => replicas.push(new),
        }
    }

    pub(super) fn tags(&mut self, what: &str, old: &mut Tags, new: Tags) {
        if new.is_unstated() {
            return;
        }
        if !old.is_unstated() && pairs(&old.list) != pairs(&new.list) {
            self.differ(what, old.origin, new.origin);
            if self.are_rivals(old.origin, new.origin) {
                old.list.clear();
                old.open = Some(rivalry(what));
                return;
            }
        }
        *old = new;
    }

    fn key(&mut self, what: &str, old: &mut KeyRef, new: KeyRef) {
        let place = |key: &KeyRef| match key {
            KeyRef::AwsManaged(origin) => Some((None, *origin)),
            KeyRef::Named(name) => Some((Some(last(&name.value).to_owned()), name.origin)),
            KeyRef::Unknown(_) => None,
        };
        let Some((name, origin)) = place(&new) else {
            if matches!(&new, KeyRef::Unknown(hole) if !hole.is_unstated()) {
                *old = new;
            }
            return;
        };
        if let Some((before, place)) = place(old)
            && before != name
        {
            self.differ(what, place, origin);
            if self.are_rivals(place, origin) {
                *old = KeyRef::Unknown(rivalry(what));
                return;
            }
        }
        *old = new;
    }

    fn resource_policy(&mut self, what: &str, old: &mut ResourcePolicy, new: ResourcePolicy) {
        let place = |policy: &ResourcePolicy| match policy {
            ResourcePolicy::None(origin) => Some(*origin),
            ResourcePolicy::Document(document) => Some(document.origin),
            ResourcePolicy::Unknown(_) => None,
        };
        let Some(origin) = place(&new) else {
            if matches!(&new, ResourcePolicy::Unknown(hole) if !hole.is_unstated()) {
                *old = new;
            }
            return;
        };
        let same = match (&*old, &new) {
            (ResourcePolicy::None(_), ResourcePolicy::None(_)) => true,
            (ResourcePolicy::Document(before), ResourcePolicy::Document(new)) => {
                super::same_policy(before, new)
            }
            _ => false,
        };
        // What sources do not state stays: without `policy` Terraform leaves the policy of a secret as it is.
        //
        // Terraform AWS provider, "aws_secretsmanager_secret", `policy`.
        if let (ResourcePolicy::Document(before), ResourcePolicy::None(_)) = (&*old, &new)
            && self.is_present(before.origin)
            && !self.is_present(origin)
        {
            return;
        }
        if let Some(before) = place(old).filter(|_| !same) {
            self.differ(what, before, origin);
            if self.are_rivals(before, origin) {
                *old = ResourcePolicy::Unknown(rivalry(what));
                return;
            }
        }
        *old = new;
    }

    fn parameter(&mut self, old: &mut Parameter, new: Parameter) {
        let name = called(&new.name, &new.account);
        let is_share = |parameter: &Parameter| {
            matches!(&parameter.key, KeyRef::Unknown(hole) if hole.is_unstated())
                && !parameter.shares.is_empty()
        };
        if is_share(&new) {
            old.shares.list.extend(new.shares.list);
            old.shares.open = old.shares.open.take().or(new.shares.open);
            return;
        }
        if !is_share(old) && (old.secure != new.secure || old.advanced != new.advanced) {
            self.differ(
                &format!("the type or tier of parameter {name}"),
                old.origin,
                new.origin,
            );
        }
        old.secure = new.secure;
        old.advanced = new.advanced;
        old.name = new.name;
        self.key(
            &format!("the key of parameter {name}"),
            &mut old.key,
            new.key,
        );
        self.tags(
            &format!("the tags of parameter {name}"),
            &mut old.tags,
            new.tags,
        );
        if !new.shares.is_empty() {
            old.shares = new.shares;
        }
        old.origin = new.origin;
    }
}

fn pairs(tags: &[Tag]) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = tags
        .iter()
        .map(|tag| (tag.key.value.clone(), tag.value.value.to_string()))
        .collect();
    pairs.sort();
    pairs
}

fn last(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}
