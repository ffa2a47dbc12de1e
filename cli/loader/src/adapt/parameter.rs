//! Parameters of Parameter Store.

use super::{
    attribute::Open,
    batch::Batch,
    secret::key_of,
    spelling::{KEY_ID, Names, SHARES, TIER, TYPE},
    tags,
};
use crate::resource::{Exists, Resource};
use policy_engine::{
    inventory::{Attribute, KeyRef, Listed, Parameter},
    text::Hole,
};

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let (Some(arn), Some((account, region))) = (&resource.arn, resource.home.placed()) else {
        return;
    };
    let mut open = Open::of(&resource.exists);
    let found = tags::of_resource(resource, &mut open);
    let mut others = Open::default();
    let mut shares = resource.shown_texts(SHARES, &mut others);
    shares.extend(others.shown(resource.origin));
    let is_secure = is(resource, TYPE, "SecureString");
    let parameter = Parameter {
        arn: arn.to_string(),
        name: resource.name.value.clone(),
        account,
        region,
        // What may be encrypted is encrypted with a key that is not known.
        secure: Attribute::Known(is_secure.unwrap_or(true)),
        advanced: is(resource, TIER, "Advanced").unwrap_or(false),
        key: match (is_secure, &resource.exists) {
            (Some(_), Exists::Yes) => key_of(resource, KEY_ID, "ssm"),
            _ => KeyRef::Unknown(Hole::untold()),
        },
        tags: tags::known(resource, found, &open),
        shares: Listed::all(shares),
        origin: resource.name.origin,
    };
    batch.loading.inventory.parameters.push(parameter);
}

/// Whether an attribute is a word; nothing when it is not known.
fn is(resource: &Resource<'_>, names: Names, word: &str) -> Option<bool> {
    match resource.exact(names) {
        Attribute::Known(text) => Some(text.value == word),
        Attribute::Absent => Some(false),
        Attribute::Unknown(_) => None,
    }
}
