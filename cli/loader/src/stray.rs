//! What is stated of a thing that is not known may hold for each of its kind in the account.

use crate::{
    loading::Loading,
    pending::{Stray, StrayFact},
};
use policy_engine::{
    inventory::{Attribute, Inventory, ResourcePolicy},
    syntax::arn::Arn,
};

/// Leaves open what may hold, when everything else is known.
pub(crate) fn spread(loading: &mut Loading) {
    for stray in std::mem::take(&mut loading.strays) {
        leave_open(&mut loading.inventory, stray);
    }
}

fn leave_open(inventory: &mut Inventory, Stray { account, of }: Stray) {
    let secrets = inventory.secrets.iter_mut();
    let secrets = secrets.filter(|secret| secret.account == account);
    let keys = inventory.keys.iter_mut();
    let keys = keys.filter(|key| key.account == account);
    match of {
        StrayFact::Policy(hole) => {
            for role in &mut inventory.roles {
                if Arn::parse(&role.arn).is_some_and(|arn| arn.account == account) {
                    role.attached.open = Some(hole.clone());
                }
            }
        }
        StrayFact::SecretPolicy(hole) => {
            secrets.for_each(|secret| secret.policy = ResourcePolicy::Unknown(hole.clone()));
        }
        StrayFact::SecretTag(hole) => {
            secrets.for_each(|secret| secret.tags.open = Some(hole.clone()));
        }
        StrayFact::KeyPolicy(hole) => {
            keys.for_each(|key| key.policy = Attribute::Unknown(hole.clone()));
        }
        // Nothing is allowed by an alias alone, and what names one that no key has is not known.
        StrayFact::Alias => {}
        StrayFact::Grant(hole) => keys.for_each(|key| key.grants.open = Some(hole.clone())),
        StrayFact::Share(hole) => {
            let parameters = inventory.parameters.iter_mut();
            let own = parameters.filter(|parameter| parameter.account == account);
            own.for_each(|parameter| parameter.shares.open = Some(hole.clone()));
        }
    }
}
