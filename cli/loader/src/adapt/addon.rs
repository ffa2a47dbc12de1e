//! EKS add-ons with associations of their own.

use super::{
    attribute::{Open, first, items, member, of, shown_text},
    batch::Batch,
    spelling::{
        ADDON_NAME, ADDON_NAMESPACE, ASSOCIATIONS, CLUSTER, NAMESPACE, ROLE_ARN, SERVICE_ACCOUNT,
    },
};
use crate::resource::{Exists, Resource};
use policy_engine::{
    inventory::{Association, Attribute},
    source::Spanned,
    syntax::node::Node,
};

/// The namespaces of add-ons with associations of their own, from the AWS guide of each; no call of EKS returns
/// them.
const NAMESPACES: [(&str, &str); 10] = [
    ("amazon-cloudwatch-observability", "amazon-cloudwatch"),
    ("aws-ebs-csi-driver", "kube-system"),
    ("aws-efs-csi-driver", "kube-system"),
    ("aws-fsx-csi-driver", "kube-system"),
    ("aws-mountpoint-s3-csi-driver", "kube-system"),
    (
        "aws-network-flow-monitoring-agent",
        "amazon-network-flow-monitor",
    ),
    ("cert-manager", "cert-manager"),
    ("external-dns", "external-dns"),
    ("vpc-cni", "kube-system"),
    ("adot", "opentelemetry-operator-system"),
];

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let stated = resource.stated(ASSOCIATIONS);
    let mut open = Open::of(&resource.exists);
    let blocks = items(of(stated.as_deref()), &mut open);
    if open.hole().is_some() {
        batch.leave_open("associations", resource);
    }
    let (Some(cluster), Some(addon)) = (resource.shown(CLUSTER), resource.shown(ADDON_NAME)) else {
        batch.leave_open("associations", resource);
        return;
    };
    if blocks.is_empty() {
        return;
    }
    let cluster = batch.cluster_of(&resource.home, &cluster);
    let Some(namespace) = namespace(resource, &addon) else {
        let message = format!(
            "`{}` does not name the namespace of the add-on `{}`; write its associations in a world",
            resource.address, addon.value
        );
        batch.loading.note(message, Some(addon.origin));
        batch.leave_open("associations", resource);
        return;
    };
    for name in [&cluster, &namespace.value] {
        batch.identify("associations", resource, name);
    }
    for (at, block) in blocks.into_iter().enumerate() {
        let Some(service_account) = member(block, SERVICE_ACCOUNT).and_then(shown_text) else {
            batch.leave_open("associations", resource);
            continue;
        };
        batch.identify("associations", resource, &service_account.value);
        batch.loading.inventory.associations.push(Association {
            cluster: cluster.clone(),
            namespace: namespace.clone(),
            service_account,
            role: role(resource, block),
            target_role: Attribute::Absent,
            external_id: Attribute::Absent,
            session_tags: Attribute::Known(Spanned::new(true, block.origin)),
            policy: Attribute::Absent,
            declared: resource
                .declared
                .as_ref()
                .map(|declared| format!("{declared}[{at}]")),
            duplicates: Vec::new(),
            origin: block.origin,
        });
    }
}

/// The namespace that the add-on is given, or that EKS chooses for it.
fn namespace(resource: &Resource<'_>, addon: &Spanned<String>) -> Option<Spanned<String>> {
    let given = resource.stated(ADDON_NAMESPACE);
    let given = given.as_deref().map(first);
    let given = given.and_then(|node: &Node| member(node, NAMESPACE).and_then(shown_text));
    given.or_else(|| {
        let (_, namespace) = NAMESPACES.iter().find(|(name, _)| *name == addon.value)?;
        Some(Spanned::new((*namespace).to_owned(), addon.origin))
    })
}

fn role(resource: &Resource<'_>, block: &Node) -> Attribute<Spanned<String>> {
    match (&resource.exists, of(member(block, ROLE_ARN))) {
        (Exists::Unknown(hole), _) => Attribute::Unknown(hole.clone()),
        (Exists::Yes, Attribute::Unknown(hole)) => Attribute::Unknown(hole),
        (Exists::Yes, Attribute::Known(role)) => Attribute::or_unstated(shown_text(role)),
        (Exists::Yes, Attribute::Absent) => Attribute::unstated(),
    }
}
