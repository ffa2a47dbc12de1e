//! The objects of a world with their display names.

use policy_engine::inventory::{Inventory, Tag};

/// The display names and tags of the objects whose tags are known.
pub(crate) fn tagged(inventory: &Inventory) -> impl Iterator<Item = (String, &[Tag])> {
    inventory.objects().map(|object| {
        let tags = object.tags().list.as_slice();
        (object.display(inventory), tags)
    })
}
