//! KMS keys. Some answers contain only the id of a key; another answer about the same key states account and region.

use super::Differences;
use policy_engine::{
    inventory::{Inventory, KmsKey},
    source::Origin,
};
use std::collections::{HashMap, HashSet};

impl Differences<'_> {
    /// Merges keys; answers with what cannot be placed.
    pub(super) fn keys(&mut self, inventory: &mut Inventory) -> Vec<(String, Origin)> {
        let facts = std::mem::take(&mut inventory.keys);
        let mut merged: Vec<KmsKey> = Vec::new();
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        // The answers with account and region come first, so that the others find them.
        let (placed, rest): (Vec<_>, Vec<_>) = facts
            .into_iter()
            .enumerate()
            .partition(|(_, key)| is_placed(key));
        let mut order: Vec<usize> = Vec::new();
        for (at, key) in placed.into_iter().chain(rest) {
            let id = id(&key);
            let known = places.entry(id).or_default();
            let place = known.iter().copied().find(|place| {
                merged.get(*place).is_some_and(|other| {
                    (key.region.is_empty() || other.region == key.region)
                        && (key.account.is_empty() || other.account == key.account)
                })
            });
            if let (Some(place), Some(old)) = (place, place.and_then(|place| merged.get_mut(place)))
            {
                let earlier = order.get(place).is_some_and(|before| at < *before);
                self.key_fact(old, key, earlier);
            } else {
                known.push(merged.len());
                order.push(at);
                merged.push(key);
            }
        }
        let (placed, lost): (Vec<_>, Vec<_>) = merged.into_iter().partition(is_placed);
        inventory.keys = placed;
        for key in &mut inventory.keys {
            let mut seen = HashSet::new();
            key.aliases.retain(|alias| seen.insert(alias.clone()));
        }
        let why = "are skipped: no input states the account and region of the key";
        lost.into_iter()
            .map(|key| (format!("the facts of key `{}` {why}", id(&key)), key.origin))
            .collect()
    }

    fn key_fact(&mut self, old: &mut KmsKey, new: KmsKey, earlier: bool) {
        let name = id(&new);
        if earlier {
            // It was read before, and only lacks the account and region.
            let later = std::mem::replace(old, new);
            let (arn, account, region) = (
                later.arn.clone(),
                later.account.clone(),
                later.region.clone(),
            );
            self.key_fact(old, later, false);
            (old.arn, old.account, old.region) = (arn, account, region);
            return;
        }
        self.policy(
            &format!("the policy of key `{name}`"),
            &mut old.policy,
            new.policy,
        );
        old.aliases.extend(new.aliases);
        old.more_aliases = old.more_aliases.take().or(new.more_aliases);
        old.grants.list.extend(new.grants.list);
        old.grants.open = old.grants.open.take().or(new.grants.open);
        self.tags(
            &format!("the tags of key `{name}`"),
            &mut old.tags,
            new.tags,
        );
        old.aws_managed |= new.aws_managed;
        if !new.enabled.is_absent() {
            let what = format!("whether key `{name}` is enabled");
            self.attribute(&what, &mut old.enabled, new.enabled);
            old.origin = new.origin;
        }
        if !new.unfit.is_absent() {
            let what = format!("the spec of key `{name}`");
            self.attribute(&what, &mut old.unfit, new.unfit);
        }
        old.name = new.name.or(old.name.take());
    }
}

fn is_placed(key: &KmsKey) -> bool {
    !key.account.is_empty() && !key.region.is_empty()
}

fn id(key: &KmsKey) -> String {
    let arn = key.arn.to_string();
    match arn.split_once(":key/") {
        Some((_, id)) => id.to_owned(),
        None => arn,
    }
}
