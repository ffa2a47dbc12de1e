//! The objects of a world with their display names.

use policy_engine::inventory::{Inventory, Tag, find::Object};

/// The display names and tags of the objects whose tags are known.
pub(crate) fn tagged(inventory: &Inventory) -> impl Iterator<Item = (String, &[Tag])> {
    inventory.objects().filter_map(|object| {
        let tags = match object {
            Object::Secret(secret) => secret.tags.as_ref(),
            Object::Parameter(parameter) => parameter.tags.as_ref(),
            Object::Key(key) => key.tags.as_ref(),
        };
        Some((object.display(inventory), tags?.value.as_slice()))
    })
}
