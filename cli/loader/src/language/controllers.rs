//! Objects of Kubernetes that a controller turns into AWS resources: those of ACK and of Crossplane.
//!
//! They refer to each other by name or labels, also from other files, so that they wait until all files are read.

mod ack;
mod crossplane;
mod set;

use crate::{
    adapt::{self, Batch, Words},
    language::kubernetes::object::called,
    loaded::Unread,
    loading::Loading,
    path::display,
    pending::Controlled,
    resource::{Exists, Noun, Resource},
    setting::Setting,
    value::{hole, text},
};
use policy_engine::syntax::node::{Node, Value};
use set::{Controller, Product, Set, group};

const CONTROLLERS: [Controller; 2] = [ack::CONTROLLER, crossplane::CONTROLLER];

const WORDS: Words = Words {
    before: "the controller makes it",
    remedy: "",
    describes: "which nothing describes",
};

/// How the groups of Crossplane's community provider end, which is not read.
pub(crate) const COMMUNITY: &str = ".aws.crossplane.io";

/// Keeps an object of a controller until all files are read; objects of others are left to the reader of Kubernetes.
pub(crate) fn keeps(loading: &mut Loading, node: &Node, setting: &Setting) -> bool {
    let group = group(node);
    if templates(loading, node, group) {
        return true;
    }
    let mut controllers = CONTROLLERS.iter();
    if !controllers.any(|controller| (controller.is)(group)) && !ack::is_setting(node) {
        return false;
    }
    loading.controlled.push(Controlled {
        node: node.clone(),
        setting: setting.clone(),
    });
    true
}

/// Names an object that holds templates of AWS resources: what is made of them is known only in the cluster.
fn templates(loading: &mut Loading, node: &Node, group: &str) -> bool {
    let how = match group {
        "apiextensions.crossplane.io" => {
            "render it: `crossplane render XR COMPOSITION FUNCTIONS`, and check the output"
        }
        "kro.run" => {
            "check the objects that the cluster has: `kubectl get roles.iam.services.k8s.aws,secrets.secretsmanager.services.k8s.aws,podidentityassociations.eks.services.k8s.aws -A -o yaml | ascp-policy check -`"
        }
        _ => return false,
    };
    if holds(node) {
        let file = loading.sources.name(node.origin.source);
        let shown = format!("{file} ({})", called(node));
        let unread = Unread {
            what: "template of AWS resources",
            how: how.to_owned(),
        };
        loading.unread_file(&shown, unread);
    }
    true
}

