//! Policies of resources whose account no source states: the rules check them, and no answer depends on them.

use super::{
    batch::Batch,
    document, role,
    spelling::{POLICY, TRUST},
};
use crate::resource::{Noun, Resource};
use policy_engine::{inventory::LoosePolicy, policy::PolicyType};

/// Takes the policies of a resource.
pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let stated = match resource.noun {
        Noun::Role => Some((TRUST, PolicyType::Trust)),
        Noun::Policy | Noun::InlinePolicy => Some((POLICY, PolicyType::Identity)),
        Noun::SecretPolicy => Some((POLICY, PolicyType::Resource)),
        Noun::Key | Noun::KeyPolicy => Some((POLICY, PolicyType::Key)),
        Noun::Association => Some((POLICY, PolicyType::Session)),
        _ => None,
    };
    let mut documents = Vec::new();
    if let Some((names, kind)) = stated {
        let policy = batch.policy(resource, names, kind, &resource.address);
        documents.extend(document::known(policy).map(|document| (kind, document)));
    }
    if resource.noun == Noun::Role {
        let inline = role::inline(batch, resource).list.into_iter();
        documents.extend(inline.map(|document| (PolicyType::Identity, document)));
    }
    let loose = documents
        .into_iter()
        .map(|(kind, document)| LoosePolicy { kind, document });
    batch.loading.inventory.loose.extend(loose);
}
