//! What is stated of a thing that is not known may hold for each of its kind in the account.

use crate::{
    loading::Loading,
    pending::{Stray, StrayFact},
    policy, shape,
};
use policy_engine::{
    inventory::{Attribute, ResourcePolicy, Tags},
    policy::{PolicyDocument, PolicyType},
    source::Origin,
    syntax::arn::Arn,
    text::Hole,
};
use std::sync::Arc;

/// Leaves open what may hold, when everything else is known.
pub(crate) fn spread(loading: &mut Loading) {
    for Stray { account, of } in std::mem::take(&mut loading.strays) {
        match of {
            StrayFact::Policy(name) => {
                let roles = loading.inventory.roles.iter_mut();
                let own = roles
                    .filter(|role| Arn::parse(&role.arn).is_some_and(|arn| arn.account == account));
                own.for_each(|role| role.attached.list.push(name.clone()));
            }
            StrayFact::SecretPolicy(hole, origin) => {
                let document = anything(loading, &hole, PolicyType::Resource, origin);
                let secrets = loading.inventory.secrets.iter_mut();
                for secret in secrets.filter(|one| one.account == account) {
                    if let Some(document) = &document {
                        secret.policy = ResourcePolicy::Document(Arc::clone(document));
                    }
                }
            }
            StrayFact::SecretTag => {
                let secrets = loading.inventory.secrets.iter_mut();
                let own = secrets.filter(|one| one.account == account);
                own.for_each(|secret| secret.tags = Tags::untold(secret.origin));
            }
            StrayFact::KeyPolicy(hole, origin) => {
                let document = anything(loading, &hole, PolicyType::Key, origin);
                let keys = loading.inventory.keys.iter_mut();
                let own = keys.filter(|one| one.account == account);
                own.for_each(|key| key.policy = Attribute::or_untold(document.clone()));
            }
            // Nothing is allowed by an alias alone, and what names one that no key has is not known.
            StrayFact::Alias => {}
            StrayFact::Grant(grant) => {
                let keys = loading.inventory.keys.iter_mut();
                let own = keys.filter(|one| one.account == account);
                own.for_each(|key| key.grants.list.push(grant.clone()));
            }
            StrayFact::Share(share) => {
                let parameters = loading.inventory.parameters.iter_mut();
                let own = parameters.filter(|one| one.account == account);
                own.for_each(|parameter| parameter.shares.list.push(share.clone()));
            }
        }
    }
}

/// A policy that may allow or deny anything.
fn anything(
    loading: &mut Loading,
    hole: &Hole,
    kind: PolicyType,
    origin: Origin,
) -> Option<Arc<PolicyDocument>> {
    let node = shape::unknown(&hole.name, kind, origin);
    policy::document(loading, &node, kind, &kind.to_string())
}
