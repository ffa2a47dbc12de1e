//! Pod Identity associations.

use super::{
    attribute::shown_of,
    batch::Batch,
    spelling::{
        CLUSTER, EXTERNAL_ID, NAMESPACE, POLICY, ROLE_ARN, SERVICE_ACCOUNT, SESSION_TAGS_OFF,
        TARGET_ROLE_ARN,
    },
};
use crate::resource::{Exists, Resource};
use policy_engine::{
    inventory::{Association, Attribute},
    policy::PolicyType,
    source::Spanned,
};

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let (Some(cluster), Some(namespace), Some(service_account)) = (
        resource.shown(CLUSTER),
        resource.shown(NAMESPACE),
        resource.shown(SERVICE_ACCOUNT),
    ) else {
        return;
    };
    let cluster = batch.cluster_of(&resource.home, &cluster);
    let role = match (&resource.exists, resource.text(ROLE_ARN)) {
        (Exists::Unknown(hole), _) => Attribute::Unknown(hole.clone()),
        // AWS's list call does not contain it.
        (Exists::Yes, Attribute::Absent) => Attribute::unstated(),
        (Exists::Yes, role) => role.map(|role| shown_of(&role)),
    };
    let association = Association {
        cluster,
        namespace,
        service_account,
        role,
        target_role: resource.text(TARGET_ROLE_ARN).map(|role| shown_of(&role)),
        external_id: resource.exact(EXTERNAL_ID).map(|id| id.value),
        session_tags: match resource.flag(SESSION_TAGS_OFF) {
            Attribute::Known(off) => Attribute::Known(Spanned::new(!off.value, off.origin)),
            Attribute::Absent => {
                Attribute::Known(Spanned::new(true, resource.place(SESSION_TAGS_OFF)))
            }
            Attribute::Unknown(hole) => Attribute::Unknown(hole),
        },
        policy: batch.policy(resource, POLICY, PolicyType::Session, "session policy"),
        declared: resource.declared.clone(),
        duplicates: Vec::new(),
        origin: resource.origin,
    };
    for name in [
        &association.cluster,
        &association.namespace.value,
        &association.service_account.value,
    ] {
        batch.identify("associations", resource, name);
    }
    batch.loading.inventory.associations.push(association);
}
