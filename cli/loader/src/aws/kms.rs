//! Answers of KMS. Several of them name the key by its id only; account and region then come from the include or from
//! another answer about the same key.

use super::Reader;
use crate::{
    fields::{member, spelt, tag_list},
    policy,
};
use policy_engine::{
    inventory::{KmsKey, Tag},
    policy::PolicyType,
    request::Grant,
    source::{Origin, Spanned},
    syntax::{
        arn::Arn,
        node::{Node, Value},
    },
    text::Text,
};

impl Reader<'_> {
    /// `describe-key`
    pub(super) fn key_metadata(&mut self, node: &Node) {
        let Some(arn) = self.required(node, "Arn", "a key") else {
            return;
        };
        if self.arn(&arn).is_none() {
            return;
        }
        let mut key = self.partial_key(&arn.value, arn.origin);
        key.aws_managed = member(node, "KeyManager").is_some_and(|manager| manager.value == "AWS");
        if let Some((value, node)) = node.get("Enabled").map(|node| (&node.value, node))
            && let Value::Bool(enabled) = value
        {
            key.enabled = Spanned::new(*enabled, node.origin);
        }
        self.loading.inventory.keys.push(key);
    }

    /// `get-key-policy`: the key's id is in the name of the file or its folder.
    pub(super) fn key_policy(&mut self, node: &Node) {
        let Some(written) = node.get("Policy") else {
            return;
        };
        let Some(mut key) = self.key_of_file(node, "a key policy") else {
            return;
        };
        key.policy = policy::document(self.loading, written, PolicyType::Key, "key policy");
        self.loading.inventory.keys.push(key);
    }

    /// An entry of `list-aliases`.
    pub(super) fn key_alias(&mut self, node: &Node) {
        // An alias without a target is one that AWS has not made a key for yet.
        let (Some(name), Some(target)) = (member(node, "AliasName"), member(node, "TargetKeyId"))
        else {
            return;
        };
        let arn = member(node, "AliasArn");
        let id = match arn.as_ref().and_then(|arn| self.arn(arn)) {
            Some(alias) => format!(
                "arn:{}:kms:{}:{}:key/{}",
                alias.partition, alias.region, alias.account, target.value
            ),
            None => target.value,
        };
        let mut key = self.partial_key(&id, name.origin);
        key.aws_managed = name.value.starts_with("alias/aws/");
        key.aliases.push(name.value);
        self.loading.inventory.keys.push(key);
    }

    /// An entry of `list-grants`.
    pub(super) fn key_grant(&mut self, node: &Node) {
        let (Some(id), Some(grantee)) = (member(node, "KeyId"), member(node, "GranteePrincipal"))
        else {
            return;
        };
        let operations = node
            .get("Operations")
            .and_then(Node::as_list)
            .unwrap_or_default();
        let context = |name: &str| {
            let members = node.at(&["Constraints", name])?.as_map()?;
            let pairs = members
                .iter()
                .filter_map(|(key, value)| Some((spelt(key)?.value, value.scalar_text()?)));
            Some(pairs.collect())
        };
        let grant = Grant {
            grantee: Text::from(grantee.value),
            operations: operations
                .iter()
                .filter_map(spelt)
                .map(|operation| operation.value)
                .collect(),
            context_equals: context("EncryptionContextEquals"),
            context_subset: context("EncryptionContextSubset"),
        };
        let mut key = self.partial_key(&id.value, id.origin);
        key.grants.push(grant);
        self.loading.inventory.keys.push(key);
    }

    /// `list-resource-tags`: the key's id is in the name of the file or its folder.
    pub(super) fn key_tags(&mut self, node: &Node) {
        let Some(list) = node.get("Tags") else { return };
        let Some(mut key) = self.key_of_file(node, "a list of a key's tags") else {
            return;
        };
        let tags: Vec<Tag> = tag_list(list, "TagKey", "TagValue");
        key.tags = Some(Spanned::new(tags, list.origin));
        self.loading.inventory.keys.push(key);
    }

    fn key_of_file(&mut self, node: &Node, what: &str) -> Option<KmsKey> {
        let Some(id) = self.subject().filter(|id| is_key_id(id)).map(str::to_owned) else {
            let help =
                "call the file key-policy.<key id>.json, or put it into a folder of that name";
            self.loading.problem(
                format!("{what} does not say which key it belongs to"),
                Some(help),
                node.origin,
            );
            return None;
        };
        let origin = node
            .as_map()
            .and_then(|members| members.first())
            .map_or(node.origin, |(key, _)| key.origin);
        Some(self.partial_key(&id, origin))
    }

    /// A key of which only its id or ARN is known.
    fn partial_key(&self, id: &str, origin: Origin) -> KmsKey {
        let account = self.setting.account.clone().unwrap_or_default();
        let region = self.setting.region.clone().unwrap_or_default();
        let predicted = format!("arn:{}:kms:{region}:{account}:key/{id}", self.partition());
        let (arn, account, region) = match Arn::parse(id) {
            Some(parsed) => (
                id.to_owned(),
                parsed.account.to_owned(),
                parsed.region.to_owned(),
            ),
            None => (predicted, account, region),
        };
        KmsKey {
            arn: Text::from(arn),
            name: None,
            account,
            region,
            policy: None,
            aliases: Vec::new(),
            grants: Vec::new(),
            tags: None,
            aws_managed: false,
            enabled: Spanned::new(true, Origin::NOWHERE),
            origin,
        }
    }
}

/// `1234abcd-12ab-34cd-56ef-1234567890ab`, or `mrk-…` for a key with copies in other regions.
fn is_key_id(text: &str) -> bool {
    let body = text.strip_prefix("mrk-").unwrap_or(text);
    body.len() >= 32
        && body
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}
