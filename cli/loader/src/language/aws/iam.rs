//! Answers of IAM: roles and managed policies.

use super::{Reader, Subject, home_of, stated, with_absent};
use crate::{
    fields::member,
    resource::Noun,
    value::{hole, text},
};
use policy_engine::{
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
    text::Text,
};

impl Reader<'_> {
    /// `get-account-authorization-details`: the best single answer.
    pub(super) fn authorization_details(&mut self, node: &Node) {
        self.each(node, "RoleDetailList", |reader, node| {
            reader.role(node, true);
        });
        self.each(node, "Policies", Self::managed_policy);
    }

    /// `get-role`, `list-roles`: everything but the policies.
    pub(super) fn roles(&mut self, node: &Node) {
        if let Some(node) = node.get("Role") {
            self.role(node, false);
        }
        self.each(node, "Roles", |reader, node| reader.role(node, false));
    }

    fn role(&mut self, node: &Node, is_whole: bool) {
        let Some(arn) = self.required(node, "Arn", "a role") else {
            return;
        };
        let Some(home) = self.arn(&arn).map(|parsed| home_of(&parsed)) else {
            return;
        };
        let subject = Subject {
            name: member(node, "RoleName").unwrap_or_else(|| arn.clone()),
            arn: Some(Text::from(arn.value)),
            home,
            is_whole,
            origin: node.origin,
        };
        // What a role does not have is left out of its answer; its policies are listed, also where there is none.
        //
        // IAM API Reference, "RoleDetail".
        let mut attributes = with_absent(node, &["PermissionsBoundary", "Tags"]);
        if is_whole {
            listed(&mut attributes, "RolePolicyList", "PolicyDocument");
            listed(&mut attributes, "AttachedManagedPolicies", "PolicyArn");
        }
        boundary(&mut attributes);
        self.adapt(Noun::Role, subject, &attributes);
    }

    fn managed_policy(&mut self, node: &Node) {
        let Some(arn) = self.required(node, "Arn", "a policy") else {
            return;
        };
        let default = member(node, "DefaultVersionId").map(|version| version.value);
        let versions = node.get("PolicyVersionList").and_then(Node::as_list);
        let is_default = |version: &&Node| {
            let flagged = matches!(
                version.get("IsDefaultVersion").map(|node| &node.value),
                Some(Value::Bool(true))
            );
            flagged
                || (default.is_some() && member(version, "VersionId").map(|id| id.value) == default)
        };
        let version = versions.into_iter().flatten().find(is_default);
        if let Some(document) = version.and_then(|version| version.get("Document")) {
            self.policy(&arn.value, document);
        }
    }

    fn policy(&mut self, arn: &str, document: &Node) {
        let name = arn.rsplit('/').next().unwrap_or(arn).to_owned();
        let subject = Subject {
            name: Spanned::new(name, document.origin),
            arn: Some(Text::from(arn)),
            home: policy_engine::syntax::arn::Arn::parse(arn)
                .map_or_else(|| self.home(), |arn| home_of(&arn)),
            is_whole: true,
            origin: document.origin,
        };
        let attributes = stated(vec![("PolicyDocument", document.clone())], document.origin);
        self.adapt(Noun::Policy, subject, &attributes);
    }

    /// `get-role-policy`: one inline policy, with the role's name only.
    pub(super) fn role_policy(&mut self, node: &Node) {
        let (Some(role), Some(account)) = (
            member(node, "RoleName"),
            self.account("a role's policy", node),
        ) else {
            return;
        };
        if node.get("PolicyDocument").is_none() {
            return;
        }
        // Other calls return the others.
        let others = hole("", node.origin);
        let listed = Node {
            value: Value::List(vec![node.clone(), others]),
            origin: node.origin,
        };
        let attributes = stated(vec![("RolePolicyList", listed)], node.origin);
        let subject = self.named_role(&account, role);
        self.adapt(Noun::Role, subject, &attributes);
    }

    /// `list-attached-role-policies`: the role's name is that of the file.
    pub(super) fn attached_policies(&mut self, node: &Node) {
        let Some(role) = self.subject().map(str::to_owned) else {
            return;
        };
        let Some(account) = self.account("a list of attached policies", node) else {
            return;
        };
        let Some(listed) = node.get("AttachedPolicies") else {
            return;
        };
        let attributes = stated(
            vec![("AttachedManagedPolicies", listed.clone())],
            node.origin,
        );
        let subject = self.named_role(&account, Spanned::new(role, node.origin));
        self.adapt(Noun::Role, subject, &attributes);
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
        self.policy(&arn, document);
    }

    /// A role of which only the name is known; another answer states its path.
    fn named_role(&self, account: &str, name: Spanned<String>) -> Subject {
        let arn = format!(
            "arn:{}:iam::{account}:role/{}",
            self.partition(),
            name.value
        );
        let origin: Origin = name.origin;
        Subject {
            name,
            arn: Some(Text::from(arn)),
            home: self.home(),
            is_whole: false,
            origin,
        }
    }
}

/// Makes a list unknown that an answer does not state as a list, and each element without a member.
fn listed(attributes: &mut Node, name: &str, part: &str) {
    let origin = attributes.origin;
    let role = spelt(attributes, "RoleName");
    let cut = format!("{name} of {role}, which the answer lacks");
    let Value::Map(members) = &mut attributes.value else {
        return;
    };
    let mut own = members.iter_mut();
    match own.find(|(key, _)| key.as_str() == Some(name)) {
        Some((_, value)) => match &mut value.value {
            Value::List(items) => {
                for item in items {
                    let is_stated = item.get(part).is_some_and(|value| {
                        value.as_str().is_some_and(|text| !text.is_empty())
                            || (part == "PolicyDocument" && value.as_map().is_some())
                    });
                    if !is_stated {
                        *item = hole(&format!("an element of {name}"), item.origin);
                    }
                }
            }
            _ => *value = hole(&cut, value.origin),
        },
        None => members.push((text(name, origin), hole(&cut, origin))),
    }
}

fn spelt(node: &Node, name: &str) -> String {
    member(node, name).map_or_else(|| "a role".to_owned(), |value| value.value)
}

/// Makes a boundary unknown that an answer states without its ARN.
fn boundary(attributes: &mut Node) {
    let Value::Map(members) = &mut attributes.value else {
        return;
    };
    let mut own = members.iter_mut();
    let stated = own.find(|(key, _)| key.as_str() == Some("PermissionsBoundary"));
    let Some((_, value)) = stated.filter(|(_, value)| !value.is_null()) else {
        return;
    };
    let arn = value.get("PermissionsBoundaryArn").and_then(Node::as_str);
    if arn.is_none_or(str::is_empty) {
        *value = hole("the ARN of PermissionsBoundary", value.origin);
    }
}
