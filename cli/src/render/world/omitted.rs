//! Facts that a world file cannot express without inventing others: the file omits them and states that in a comment.
//!
//! An omitted object is listed under `externals`: a reader of the file treats it as existing and unknown, never as allowed.

use super::{account_of, bare, clusters::meant};
use crate::render::line;
use policy_engine::{
    inventory::{Inventory, KeyRef, ResourcePolicy, Secret, find::Object, promise::Promises},
    simulator::mounts::MountPoint,
};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The facts that a file omits.
#[derive(Default)]
pub(super) struct Omitted {
    /// ARNs.
    arns: HashSet<String>,
    /// Names for `externals`, by kind.
    pub(super) externals: BTreeMap<&'static str, BTreeSet<String>>,
    /// References of promises to objects that are not in the file.
    pub(super) objects: HashSet<String>,
    remarks: Vec<String>,
}

impl Omitted {
    pub(super) fn of(
        inventory: &Inventory,
        mounts: &[MountPoint<'_>],
        promises: &Promises,
    ) -> Self {
        let mut omitted = Self::default();
        omitted.roles(inventory);
        omitted.secrets(inventory);
        omitted.parameters(inventory);
        omitted.keys(inventory);
        omitted.associations(inventory);
        omitted.mounts(inventory, mounts);
        omitted.promises(inventory, promises);
        omitted
    }

    /// Whether an object is omitted.
    pub(super) fn has(&self, arn: &str) -> bool {
        self.arns.contains(arn)
    }

    /// A comment per omitted object.
    pub(super) fn comments(&self) -> String {
        let lines = self.remarks.iter();
        lines
            .map(|remark| format!("# not in this file: {}\n", line(remark)))
            .collect()
    }

    fn remark(&mut self, remark: String) {
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    fn leave_out(&mut self, kind: &'static str, arn: &str, name: String, remark: String) {
        self.arns.insert(arn.to_owned());
        self.externals.entry(kind).or_default().insert(name);
        self.remark(remark);
    }

    fn roles(&mut self, inventory: &Inventory) {
        let mut names: HashSet<(&str, &str)> = HashSet::new();
        for role in &inventory.roles {
            let account = account_of(&role.arn);
            let bare = bare(&role.arn);
            let closed = inventory.closed.contains("roles", account);
            let why = match role.trust {
                // A role without a trust policy cannot be written down.
                None => "its trust policy is unknown",
                Some(_) if !role.complete && !closed => "some of its policies are unknown",
                Some(_) if !names.insert((account, super::short(&role.arn))) => {
                    "another role has the same name"
                }
                Some(_) => continue,
            };
            let name = inventory.object_name(account, bare);
            let remark = format!("the role {name}: {why}");
            self.leave_out("roles", &role.arn, name, remark);
        }
    }

    fn secrets(&mut self, inventory: &Inventory) {
        let mut names: HashSet<(&str, &str)> = HashSet::new();
        for secret in &inventory.secrets {
            let closed = inventory.closed.contains("secrets", &secret.account);
            let why = match missing(secret).filter(|_| !closed) {
                Some(why) => why,
                None if !names.insert((&secret.account, &secret.name)) => {
                    "another region has the same name"
                }
                None => continue,
            };
            let name = Object::Secret(secret).display(inventory);
            let remark = format!("the secret {name}: {why}");
            self.leave_out("secrets", &secret.arn.to_string(), name, remark);
        }
    }

    fn parameters(&mut self, inventory: &Inventory) {
        let mut names: HashSet<(&str, &str)> = HashSet::new();
        for parameter in &inventory.parameters {
            let closed = inventory.closed.contains("parameters", &parameter.account);
            let key = parameter.secure && matches!(parameter.key, KeyRef::Unknown);
            let why = match (&parameter.tags, key) {
                (None, _) if !closed => "its tags are unknown",
                (_, true) if !closed => "its key is unknown",
                _ if !names.insert((&parameter.account, &parameter.name)) => {
                    "another region has the same name"
                }
                _ => continue,
            };
            let name = Object::Parameter(parameter).display(inventory);
            let remark = format!("the parameter {name}: {why}");
            self.leave_out("parameters", &parameter.arn, name, remark);
        }
    }

    fn keys(&mut self, inventory: &Inventory) {
        let mut names: HashSet<(&str, &str)> = HashSet::new();
        for key in inventory.keys.iter().filter(|key| !key.aws_managed) {
            let why = match key.policy {
                None => "its policy is unknown",
                Some(_) if !names.insert((&key.account, Object::Key(key).name())) => {
                    "another region has the same name"
                }
                Some(_) => continue,
            };
            let arn = key.arn.to_string();
            let name = inventory.object_name(&key.account, bare(&arn));
            let remark = format!("the key {name}: {why}");
            self.leave_out("keys", &arn, name, remark);
        }
    }

    fn associations(&mut self, inventory: &Inventory) {
        for association in inventory
            .associations
            .iter()
            .filter(|association| association.role.is_none())
        {
            let name = format!(
                "{}/{}",
                association.namespace.value, association.service_account.value
            );
            let cluster = inventory.cluster(&association.cluster);
            let cluster = cluster.map_or(association.cluster.as_str(), |cluster| {
                cluster.name.as_str()
            });
            let name = format!("{cluster}:{name}");
            self.remark(format!("the association of {name}: its role is unknown"));
            self.externals
                .entry("serviceAccounts")
                .or_default()
                .insert(name);
        }
    }

    fn mounts(&mut self, inventory: &Inventory, mounts: &[MountPoint<'_>]) {
        for mount in mounts {
            let pod = inventory.pod_name(&mount.pod);
            if inventory.cluster(&mount.pod.cluster).is_none() {
                self.remark(format!("{pod} and its mounts: its cluster is unknown"));
            } else if mount.missing_class {
                self.remark(format!(
                    "the mounts of {pod} through the class {}: the class is unknown",
                    mount.name.value
                ));
            } else if mount.object.is_none()
                && !mount.name.value.starts_with("arn:")
                && meant(inventory, mount).is_none()
            {
                self.remark(format!(
                    "the mount of {} by {pod}: no object has this name",
                    mount.name.value
                ));
            }
        }
    }

    /// The file cannot contain a promise about an omitted object.
    fn promises(&mut self, inventory: &Inventory, promises: &Promises) {
        if self.arns.is_empty() {
            return;
        }
        let asked = promises.pods.iter().map(|promise| &promise.object.value);
        let readers = promises.readers.iter().map(|readers| &readers.object.value);
        for reference in asked.chain(readers) {
            let objects = inventory.find_objects(reference);
            let gone = |object: &Object<'_>| self.has(&object.arn().to_string());
            if !objects.is_empty() && objects.iter().all(gone) {
                self.remark(format!(
                    "promises about {reference}: it is not in this file"
                ));
                self.objects.insert(reference.clone());
            }
        }
    }
}

fn missing(secret: &Secret) -> Option<&'static str> {
    let keys = secret.replicas.iter().map(|replica| &replica.key);
    let unknown = |key: &KeyRef| matches!(key, KeyRef::Unknown);
    match (&secret.tags, &secret.policy) {
        (None, _) => Some("its tags are unknown"),
        (_, ResourcePolicy::Unknown) => Some("it is unknown whether it has a resource policy"),
        _ if keys.chain([&secret.key]).any(unknown) => Some("its key is unknown"),
        _ => None,
    }
}
