//! What Terraform and CloudFormation describe alike: things that do not exist yet, with what is not known of them.

use super::{
    loading::Loading,
    policy, shape,
    value::{embedded, hole_name, is_anything},
};
use policy_engine::{
    inventory::{Association, Cluster, Dialect, KeyRef, Role},
    policy::{PolicyDocument, PolicyType},
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
    text::Text,
};
use std::sync::Arc;

/// The services whose VPC endpoints matter here.
const ENDPOINT_SERVICES: [&str; 5] = ["secretsmanager", "ssm", "kms", "sts", "eks-auth"];

/// The namespaces of add-ons with associations of their own, as the AWS guide to each says; EKS offers no call that tells
/// them.
const ADDON_NAMESPACES: [(&str, &str); 10] = [
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

/// The text of a scalar; what is not known of it stands between angle brackets.
pub(super) fn spanned(node: &Node) -> Option<Spanned<String>> {
    Some(Spanned::new(node.scalar_text()?.to_string(), node.origin))
}

/// A policy that may rest on what is not known; then `note` says so, and it is one that may say anything.
pub(super) fn document(
    loading: &mut Loading,
    node: &Node,
    kind: PolicyType,
    called: &str,
    note: impl FnOnce(&str) -> String,
) -> Option<Arc<PolicyDocument>> {
    let taken_apart = match &node.value {
        Value::String(scalar) if !scalar.text.is_known() => embedded(node),
        _ => Some(node.clone()),
    };
    let known = match taken_apart {
        Some(document) => shape::known(document),
        None => Err(node.as_text().map(Text::to_string).unwrap_or_default()),
    };
    let document = known.unwrap_or_else(|missing| {
        let missing = missing.trim_matches(['<', '>']);
        loading.note(note(missing), Some(node.origin));
        shape::unknown(missing, kind, node.origin)
    });
    policy::document(loading, &document, kind, called)
}

/// What encrypts something; without a name, the key that AWS manages for the service.
pub(super) fn key_ref(node: Option<&Node>, service: &str, place: Origin) -> KeyRef {
    let Some(node) = node.filter(|node| !node.is_null()) else {
        return KeyRef::AwsManaged(place);
    };
    if is_anything(node) {
        return KeyRef::Unknown;
    }
    match spanned(node).filter(|key| !key.value.is_empty()) {
        Some(key) if key.value.ends_with(&format!("alias/aws/{service}")) => {
            KeyRef::AwsManaged(key.origin)
        }
        Some(key) => KeyRef::Named(key),
        None => KeyRef::AwsManaged(place),
    }
}

/// A role of which only its ARN is known.
pub(super) fn begun_role(arn: String, origin: Origin) -> Role {
    Role {
        arn,
        trust: None,
        inline: Vec::new(),
        attached: Vec::new(),
        complete: false,
        boundary: None,
        tags: Vec::new(),
        unique_id: None,
        origin,
    }
}

/// The ARN of a cluster that something names; it is known from then on.
pub(super) fn cluster(
    loading: &mut Loading,
    partition: &str,
    region: &str,
    account: &str,
    name: &Spanned<String>,
) -> String {
    let arn = format!(
        "arn:{partition}:eks:{region}:{account}:cluster/{}",
        name.value
    );
    let clusters = &mut loading.inventory.clusters;
    if clusters.iter().all(|cluster| cluster.arn != arn) {
        clusters.push(Cluster {
            arn: arn.clone(),
            name: name.value.clone(),
            account: account.to_owned(),
            region: region.to_owned(),
            partition: partition.to_owned(),
            issuer: None,
            endpoints: Vec::new(),
            rotation: true,
            provider: Dialect::default(),
            audiences: None,
            origin: name.origin,
        });
    }
    arn
}

/// An add-on with associations of its own.
pub(super) struct Addon<'a> {
    /// What makes it.
    pub(super) address: &'a str,
    /// Whether that is what will be made, rather than what is there.
    pub(super) declares: bool,
    pub(super) name: Spanned<String>,
    /// The namespace that it is given.
    pub(super) namespace: Option<Spanned<String>>,
    /// The cluster's ARN.
    pub(super) cluster: String,
}

/// The associations of an add-on, each a block with a service account and a role.
pub(super) fn addon(loading: &mut Loading, addon: &Addon<'_>, blocks: &[Node], names: [&str; 2]) {
    let mut known = ADDON_NAMESPACES.iter();
    let chosen = known
        .find(|(name, _)| *name == addon.name.value)
        .map(|(_, namespace)| Spanned::new((*namespace).to_owned(), addon.name.origin));
    let Some(namespace) = addon.namespace.clone().or(chosen) else {
        let message = format!(
            "`{}` does not say in which namespace the add-on `{}` runs; write its associations in a world",
            addon.address, addon.name.value
        );
        loading.note(message, Some(addon.name.origin));
        return;
    };
    let [service_account, role] = names;
    for (at, block) in blocks.iter().enumerate() {
        let Some(service_account) = block.get(service_account).and_then(spanned) else {
            continue;
        };
        let role = block.get(role).filter(|node| hole_name(node).is_none());
        loading.inventory.associations.push(Association {
            cluster: addon.cluster.clone(),
            namespace: namespace.clone(),
            service_account,
            role: role.and_then(spanned),
            target_role: None,
            external_id: None,
            session_tags: Spanned::new(true, block.origin),
            policy: None,
            declared: addon.declares.then(|| format!("{}[{at}]", addon.address)),
            duplicates: Vec::new(),
            origin: block.origin,
        });
    }
}

/// The service of a VPC endpoint by its name (`com.amazonaws.eu-west-1.kms`), when it is one that matters here.
pub(super) fn endpoint_service(name: &str) -> Option<String> {
    let service = name.rsplit('.').next().unwrap_or("");
    ENDPOINT_SERVICES
        .contains(&service)
        .then(|| service.to_owned())
}
