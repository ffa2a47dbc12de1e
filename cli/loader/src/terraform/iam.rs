//! Roles, managed policies, clusters and associations.

use super::{Facts, Policy, plan::Resource};
use crate::planned::{self, spanned};
use policy_engine::{
    inventory::{Association, Cluster, Dialect, ManagedPolicy, Role},
    policy::PolicyType,
    source::Spanned,
    syntax::{
        arn::Arn,
        node::{Node, Value},
    },
};

impl Facts<'_, '_> {
    pub(super) fn role(&mut self, resource: &Resource<'_>) {
        let Some(arn) = self.resolver.arn(resource) else {
            return;
        };
        let trust = self.policy(
            resource,
            "assume_role_policy",
            PolicyType::Trust,
            "trust policy",
        );
        let mut inline = Vec::new();
        let blocks = self.resolver.field(resource, "inline_policy");
        for block in blocks.as_ref().and_then(Node::as_list).unwrap_or_default() {
            let Some(document) = block.get("policy").filter(|node| !node.is_null()) else {
                continue;
            };
            let name = block
                .get("name")
                .and_then(Node::as_str)
                .unwrap_or("")
                .to_owned();
            let note = |missing: &str| {
                format!(
                    "the inline policy `{name}` in `{}` is not known before apply: it rests on {missing}",
                    resource.address
                )
            };
            let kind = PolicyType::Identity;
            let made = planned::document(self.loading, document, kind, &name, note);
            inline.extend(made);
        }
        let attached = self.resolver.field(resource, "managed_policy_arns");
        let attached = attached
            .as_ref()
            .and_then(Node::as_list)
            .unwrap_or_default();
        let role = Role {
            arn: arn.to_string(),
            trust: trust.document(),
            inline,
            attached: attached.iter().filter_map(spanned).collect(),
            complete: true,
            boundary: self.named(resource, "permissions_boundary"),
            tags: self.tags(resource).value,
            unique_id: self
                .resolver
                .known(resource, "unique_id")
                .map(|id| id.value),
            origin: self.name_origin(resource, "name"),
        };
        self.roles
            .insert(role.arn.clone(), self.loading.inventory.roles.len());
        self.loading.inventory.roles.push(role);
    }

    pub(super) fn managed_policy(&mut self, resource: &Resource<'_>) {
        let Some(arn) = self.resolver.arn(resource) else {
            return;
        };
        let name = self.resolver.name(resource);
        if let Policy::Document(document) =
            self.policy(resource, "policy", PolicyType::Identity, &name)
        {
            self.loading.inventory.policies.push(ManagedPolicy {
                arn: arn.to_string(),
                document,
            });
        }
    }

    pub(super) fn role_policy(&mut self, resource: &Resource<'_>) {
        let name = self.resolver.name(resource);
        let policy = self.policy(resource, "policy", PolicyType::Identity, &name);
        let Some(role) = self.named(resource, "role") else {
            return;
        };
        if let Some(role) = self.role_of(resource, &role) {
            role.inline.extend(policy.document());
        }
    }

    pub(super) fn attachment(&mut self, resource: &Resource<'_>) {
        let Some(arn) = self.named(resource, "policy_arn") else {
            return;
        };
        let many = self.resolver.field(resource, "roles");
        let many = many.as_ref().and_then(Node::as_list).unwrap_or_default();
        let roles: Vec<_> = many
            .iter()
            .filter_map(spanned)
            .chain(self.named(resource, "role"))
            .collect();
        for role in roles {
            if let Some(role) = self.role_of(resource, &role) {
                role.attached.push(arn.clone());
            }
        }
    }

    /// The role of that name in the account of a resource; one that this file does not describe is begun.
    fn role_of(&mut self, resource: &Resource<'_>, name: &Spanned<String>) -> Option<&mut Role> {
        let home = self.home(resource);
        let account = home.account?;
        let bare = name.value.rsplit('/').next().unwrap_or(&name.value);
        let known = self.roles.iter().find(|(arn, _)| {
            Arn::parse(arn).is_some_and(|arn| {
                arn.account == account && arn.resource.rsplit('/').next() == Some(bare)
            })
        });
        let at = match known {
            Some((_, at)) => *at,
            None => {
                let arn = format!("arn:{}:iam::{account}:role/{bare}", home.partition);
                let at = self.loading.inventory.roles.len();
                self.roles.insert(arn.clone(), at);
                self.loading
                    .inventory
                    .roles
                    .push(planned::begun_role(arn, name.origin));
                at
            }
        };
        self.loading.inventory.roles.get_mut(at)
    }

