//! Parameters of Parameter Store.

use super::{
    attribute::Open,
    batch::Batch,
    secret::key_of,
    spelling::{KEY_ID, Names, SHARES, TIER, TYPE},
    tags,
};
use crate::resource::{Exists, Resource};
use policy_engine::inventory::{Attribute, KeyRef, Parameter};

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let (Some(arn), Some((account, region))) = (&resource.arn, resource.home.placed()) else {
        return;
    };
    let mut open = Open::default();
    let shares = resource.shown_texts(SHARES, &mut open);
    let key = key_of(resource, KEY_ID, "ssm");
    let (secure, key) = match &resource.exists {
        Exists::Yes => (is(resource, TYPE, "SecureString"), key),
        Exists::Unknown(hole) => (
            Attribute::Unknown(hole.clone()),
            KeyRef::Unknown(hole.clone()),
        ),
    };
    let parameter = Parameter {
        arn: arn.to_string(),
        name: resource.name.value.clone(),
        account,
        region,
        secure,
        // What is shared is of the advanced tier.
        advanced: !matches!(is(resource, TIER, "Advanced"), Attribute::Known(false)),
        key,
        tags: tags::of_resource(resource),
        shares: open.listed(shares, true),
        origin: resource.name.origin,
    };
    batch.identify("parameters", resource, &arn.to_string());
    batch.loading.inventory.parameters.push(parameter);
}

/// Whether an attribute is a word; it is not where nothing is stated.
fn is(resource: &Resource<'_>, names: Names, word: &str) -> Attribute<bool> {
    match resource.exact(names) {
        Attribute::Absent => Attribute::Known(false),
        stated => stated.map(|text| text.value == word),
    }
}
