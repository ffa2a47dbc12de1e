//! The resources of a template with their functions carried out.

use super::{
    evaluate::Evaluator,
    template::{members, name_origin},
};
use crate::{
    loaded::Unread,
    loading::{Loading, STACK_TAGS},
    pending::Template,
    resource::{Attributes, Exists, Noun, Resource},
    unnamed::{fact, fact_name, fact_text},
    value::{hole, text},
};
use policy_engine::{
    source::Spanned,
    syntax::node::Node,
    text::{Hole, HoleKind},
};
use std::borrow::Cow;

/// The types that are read, in the order in which they are taken.
const TYPES: [(&str, Noun); 16] = [
    ("AWS::IAM::Role", Noun::Role),
    ("AWS::IAM::ManagedPolicy", Noun::Policy),
    ("AWS::EKS::Cluster", Noun::Cluster),
    ("AWS::KMS::Key", Noun::Key),
    ("AWS::KMS::ReplicaKey", Noun::Key),
    ("AWS::SecretsManager::Secret", Noun::Secret),
    ("AWS::SSM::Parameter", Noun::Parameter),
    ("AWS::IAM::RolePolicy", Noun::InlinePolicy),
    ("AWS::IAM::Policy", Noun::InlinePolicy),
    ("AWS::EKS::PodIdentityAssociation", Noun::Association),
    ("AWS::EKS::Addon", Noun::Addon),
    ("AWS::KMS::Alias", Noun::Alias),
    ("AWS::SecretsManager::ResourcePolicy", Noun::SecretPolicy),
    ("AWS::Organizations::Policy", Noun::OrganizationPolicy),
    ("AWS::RAM::ResourceShare", Noun::Share),
    ("AWS::EC2::VPCEndpoint", Noun::Endpoint),
];

/// Whether resources of a type are read.
pub(super) fn is_read(kind: &str) -> bool {
    TYPES.iter().any(|(known, _)| *known == kind)
}

/// The properties of a resource.
struct Properties<'e> {
    evaluator: &'e Evaluator<'e>,
    node: &'e Node,
    id: &'e str,
    /// Those of the stack.
    tags: &'e [(Node, Node)],
    /// Whether the tags matter that CloudFormation adds.
    names_added_tags: bool,
}

impl Attributes for Properties<'_> {
    fn attribute(&self, name: &str) -> Option<Cow<'_, Node>> {
        let value = self.evaluator.property(self.node, name);
        value.map(|value| Cow::Owned(fact(value)))
    }

    /// AWS CloudFormation Template Reference, "Resource tag": CloudFormation passes the tags of a stack on to its resources, and adds three.
    /// These count where a text of the run names one: their values are seldom known.
    fn given_tags(&self) -> Vec<(Node, Node)> {
        let origin = self.node.origin;
        let stack = self.evaluator.stack.map_or_else(
            || hole("the name of the stack", origin),
            |stack| text(stack, origin),
        );
        let own = [
            ("logical-id", text(self.id, origin)),
            ("stack-name", stack),
            ("stack-id", hole("the id of the stack", origin)),
        ];
        let own = own.into_iter().filter(|_| self.names_added_tags);
        let own = own.map(|(name, value)| (text(format!("{STACK_TAGS}{name}"), origin), value));
        self.tags.iter().cloned().chain(own).collect()
    }
}

/// The resources that may exist; those without a known account and region are left out, with a note.
pub(super) fn read<'e>(
    loading: &mut Loading,
    evaluator: &'e Evaluator<'e>,
    template: &'e Template,
) -> Vec<Resource<'e>> {
    let mut made = Vec::new();
    for (id, node) in members(&template.root, "Resources") {
        let exists = exists(loading, evaluator, node);
        made.extend(exists.map(|exists| (id, node, or_open(exists, template))));
    }
    let mut resources = Vec::new();
    for (kind, noun) in TYPES {
        let of_kind = made
            .iter()
            .filter(|(_, node, _)| node.get("Type").and_then(Node::as_str) == Some(kind));
        for (id, node, exists) in of_kind {
            resources.push(resource(
                evaluator,
                loading.names_added_tags,
                template,
                noun,
                id,
                node,
                exists.clone(),
            ));
        }
    }
    note_lost(loading, template, &resources);
    resources
}

