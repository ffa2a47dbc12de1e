//! AWS Controllers for Kubernetes: `spec` in the words of the AWS API, references as `from: { name: … }`.
//!
//! ACK documentation, "API Reference" of the IAM, EKS, Secrets Manager, KMS and SSM controllers; "Resource references"; "Manage resources
//! in multiple regions".

use super::set::{
    Controller, Part, Product, Set, account_of, arn, chosen, each, group, map, metadata, renamed,
    spelt,
};
use crate::{
    arns::partition,
    language::kubernetes::object::called,
    pending::Controlled,
    resource::{Home, Noun},
    setting::Setting,
    value::{hole, text},
};
use policy_engine::{
    source::Spanned,
    syntax::node::{Node, Value},
    text::Text,
};

pub(super) const CONTROLLER: Controller = Controller {
    is: |group| group.ends_with(".services.k8s.aws"),
    product,
    noun,
    tags,
    attributes,
};

/// Members of `spec` with their names in CloudFormation or in answers of AWS.
const NAMES: [(&str, &str); 22] = [
    ("serviceName", "ServiceName"),
    ("vpcID", "VpcId"),
    ("assumeRolePolicyDocument", "AssumeRolePolicyDocument"),
    ("permissionsBoundary", "PermissionsBoundary"),
    ("policyDocument", "PolicyDocument"),
    ("clusterName", "clusterName"),
    ("namespace", "namespace"),
    ("serviceAccount", "serviceAccount"),
    ("roleARN", "roleArn"),
    ("targetRoleARN", "targetRoleArn"),
    ("disableSessionTags", "disableSessionTags"),
    ("policy", "policy"),
    ("kmsKeyID", "KmsKeyId"),
    ("targetKeyID", "TargetKeyId"),
    ("keyID", "KeyId"),
    ("type", "Type"),
    ("tier", "Tier"),
    ("addonName", "AddonName"),
    ("granteePrincipal", "GranteePrincipal"),
    ("operations", "Operations"),
    ("keySpec", "KeySpec"),
    ("keyUsage", "KeyUsage"),
];

/// References with the attribute that they give, and what of which resource it is.
const REFERENCES: [(&str, &str, Noun, Part); 7] = [
    (
        "permissionsBoundaryRef",
        "PermissionsBoundary",
        Noun::Policy,
        Part::Arn,
    ),
    ("clusterRef", "clusterName", Noun::Cluster, Part::Name),
    ("roleRef", "roleArn", Noun::Role, Part::Arn),
    ("targetRoleRef", "targetRoleArn", Noun::Role, Part::Arn),
    ("kmsKeyRef", "KmsKeyId", Noun::Key, Part::Arn),
    ("targetKeyRef", "TargetKeyId", Noun::Key, Part::Arn),
    ("keyRef", "KeyId", Noun::Key, Part::Arn),
];

/// Whether an object is a namespace that states the account or region of its objects.
pub(super) fn is_setting(node: &Node) -> bool {
    let annotations = node.at(&["metadata", "annotations"]);
    let mut names = annotations.and_then(Node::as_map).into_iter().flatten();
    let is_stated = names.any(|(key, _)| {
        let name = key.as_str();
        name.is_some_and(|name| name.starts_with("services.k8s.aws/"))
    });
    is_stated && spelt(node.get("kind")).as_deref() == Some("Namespace")
}

fn noun(group: &str, kind: &str) -> Option<Noun> {
    let service = group.split('.').next()?;
    Some(match (service, kind) {
        ("iam", "Role") => Noun::Role,
        ("iam", "Policy") => Noun::Policy,
        ("eks", "Cluster") => Noun::Cluster,
        ("eks", "PodIdentityAssociation") => Noun::Association,
        ("eks", "Addon") => Noun::Addon,
        ("secretsmanager", "Secret") => Noun::Secret,
        ("ssm", "Parameter") => Noun::Parameter,
        ("kms", "Key") => Noun::Key,
        ("kms", "Alias") => Noun::Alias,
        ("kms", "Grant") => Noun::Grant,
        ("ec2", "VPCEndpoint") => Noun::Endpoint,
        _ => return None,
    })
}