    pub(super) fn cluster(&mut self, resource: &Resource<'_>) {
        let (Some(arn), home) = (self.resolver.arn(resource), self.home(resource)) else {
            return;
        };
        let issuer = self.resolver.field(resource, "identity");
        let issuer = issuer
            .as_ref()
            .and_then(|node| {
                node.as_list()?
                    .first()?
                    .get("oidc")?
                    .as_list()?
                    .first()?
                    .get("issuer")
            })
            .and_then(Node::as_str)
            .map(|issuer| issuer.trim_start_matches("https://").to_owned());
        self.loading.inventory.clusters.push(Cluster {
            arn: arn.to_string(),
            name: self.resolver.name(resource),
            account: home.account.unwrap_or_default(),
            region: home.region.unwrap_or_default(),
            partition: home.partition,
            issuer,
            endpoints: Vec::new(),
            rotation: true,
            provider: Dialect::default(),
            audiences: None,
            origin: self.name_origin(resource, "name"),
        });
    }

    pub(super) fn association(&mut self, resource: &Resource<'_>) {
        let (Some(cluster), Some(namespace), Some(service_account)) = (
            self.named(resource, "cluster_name"),
            self.named(resource, "namespace"),
            self.named(resource, "service_account"),
        ) else {
            return;
        };
        let disabled = self.resolver.field(resource, "disable_session_tags");
        let session_tags = !matches!(
            disabled.as_ref().map(|node| &node.value),
            Some(Value::Bool(true))
        );
        let place = self.resolver.place(resource);
        let policy = self.policy(resource, "policy", PolicyType::Session, "session policy");
        let cluster = self.cluster_of(resource, &cluster);
        let target_role = self.decided(resource, "target_role_arn");
        // A target that nobody knows must not look like none: then the whole chain is open.
        let is_open = target_role.is_none() && self.named(resource, "target_role_arn").is_some();
        let role = self.decided(resource, "role_arn").filter(|_| !is_open);
        self.loading.inventory.associations.push(Association {
            cluster,
            namespace,
            service_account,
            role,
            target_role,
            external_id: self
                .resolver
                .known(resource, "external_id")
                .map(|id| id.value),
            session_tags: Spanned::new(session_tags, disabled.map_or(place, |node| node.origin)),
            policy: policy.document(),
            declared: self.declares.then(|| resource.address.clone()),
            duplicates: Vec::new(),
            origin: place,
        });
    }

    /// The associations of an add-on; EKS chooses the namespace, unless the add-on is given one.
    pub(super) fn addon(&mut self, resource: &Resource<'_>) {
        let blocks = self.resolver.field(resource, "pod_identity_association");
        let blocks = blocks
            .as_ref()
            .and_then(Node::as_list)
            .unwrap_or_default()
            .to_vec();
        let (Some(cluster), Some(addon)) = (
            self.named(resource, "cluster_name"),
            self.named(resource, "addon_name"),
        ) else {
            return;
        };
        if blocks.is_empty() {
            return;
        }
        let given = self.resolver.field(resource, "namespace_config");
        let given = given
            .as_ref()
            .and_then(|node| spanned(node.as_list()?.first()?.get("namespace")?));
        let addon = planned::Addon {
            address: &resource.address,
            declares: self.declares,
            name: addon,
            namespace: given,
            cluster: self.cluster_of(resource, &cluster),
        };
        planned::addon(
            self.loading,
            &addon,
            &blocks,
            ["service_account", "role_arn"],
        );
    }

    /// The managed policies of a role, and no others.
    pub(super) fn exclusive_attachments(&mut self, resource: &Resource<'_>) {
        let Some(listed) = self.listed(resource, "policy_arns") else {
            return;
        };
        let Some(name) = self.named(resource, "role_name") else {
            return;
        };
        if let Some(role) = self.role_of(resource, &name) {
            role.attached = listed;
        }
    }

    /// The inline policies of a role; others go away.
    pub(super) fn exclusive_policies(&mut self, resource: &Resource<'_>) {
        let Some(listed) = self.listed(resource, "policy_names") else {
            return;
        };
        let Some(name) = self.named(resource, "role_name") else {
            return;
        };
        if let Some(role) = self.role_of(resource, &name) {
            role.inline
                .retain(|policy| listed.iter().any(|name| *name.value == *policy.name));
        }
    }

    /// A list of texts, when all of it is known.
    fn listed(&self, resource: &Resource<'_>, name: &str) -> Option<Vec<Spanned<String>>> {
        let Some(node) = self.resolver.field(resource, name) else {
            return Some(Vec::new());
        };
        let items = node.as_list()?;
        let texts: Vec<_> = items.iter().filter_map(spanned).collect();
        let is_whole = texts.len() == items.len()
            && items
                .iter()
                .all(|item| crate::value::hole_name(item).is_none());
        is_whole.then_some(texts)
    }

    /// The ARN of an association's cluster, which lies where the association does.
    fn cluster_of(&mut self, resource: &Resource<'_>, name: &Spanned<String>) -> String {
        let home = self.home(resource);
        let (Some(account), Some(region)) = (home.account, home.region) else {
            return name.value.clone();
        };
        planned::cluster(self.loading, &home.partition, &region, &account, name)
    }
}
