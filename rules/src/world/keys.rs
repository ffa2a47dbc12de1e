//! The keys that encrypt secrets and parameters.

use policy_engine::inventory::{Inventory, KeyRef};
use std::collections::HashSet;

/// The ARNs of these keys; a key that no source describes has the name by which an object refers to it. `None` if the key of an object is
/// unknown.
pub(crate) fn of_values(inventory: &Inventory) -> Option<HashSet<String>> {
    let secrets = inventory.secrets.iter().flat_map(|secret| {
        let replicas = secret.replicas.list.iter();
        let replicas = replicas.map(|replica| (&replica.key, replica.region.value.as_str()));
        let all = std::iter::once((&secret.key, secret.region.as_str())).chain(replicas);
        all.map(|(key, region)| (key, secret.account.as_str(), region))
    });
    let parameters = inventory.parameters.iter().map(|parameter| {
        let region = parameter.region.as_str();
        (&parameter.key, parameter.account.as_str(), region)
    });
    let mut keys = HashSet::new();
    for (key, account, region) in secrets.chain(parameters) {
        match key {
            KeyRef::AwsManaged(_) => {}
            KeyRef::Unknown(_) => return None,
            KeyRef::Named(name) => {
                let known = inventory.find_key(&name.value, account, region);
                let arn = known.map_or_else(|| name.value.clone(), |key| key.arn.to_string());
                keys.insert(arn);
            }
        }
    }
    Some(keys)
}
