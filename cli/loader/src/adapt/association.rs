//! Pod Identity associations.

use super::{
    attribute::{Open, OrOpen, shown_of},
    batch::Batch,
    document,
    spelling::{
        CLUSTER, EXTERNAL_ID, NAMESPACE, POLICY, ROLE_ARN, SERVICE_ACCOUNT, SESSION_TAGS_OFF,
        TARGET_ROLE_ARN,
    },
};
use crate::resource::Resource;
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
    let mut open = Open::of(&resource.exists);
    let cluster = batch.cluster_of(&resource.home, &cluster);
    let policy = batch.policy(resource, POLICY, PolicyType::Session, "session policy");
    // What is not known of these leaves the whole chain open: a target that nobody knows must not look like none, and tags decide
    // who may be who.
    let target_role = resource.text(TARGET_ROLE_ARN).or_open(&mut open);
    let off = resource.flag(SESSION_TAGS_OFF).or_open(&mut open);
    let role = resource.text(ROLE_ARN).or_open(&mut open);
    let association = Association {
        cluster,
        namespace,
        service_account,
        role: Attribute::or_untold(
            role.as_ref()
                .map(shown_of)
                .filter(|_| open.hole().is_none()),
        ),
        target_role: Attribute::or_absent(target_role.as_ref().map(shown_of)),
        external_id: match resource.exact(EXTERNAL_ID) {
            Attribute::Known(id) => Attribute::Known(id.value),
            Attribute::Absent | Attribute::Unknown(_) => Attribute::Absent,
        },
        session_tags: Attribute::Known(match off {
            Some(off) => Spanned::new(!off.value, off.origin),
            None => Spanned::new(true, resource.place(SESSION_TAGS_OFF)),
        }),
        policy: Attribute::or_absent(document::known(policy)),
        declared: resource.declared.clone(),
        duplicates: Vec::new(),
        origin: resource.origin,
    };
    batch.loading.inventory.associations.push(association);
}
