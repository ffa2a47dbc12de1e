//! The facts of one template, resource by resource.

mod iam;
mod secrets;

use super::{evaluate::Evaluator, template::members};
use crate::{
    loading::Loading,
    pending::Template,
    planned::{self, spanned},
    value::hole_name,
};
use policy_engine::{
    inventory::{LoosePolicy, Tag},
    policy::{PolicyDocument, PolicyType},
    source::Spanned,
    syntax::node::{Node, Value},
};
use std::{collections::HashMap, sync::Arc};

/// What is being taken from one template.
pub(super) struct Facts<'f> {
    loading: &'f mut Loading,
    evaluator: &'f Evaluator<'f>,
    template: &'f Template,
    /// Roles of this template by their names.
    roles: HashMap<String, usize>,
    /// The first key of this template among all.
    first_key: usize,
    /// What was said once of all resources without a region.
    is_region_noted: bool,
}

/// A resource that is made.
#[derive(Clone, Copy)]
struct Resource<'t> {
    id: &'t str,
    node: &'t Node,
}

type Take<'f> = fn(&mut Facts<'f>, Resource<'_>);

impl<'f> Facts<'f> {
    pub(super) fn new(
        loading: &'f mut Loading,
        evaluator: &'f Evaluator<'f>,
        template: &'f Template,
    ) -> Self {
        let first_key = loading.inventory.keys.len();
        Self {
            loading,
            evaluator,
            template,
            roles: HashMap::new(),
            first_key,
            is_region_noted: false,
        }
    }

    pub(super) fn take(&mut self) {
        // What others attach to comes first.
        let kinds: [(&str, Take<'f>); 19] = [
            ("AWS::IAM::Role", Self::role),
            ("AWS::IAM::ManagedPolicy", Self::managed_policy),
            ("AWS::EKS::Cluster", Self::cluster),
            ("AWS::KMS::Key", Self::key),
            ("AWS::KMS::ReplicaKey", Self::key),
            ("AWS::SecretsManager::Secret", Self::secret),
            ("AWS::SSM::Parameter", Self::parameter),
            ("AWS::IAM::RolePolicy", Self::inline_policy),
            ("AWS::IAM::Policy", Self::inline_policy),
            ("AWS::EKS::PodIdentityAssociation", Self::association),
            ("AWS::EKS::Addon", Self::addon),
            ("AWS::KMS::Alias", Self::alias),
            ("AWS::SecretsManager::ResourcePolicy", Self::secret_policy),
            ("AWS::Organizations::Policy", Self::organization_policy),
            ("AWS::RAM::ResourceShare", Self::share),
            ("AWS::EC2::VPCEndpoint", Self::endpoint),
            ("Fn::ForEach", Self::not_read),
            ("AWS::CloudFormation::Stack", Self::nested),
            ("AWS::CloudFormation::Macro", Self::not_read),
        ];
        let resources: Vec<Resource<'f>> = members(&self.template.root, "Resources")
            .filter(|(_, node)| self.is_made(node))
            .map(|(id, node)| Resource { id, node })
            .collect();
        let has_home = self.evaluator.home.account.is_some();
        let mut matters = None;
        for (kind, take) in kinds {
            for resource in resources.iter().filter(|one| is_of(one, kind)) {
                let is_fact = kind.starts_with("AWS::") && !kind.starts_with("AWS::CloudFormation");
                if !has_home && is_fact {
                    matters = matters.or(Some(resource.node.origin));
                    self.alone(*resource);
                } else {
                    take(self, *resource);
                }
            }
        }
        if let Some(origin) = matters {
            let message = format!(
                "nothing says in which account the stack of `{}` is, so only its policies are judged; say `--account NAME=ID`, or include it in a world with `account: …`",
                self.template.name
            );
            self.loading.note(message, Some(origin));
        }
    }

    /// Whether a resource is made; of one whose condition is not known it is said that it is taken to be.
    fn is_made(&mut self, node: &Node) -> bool {
        let Some(condition) = node.get("Condition") else {
            return true;
        };
        let Some(name) = condition.as_str() else {
            return true;
        };
        self.evaluator.condition(name).unwrap_or_else(|| {
            let message =
                format!("whether the condition `{name}` holds is not known: it is taken to hold");
            self.loading.note(message, Some(condition.origin));
            true
        })
    }

    fn not_read(&mut self, resource: Resource<'_>) {
        let message = format!(
            "`{}` is not carried out: what it makes is not read",
            resource.id
        );
        self.loading.note(message, Some(resource.node.origin));
    }

    fn nested(&mut self, resource: Resource<'_>) {
        let message = format!(
            "the template of the nested stack `{}` is read where it is among the files, on its own",
            resource.id
        );
        self.loading.note(message, Some(resource.node.origin));
    }

    /// The policies of a resource of which nobody knows whose it is.
    fn alone(&mut self, resource: Resource<'_>) {
        let kind = resource.node.get("Type").and_then(Node::as_str);
        let documents: &[(&str, PolicyType)] = match kind.unwrap_or_default() {
            "AWS::IAM::Role" => &[("AssumeRolePolicyDocument", PolicyType::Trust)],
            "AWS::IAM::RolePolicy" | "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => {
                &[("PolicyDocument", PolicyType::Identity)]
            }
            "AWS::SecretsManager::ResourcePolicy" => &[("ResourcePolicy", PolicyType::Resource)],
            "AWS::KMS::Key" | "AWS::KMS::ReplicaKey" => &[("KeyPolicy", PolicyType::Key)],
            "AWS::EKS::PodIdentityAssociation" => &[("Policy", PolicyType::Session)],
            _ => &[],
        };
        let mut found = Vec::new();
        for (name, kind) in documents {
            if let Some(document) = self.policy(resource, name, *kind, resource.id) {
                found.push((*kind, document));
            }
        }
        for document in self.inline(resource) {
            found.push((PolicyType::Identity, document));
        }
        let loose = found
            .into_iter()
            .map(|(kind, document)| LoosePolicy { kind, document });
        self.loading.inventory.loose.extend(loose);
    }