fn resource<'e>(
    evaluator: &'e Evaluator<'e>,
    names_added_tags: bool,
    template: &'e Template,
    noun: Noun,
    id: &'e str,
    node: &'e Node,
    exists: Exists,
) -> Resource<'e> {
    let name = match noun {
        Noun::Key => evaluator.key_name(id),
        Noun::Endpoint => id.to_owned(),
        Noun::Alias => {
            let alias = evaluator.property(node, "AliasName");
            let alias = alias.and_then(|alias| alias.scalar_text());
            alias.map_or_else(|| evaluator.name(id, node), |alias| alias.to_string())
        }
        _ => evaluator.name(id, node),
    };
    let origin = match noun {
        Noun::Role => name_origin(node, "RoleName"),
        Noun::Secret | Noun::Parameter | Noun::Cluster => name_origin(node, "Name"),
        _ => node.origin,
    };
    Resource {
        noun,
        address: id.to_owned(),
        declared: Some(format!("{id} in {}", template.name)),
        name: Spanned::new(fact_name(&name), origin),
        arn: evaluator
            .arn(id, node)
            .map(|arn| fact_text(&arn).into_owned()),
        home: evaluator.home.clone(),
        exists,
        attributes: Box::new(Properties {
            evaluator,
            node,
            id,
            tags: &template.tags,
            names_added_tags,
        }),
        whole: true,
        origin: node.origin,
    }
}

/// Whether a resource is made; nothing when it is not.
fn exists(loading: &mut Loading, evaluator: &Evaluator<'_>, node: &Node) -> Option<Exists> {
    let Some(condition) = node.get("Condition") else {
        return Some(Exists::Yes);
    };
    let Some(name) = condition.as_str() else {
        return Some(Exists::Yes);
    };
    match evaluator.condition(name) {
        Some(true) => Some(Exists::Yes),
        Some(false) => None,
        None => {
            let message = format!(
                "the condition `{name}` is unknown, so it is unknown whether this resource exists"
            );
            loading.note(message, Some(condition.origin));
            Some(Exists::Unknown(Hole {
                name: format!("the condition {name}").into(),
                kind: HoleKind::Any,
            }))
        }
    }
}

/// Whether a resource exists in a template whose resources may not exist.
fn or_open(exists: Exists, template: &Template) -> Exists {
    match (&exists, &template.open) {
        (Exists::Yes, Some(why)) => Exists::Unknown(Hole::any(why.clone())),
        _ => exists,
    }
}

fn is_regional(noun: Noun) -> bool {
    matches!(
        noun,
        Noun::Cluster
            | Noun::Key
            | Noun::Secret
            | Noun::Parameter
            | Noun::Association
            | Noun::Addon
    )
}

/// Notes the facts about the stack that no source states.
fn note_lost(loading: &mut Loading, template: &Template, resources: &[Resource<'_>]) {
    let name = &template.name;
    let Some(first) = resources.first() else {
        return;
    };
    if first.home.account.is_none() {
        let how = format!(
            "no input states the account of `{}`, so `check` examines only the policies; add `--account NAME=ID`, or include the file in a world with `account: …`",
            first.address
        );
        let unread = Unread {
            what: "CloudFormation template",
            how,
        };
        loading.unread_file(&format!("{name} (resources)"), unread);
        loading.without_account(name);
        return;
    }
    let regional = resources.iter().find(|resource| is_regional(resource.noun));
    if let Some(regional) = regional.filter(|resource| resource.home.region.is_none()) {
        let message = format!(
            "the region of the stack of `{name}` is unknown, so its secrets, keys, parameters and clusters are not read; add `--region REGION`"
        );
        loading.note(message, Some(regional.origin));
    }
}
