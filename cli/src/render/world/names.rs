//! Names of objects in a world file.

use policy_engine::{
    inventory::{Inventory, find::Object},
    simulator::mounts::MountPoint,
};

/// The last part of an ARN's resource: the name of a role or policy.
pub(super) fn short(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// The part of an ARN's resource after the type: a name with its path, or an id.
pub(super) fn bare(arn: &str) -> &str {
    arn.split_once('/').map_or("", |(_, bare)| bare)
}

pub(super) fn account_of(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or("")
}

/// The object that a mount names, even if its region or account is wrong.
pub(super) fn intended_object<'i>(
    inventory: &'i Inventory,
    mount: &MountPoint<'_>,
) -> Option<Object<'i>> {
    if mount.missing_class || mount.class.is_some_and(|(_, entry)| entry.is_none()) {
        return None;
    }
    let cluster = inventory.cluster(&mount.pod.cluster);
    let own =
        |object: &Object<'_>| cluster.is_some_and(|cluster| cluster.account == object.account());
    let candidates = || {
        inventory
            .objects()
            .filter(|object| mount.names_object(*object))
    };
    candidates().find(own).or_else(|| candidates().next())
}