/// Whether a tree holds an object of a controller.
fn holds(node: &Node) -> bool {
    match &node.value {
        Value::List(items) => items.iter().any(holds),
        Value::Map(members) => {
            let group = group(node);
            let mut controllers = CONTROLLERS.iter();
            controllers.any(|controller| (controller.is)(group))
                || group.ends_with(COMMUNITY)
                || members.iter().any(|(_, value)| holds(value))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Takes the facts of all objects.
pub(crate) fn take(loading: &mut Loading) {
    let all = std::mem::take(&mut loading.controlled);
    for object in &all {
        name_kind(loading, &object.node);
    }
    let mut set = Set::default();
    for (number, controller) in CONTROLLERS.iter().enumerate() {
        let own = all
            .iter()
            .filter(|object| (controller.is)(group(&object.node)));
        let products =
            own.filter_map(|object| (controller.product)(&object.node, &object.setting, &all));
        set.products
            .extend(products.map(|product| (number, product)));
    }
    let mut resources = Vec::new();
    for (number, product) in &set.products {
        unplaced(loading, product);
        let Some(controller) = CONTROLLERS.get(*number) else {
            continue;
        };
        let mut attributes = (controller.attributes)(product, &set);
        if !product.is_whole {
            leave_open(&mut attributes, product);
        }
        if loading.names_added_tags {
            add_tags(&mut attributes, (controller.tags)(product));
        }
        resources.push(resource(product, attributes));
    }
    let setting = Setting::default();
    adapt::take(&mut Batch::new(loading, &setting, &WORDS, ""), &resources);
}

/// Services whose resources decide access.
const SERVICES: [&str; 5] = ["iam", "kms", "organizations", "ram", "secretsmanager"];
/// Kinds of these services that have nothing to do with what pods read.
const OTHER_KINDS: [&str; 22] = [
    "AccessKey",
    "AccountAlias",
    "AccountPasswordPolicy",
    "CustomKeyStore",
    "Group",
    "GroupMembership",
    "GroupPolicy",
    "GroupPolicyAttachment",
    "InstanceProfile",
    "LoginProfile",
    "OpenIDConnectProvider",
    "SAMLProvider",
    "SecretRotation",
    "SecretVersion",
    "ServerCertificate",
    "ServiceLinkedRole",
    "ServiceSpecificCredential",
    "SigningCertificate",
    "User",
    "UserPolicy",
    "UserPolicyAttachment",
    "UserSSHKey",
];

/// Names an object of a kind that may decide access and that is not read.
fn name_kind(loading: &mut Loading, node: &Node) {
    let group = group(node);
    let service = group.split('.').next().unwrap_or("");
    let kind = node.get("kind").and_then(Node::as_str).unwrap_or("");
    let is_read = CONTROLLERS
        .iter()
        .any(|controller| (controller.is)(group) && (controller.noun)(group, kind).is_some());
    if is_read || !SERVICES.contains(&service) || OTHER_KINDS.contains(&kind) {
        return;
    }
    let file = loading.sources.name(node.origin.source);
    let unread = Unread {
        what: "object of a controller for AWS of a kind that is not read",
        how: "check what the account has: the answers of `ascp-policy collect --print-script`"
            .to_owned(),
    };
    loading.unread_file(&format!("{file} ({})", called(node)), unread);
}

/// Attributes that decide access, in the spellings of both controllers.
const DECIDING: [&str; 15] = [
    "AssumeRolePolicyDocument",
    "KmsKeyId",
    "ManagedPolicyArns",
    "PermissionsBoundary",
    "Policies",
    "PolicyDocument",
    "Tags",
    "assume_role_policy",
    "inline_policy",
    "kms_key_id",
    "managed_policy_arns",
    "permissions_boundary",
    "policy",
    "policyDocument",
    "tags",
];

/// Leaves open what decides access of a resource to which the controller does not apply the object: AWS may have it otherwise.
fn leave_open(attributes: &mut Node, product: &Product<'_>) {
    let Value::Map(members) = &mut attributes.value else {
        return;
    };
    for (key, value) in members {
        let name = key.as_str().unwrap_or("");
        if DECIDING.contains(&name) {
            let what = format!("{name} of {}, which is only observed", product.called);
            *value = hole(&what, value.origin);
        }
    }
}

/// Adds tags that the controller gives what it makes, where the object does not state them itself.
fn add_tags(attributes: &mut Node, added: Vec<(Node, Node)>) {
    let origin = attributes.origin;
    let Value::Map(members) = &mut attributes.value else {
        return;
    };
    let is_tags = |(key, _): &&mut (Node, Node)| matches!(key.as_str(), Some("Tags" | "tags"));
    match members
        .iter_mut()
        .find(is_tags)
        .map(|(_, tags)| &mut tags.value)
    {
        None => members.push((text("tags", origin), set::map(added, origin))),
        Some(Value::Map(tags)) => tags.extend(added),
        Some(Value::List(tags)) => tags.extend(added.into_iter().map(|(key, value)| {
            let tag = vec![(text("Key", origin), key), (text("Value", origin), value)];
            set::map(tag, origin)
        })),
        // Tags that are unknown stay so.
        Some(_) => {}
    }
}

fn resource(product: &Product<'_>, attributes: Node) -> Resource<'static> {
    Resource {
        noun: product.noun,
        address: product.called.clone(),
        declared: product.is_whole.then(|| product.called.clone()),
        name: product.name.clone(),
        arn: product.arn.clone(),
        home: product.home.clone(),
        exists: Exists::Yes,
        attributes: Box::new(attributes),
        whole: product.is_whole,
        origin: product.node.origin,
    }
}

/// Names a product without a known account or region.
fn unplaced(loading: &mut Loading, product: &Product<'_>) {
    let is_global = matches!(
        product.noun,
        Noun::Role | Noun::Policy | Noun::InlinePolicy | Noun::Attachment
    );
    let how = if product.home.account.is_none() {
        "nothing states its account: pass `--account NAME=ID`, or include it in a world with `account: …`"
    } else if product.home.region.is_none() && !is_global {
        "nothing states its region: pass `--region`, or include it in a world with `region: …`"
    } else {
        return;
    };
    let file = loading.sources.name(product.node.origin.source).to_owned();
    if product.home.account.is_none() {
        let folder = std::path::Path::new(&file).parent();
        loading.without_account(&folder.map_or_else(String::new, display));
    }
    let shown = format!("{file} ({})", product.called);
    let unread = Unread {
        what: "AWS resource of a controller",
        how: how.to_owned(),
    };
    loading.unread_file(&shown, unread);
}
