//! Secrets, parameters, keys and endpoints; values of secrets are never looked at.

use super::{Facts, Policy, plan::Resource};
use crate::{
    arns::{alias_name, share_of},
    planned::{endpoint_service, key_ref},
};
use policy_engine::{
    inventory::{Endpoint, KeyRef, KmsKey, Parameter, Replica, ResourcePolicy, Secret, Tag},
    policy::{PolicyType, builtin},
    request::Grant,
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
};
use std::sync::Arc;

impl Facts<'_, '_> {
    pub(super) fn secret(&mut self, resource: &Resource<'_>) {
        let Some(arn) = self.resolver.arn(resource) else {
            return;
        };
        let home = self.home(resource);
        let origin = self.name_origin(resource, "name");
        let policy = match self.policy(resource, "policy", PolicyType::Resource, "resource policy")
        {
            Policy::Absent(place) => ResourcePolicy::None(place),
            Policy::Document(document) => ResourcePolicy::Document(document),
        };
        let blocks = self.resolver.field(resource, "replica");
        let blocks = blocks.as_ref().and_then(Node::as_list).unwrap_or_default();
        let replicas = blocks.iter().filter_map(|block| {
            let region = block.get("region")?;
            let region = Spanned::new(region.as_str()?.to_owned(), region.origin);
            let key = key_ref(block.get("kms_key_id"), "secretsmanager", region.origin);
            Some(Replica { region, key })
        });
        let secret = Secret {
            arn,
            name: self.resolver.name(resource),
            account: home.account.unwrap_or_default(),
            region: home.region.unwrap_or_default(),
            tags: Some(self.tags(resource)),
            key: self.key_of(resource, "kms_key_id", "secretsmanager"),
            policy,
            replicas: replicas.collect(),
            deleted: None,
            origin,
        };
        self.loading.inventory.secrets.push(secret);
    }

    /// What encrypts something; without a name, the key that AWS manages for the service.
    fn key_of(&self, resource: &Resource<'_>, name: &str, service: &str) -> KeyRef {
        let set = self.resolver.field(resource, name);
        key_ref(set.as_ref(), service, self.resolver.place(resource))
    }

    pub(super) fn secret_policy(&mut self, resource: &Resource<'_>) {
        let policy = self.policy(resource, "policy", PolicyType::Resource, "resource policy");
        let Some(arn) = self.named(resource, "secret_arn") else {
            return;
        };
        let Some(secret) = self.secret_of(&arn.value) else {
            return self.elsewhere(resource, &arn);
        };
        secret.policy = match policy {
            Policy::Document(document) => ResourcePolicy::Document(document),
            Policy::Absent(place) => ResourcePolicy::None(place),
        };
    }

    pub(super) fn secret_tag(&mut self, resource: &Resource<'_>) {
        let (Some(id), Some(key), Some(value)) = (
            self.named(resource, "secret_id"),
            self.named(resource, "key"),
            self.resolver.field(resource, "value"),
        ) else {
            return;
        };
        let tag = Tag {
            key,
            value: Spanned::new(value.scalar_text().unwrap_or_default(), value.origin),
        };
        match self.secret_of(&id.value) {
            Some(secret) => {
                if let Some(tags) = &mut secret.tags {
                    tags.value.push(tag);
                }
            }
            None => self.elsewhere(resource, &id),
        }
    }

    fn secret_of(&mut self, arn: &str) -> Option<&mut Secret> {
        let mut secrets = self.loading.inventory.secrets.iter_mut().rev();
        secrets.find(|secret| secret.arn.to_string() == arn)
    }

    /// Something is said of what this file does not describe.
    fn elsewhere(&mut self, resource: &Resource<'_>, what: &Spanned<String>) {
        let message = format!(
            "`{}` is about `{}`, which this file does not describe, so it is left out",
            resource.address, what.value
        );
        self.loading.note(message, Some(what.origin));
    }

    pub(super) fn parameter(&mut self, resource: &Resource<'_>) {
        let Some(arn) = self.resolver.arn(resource) else {
            return;
        };
        let home = self.home(resource);
        let is = |name: &str, word: &str| {
            self.resolver
                .known(resource, name)
                .is_some_and(|text| text.value == word)
        };
        let parameter = Parameter {
            arn: arn.to_string(),
            name: self.resolver.name(resource),
            account: home.account.unwrap_or_default(),
            region: home.region.unwrap_or_default(),
            secure: is("type", "SecureString"),
            advanced: is("tier", "Advanced"),
            key: self.key_of(resource, "key_id", "ssm"),
            tags: Some(self.tags(resource)),
            shares: Vec::new(),
            origin: self.name_origin(resource, "name"),
        };
        self.loading.inventory.parameters.push(parameter);
    }

