//! Resources of providers whose account is unknown: each account of the run may have them.

use super::{
    accounts::Accounts,
    kinds::WORDS,
    plan::{Plan, Resource},
    resolve::Resolver,
    resources,
};
use crate::{
    adapt::{self, Batch, unplaced},
    loaded::Unread,
    loading::Loading,
    resource::{Exists, Noun},
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

/// What to do where the account or region of a resource is not written.
pub(super) fn placing(what: &str) -> &'static str {
    if what == "account" {
        "add `--account NAME=ID`, or include the file in a world with `account: …`"
    } else {
        "add `--region REGION`, or include the file in a world with `region: …`"
    }
}

/// The first relevant resource whose account or region no source states.
pub(super) fn homeless<'p>(
    plan: &'p Plan<'p>,
    accounts: &Accounts,
) -> Option<(&'p Resource<'p>, &'static str)> {
    plan.resources
        .iter()
        .filter(|resource| !resource.data && !accounts.is_unplaced(resource))
        .find_map(|resource| {
            let noun = resources::noun(&resource.kind)?;
            let regional = unplaced::is_regional(noun) || noun == Noun::Association;
            let matters = !unplaced::is_anywhere(noun);
            let home = accounts.home(resource);
            if matters && home.account.is_none() {
                return Some((resource, "account"));
            }
            (regional && home.region.is_none()).then_some((resource, "region"))
        })
}