    /// A policy property as a document.
    fn policy(
        &mut self,
        resource: Resource<'_>,
        name: &str,
        kind: PolicyType,
        called: &str,
    ) -> Option<Arc<PolicyDocument>> {
        let node = self.evaluator.property(resource.node, name)?;
        self.document(resource, &node, kind, called)
    }

    fn document(
        &mut self,
        resource: Resource<'_>,
        node: &Node,
        kind: PolicyType,
        called: &str,
    ) -> Option<Arc<PolicyDocument>> {
        let note = |missing: &str| {
            format!(
                "the {kind} in `{}` is not known before the stack is made: it rests on {missing}",
                resource.id
            )
        };
        planned::document(self.loading, node, kind, called, note)
    }

    fn text(&self, resource: Resource<'_>, name: &str) -> Option<Spanned<String>> {
        let node = self.evaluator.property(resource.node, name)?;
        spanned(&node).filter(|text| !text.value.is_empty())
    }

    /// The same, but nothing when it is not known at all: what it names may be anything.
    fn decided(&self, resource: Resource<'_>, name: &str) -> Option<Spanned<String>> {
        let node = self.evaluator.property(resource.node, name)?;
        if hole_name(&node).is_some() {
            return None;
        }
        spanned(&node)
    }

    fn texts(&self, resource: Resource<'_>, name: &str) -> Vec<Spanned<String>> {
        let node = self.evaluator.property(resource.node, name);
        let items = node.as_ref().and_then(Node::as_list).unwrap_or_default();
        items.iter().filter_map(spanned).collect()
    }

    fn blocks(&self, resource: Resource<'_>, name: &str) -> Vec<Node> {
        let node = self.evaluator.property(resource.node, name);
        let items = node.as_ref().and_then(Node::as_list);
        items.map(<[Node]>::to_vec).unwrap_or_default()
    }

    /// `Tags` as a list of keys and values, or as a map.
    fn tags(&self, resource: Resource<'_>) -> Spanned<Vec<Tag>> {
        let Some(node) = self.evaluator.property(resource.node, "Tags") else {
            return Spanned::new(Vec::new(), resource.node.origin);
        };
        let tag = |key: &Node, value: &Node| {
            let key = Spanned::new(key.scalar_text()?.to_string(), key.origin);
            let value = Spanned::new(value.scalar_text().unwrap_or_default(), value.origin);
            Some(Tag { key, value })
        };
        let tags = match &node.value {
            Value::Map(members) => members
                .iter()
                .filter_map(|(key, value)| tag(key, value))
                .collect(),
            Value::List(items) => items
                .iter()
                .filter_map(|item| tag(item.get("Key")?, item.get("Value")?))
                .collect(),
            _ => Vec::new(),
        };
        Spanned::new(tags, node.origin)
    }

    fn account(&self) -> String {
        self.evaluator.home.account.clone().unwrap_or_default()
    }

    /// The region of the stack; without one, what lies in a region is left out and that is said.
    fn region(&mut self, resource: Resource<'_>) -> Option<String> {
        let region = self.evaluator.home.region.clone();
        if region.is_none() && !self.is_region_noted {
            self.is_region_noted = true;
            let message = format!(
                "nothing says in which region the stack of `{}` is, so its secrets, keys, parameters and clusters are left out; say `--region REGION`",
                self.template.name
            );
            self.loading.note(message, Some(resource.node.origin));
        }
        region
    }
}

fn is_of(resource: &Resource<'_>, kind: &str) -> bool {
    let own = resource.node.get("Type").and_then(Node::as_str);
    own == Some(kind) || (kind == "Fn::ForEach" && resource.id.starts_with("Fn::ForEach"))
}