    pub(super) fn key(&mut self, resource: &Resource<'_>) {
        let Some(arn) = self.resolver.arn(resource) else {
            return;
        };
        let home = self.home(resource);
        let place = self.resolver.place(resource);
        let account = home.account.unwrap_or_default();
        // A key without a policy gets the default one.
        let policy = match self.policy(resource, "policy", PolicyType::Key, "key policy") {
            Policy::Absent(_) => Some(Arc::new(builtin::default_key_policy(
                &home.partition,
                &account,
            ))),
            Policy::Document(document) => Some(document),
        };
        let enabled = self.resolver.field(resource, "is_enabled");
        let enabled = match enabled.as_ref().map(|node| (&node.value, node.origin)) {
            Some((Value::Bool(enabled), origin)) => Spanned::new(*enabled, origin),
            _ => Spanned::new(true, place),
        };
        self.keys
            .insert(arn.to_string(), self.loading.inventory.keys.len());
        let tags = self.tags(resource);
        // Without an id the address is the only name there is.
        let name = (!arn.is_known()).then(|| resource.address.clone());
        self.loading.inventory.keys.push(KmsKey {
            arn,
            name,
            account,
            region: home.region.unwrap_or_default(),
            policy,
            aliases: Vec::new(),
            grants: Vec::new(),
            tags: Some(tags),
            aws_managed: false,
            enabled,
            origin: place,
        });
    }

    fn with_key(&mut self, resource: &Resource<'_>, name: &str, change: impl FnOnce(&mut KmsKey)) {
        let Some(id) = self.named(resource, name) else {
            return;
        };
        let keys = &mut self.loading.inventory.keys;
        let found = self.keys.iter().find(|(arn, _)| {
            arn.as_str() == id.value || arn.ends_with(&format!(":key/{}", id.value))
        });
        match found.and_then(|(_, at)| keys.get_mut(*at)) {
            Some(key) => change(key),
            None => self.elsewhere(resource, &id),
        }
    }

    pub(super) fn key_policy(&mut self, resource: &Resource<'_>) {
        let policy = self.policy(resource, "policy", PolicyType::Key, "key policy");
        self.with_key(resource, "key_id", |key| key.policy = policy.document());
    }

    pub(super) fn alias(&mut self, resource: &Resource<'_>) {
        let name = alias_name(&self.resolver.name(resource));
        self.with_key(resource, "target_key_id", |key| key.aliases.push(name));
    }

    pub(super) fn grant(&mut self, resource: &Resource<'_>) {
        let Some(grantee) = self
            .resolver
            .field(resource, "grantee_principal")
            .and_then(|node| node.scalar_text())
        else {
            return;
        };
        let operations = self.resolver.field(resource, "operations");
        let operations = operations
            .as_ref()
            .and_then(Node::as_list)
            .unwrap_or_default();
        let constraints = self.resolver.field(resource, "constraints");
        let context = |name: &str| {
            let block = constraints.as_ref().and_then(Node::as_list)?.first()?;
            let members = block.get(name)?.as_map()?;
            let pairs: Vec<_> = members
                .iter()
                .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value.scalar_text()?)))
                .collect();
            (!pairs.is_empty()).then_some(pairs)
        };
        let grant = Grant {
            grantee,
            operations: operations
                .iter()
                .filter_map(|one| one.as_str().map(str::to_owned))
                .collect(),
            context_equals: context("encryption_context_equals"),
            context_subset: context("encryption_context_subset"),
        };
        self.with_key(resource, "key_id", |key| key.grants.push(grant));
    }

    /// A parameter in a resource share: all principals of the share may use it.
    pub(super) fn share(&mut self, resource: &Resource<'_>) {
        let (Some(arn), Some(share)) = (
            self.named(resource, "resource_arn"),
            self.named(resource, "resource_share_arn"),
        ) else {
            return;
        };
        let principals = self.resolver.plan.resources.iter().filter(|one| {
            !one.data
                && one.kind == "aws_ram_principal_association"
                && self
                    .named(one, "resource_share_arn")
                    .is_some_and(|other| other.value == share.value)
        });
        let shares: Vec<_> = principals
            .filter_map(|one| {
                let principal = self.named(one, "principal")?;
                let value = share_of(&principal.value).to_owned();
                Some(Spanned::new(value, principal.origin))
            })
            .collect();
        let parameters = &mut self.loading.inventory.parameters;
        if let Some(parameter) = parameters.iter_mut().find(|one| one.arn == arn.value) {
            parameter.shares.extend(shares);
        }
    }

    pub(super) fn endpoint(&mut self, resource: &Resource<'_>) {
        let Some(service) = self.resolver.known(resource, "service_name") else {
            return;
        };
        let Some(service) = endpoint_service(&service.value) else {
            return;
        };
        let policy = self.policy(resource, "policy", PolicyType::Endpoint, "endpoint policy");
        let id = self.resolver.known(resource, "id").map(|id| id.value);
        let vpc = self.resolver.known(resource, "vpc_id").map(|id| id.value);
        let origin: Origin = self.resolver.place(resource);
        self.loading.inventory.endpoints.push(Endpoint {
            id: id.unwrap_or_else(|| resource.address.clone()),
            account: self.home(resource).account.unwrap_or_default(),
            service,
            vpc,
            policy: policy.document(),
            origin,
        });
    }
}
