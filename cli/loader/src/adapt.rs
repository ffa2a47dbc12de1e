//! Adapters: one file per noun, from the attributes that a language states to facts.
//!
//! An adapter handles nouns and their spellings, and no language. An unknown attribute makes its fact unknown.

pub(crate) mod access;
mod addon;
mod association;
mod attachment;
mod attribute;
mod batch;
pub(crate) mod class;
mod cluster;
mod document;
mod endpoint;
mod grant;
mod key;
mod loose;
mod made;
mod object;
mod organization;
mod parameter;
mod policy;
mod role;
mod secret;
mod service_account;
mod share;
mod spelling;
mod synced;
mod tags;
pub(crate) mod unplaced;
pub(crate) mod volume;
mod workload;

pub(crate) use batch::{Batch, Words};
pub(crate) use workload::is_template;

use crate::resource::{Home, Noun, Resource};
use made::Made;

/// Takes the facts of the resources that one file describes.
pub(crate) fn take(batch: &mut Batch<'_>, resources: &[Resource<'_>]) {
    let mut order: Vec<_> = resources.iter().collect();
    // Objects of Kubernetes are independent of each other.
    order.sort_by_key(|resource| resource.noun.min(Noun::ServiceAccount));
    batch.made = Made::of(resources.iter().filter(|own| is_unplaced(own)));
    for resource in order {
        dispatch(batch, resource);
    }
    organization::tree(batch, resources);
}

/// Whether nothing states the account of a resource, or its region where it has one; another answer of AWS may place what an
/// answer describes.
fn is_unplaced(resource: &Resource<'_>) -> bool {
    if !resource.whole || unplaced::is_anywhere(resource.noun) {
        return false;
    }
    let Home {
        account, region, ..
    } = &resource.home;
    account.is_none() || (region.is_none() && unplaced::is_regional(resource.noun))
}

fn dispatch(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    if is_unplaced(resource) {
        unplaced::changes(batch, resource);
        if resource.home.account.is_none() {
            loose::take(batch, resource);
        }
        return;
    }
    match resource.noun {
        Noun::Role => role::take(batch, resource),
        Noun::Policy => policy::take(batch, resource),
        Noun::Cluster => cluster::take(batch, resource),
        Noun::Key => key::take(batch, resource),
        Noun::Secret => secret::take(batch, resource),
        Noun::Parameter => parameter::take(batch, resource),
        Noun::InlinePolicy => attachment::inline(batch, resource),
        Noun::Attachment => attachment::managed(batch, resource),
        Noun::ExclusiveAttachments => attachment::only_managed(batch, resource),
        Noun::ExclusivePolicies => attachment::only_inline(batch, resource),
        Noun::Association => association::take(batch, resource),
        Noun::Addon => addon::take(batch, resource),
        Noun::KeyPolicy => key::policy(batch, resource),
        Noun::Alias => key::alias(batch, resource),
        Noun::Grant => grant::take(batch, resource),
        Noun::SecretPolicy => secret::policy(batch, resource),
        Noun::SecretTag => secret::tag(batch, resource),
        Noun::Share => share::take(batch, resource),
        Noun::Endpoint => endpoint::take(batch, resource),
        // They make one tree.
        Noun::Organization | Noun::Unit | Noun::Member => {}
        Noun::OrganizationPolicy => organization::policy(batch, resource),
        Noun::ServiceAccount => {
            service_account::take(batch, resource);
            synced::uses(batch, resource);
        }
        Noun::KubernetesSecret => synced::made(batch, resource),
        Noun::Class => class::take(batch, resource),
        Noun::Driver => service_account::driver(batch, resource),
        Noun::AccessRole => access::role(batch, resource),
        Noun::AccessBinding => access::binding(batch, resource),
        Noun::Workload => {
            workload::take(batch, resource);
            synced::made_by(batch, resource);
            synced::uses(batch, resource);
        }
    }
}
