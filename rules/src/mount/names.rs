//! The display names of a mount.

use policy_engine::simulator::{Simulator, mounts::MountPoint};

/// The display names of a pod and of the object that it mounts.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) pod: String,
    pub(crate) object: String,
    pub(crate) access: Access,
}

/// The access that is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// The first read of the object.
    Read,
    /// The later reads of the object, while the first one is allowed.
    Rotation,
    /// The role, which is the object here.
    Role,
}

impl Names {
    pub(crate) fn new(simulator: &Simulator<'_>, mount: &MountPoint<'_>, access: Access) -> Self {
        let inventory = simulator.inventory();
        let object = mount.object.map_or_else(
            || mount.name.value.clone(),
            |object| object.display(inventory),
        );
        Self {
            pod: inventory.pod_name(&mount.pod),
            object,
            access,
        }
    }
}
