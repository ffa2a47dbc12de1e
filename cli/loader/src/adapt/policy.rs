//! Managed policies.

use super::{attachment, batch::Batch, spelling::POLICY};
use crate::resource::Resource;
use policy_engine::{
    inventory::{Attribute, ManagedPolicy},
    policy::PolicyType,
    source::Spanned,
};

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let Some(arn) = &resource.arn else { return };
    let arn = arn.to_string();
    batch.identify("policies", resource, &arn);
    let name = resource.name.value.clone();
    let document = batch.policy(resource, POLICY, PolicyType::Identity, &name);
    if let Attribute::Known(document) = document {
        batch.loading.inventory.policies.push(ManagedPolicy {
            arn: arn.clone(),
            document,
        });
    }
    attachment::attach(batch, resource, |origin| Spanned::new(arn.clone(), origin));
}
