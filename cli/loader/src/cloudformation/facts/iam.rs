//! Roles, policies, clusters and associations.

use super::{Facts, Resource};
use crate::{
    cloudformation::template::name_origin,
    planned::{self, spanned},
};
use policy_engine::{
    inventory::{Association, ManagedPolicy, Role},
    policy::{PolicyDocument, PolicyType},
    source::Spanned,
    syntax::node::Node,
};
use std::sync::Arc;

impl Facts<'_> {
    /// The inline policies that stand in a role.
    pub(super) fn inline(&mut self, resource: Resource<'_>) -> Vec<Arc<PolicyDocument>> {
        let mut found = Vec::new();
        for block in self.blocks(resource, "Policies") {
            let name = block.get("PolicyName").and_then(Node::scalar_text);
            let name = name.map(|name| name.to_string()).unwrap_or_default();
            if let Some(document) = block.get("PolicyDocument") {
                let made = self.document(resource, document, PolicyType::Identity, &name);
                found.extend(made);
            }
        }
        found
    }

    pub(super) fn role(&mut self, resource: Resource<'_>) {
        let Some(arn) = self.evaluator.arn(resource.id, resource.node) else {
            return;
        };
        let trust = self.policy(
            resource,
            "AssumeRolePolicyDocument",
            PolicyType::Trust,
            "trust policy",
        );
        let role = Role {
            arn: arn.to_string(),
            trust,
            inline: self.inline(resource),
            attached: self.texts(resource, "ManagedPolicyArns"),
            complete: true,
            boundary: self.text(resource, "PermissionsBoundary"),
            tags: self.tags(resource).value,
            unique_id: None,
            origin: name_origin(resource.node, "RoleName"),
        };
        let at = self.loading.inventory.roles.len();
        let name = self.evaluator.name(resource.id, resource.node);
        self.roles.insert(name, at);
        self.loading.inventory.roles.push(role);
    }

    pub(super) fn managed_policy(&mut self, resource: Resource<'_>) {
        let Some(arn) = self.evaluator.arn(resource.id, resource.node) else {
            return;
        };
        let arn = arn.to_string();
        let name = self.evaluator.name(resource.id, resource.node);
        let document = self.policy(resource, "PolicyDocument", PolicyType::Identity, &name);
        if let Some(document) = document {
            self.loading.inventory.policies.push(ManagedPolicy {
                arn: arn.clone(),
                document,
            });
        }
        for name in self.texts(resource, "Roles") {
            let origin = name.origin;
            self.role_of(&name)
                .attached
                .push(Spanned::new(arn.clone(), origin));
        }
    }

    pub(super) fn inline_policy(&mut self, resource: Resource<'_>) {
        let name = self.evaluator.name(resource.id, resource.node);
        let document = self.policy(resource, "PolicyDocument", PolicyType::Identity, &name);
        let Some(document) = document else {
            return;
        };
        let one = self.text(resource, "RoleName");
        for name in self.texts(resource, "Roles").into_iter().chain(one) {
            self.role_of(&name).inline.push(Arc::clone(&document));
        }
    }

    /// The role of that name in the account; one that this template does not describe is begun.
    pub(super) fn role_of(&mut self, name: &Spanned<String>) -> &mut Role {
        let known = self.roles.get(&name.value).copied();
        let roles = &mut self.loading.inventory.roles;
        let at = known.unwrap_or_else(|| {
            let home = &self.evaluator.home;
            let account = home.account.as_deref().unwrap_or_default();
            let arn = format!("arn:{}:iam::{account}:role/{}", home.partition, name.value);
            self.roles.insert(name.value.clone(), roles.len());
            roles.push(planned::begun_role(arn, name.origin));
            roles.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "found or pushed just now")]
        &mut roles[at]
    }

    pub(super) fn cluster(&mut self, resource: Resource<'_>) {
        let name = self.evaluator.name(resource.id, resource.node);
        let origin = name_origin(resource.node, "Name");
        self.cluster_of(resource, &Spanned::new(name, origin));
    }

    /// The ARN of a cluster, which lies where the stack does.
    pub(super) fn cluster_of(
        &mut self,
        resource: Resource<'_>,
        name: &Spanned<String>,
    ) -> Option<String> {
        let region = self.region(resource)?;
        let (partition, account) = (&self.evaluator.home.partition, self.account());
        let arn = planned::cluster(self.loading, partition, &region, &account, name);
        Some(arn)
    }

    pub(super) fn association(&mut self, resource: Resource<'_>) {
        let (Some(cluster), Some(namespace), Some(service_account)) = (
            self.text(resource, "ClusterName"),
            self.text(resource, "Namespace"),
            self.text(resource, "ServiceAccount"),
        ) else {
            return;
        };
        let Some(cluster) = self.cluster_of(resource, &cluster) else {
            return;
        };
        let disabled = self.evaluator.property(resource.node, "DisableSessionTags");
        let is_disabled = disabled
            .as_ref()
            .and_then(Node::scalar_text)
            .is_some_and(|text| text.known() == Some("true"));
        let place = resource.node.origin;
        let policy = self.policy(resource, "Policy", PolicyType::Session, "session policy");
        let target_role = self.decided(resource, "TargetRoleArn");
        // A target that nobody knows must not look like none: then the whole chain is open.
        let is_open = target_role.is_none() && self.text(resource, "TargetRoleArn").is_some();
        let role = self.decided(resource, "RoleArn").filter(|_| !is_open);
        let declared = self.declared(resource);
        self.loading.inventory.associations.push(Association {
            cluster,
            namespace,
            service_account,
            role,
            target_role,
            external_id: None,
            session_tags: Spanned::new(!is_disabled, disabled.map_or(place, |node| node.origin)),
            policy,
            declared: Some(declared),
            duplicates: Vec::new(),
            origin: place,
        });
    }

    pub(super) fn addon(&mut self, resource: Resource<'_>) {
        let blocks = self.blocks(resource, "PodIdentityAssociations");
        let (Some(cluster), Some(addon)) = (
            self.text(resource, "ClusterName"),
            self.text(resource, "AddonName"),
        ) else {
            return;
        };
        if blocks.is_empty() {
            return;
        }
        let Some(cluster) = self.cluster_of(resource, &cluster) else {
            return;
        };
        let given = self.evaluator.property(resource.node, "NamespaceConfig");
        let addon = planned::Addon {
            address: &self.declared(resource),
            declares: true,
            name: addon,
            namespace: given.and_then(|node| spanned(node.get("Namespace")?)),
            cluster,
        };
        planned::addon(self.loading, &addon, &blocks, ["ServiceAccount", "RoleArn"]);
    }

    /// What makes something: its name in the template.
    pub(super) fn declared(&self, resource: Resource<'_>) -> String {
        format!("{} in {}", resource.id, self.template.name)
    }
}
