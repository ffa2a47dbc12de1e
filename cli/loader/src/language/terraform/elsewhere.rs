//! Resources of providers whose account is unknown: each account of the run may have them.

use super::{accounts::Accounts, kinds::WORDS, plan::Plan, resolve::Resolver, resources};
use crate::{
    adapt::{self, Batch},
    loaded::Unread,
    loading::Loading,
    resource::Exists,
    setting::Setting,
};
use policy_engine::text::Hole;
use std::collections::BTreeSet;

/// Takes the resources that an account of the run may have, once for each account.
pub(super) fn take(
    loading: &mut Loading,
    resolver: &Resolver<'_>,
    accounts: &Accounts,
    setting: &Setting,
) {
    let unplaced = resolver.plan.resources.iter();
    let mut unplaced = unplaced.filter(|resource| !resource.data && accounts.is_unplaced(resource));
    if unplaced.next().is_none() {
        return;
    }
    let mut candidates = accounts.known();
    candidates.extend(loading.accounts.iter().filter_map(|own| own.id.clone()));
    for account in candidates {
        let homes = accounts.in_account(&account);
        let mut placed = Resolver::new(resolver.plan, resolver.sources, homes);
        placed.label.clone_from(&resolver.label);
        let mut taken = resources::unplaced(loading, &placed, accounts);
        for resource in &mut taken {
            let hole = Hole::any(format!("the account of {}", resource.address));
            resource.exists = Exists::Unknown(hole);
        }
        adapt::take(&mut Batch::new(loading, setting, &WORDS, ""), &taken);
    }
}

/// Names the providers whose account is unknown.
pub(super) fn name(loading: &mut Loading, plan: &Plan<'_>, accounts: &Accounts, file: &str) {
    let mut providers = BTreeSet::new();
    for resource in &plan.resources {
        let matters = resources::noun(&resource.kind).is_some() && !resource.data;
        if matters && accounts.is_unplaced(resource) && providers.insert(&resource.provider) {
            let provider = &resource.provider;
            let unread = Unread {
                what: "Terraform provider",
                how: format!("its account is unknown: set `allowed_account_ids` of `{provider}`"),
            };
            loading.unread_file(&format!("{provider} in {file}"), unread);
        }
    }
}
