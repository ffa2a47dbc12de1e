//! Answers of Secrets Manager: everything about secrets but their values.

use super::Reader;
use crate::{
    fields::{member, tag_list},
    policy,
};
use policy_engine::{
    inventory::{KeyRef, Replica, ResourcePolicy, Secret},
    policy::PolicyType,
    source::{Origin, Spanned},
    syntax::node::Node,
    text::Text,
};

impl Reader<'_> {
    /// `describe-secret`, and an entry of `list-secrets`.
    pub(super) fn secret(&mut self, node: &Node) {
        let Some((mut secret, name)) = self.described(node) else {
            return;
        };
        let tags = node.get("Tags");
        let found = tags
            .map(|tags| tag_list(tags, "Key", "Value"))
            .unwrap_or_default();
        secret.tags = Some(Spanned::new(found, tags.map_or(name, |tags| tags.origin)));
        secret.key = key(member(node, "KmsKeyId"), name, "secretsmanager");
        let statuses = node
            .get("ReplicationStatus")
            .and_then(Node::as_list)
            .unwrap_or_default();
        secret.replicas = statuses
            .iter()
            .filter_map(|status| {
                let region = member(status, "Region")?;
                let key = key(member(status, "KmsKeyId"), region.origin, "secretsmanager");
                Some(Replica { region, key })
            })
            .collect();
        secret.deleted = member(node, "DeletedDate");
        if let Some(primary) =
            member(node, "PrimaryRegion").filter(|primary| primary.value != secret.region)
        {
            // The answer of a replica: what it says of the key holds for that region only.
            let region = Spanned::new(secret.region.clone(), name);
            let key = std::mem::replace(&mut secret.key, KeyRef::Unknown);
            secret.arn = secret.arn_in(&primary.value);
            secret.region = primary.value;
            secret.replicas = vec![Replica { region, key }];
        }
        self.loading.inventory.secrets.push(secret);
    }

    /// `get-resource-policy`; without a policy the secret has none.
    pub(super) fn secret_policy(&mut self, node: &Node) {
        let Some((mut secret, name)) = self.described(node) else {
            return;
        };
        let document = node
            .get("ResourcePolicy")
            .filter(|node| !node.is_null() && node.as_str() != Some(""));
        secret.policy = match document {
            None => ResourcePolicy::None(name),
            Some(node) => {
                match policy::document(self.loading, node, PolicyType::Resource, "resource policy")
                {
                    Some(document) => ResourcePolicy::Document(document),
                    None => ResourcePolicy::Unknown,
                }
            }
        };
        self.loading.inventory.secrets.push(secret);
    }

    /// A secret of which only the identity is known, and where its name is written.
    fn described(&mut self, node: &Node) -> Option<(Secret, Origin)> {
        let arn = self.required(node, "ARN", "a secret")?;
        let name = self.required(node, "Name", "a secret")?;
        let parsed = self.arn(&arn)?;
        let secret = Secret {
            account: parsed.account.to_owned(),
            region: parsed.region.to_owned(),
            arn: Text::from(arn.value.as_str()),
            name: name.value,
            tags: None,
            key: KeyRef::Unknown,
            policy: ResourcePolicy::Unknown,
            replicas: Vec::new(),
            deleted: None,
            origin: name.origin,
        };
        Some((secret, name.origin))
    }
}

/// What encrypts something: no key, or the alias of the managed one, is the key that AWS manages for the service.
pub(super) fn key(id: Option<Spanned<String>>, place: Origin, service: &str) -> KeyRef {
    match id.filter(|id| !id.value.is_empty()) {
        None => KeyRef::AwsManaged(place),
        Some(id) if id.value.ends_with(&format!("alias/aws/{service}")) => {
            KeyRef::AwsManaged(id.origin)
        }
        Some(id) => KeyRef::Named(id),
    }
}
