//! The display names of a mount.

use policy_engine::simulator::{Simulator, mounts::MountPoint};

/// The display names of a pod and of the object that it mounts.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) pod: String,
    pub(crate) object: String,
    /// Whether the first read works and the rotation fails.
    pub(crate) lasting: bool,
}

impl Names {
    pub(crate) fn new(simulator: &Simulator<'_>, mount: &MountPoint<'_>, lasting: bool) -> Self {
        let inventory = simulator.inventory();
        let object = mount.object.map_or_else(
            || mount.name.value.clone(),
            |object| object.display(inventory),
        );
        Self {
            pod: inventory.pod_name(&mount.pod),
            object,
            lasting,
        }
    }
}
