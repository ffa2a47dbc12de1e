//! Roles and customer managed policies of a world.

use super::{
    decoder::{Decoder, Here},
    names::Referent,
};
use crate::arns::role_arn;
use policy_engine::{
    inventory::{Attribute, Listed, ManagedPolicy, Role, RoleArn, Tag, Tags},
    policy::{PolicyDocument, PolicyType, builtin},
    source::Spanned,
    syntax::node::Node,
};
use std::sync::Arc;

const ROLE_KEYS: [&str; 6] = ["trust", "policies", "attach", "boundary", "path", "tags"];

/// Tags as a world states them: all there are.
pub(super) fn tags(written: Spanned<Vec<Tag>>) -> Tags {
    Tags::all(written.value, written.origin)
}

impl Decoder<'_> {
    pub(super) fn account_policies(&mut self, account: &Node, here: &Here) {
        let Some(policies) = account.get("policies") else {
            return;
        };
        for (name, body) in self.loading.named(policies, "`policies`") {
            if let Some(document) = self.policy(body, PolicyType::Identity, &name.value) {
                let arn = format!(
                    "arn:{}:iam::{}:policy/{}",
                    here.partition, here.id, name.value
                );
                self.loading
                    .inventory
                    .policies
                    .push(ManagedPolicy { arn, document });
            }
        }
    }

    pub(super) fn roles(&mut self, account: &Node, here: &Here) {
        let Some(roles) = account.get("roles") else {
            return;
        };
        for (name, body) in self.loading.named(roles, "`roles`") {
            self.role(&name, body, here);
        }
    }

    fn role(&mut self, name: &Spanned<String>, node: &Node, here: &Here) {
        self.loading.fields(node, "a role", &ROLE_KEYS);
        let trust = self.trust(name, node);
        let inline = node
            .get("policies")
            .map(|node| self.policies(node, PolicyType::Identity, "`policies`"));
        let attach = self.optional_texts(node, "attach");
        let attached = attach.into_iter().filter_map(|reference| {
            let arn = self.resolve(Referent::Policy, &reference, here)?;
            Some(Spanned::new(arn, reference.origin))
        });
        let attached = attached.collect();
        let boundary = node
            .get("boundary")
            .and_then(|node| self.reference(Referent::Policy, node, here));
        let path = node
            .get("path")
            .and_then(|node| self.loading.text(node, "`path`"));
        if let Some(path) = path.as_ref().filter(|path| !path.value.starts_with('/')) {
            self.loading
                .problem("a path begins with `/`", None, path.origin);
        }
        let path = path.map_or_else(|| "/".to_owned(), |path| path.value);
        let tags = node.get("tags").map_or_else(
            || Tags::all(Vec::new(), name.origin),
            |node| tags(self.loading.tags(node)),
        );
        let arn = role_arn(&here.partition, &here.id, &path, &name.value);
        // A path that makes no ARN was reported above.
        let Some(arn) = RoleArn::parse(&arn) else {
            return;
        };
        self.loading.inventory.roles.push(Role {
            arn,
            trust: Attribute::or_unstated(trust),
            inline: Listed::all(inline.unwrap_or_default()),
            attached: Listed::all(attached),
            boundary: Attribute::or_absent(boundary),
            tags,
            unique_id: None,
            origin: name.origin,
        });
    }

    fn trust(&mut self, name: &Spanned<String>, node: &Node) -> Option<Arc<PolicyDocument>> {
        let Some(trust) = node.get("trust") else {
            let help = Some("`trust: pod-identity`, or a list of statements");
            self.loading.problem(
                format!("the role `{}` needs a `trust`", name.value),
                help,
                name.origin,
            );
            return None;
        };
        match trust.as_str() {
            Some("pod-identity") => Some(Arc::new(builtin::pod_identity_trust())),
            Some(word) => {
                let message = format!("`{word}` is not a trust policy");
                self.loading
                    .problem(message, Some("did you mean `pod-identity`?"), trust.origin);
                None
            }
            None => self.policy(trust, PolicyType::Trust, "trust policy"),
        }
    }
}
