//! Secrets, parameters, keys and VPC endpoints of a world.

use super::{
    decoder::{Decoder, Here},
    iam,
    names::Referent,
};
use crate::{
    arns::{alias_name, key_arn, parameter_arn, secret_arn},
    fields::spelt,
};
use policy_engine::{
    inventory::{
        Attribute, Endpoint, KeyRef, KmsKey, Listed, Parameter, Replica, ResourcePolicy, Secret,
        Tags,
    },
    policy::{PolicyDocument, PolicyType, builtin},
    request::Grant,
    source::{Origin, Spanned},
    syntax::{arn::Arn, node::Node},
    text::{Hole, Text},
};
use std::sync::Arc;

const SECRET_KEYS: [&str; 6] = ["key", "tags", "policy", "suffix", "region", "replicas"];
const PARAMETER_KEYS: [&str; 6] = ["type", "tier", "key", "tags", "share", "region"];
const KEY_KEYS: [&str; 7] = [
    "policy", "id", "aliases", "enabled", "tags", "region", "grants",
];
const ENDPOINT_KEYS: [&str; 4] = ["service", "id", "vpc", "policy"];
const SERVICES: [&str; 5] = ["secretsmanager", "ssm", "kms", "sts", "eks-auth"];

impl Decoder<'_> {
    pub(super) fn secrets(&mut self, account: &Node, here: &Here) {
        let Some(secrets) = account.get("secrets") else {
            return;
        };
        for (name, body) in self.loading.named(secrets, "`secrets`") {
            self.secret(name, body, here);
        }
    }

    fn secret(&mut self, name: Spanned<String>, node: &Node, here: &Here) {
        self.loading.fields(node, "a secret", &SECRET_KEYS);
        let what = format!("the secret `{}`", name.value);
        let Some(region) = self.region(node, here, name.origin, &what) else {
            return;
        };
        let suffix = node.get("suffix").and_then(|node| self.suffix(node));
        let tags = node
            .get("tags")
            .map(|node| iam::tags(self.loading.tags(node)));
        let policy = match node.get("policy") {
            None => ResourcePolicy::None(name.origin),
            Some(node) => match self.policy(node, PolicyType::Resource, "resource policy") {
                Some(document) => ResourcePolicy::Document(document),
                None => ResourcePolicy::Unknown(Hole::unstated()),
            },
        };
        let mut replicas = Vec::new();
        if let Some(node) = node.get("replicas") {
            for (region, body) in self.loading.named(node, "`replicas`") {
                self.loading.fields(body, "a replica", &["key"]);
                let key = self.key_of(body, region.origin, here);
                replicas.push(Replica { region, key });
            }
        }
        let key = self.key_of(node, name.origin, here);
        self.loading.inventory.secrets.push(Secret {
            arn: secret_arn(
                &here.partition,
                &region,
                &here.id,
                suffix.as_deref(),
                &here.name,
                &name.value,
            ),
            account: here.id.clone(),
            region,
            tags: tags.unwrap_or_else(|| Tags::all(Vec::new(), name.origin)),
            key,
            policy,
            replicas: Listed::all(replicas),
            deleted: Attribute::Absent,
            origin: name.origin,
            name: name.value,
        });
    }

    fn suffix(&mut self, node: &Node) -> Option<String> {
        let suffix = spelt(node)?;
        if suffix.value.len() == 6
            && suffix
                .value
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric())
        {
            return Some(suffix.value);
        }
        let message = format!(
            "`{}` is not a suffix: it has six letters or digits",
            suffix.value
        );
        self.loading.problem(message, None, suffix.origin);
        None
    }

    /// What `key` names; without it, the key that AWS manages.
    fn key_of(&mut self, node: &Node, place: Origin, here: &Here) -> KeyRef {
        let Some(node) = node.get("key") else {
            return KeyRef::AwsManaged(place);
        };
        if node
            .as_str()
            .is_some_and(|text| text.starts_with("alias/aws/"))
        {
            return KeyRef::AwsManaged(node.origin);
        }
        self.reference(Referent::Key, node, here)
            .map_or_else(|| KeyRef::Unknown(Hole::unstated()), KeyRef::Named)
    }

    pub(super) fn parameters(&mut self, account: &Node, here: &Here) {
        let Some(parameters) = account.get("parameters") else {
            return;
        };
        for (name, body) in self.loading.named(parameters, "`parameters`") {
            self.parameter(name, body, here);
        }
    }

    fn parameter(&mut self, name: Spanned<String>, node: &Node, here: &Here) {
        self.loading.fields(node, "a parameter", &PARAMETER_KEYS);
        let what = format!("the parameter `{}`", name.value);
        let Some(region) = self.region(node, here, name.origin, &what) else {
            return;
        };
        let types = ["String", "StringList", "SecureString"];
        let kind = node
            .get("type")
            .and_then(|node| self.loading.word(node, "a type", &types));
        let tier = node
            .get("tier")
            .and_then(|node| self.loading.word(node, "a tier", &["Standard", "Advanced"]));
        let tags = node
            .get("tags")
            .map(|node| iam::tags(self.loading.tags(node)));
        let mut shares = Vec::new();
        let written = match node.get("share") {
            Some(share) if share.as_str() == Some("organization") => {
                vec![Spanned::new("organization".to_owned(), share.origin)]
            }
            _ => self.optional_texts(node, "share"),
        };
        for share in written {
            let is_principal = Arn::parse(&share.value).is_some_and(|arn| arn.service == "iam");
            if share.value == "organization" || share.value.starts_with("ou-") || is_principal {
                shares.push(share);
            } else if let Some(id) = self.account_id(&share.value, share.origin) {
                shares.push(Spanned::new(id, share.origin));
            }
        }
        let key = self.key_of(node, name.origin, here);
        self.loading.inventory.parameters.push(Parameter {
            arn: parameter_arn(&here.partition, &region, &here.id, &name.value),
            account: here.id.clone(),
            region,
            secure: Attribute::Known(kind.is_some_and(|kind| kind.value == "SecureString")),
            advanced: tier.is_some_and(|tier| tier.value == "Advanced"),
            key,
            tags: tags.unwrap_or_else(|| Tags::all(Vec::new(), name.origin)),
            shares: Listed::all(shares),
            origin: name.origin,
            name: name.value,
        });
    }

    pub(super) fn keys(&mut self, account: &Node, here: &Here) {
        let Some(keys) = account.get("keys") else {
            return;
        };
        for (name, body) in self.loading.named(keys, "`keys`") {
            self.key(&name, body, here);
        }
    }

    fn key(&mut self, name: &Spanned<String>, node: &Node, here: &Here) {
        self.loading.fields(node, "a key", &KEY_KEYS);
        let Some(region) = self.region(
            node,
            here,
            name.origin,
            &format!("the key `{}`", name.value),
        ) else {
            return;
        };
        let policy = self.key_policy(name, node, here);
        let id = node.get("id").and_then(spelt).map(|id| id.value);
        let aliases = self.optional_texts(node, "aliases");
        let enabled = node
            .get("enabled")
            .and_then(|node| self.loading.boolean(node, "`enabled`"));
        let tags = node
            .get("tags")
            .map(|node| iam::tags(self.loading.tags(node)));
        let mut grants = Vec::new();
        if let Some(list) = node.get("grants") {
            for grant in self.loading.list(list, "`grants`") {
                grants.extend(self.grant(grant, here));
            }
        }
        self.loading.inventory.keys.push(KmsKey {
            arn: key_arn(
                &here.partition,
                &region,
                &here.id,
                id.as_deref(),
                &here.name,
                &name.value,
            ),
            name: Some(name.value.clone()),
            account: here.id.to_string(),
            region: region.to_string(),
            policy: Attribute::or_unstated(policy),
            aliases: aliases
                .into_iter()
                .map(|alias| alias_name(&alias.value))
                .collect(),
            more_aliases: None,
            grants: Listed::all(grants),
            tags: tags.unwrap_or_else(|| Tags::all(Vec::new(), name.origin)),
            aws_managed: false,
            enabled: Attribute::Known(enabled.unwrap_or_else(|| Spanned::new(true, name.origin))),
            unfit: Attribute::Absent,
            origin: name.origin,
        });
    }

    fn key_policy(
        &mut self,
        name: &Spanned<String>,
        node: &Node,
        here: &Here,
    ) -> Option<Arc<PolicyDocument>> {
        let Some(policy) = node.get("policy") else {
            let help = Some("`policy: default`, or a list of statements");
            self.loading.problem(
                format!("the key `{}` needs a `policy`", name.value),
                help,
                name.origin,
            );
            return None;
        };
        match policy.as_str() {
            Some("default") => Some(Arc::new(builtin::default_key_policy(
                &here.partition,
                &here.id,
            ))),
            Some(word) => {
                let message = format!("`{word}` is not a key policy");
                self.loading
                    .problem(message, Some("did you mean `default`?"), policy.origin);
                None
            }
            None => self.policy(policy, PolicyType::Key, "key policy"),
        }
    }

    fn grant(&mut self, node: &Node, here: &Here) -> Option<Grant> {
        self.loading.fields(
            node,
            "a grant",
            &["to", "operations", "context", "contextEquals"],
        );
        let (Some(to), Some(_)) = (node.get("to"), node.get("operations")) else {
            self.loading
                .problem("a grant needs `to` and `operations`", None, node.origin);
            return None;
        };
        let to = self.reference(Referent::Role, to, here)?;
        let operations = self.optional_texts(node, "operations");
        let mut context = |name: &str| {
            let tags = self.loading.tags(node.get(name)?).value;
            Some(
                tags.into_iter()
                    .map(|tag| (tag.key.value, tag.value.value))
                    .collect(),
            )
        };
        Some(Grant {
            grantee: Text::from(to.value),
            context_equals: context("contextEquals"),
            context_subset: context("context"),
            operations: operations
                .into_iter()
                .map(|operation| {
                    operation
                        .value
                        .strip_prefix("kms:")
                        .unwrap_or(&operation.value)
                        .to_owned()
                })
                .collect(),
        })
    }

    pub(super) fn endpoints(&mut self, account: &Node, here: &Here) {
        let Some(endpoints) = account.get("endpoints") else {
            return;
        };
        for (name, node) in self.loading.named(endpoints, "`endpoints`") {
            self.loading.fields(node, "an endpoint", &ENDPOINT_KEYS);
            let Some(service) = node.get("service") else {
                let help = format!("one of {}", SERVICES.join(", "));
                let message = format!("the endpoint `{}` needs a `service`", name.value);
                self.loading.problem(message, Some(&help), name.origin);
                continue;
            };
            let Some(service) = self.loading.word(service, "a service", &SERVICES) else {
                continue;
            };
            let policy = node.get("policy").and_then(|node| {
                self.policy(
                    node,
                    PolicyType::Endpoint,
                    &format!("endpoint policy of {}", name.value),
                )
            });
            let text = |name: &str| node.get(name).and_then(spelt).map(|text| text.value);
            self.loading.inventory.endpoints.push(Endpoint {
                id: text("id").unwrap_or_else(|| name.value.clone()),
                account: here.id.to_string(),
                service: service.value,
                vpc: text("vpc"),
                policy,
                origin: name.origin,
            });
        }
    }
}
