//! Crossplane: `spec.forProvider` with the arguments of Terraform in camel case, references by name or labels.
//!
//! Crossplane documentation, "Managed Resources"; Upbound Marketplace, "provider-family-aws": the groups `….aws.upbound.io` and
//! `….aws.m.upbound.io`.

use super::set::{
    Controller, Part, Product, Set, account_of, arn, chosen, group, map, metadata, spelt,
};
use crate::{
    arns::{alias_name, partition},
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
    is: |group| {
        let ends = [".aws.upbound.io", ".aws.m.upbound.io"];
        ends.iter().any(|end| group.ends_with(end))
            || ends.iter().any(|end| end.trim_start_matches('.') == group)
    },
    product,
    noun,
    tags,
    attributes,
};

/// Arguments that a reference can give, and what of which resource it gives.
const REFERENCES: [(&str, Noun, Part); 11] = [
    ("role", Noun::Role, Part::Name),
    ("roleArn", Noun::Role, Part::Arn),
    ("targetRoleArn", Noun::Role, Part::Arn),
    ("policyArn", Noun::Policy, Part::Arn),
    ("permissionsBoundary", Noun::Policy, Part::Arn),
    ("clusterName", Noun::Cluster, Part::Name),
    ("secretArn", Noun::Secret, Part::Arn),
    ("secretId", Noun::Secret, Part::Arn),
    ("kmsKeyId", Noun::Key, Part::Arn),
    ("keyId", Noun::Key, Part::Arn),
    ("targetKeyId", Noun::Key, Part::Arn),
];

/// The annotation that holds the name, the ARN or the id in AWS.
const EXTERNAL: &str = "crossplane.io/external-name";

fn noun(group: &str, kind: &str) -> Option<Noun> {
    let service = group.split('.').next()?;
    Some(match (service, kind) {
        ("iam", "Role") => Noun::Role,
        ("iam", "Policy") => Noun::Policy,
        ("iam", "RolePolicy") => Noun::InlinePolicy,
        ("iam", "RolePolicyAttachment") => Noun::Attachment,
        ("eks", "Cluster") => Noun::Cluster,
        ("eks", "PodIdentityAssociation") => Noun::Association,
        ("eks", "Addon") => Noun::Addon,
        ("secretsmanager", "Secret") => Noun::Secret,
        ("secretsmanager", "SecretPolicy") => Noun::SecretPolicy,
        ("ssm", "Parameter") => Noun::Parameter,
        ("kms", "Key" | "ReplicaKey") => Noun::Key,
        ("kms", "KeyPolicy") => Noun::KeyPolicy,
        ("kms", "Alias") => Noun::Alias,
        ("kms", "Grant") => Noun::Grant,
        ("ec2", "VPCEndpoint") => Noun::Endpoint,
        _ => return None,
    })
}

