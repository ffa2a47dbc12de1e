//! Accounts of a world, their clusters and what runs in them.

use super::{
    decoder::{Decoder, Here},
    names::Referent,
    parsed::key_origin,
};
use crate::{fields::spelt, loading::did_you_mean};
use policy_engine::{
    inventory::{
        AccountId, Association, Attribute, Cluster, Dialect, Mount, Pod, ServiceAccount, Via,
    },
    policy::PolicyType,
    source::Spanned,
    syntax::node::{Node, Value},
};

const CLUSTER_KEYS: [&str; 7] = [
    "region",
    "oidc",
    "endpoints",
    "rotation",
    "provider",
    "audiences",
    "serviceAccounts",
];
const ASSOCIATION_KEYS: [&str; 5] = ["role", "targetRole", "externalId", "sessionTags", "policy"];
const MOUNT_KEYS: [&str; 6] = ["object", "region", "failover", "version", "label", "via"];
/// Keys of an account for which its id must be known.
const CONTENTS: [&str; 9] = [
    "clusters",
    "roles",
    "policies",
    "secrets",
    "parameters",
    "keys",
    "endpoints",
    "scps",
    "rcps",
];

impl Decoder<'_> {
    pub(super) fn accounts(&mut self, node: &Node) {
        for (key, body) in node.as_map().unwrap_or_default() {
            let Some(name) = spelt(key) else { continue };
            let Some(account) = self.loading.account(&name.value).cloned() else {
                continue;
            };
            let Some(id) = account.id.as_deref().and_then(AccountId::parse) else {
                // A wrong id was reported at its place.
                if CONTENTS.iter().any(|content| body.get(content).is_some())
                    && body.get("id").is_none()
                {
                    let help = Some("id: \"111122223333\"");
                    self.loading.problem(
                        format!("the account `{}` needs an `id`", name.value),
                        help,
                        name.origin,
                    );
                }
                continue;
            };
            let here = Here {
                name: account.name,
                id,
                region: account.region,
                partition: account.partition,
            };
            self.account(body, &here);
        }
    }

    fn account(&mut self, body: &Node, here: &Here) {
        for (key, kind) in [("scps", PolicyType::Scp), ("rcps", PolicyType::Rcp)] {
            let Some(node) = body.get(key) else { continue };
            let policies = self.policies(node, kind, &format!("`{key}`"));
            let mut facts = self.loading.inventory.accounts.iter_mut().rev();
            if let Some(account) = facts.find(|account| account.id == here.id) {
                let list = if kind == PolicyType::Scp {
                    &mut account.scps
                } else {
                    &mut account.rcps
                };
                list.extend(policies);
            }
        }
        if let Some(node) = body.get("fullAccess")
            && let Some(full_access) = self.loading.boolean(node, "`fullAccess`")
        {
            let mut facts = self.loading.inventory.accounts.iter_mut().rev();
            if let Some(account) = facts.find(|account| account.id == here.id) {
                account.full_access = full_access.value;
            }
        }
        self.account_policies(body, here);
        self.roles(body, here);
        self.keys(body, here);
        self.secrets(body, here);
        self.parameters(body, here);
        self.endpoints(body, here);
        let Some(clusters) = body.get("clusters") else {
            return;
        };
        for (name, cluster) in self.loading.named(clusters, "`clusters`") {
            self.cluster(&name, cluster, body, here);
        }
    }

    fn cluster(&mut self, name: &Spanned<String>, node: &Node, account: &Node, here: &Here) {
        self.loading.fields(node, "a cluster", &CLUSTER_KEYS);
        let Some(region) = self.region(
            node,
            here,
            name.origin,
            &format!("the cluster `{}`", name.value),
        ) else {
            return;
        };
        let arn = format!(
            "arn:{}:eks:{region}:{}:cluster/{}",
            here.partition, here.id, name.value
        );
        let oidc = node
            .get("oidc")
            .and_then(|node| self.loading.text(node, "`oidc`"));
        let domain = if here.partition == "aws-cn" {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        let issuer = oidc.map(|oidc| {
            let bare = oidc.value.trim_start_matches("https://");
            if bare.contains('/') {
                bare.to_owned()
            } else {
                format!("oidc.eks.{region}.{domain}/id/{bare}")
            }
        });
        let endpoints = self.cluster_endpoints(node, account);
        let rotation = node
            .get("rotation")
            .and_then(|node| self.loading.boolean(node, "`rotation`"));
        let provider = node
            .get("provider")
            .and_then(|node| self.provider(node))
            .unwrap_or_default();
        let audiences = node.get("audiences").map(|node| {
            let texts = self.loading.texts(node, "`audiences`");
            Spanned::new(
                texts.into_iter().map(|text| text.value).collect(),
                node.origin,
            )
        });
        self.loading.inventory.clusters.push(Cluster {
            arn: arn.clone(),
            name: name.value.clone(),
            account: here.id.clone(),
            region: region.clone(),
            partition: here.partition.clone(),
            issuer: Attribute::or_unstated(issuer),
            endpoints,
            rotation: rotation.is_none_or(|rotation| rotation.value),
            provider,
            audiences,
            origin: name.origin,
        });
        let Some(accounts) = node.get("serviceAccounts") else {
            return;
        };
        for (pod, body) in self.loading.named(accounts, "`serviceAccounts`") {
            self.service_account(&pod, body, &arn, &name.value, &region, here);
        }
    }

    fn provider(&mut self, node: &Node) -> Option<Dialect> {
        let words = Dialect::ALL.map(Dialect::word);
        let word = self.loading.word(node, "`provider`", &words)?;
        Dialect::parse(&word.value)
    }

    fn cluster_endpoints(&mut self, node: &Node, account: &Node) -> Vec<String> {
        let Some(list) = node.get("endpoints") else {
            return Vec::new();
        };
        let known = account
            .get("endpoints")
            .and_then(Node::as_map)
            .unwrap_or_default();
        let known: Vec<_> = known
            .iter()
            .filter_map(|(key, body)| Some((spelt(key)?.value, body)))
            .collect();
        let mut ids = Vec::new();
        for endpoint in self.loading.texts(list, "`endpoints`") {
            let by_name = known.iter().find(|(name, body)| {
                *name == endpoint.value
                    || body.get("id").and_then(Node::as_str) == Some(endpoint.value.as_str())
            });
            match by_name {
                Some((name, body)) => {
                    ids.push(
                        body.get("id")
                            .and_then(Node::as_str)
                            .unwrap_or(name)
                            .to_owned(),
                    );
                }
                None if endpoint.value.starts_with("vpce-") => ids.push(endpoint.value),
                None => {
                    let help =
                        did_you_mean(&endpoint.value, known.iter().map(|(name, _)| name.as_str()));
                    let help = help.unwrap_or_else(|| {
                        "describe it under `endpoints` of the account".to_owned()
                    });
                    let message = format!("the endpoint `{}` does not exist", endpoint.value);
                    self.loading.problem(message, Some(&help), endpoint.origin);
                }
            }
        }
        ids
    }

    fn service_account(
        &mut self,
        name: &Spanned<String>,
        node: &Node,
        cluster: &str,
        cluster_name: &str,
        region: &str,
        here: &Here,
    ) {
        let Some((namespace, service_account)) = pod_name(&name.value) else {
            let message = format!("`{}` is not a service account", name.value);
            self.loading.problem(
                message,
                Some("write namespace/name, in lower case"),
                name.origin,
            );
            return;
        };
        self.loading.fields(
            node,
            "a service account",
            &["association", "irsa", "mounts"],
        );
        let pod = Pod {
            cluster: cluster.to_owned(),
            namespace: namespace.to_owned(),
            service_account: service_account.to_owned(),
        };
        let irsa = node
            .get("irsa")
            .and_then(|node| self.reference(Referent::Role, node, here));
        let fact = ServiceAccount {
            pod: pod.clone(),
            irsa,
            origin: name.origin,
        };
        self.loading.inventory.service_accounts.push(fact);
        if let Some(association) = node.get("association") {
            let external = format!("{region}/{}/{cluster_name}/{}", here.id, name.value);
            self.association(association, name, &pod, external, here);
        }
        if let Some(mounts) = node.get("mounts") {
            for mount in self.loading.list(mounts, "`mounts`") {
                self.mount(mount, &pod, here);
            }
        }
    }

    fn association(
        &mut self,
        node: &Node,
        name: &Spanned<String>,
        pod: &Pod,
        external: String,
        here: &Here,
    ) {
        let place = |text: &str| Spanned::new(text.to_owned(), name.origin);
        let mut association = Association {
            cluster: pod.cluster.clone(),
            namespace: place(&pod.namespace),
            service_account: place(&pod.service_account),
            role: Attribute::unstated(),
            target_role: Attribute::Absent,
            external_id: Attribute::Absent,
            session_tags: Attribute::Known(Spanned::new(true, node.origin)),
            policy: Attribute::Absent,
            declared: None,
            duplicates: Vec::new(),
            origin: node.origin,
        };
        if !matches!(node.value, Value::Map(_)) {
            let Some(role) = self.reference(Referent::Role, node, here) else {
                return;
            };
            association.role = Attribute::Known(role);
            self.loading.inventory.associations.push(association);
            return;
        }
        self.loading
            .fields(node, "an association", &ASSOCIATION_KEYS);
        let Some(role) = node.get("role") else {
            self.loading
                .problem("an association needs a `role`", None, node.origin);
            return;
        };
        association.role = Attribute::or_unstated(self.reference(Referent::Role, role, here));
        if let Some(target) = node.get("targetRole") {
            association.target_role =
                Attribute::or_absent(self.reference(Referent::Role, target, here));
            association.external_id = Attribute::Known(external);
        }
        if let Some(id) = node
            .get("externalId")
            .and_then(|node| self.loading.text(node, "`externalId`"))
        {
            association.external_id = Attribute::Known(id.value);
        }
        if let Some(tags) = node
            .get("sessionTags")
            .and_then(|node| self.loading.boolean(node, "`sessionTags`"))
        {
            association.session_tags = Attribute::Known(tags);
        }
        if let Some(policy) = node.get("policy") {
            let document = self.policy(policy, PolicyType::Session, "session policy");
            association.policy = Attribute::or_absent(document);
            if association.sets_tags() == Some(true) {
                let help = Some("add `sessionTags: false`, or remove the policy");
                let message = "EKS takes a session policy only where session tags are off";
                self.loading
                    .problem(message, help, key_origin(node, "policy"));
            }
        }
        if association.role.known().is_some() {
            self.loading.inventory.associations.push(association);
        }
    }

    fn mount(&mut self, node: &Node, pod: &Pod, here: &Here) {
        let is_map = matches!(node.value, Value::Map(_));
        if is_map {
            self.loading.fields(node, "a mount", &MOUNT_KEYS);
        }
        let object = match node.get("object") {
            Some(object) => object,
            None if is_map => {
                self.loading
                    .problem("a mount needs an `object`", None, node.origin);
                return;
            }
            None => node,
        };
        let Some(object) = self.loading.text(object, "an object") else {
            return;
        };
        self.check_object(&object, here);
        let spelt_member = |name: &str| node.get(name).and_then(spelt).map(|text| text.value);
        let via = node.get("via").and_then(|node| self.via(node));
        let mount = Mount {
            pod: pod.clone(),
            object,
            region: node
                .get("region")
                .and_then(|node| self.loading.region(node)),
            failover: node
                .get("failover")
                .and_then(|node| self.loading.region(node)),
            version: spelt_member("version"),
            label: spelt_member("label"),
            via,
        };
        self.loading.inventory.mounts.push(mount);
    }

    pub(super) fn via(&mut self, node: &Node) -> Option<Via> {
        let word = self
            .loading
            .word(node, "`via`", &["pod-identity", "irsa"])?;
        Some(if word.value == "irsa" {
            Via::Irsa
        } else {
            Via::PodIdentity
        })
    }

    /// Reports an object that is neither a secret nor a parameter of the world.
    fn check_object(&mut self, object: &Spanned<String>, here: &Here) {
        let name = object
            .value
            .rsplit_once(':')
            .map_or(object.value.as_str(), |(_, name)| name);
        let is_parameter = !self.names.get(Referent::Parameter, name).is_empty()
            || (name.starts_with('/') && self.names.get(Referent::Secret, name).is_empty());
        let referent = if is_parameter {
            Referent::Parameter
        } else {
            Referent::Secret
        };
        self.resolve(referent, object, here);
    }

    /// Texts of a list, when there is one.
    pub(super) fn optional_texts(&mut self, node: &Node, name: &str) -> Vec<Spanned<String>> {
        let Some(list) = node.get(name) else {
            return Vec::new();
        };
        self.loading.texts(list, &format!("`{name}`"))
    }
}

/// Namespace and name of `namespace/name`.
fn pod_name(text: &str) -> Option<(&str, &str)> {
    let (namespace, name) = text.split_once('/')?;
    let fits = |part: &str, dots: bool| {
        let starts = part
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let allowed = |byte: u8| {
            byte.is_ascii_lowercase()
                || byte.is_ascii_digit()
                || byte == b'-'
                || (dots && byte == b'.')
        };
        starts && part.bytes().all(allowed)
    };
    (fits(namespace, false) && fits(name, true)).then_some((namespace, name))
}
