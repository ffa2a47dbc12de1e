//! Secrets and parameters as rules name them.

use policy_engine::inventory::{Inventory, Tag, find::Object};

/// The objects whose tags are known, by the name people use, with these tags.
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
