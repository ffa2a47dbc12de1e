//! Answers of IAM: roles and managed policies.

use super::Reader;
use crate::{
    fields::{member, tag_list},
    policy,
};
use policy_engine::{
    inventory::{ManagedPolicy, Role},
    policy::PolicyType,
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
};

impl Reader<'_> {
    /// `get-account-authorization-details`: the best single answer.
    pub(super) fn authorization_details(&mut self, node: &Node) {
        self.each(node, "RoleDetailList", Self::role_detail);
        self.each(node, "Policies", Self::managed_policy);
    }

    /// `get-role`, `list-roles`: everything but the policies.
    pub(super) fn roles(&mut self, node: &Node) {
        if let Some(node) = node.get("Role") {
            self.role(node, false);
        }
        self.each(node, "Roles", |reader, node| reader.role(node, false));
    }

    fn role_detail(&mut self, node: &Node) {
        self.role(node, true);
    }

    fn role(&mut self, node: &Node, complete: bool) {
        let Some(arn) = self.required(node, "Arn", "a role") else {
            return;
        };
        if self.arn(&arn).is_none() {
            return;
        }
        let name = member(node, "RoleName").unwrap_or_else(|| arn.clone());
        let trust = node.get("AssumeRolePolicyDocument");
        let trust = trust.and_then(|node| {
            policy::document(self.loading, node, PolicyType::Trust, "trust policy")
        });
        let mut inline = Vec::new();
        for item in node
            .get("RolePolicyList")
            .and_then(Node::as_list)
            .unwrap_or_default()
        {
            let name = member(item, "PolicyName").map_or_else(String::new, |name| name.value);
            let document = item.get("PolicyDocument");
            inline.extend(document.and_then(|node| {
                policy::document(self.loading, node, PolicyType::Identity, &name)
            }));
        }
        let attached = node
            .get("AttachedManagedPolicies")
            .and_then(Node::as_list)
            .unwrap_or_default();
        let boundary = node.get("PermissionsBoundary");
        self.loading.inventory.roles.push(Role {
            arn: arn.value,
            trust,
            inline,
            attached: attached
                .iter()
                .filter_map(|item| member(item, "PolicyArn"))
                .collect(),
            complete,
            boundary: boundary.and_then(|boundary| member(boundary, "PermissionsBoundaryArn")),
            tags: node
                .get("Tags")
                .map(|tags| tag_list(tags, "Key", "Value"))
                .unwrap_or_default(),
            unique_id: member(node, "RoleId").map(|id| id.value),
            origin: name.origin,
        });
    }

    fn managed_policy(&mut self, node: &Node) {
        let Some(arn) = self.required(node, "Arn", "a policy") else {
            return;
        };
        let default = member(node, "DefaultVersionId").map(|version| version.value);
        let versions = node
            .get("PolicyVersionList")
            .and_then(Node::as_list)
            .unwrap_or_default();
        let is_default = |version: &&Node| {
            let flagged = matches!(
                version.get("IsDefaultVersion").map(|node| &node.value),
                Some(Value::Bool(true))
            );
            flagged
                || (default.is_some() && member(version, "VersionId").map(|id| id.value) == default)
        };
        let Some(document) = versions
            .iter()
            .find(is_default)
            .and_then(|version| version.get("Document"))
        else {
            return;
        };
        self.push_policy(&arn.value, document);
    }

    fn push_policy(&mut self, arn: &str, document: &Node) {
        let name = arn.rsplit('/').next().unwrap_or(arn).to_owned();
        if let Some(document) =
            policy::document(self.loading, document, PolicyType::Identity, &name)
        {
            self.loading.inventory.policies.push(ManagedPolicy {
                arn: arn.to_owned(),
                document,
            });
        }
    }

    /// `get-role-policy`: one inline policy, with the role's name only.
    pub(super) fn role_policy(&mut self, node: &Node) {
        let (Some(role), Some(account)) = (
            member(node, "RoleName"),
            self.account("a role's policy", node),
        ) else {
            return;
        };
        let name = member(node, "PolicyName").map_or_else(String::new, |name| name.value);
        let document = node.get("PolicyDocument");
        let Some(document) = document
            .and_then(|node| policy::document(self.loading, node, PolicyType::Identity, &name))
        else {
            return;
        };
        let mut partial = self.partial_role(&account, &role.value, role.origin);
        partial.inline.push(document);
        self.loading.inventory.roles.push(partial);
    }

    /// `list-attached-role-policies`: the role's name is that of the file.
    pub(super) fn attached_policies(&mut self, node: &Node) {
        let Some(role) = self.subject().map(str::to_owned) else {
            return;
        };
        let Some(account) = self.account("a list of attached policies", node) else {
            return;
        };
        let items = node
            .get("AttachedPolicies")
            .and_then(Node::as_list)
            .unwrap_or_default();
        let mut partial = self.partial_role(&account, &role, node.origin);
        partial.attached = items
            .iter()
            .filter_map(|item| member(item, "PolicyArn"))
            .collect();
        self.loading.inventory.roles.push(partial);
    }

    /// `get-policy-version`: the policy's name is that of the file.
    pub(super) fn policy_version(&mut self, node: &Node) {
        let Some(name) = self.subject().map(str::to_owned) else {
            return;
        };
        let Some(account) = self.account("a policy's version", node) else {
            return;
        };
        let Some(document) = node.at(&["PolicyVersion", "Document"]) else {
            return;
        };
        let arn = format!("arn:{}:iam::{account}:policy/{name}", self.partition());
        self.push_policy(&arn, document);
    }

    /// A role of which only the name is known; its path, if it has one, comes from another answer.
    fn partial_role(&self, account: &str, name: &str, origin: Origin) -> Role {
        Role {
            arn: format!("arn:{}:iam::{account}:role/{name}", self.partition()),
            trust: None,
            inline: Vec::new(),
            attached: Vec::<Spanned<String>>::new(),
            complete: false,
            boundary: None,
            tags: Vec::new(),
            unique_id: None,
            origin,
        }
    }
}
