//! Kubernetes service accounts, and the tokens that the CSI driver asks for.

use super::{
    attribute::{Open, first, hole_of, items, member, of, shown_text},
    batch::Batch,
    object::{self, SPEC},
    volume::DRIVER,
};
use crate::{fields::spelt, resource::Resource};
use policy_engine::{
    inventory::{Pod, ServiceAccount},
    source::Spanned,
};

/// The annotation that names the role.
const ROLE: &[&str] = &["eks.amazonaws.com/role-arn"];

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let name = object::name(resource);
    let namespace = batch.namespace(resource, &name);
    let annotations = object::metadata(resource, &["annotations"]);
    let role = annotations
        .as_ref()
        .and_then(|annotations| member(annotations, ROLE));
    let unknown = annotations.as_ref().filter(|own| hole_of(own).is_some());
    batch
        .loading
        .inventory
        .service_accounts
        .push(ServiceAccount {
            pod: Pod {
                cluster: batch.setting.cluster.clone(),
                namespace,
                service_account: name.value,
            },
            // Where it is unknown whether there is an annotation, its role is unknown.
            irsa: role.or(unknown).and_then(shown_text),
            origin: name.origin,
        });
}

/// The token audiences of the CSI driver.
pub(super) fn driver(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    if object::name(resource).value != DRIVER {
        return;
    }
    let spec = resource.stated(SPEC);
    let requests = spec
        .as_deref()
        .and_then(|spec| member(first(spec), &["tokenRequests"]));
    let mut open = Open::default();
    let mut audiences = Vec::new();
    for item in items(of(requests), &mut open) {
        let audience = member(item, &["audience"]).and_then(spelt);
        audiences.extend(audience.map(|audience| audience.value));
    }
    let origin = requests.map_or(resource.origin, |requests| requests.origin);
    // What may be among them must not look like its absence.
    if open.hole().is_none() {
        let audiences = Spanned::new(audiences, origin);
        let cluster = batch.setting.cluster.clone();
        batch.loading.audiences.push((cluster, audiences));
    }
}