fn product<'n>(node: &'n Node, setting: &'n Setting, all: &[Controlled]) -> Option<Product<'n>> {
    let noun = noun(group(node), &spelt(node.get("kind"))?)?;
    let called = called(node);
    let external = spelt(node.at(&["metadata", "annotations", EXTERNAL]));
    let stated = spelt(node.at(&["status", "atProvider", "arn"]));
    let stated = stated.or_else(|| external.clone().filter(|name| name.starts_with("arn:")));
    let home = home(node, setting, all, stated.as_deref());
    let name = name(noun, node, external, &called);
    let path = spelt(node.at(&["spec", "forProvider", "path"]));
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

/// The name in AWS: of the annotation, else the object's own; a secret has an argument for it.
fn name(noun: Noun, node: &Node, external: Option<String>, called: &str) -> Spanned<String> {
    let own = node.at(&["metadata", "name"]);
    let origin = own.map_or(node.origin, |own| own.origin);
    if noun == Noun::Secret {
        let written = node.at(&["spec", "forProvider", "name"]);
        let written = written.and_then(|name| Some(Spanned::new(spelt(Some(name))?, name.origin)));
        return written.unwrap_or_else(|| chosen(called, origin));
    }
    let external = external.filter(|name| !name.starts_with("arn:"));
    let Some(name) = external.or_else(|| spelt(own)) else {
        return chosen(called, origin);
    };
    Spanned::new(
        if noun == Noun::Alias {
            alias_name(&name)
        } else {
            name
        },
        origin,
    )
}

/// crossplane/crossplane-runtime, `pkg/resource`, `GetExternalTags`: the tags of each resource that Crossplane makes.
fn tags(product: &Product<'_>) -> Vec<(Node, Node)> {
    let origin = product.node.origin;
    let kind = spelt(product.node.get("kind")).map(|kind| kind.to_ascii_lowercase());
    let kind = kind.map(|kind| format!("{kind}.{}", group(product.node)));
    let config = spelt(product.node.at(&["spec", "providerConfigRef", "name"]));
    let config = config.unwrap_or_else(|| "default".to_owned());
    let tags = [
        ("kind", kind),
        ("name", metadata(product.node, "name")),
        ("providerconfig", Some(config)),
    ];
    let tags = tags.map(|(name, value)| {
        let value = value.map_or_else(
            || hole("a tag that Crossplane adds", origin),
            |value| text(Text::shown(&value), origin),
        );
        (text(format!("crossplane-{name}"), origin), value)
    });
    tags.into()
}

/// Whether the controller makes the resource; one that it only observes has what is not written here.
fn is_managed(node: &Node) -> bool {
    let paused = spelt(node.at(&["metadata", "annotations", "crossplane.io/paused"]));
    if paused.is_some_and(|paused| paused != "false") {
        return false;
    }
    let policies = node
        .at(&["spec", "managementPolicies"])
        .and_then(Node::as_list);
    policies.is_none_or(|policies| {
        let mut words = policies.iter().map(Node::as_str);
        words.any(|word| matches!(word, None | Some("*" | "Create" | "Update")))
    })
}

/// The region of the object; the account of the roles that its provider's configuration assumes, else that of the file.
fn home(node: &Node, setting: &Setting, all: &[Controlled], arn: Option<&str>) -> Home {
    let region = spelt(node.at(&["spec", "forProvider", "region"]));
    let region = region.or_else(|| setting.region.clone());
    let account = arn.and_then(account_of).or_else(|| account(node, all));
    Home {
        account: account.or_else(|| setting.account.clone()),
        partition: partition(region.as_deref(), setting.partition.as_deref()),
        region,
    }
}

/// The account of the last role that a configuration assumes.
fn account(node: &Node, all: &[Controlled]) -> Option<String> {
    let wanted = spelt(node.at(&["spec", "providerConfigRef", "name"]));
    let wanted = wanted.unwrap_or_else(|| "default".to_owned());
    let mut configs = all.iter().map(|object| &object.node);
    let config = configs.find(|object| {
        let kind = spelt(object.get("kind"));
        let is_config = matches!(
            kind.as_deref(),
            Some("ProviderConfig" | "ClusterProviderConfig")
        );
        is_config && metadata(object, "name").as_deref() == Some(&wanted)
    })?;
    let chain = config
        .at(&["spec", "assumeRoleChain"])
        .and_then(Node::as_list);
    let last = chain.and_then(|chain| spelt(chain.last()?.get("roleARN")));
    let paths: [&[&str]; 2] = [
        &["spec", "credentials", "webIdentity", "roleARN"],
        &["spec", "credentials", "upbound", "webIdentity", "roleARN"],
    ];
    let own = || paths.iter().find_map(|path| spelt(config.at(path)));
    account_of(&last.or_else(own)?)
}

fn attributes(product: &Product<'_>, set: &Set<'_>) -> Node {
    let origin = product.node.origin;
    let mut members = Vec::new();
    // What `forProvider` states counts before what `initProvider` states.
    for part in ["initProvider", "forProvider"] {
        let Some(arguments) = product.node.at(&["spec", part]) else {
            continue;
        };
        members.extend(snake(arguments).as_map().into_iter().flatten().cloned());
        for (name, noun, target) in REFERENCES {
            if let Some(value) = reference(product, set, arguments, (name, noun, target)) {
                members.push((text(snaked(name), value.origin), value));
            }
        }
    }
    // Of what is only observed AWS has what the object does not state.
    let observed = match product.noun {
        Noun::SecretPolicy | Noun::InlinePolicy => Some("policy"),
        Noun::Attachment => Some("policy_arn"),
        _ => None,
    };
    let is_stated = |name: &str| members.iter().any(|(key, _)| key.as_str() == Some(name));
    if let Some(name) = observed.filter(|name| !product.is_whole && !is_stated(name)) {
        let what = format!("{name} of {}, which is only observed", product.called);
        members.push((text(name, origin), hole(&what, origin)));
    }
    // The resource policy of a secret and the name of an inline policy have no argument.
    if product.noun == Noun::InlinePolicy {
        let name = &product.name;
        members.push((
            text("name", name.origin),
            text(name.value.as_str(), name.origin),
        ));
    }
    map(members, origin)
}

/// The value that `NAMERef` or `NAMESelector` gives for an argument that is not written.
fn reference(
    product: &Product<'_>,
    set: &Set<'_>,
    arguments: &Node,
    (name, noun, part): (&str, Noun, Part),
) -> Option<Node> {
    if arguments
        .get(name)
        .is_some_and(|written| !written.is_null())
    {
        return None;
    }
    if let Some(reference) = arguments.get(&format!("{name}Ref")) {
        let named = reference.get("name");
        let namespace = spelt(reference.get("namespace"));
        let unknown = || {
            hole(
                "object to which a Crossplane object refers",
                reference.origin,
            )
        };
        return Some(named.map_or_else(unknown, |name| {
            set.named(product, noun, part, (name, namespace.as_deref()))
        }));
    }
    let selector = arguments.get(&format!("{name}Selector"))?;
    let unknown = || hole("object that a Crossplane object selects", selector.origin);
    let labels = selector.get("matchLabels");
    Some(labels.map_or_else(unknown, |labels| set.selected(product, noun, part, labels)))
}

/// Arguments in the words of Terraform: their names, and those of the members of blocks.
fn snake(arguments: &Node) -> Node {
    let members = arguments
        .as_map()
        .into_iter()
        .flatten()
        .map(|(key, value)| {
            let key = match key.as_str() {
                Some(name) => text(snaked(name), key.origin),
                None => key.clone(),
            };
            let value = match &value.value {
                Value::List(items) => {
                    let items = items.iter().map(|item| match item.value {
                        Value::Map(_) => snake(item),
                        _ => item.clone(),
                    });
                    Node {
                        value: Value::List(items.collect()),
                        origin: value.origin,
                    }
                }
                _ => value.clone(),
            };
            (key, value)
        });
    map(members.collect(), arguments.origin)
}

/// `assume_role_policy` for `assumeRolePolicy`
fn snaked(name: &str) -> String {
    let mut made = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            made.push('_');
        }
        made.push(character.to_ascii_lowercase());
    }
    made
}