fn product<'n>(node: &'n Node, setting: &'n Setting, all: &[Controlled]) -> Option<Product<'n>> {
    let noun = noun(group(node), &spelt(node.get("kind"))?)?;
    let home = home(node, setting, all);
    let called = called(node);
    let written = node.at(&["spec", "name"]);
    let name = match (
        noun,
        written.and_then(|name| Some((spelt(Some(name))?, name.origin))),
    ) {
        // A key has no name, so that it is called as its object.
        (Noun::Key | Noun::Association | Noun::Addon | Noun::Grant, _) => {
            Spanned::new(called.clone(), node.origin)
        }
        (_, Some((name, origin))) => Spanned::new(name, origin),
        (_, None) => chosen(&called, node.origin),
    };
    let stated = spelt(node.at(&["status", "ackResourceMetadata", "arn"]));
    let path = spelt(node.at(&["spec", "path"]));
    let predicted = || arn(noun, &home, &name.value, path);
    Some(Product {
        noun,
        node,
        arn: stated.map(Text::from).or_else(predicted),
        called,
        home,
        name,
        is_whole: is_managed(node),
    })
}

/// Whether the controller applies the object; of what it adopts or only reads AWS has its own.
///
/// ACK documentation, "Adopting existing AWS resources" and "Read-only resources".
fn is_managed(node: &Node) -> bool {
    let own = |name: &str| spelt(node.at(&["metadata", "annotations", name]));
    let policy = own("services.k8s.aws/adoption-policy");
    let is_read = own("services.k8s.aws/read-only");
    policy.as_deref() != Some("adopt") && is_read.is_none_or(|flag| flag == "false")
}

/// ACK documentation, "Resource tagging": the tags that the controllers add unless their settings name others.
fn tags(product: &Product<'_>) -> Vec<(Node, Node)> {
    let origin = product.node.origin;
    let namespace = metadata(product.node, "namespace");
    let namespace = namespace.map_or_else(
        || hole("the namespace of the object", origin),
        |namespace| text(Text::shown(&namespace), origin),
    );
    let version = hole("the version of the controller", origin);
    let tags = [("namespace", namespace), ("controller-version", version)];
    let tags = tags.map(|(name, value)| (text(format!("services.k8s.aws/{name}"), origin), value));
    tags.into()
}

/// Account and region: of the status, of annotations of the object or its namespace, else those that are known of the file.
fn home(node: &Node, setting: &Setting, all: &[Controlled]) -> Home {
    let status = |name: &str| spelt(node.at(&["status", "ackResourceMetadata", name]));
    let own = |name: &str| spelt(node.at(&["metadata", "annotations", name]));
    let namespace = metadata(node, "namespace");
    let of_namespace = |name: &str| {
        let mut spaces = all.iter().map(|object| &object.node);
        let space = spaces.find(|object| {
            spelt(object.get("kind")).as_deref() == Some("Namespace")
                && metadata(object, "name") == namespace
        })?;
        spelt(space.at(&["metadata", "annotations", name]))
    };
    let stated = status("arn").and_then(|arn| account_of(&arn));
    let account = status("ownerAccountID").or(stated);
    let account = account.or_else(|| of_namespace("services.k8s.aws/owner-account-id"));
    let region = status("region").or_else(|| own("services.k8s.aws/region"));
    let region = region.or_else(|| of_namespace("services.k8s.aws/default-region"));
    let region = region.or_else(|| setting.region.clone());
    Home {
        account: account.or_else(|| setting.account.clone()),
        partition: partition(region.as_deref(), setting.partition.as_deref()),
        region,
    }
}

