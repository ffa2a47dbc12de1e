//! Secrets, keys, parameters, what is shared, and what the organization and endpoints say.

use super::{Facts, Resource};
use crate::{
    arns::{alias_name, share_of},
    cloudformation::template::name_origin,
    loading::AttachedPolicy,
    planned::{self, key_ref, spanned},
};
use policy_engine::{
    inventory::{Endpoint, KeyRef, KmsKey, Parameter, Replica, ResourcePolicy, Secret},
    policy::{PolicyType, builtin},
    source::Spanned,
    syntax::node::Node,
};
use std::sync::Arc;

impl Facts<'_> {
    pub(super) fn secret(&mut self, resource: Resource<'_>) {
        let Some(region) = self.region(resource) else {
            return;
        };
        let Some(arn) = self.evaluator.arn(resource.id, resource.node) else {
            return;
        };
        let replicas = self.blocks(resource, "ReplicaRegions");
        let replicas = replicas.iter().filter_map(|block| {
            let region = spanned(block.get("Region")?)?;
            let key = key_ref(block.get("KmsKeyId"), "secretsmanager", region.origin);
            Some(Replica { region, key })
        });
        let key = self.evaluator.property(resource.node, "KmsKeyId");
        let secret = Secret {
            arn,
            name: self.evaluator.name(resource.id, resource.node),
            account: self.account(),
            region,
            tags: Some(self.tags(resource)),
            key: key_ref(key.as_ref(), "secretsmanager", resource.node.origin),
            policy: ResourcePolicy::None(resource.node.origin),
            replicas: replicas.collect(),
            deleted: None,
            origin: name_origin(resource.node, "Name"),
        };
        self.loading.inventory.secrets.push(secret);
    }

    pub(super) fn secret_policy(&mut self, resource: Resource<'_>) {
        let document = self.policy(
            resource,
            "ResourcePolicy",
            PolicyType::Resource,
            "resource policy",
        );
        let (Some(id), Some(document)) = (self.text(resource, "SecretId"), document) else {
            return;
        };
        let account = self.account();
        let secrets = &mut self.loading.inventory.secrets;
        let found = secrets.iter_mut().rev().find(|secret| {
            secret.arn.to_string() == id.value
                || (secret.name == id.value && secret.account == account)
        });
        match found {
            Some(secret) => secret.policy = ResourcePolicy::Document(document),
            None => self.elsewhere(resource, &id),
        }
    }

    /// Something is said of what no template describes.
    pub(super) fn elsewhere(&mut self, resource: Resource<'_>, what: &Spanned<String>) {
        let message = format!(
            "`{}` is about `{}`, which nothing describes, so it is left out",
            resource.id, what.value
        );
        self.loading.note(message, Some(what.origin));
    }

    pub(super) fn key(&mut self, resource: Resource<'_>) {
        let (Some(region), Some(arn)) = (
            self.region(resource),
            self.evaluator.arn(resource.id, resource.node),
        ) else {
            return;
        };
        let enabled = self.evaluator.property(resource.node, "Enabled");
        let is_off = enabled
            .as_ref()
            .and_then(Node::scalar_text)
            .is_some_and(|text| text.known() == Some("false"));
        let place = enabled.map_or(resource.node.origin, |node| node.origin);
        let account = self.account();
        let policy = self.policy(resource, "KeyPolicy", PolicyType::Key, "key policy");
        // A key without a policy gets the default one.
        let policy = policy.or_else(|| {
            let partition = &self.evaluator.home.partition;
            let default = builtin::default_key_policy(partition, &account);
            Some(Arc::new(default))
        });
        let key = KmsKey {
            arn,
            name: Some(self.evaluator.key_name(resource.id)),
            account,
            region,
            policy,
            aliases: Vec::new(),
            grants: Vec::new(),
            tags: Some(self.tags(resource)),
            aws_managed: false,
            enabled: Spanned::new(!is_off, place),
            origin: resource.node.origin,
        };
        self.loading.inventory.keys.push(key);
    }

    pub(super) fn alias(&mut self, resource: Resource<'_>) {
        let (Some(name), Some(target)) = (
            self.text(resource, "AliasName"),
            self.text(resource, "TargetKeyId"),
        ) else {
            return;
        };
        let keys = self.loading.inventory.keys.iter_mut();
        let mut own = keys.skip(self.first_key);
        let found = own.find(|key| {
            let arn = key.arn.to_string();
            arn == target.value || arn.ends_with(&format!(":key/{}", target.value))
        });
        match found {
            Some(key) => key.aliases.push(alias_name(&name.value)),
            None => self.elsewhere(resource, &target),
        }
    }

    pub(super) fn parameter(&mut self, resource: Resource<'_>) {
        let (Some(region), Some(arn)) = (
            self.region(resource),
            self.evaluator.arn(resource.id, resource.node),
        ) else {
            return;
        };
        let tier = self.text(resource, "Tier");
        let parameter = Parameter {
            arn: arn.to_string(),
            name: self.evaluator.name(resource.id, resource.node),
            account: self.account(),
            region,
            // CloudFormation makes no SecureString.
            secure: false,
            advanced: tier.is_some_and(|tier| tier.value == "Advanced"),
            key: KeyRef::AwsManaged(resource.node.origin),
            tags: Some(self.tags(resource)),
            shares: Vec::new(),
            origin: name_origin(resource.node, "Name"),
        };
        self.loading.inventory.parameters.push(parameter);
    }

    pub(super) fn organization_policy(&mut self, resource: Resource<'_>) {
        let kind = match self.text(resource, "Type") {
            Some(kind) if kind.value == "RESOURCE_CONTROL_POLICY" => PolicyType::Rcp,
            Some(kind) if kind.value == "SERVICE_CONTROL_POLICY" => PolicyType::Scp,
            _ => return,
        };
        let name = self.evaluator.name(resource.id, resource.node);
        let Some(document) = self.policy(resource, "Content", kind, &name) else {
            return;
        };
        for target in self.texts(resource, "TargetIds") {
            self.loading.attached_policies.push(AttachedPolicy {
                target: target.value,
                kind,
                document: Arc::clone(&document),
                address: resource.id.to_owned(),
                origin: target.origin,
            });
        }
    }

    /// All principals of a share may use its parameters.
    pub(super) fn share(&mut self, resource: Resource<'_>) {
        let principals = self.texts(resource, "Principals");
        for arn in self.texts(resource, "ResourceArns") {
            let parameters = &mut self.loading.inventory.parameters;
            let Some(parameter) = parameters.iter_mut().find(|one| one.arn == arn.value) else {
                continue;
            };
            let shares = principals.iter().map(|principal| {
                let value = share_of(&principal.value).to_owned();
                Spanned::new(value, principal.origin)
            });
            parameter.shares.extend(shares);
        }
    }

    pub(super) fn endpoint(&mut self, resource: Resource<'_>) {
        let Some(service) = self.text(resource, "ServiceName") else {
            return;
        };
        let Some(service) = planned::endpoint_service(&service.value) else {
            return;
        };
        let policy = self.policy(
            resource,
            "PolicyDocument",
            PolicyType::Endpoint,
            "endpoint policy",
        );
        let vpc = self.decided(resource, "VpcId").map(|vpc| vpc.value);
        let endpoint = Endpoint {
            id: resource.id.to_owned(),
            account: self.account(),
            service,
            vpc,
            policy,
            origin: resource.node.origin,
        };
        self.loading.inventory.endpoints.push(endpoint);
    }
}
