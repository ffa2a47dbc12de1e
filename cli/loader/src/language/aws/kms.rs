//! Answers of KMS. Several of them contain only the id of the key; the include states account and region, or
//! another answer about the same key.

use super::{Reader, Subject, home_of, stated};
use crate::{fields::member, resource::Noun};
use policy_engine::{
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
        let key = self.key(&arn.value, arn.origin);
        self.adapt(Noun::Key, key, node);
    }

    /// `get-key-policy`: the key's id is in the name of the file or its folder.
    pub(super) fn key_policy(&mut self, node: &Node) {
        let Some(policy) = node.get("Policy") else {
            return;
        };
        if let Some(key) = self.key_of_file(node, "a key policy") {
            let attributes = stated(vec![("Policy", policy.clone())], node.origin);
            self.adapt(Noun::Key, key, &attributes);
        }
    }

    /// An entry of `list-aliases`.
    pub(super) fn key_alias(&mut self, node: &Node) {
        // An alias without a target is one that AWS has not made a key for yet.
        let (Some(name), Some(alias), Some(target)) = (
            member(node, "AliasName"),
            node.get("AliasName"),
            member(node, "TargetKeyId"),
        ) else {
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
        let key = self.key(&id, name.origin);
        self.adapt(Noun::Key, key, &listed("Aliases", alias));
    }

    /// An entry of `list-grants`.
    pub(super) fn key_grant(&mut self, node: &Node) {
        let (Some(id), Some(_)) = (member(node, "KeyId"), member(node, "GranteePrincipal")) else {
            return;
        };
        let key = self.key(&id.value, id.origin);
        self.adapt(Noun::Key, key, &listed("Grants", node));
    }

    /// `list-resource-tags`: the key's id is in the name of the file or its folder.
    pub(super) fn key_tags(&mut self, node: &Node) {
        let Some(tags) = node.get("Tags") else { return };
        if let Some(key) = self.key_of_file(node, "a list of a key's tags") {
            let attributes = stated(vec![("Tags", tags.clone())], node.origin);
            self.adapt(Noun::Key, key, &attributes);
        }
    }

    fn key_of_file(&mut self, node: &Node, what: &str) -> Option<Subject> {
        let Some(id) = self.subject().filter(|id| is_key_id(id)).map(str::to_owned) else {
            let help =
                "call the file key-policy.<key id>.json, or put it into a folder of that name";
            self.loading.problem(
                format!("{what} does not name its key"),
                Some(help),
                node.origin,
            );
            return None;
        };
        let origin = node
            .as_map()
            .and_then(|members| members.first())
            .map_or(node.origin, |(key, _)| key.origin);
        Some(self.key(&id, origin))
    }

    /// A key of which only its id or ARN is known.
    fn key(&self, id: &str, origin: Origin) -> Subject {
        let (arn, home) = match Arn::parse(id) {
            Some(parsed) => (id.to_owned(), home_of(&parsed)),
            None => {
                let home = self.home();
                let region = home.region.as_deref().unwrap_or("");
                let account = home.account.as_deref().unwrap_or("");
                let arn = format!("arn:{}:kms:{region}:{account}:key/{id}", home.partition);
                (arn, home)
            }
        };
        Subject {
            name: Spanned::new(id.to_owned(), origin),
            arn: Some(Text::from(arn)),
            home,
            is_whole: false,
            origin,
        }
    }
}

/// An attribute that is a list of one.
fn listed(name: &str, node: &Node) -> Node {
    let origin = node.origin;
    let value = Value::List(vec![node.clone()]);
    stated(vec![(name, Node { value, origin })], origin)
}

/// `1234abcd-12ab-34cd-56ef-1234567890ab`, or `mrk-…` for a key with copies in other regions.
fn is_key_id(text: &str) -> bool {
    let body = text.strip_prefix("mrk-").unwrap_or(text);
    body.len() >= 32
        && body
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}