fn attributes(product: &Product<'_>, set: &Set<'_>) -> Node {
    let origin = product.node.origin;
    let Some(spec) = product.node.get("spec") else {
        return map(Vec::new(), origin);
    };
    let mut members = renamed(spec, &NAMES);
    for (written, known, noun, part) in REFERENCES {
        if let Some((key, reference)) = spec.entry(written) {
            let value = refer(product, set, noun, part, reference);
            members.push((text(known, key.origin), value));
        }
    }
    if let Some(tags) = spec.get("tags") {
        members.push((text("Tags", tags.origin), each(tags, tag)));
    }
    match product.noun {
        Noun::Role => role(product, set, spec, &mut members),
        Noun::Addon => addon(product, set, spec, &mut members),
        Noun::Key => {
            let names = [("keyState", "KeyState"), ("enabled", "Enabled")];
            if let Some(status) = product.node.get("status") {
                members.extend(renamed(status, &names));
            }
        }
        Noun::Secret => {
            if let Some((key, regions)) = spec.entry("replicaRegions") {
                let region = |replica: &Node| {
                    map(
                        renamed(replica, &[("region", "Region"), ("kmsKeyID", "KmsKeyId")]),
                        replica.origin,
                    )
                };
                members.push((text("ReplicaRegions", key.origin), each(regions, region)));
            }
        }
        Noun::Grant => {
            if let Some((key, constraints)) = spec.entry("constraints") {
                let names = [
                    ("encryptionContextEquals", "EncryptionContextEquals"),
                    ("encryptionContextSubset", "EncryptionContextSubset"),
                ];
                let constraints = map(renamed(constraints, &names), constraints.origin);
                members.push((text("Constraints", key.origin), constraints));
            }
        }
        _ => {}
    }
    map(members, origin)
}

/// The product that `from: { name: …, namespace: … }` names.
fn refer(product: &Product<'_>, set: &Set<'_>, noun: Noun, part: Part, reference: &Node) -> Node {
    let Some(name) = reference.at(&["from", "name"]) else {
        return crate::value::hole("object to which an ACK object refers", reference.origin);
    };
    let namespace = spelt(reference.at(&["from", "namespace"]));
    set.named(product, noun, part, (name, namespace.as_deref()))
}

/// Keys of KMS spell tags in their own way.
fn tag(tag: &Node) -> Node {
    let names = [
        ("key", "Key"),
        ("value", "Value"),
        ("tagKey", "Key"),
        ("tagValue", "Value"),
    ];
    match tag.as_map() {
        Some(_) => map(renamed(tag, &names), tag.origin),
        None => tag.clone(),
    }
}

fn role(product: &Product<'_>, set: &Set<'_>, spec: &Node, members: &mut Vec<(Node, Node)>) {
    let mut attached = Vec::new();
    for (name, is_reference) in [("policies", false), ("policyRefs", true)] {
        let Some(stated) = spec.get(name) else {
            continue;
        };
        match stated.as_list() {
            Some(items) if is_reference => {
                let refer = |reference| refer(product, set, Noun::Policy, Part::Arn, reference);
                attached.extend(items.iter().map(refer));
            }
            Some(items) => attached.extend(items.iter().cloned()),
            // What is not known stays so.
            None => attached.push(stated.clone()),
        }
    }
    if let Some(origin) = attached.first().map(|first| first.origin) {
        let value = Value::List(attached);
        members.push((text("ManagedPolicyArns", origin), Node { value, origin }));
    }
    if let Some((key, inline)) = spec.entry("inlinePolicies") {
        members.push((text("Policies", key.origin), blocks(inline)));
    }
}

/// Inline policies by their names, as a list of blocks.
fn blocks(inline: &Node) -> Node {
    let Value::Map(policies) = &inline.value else {
        return inline.clone();
    };
    let blocks = policies.iter().map(|(name, policy)| {
        let block = vec![
            (text("PolicyName", name.origin), name.clone()),
            (text("PolicyDocument", policy.origin), policy.clone()),
        ];
        map(block, policy.origin)
    });
    Node {
        value: Value::List(blocks.collect()),
        origin: inline.origin,
    }
}

fn addon(product: &Product<'_>, set: &Set<'_>, spec: &Node, members: &mut Vec<(Node, Node)>) {
    let Some((key, associations)) = spec.entry("podIdentityAssociations") else {
        return;
    };
    let association = |item: &Node| {
        let mut block = renamed(
            item,
            &[("serviceAccount", "ServiceAccount"), ("roleARN", "RoleArn")],
        );
        if let Some((key, reference)) = item.entry("roleRef") {
            let role = refer(product, set, Noun::Role, Part::Arn, reference);
            block.push((text("RoleArn", key.origin), role));
        }
        map(block, item.origin)
    };
    members.push((
        text("PodIdentityAssociations", key.origin),
        each(associations, association),
    ));
    if let Some((key, config)) = spec.entry("namespaceConfig") {
        let config = map(
            renamed(config, &[("namespace", "Namespace")]),
            config.origin,
        );
        members.push((text("NamespaceConfig", key.origin), config));
    }
}
