//! The facts of one template, resource by resource.

use super::{Template, evaluate::Evaluator, members, name_origin};
use crate::load::{
    arns::{alias_name, share_of},
    loading::{AttachedPolicy, Loading},
    planned::{self, key_ref, spanned},
    value::hole_name,
};
use policy_engine::{
    inventory::{
        Association, Endpoint, KeyRef, KmsKey, LoosePolicy, ManagedPolicy, Parameter, Replica,
        ResourcePolicy, Role, Secret, Tag,
    },
    policy::{PolicyDocument, PolicyType},
    source::Spanned,
    syntax::node::{Node, Value},
};
use std::{collections::HashMap, sync::Arc};

/// What is being taken from one template.
pub(super) struct Facts<'f> {
    loading: &'f mut Loading,
    evaluator: &'f Evaluator<'f>,
    template: &'f Template,
    /// Roles of this template by their names.
    roles: HashMap<String, usize>,
    /// The first key of this template among all.
    first_key: usize,
    /// What was said once of all resources without a region.
    is_region_noted: bool,
}

/// A resource that is made.
#[derive(Clone, Copy)]
struct Resource<'t> {
    id: &'t str,
    node: &'t Node,
}

type Take<'f> = fn(&mut Facts<'f>, Resource<'_>);

impl<'f> Facts<'f> {
    pub(super) fn new(
        loading: &'f mut Loading,
        evaluator: &'f Evaluator<'f>,
        template: &'f Template,
    ) -> Self {
        let first_key = loading.inventory.keys.len();
        Self {
            loading,
            evaluator,
            template,
            roles: HashMap::new(),
            first_key,
            is_region_noted: false,
        }
    }

    pub(super) fn take(&mut self) {
        // What others attach to comes first.
        let kinds: [(&str, Take<'f>); 19] = [
            ("AWS::IAM::Role", Self::role),
            ("AWS::IAM::ManagedPolicy", Self::managed_policy),
            ("AWS::EKS::Cluster", Self::cluster),
            ("AWS::KMS::Key", Self::key),
            ("AWS::KMS::ReplicaKey", Self::key),
            ("AWS::SecretsManager::Secret", Self::secret),
            ("AWS::SSM::Parameter", Self::parameter),
            ("AWS::IAM::RolePolicy", Self::inline_policy),
            ("AWS::IAM::Policy", Self::inline_policy),
            ("AWS::EKS::PodIdentityAssociation", Self::association),
            ("AWS::EKS::Addon", Self::addon),
            ("AWS::KMS::Alias", Self::alias),
            ("AWS::SecretsManager::ResourcePolicy", Self::secret_policy),
            ("AWS::Organizations::Policy", Self::organization_policy),
            ("AWS::RAM::ResourceShare", Self::share),
            ("AWS::EC2::VPCEndpoint", Self::endpoint),
            ("Fn::ForEach", Self::not_read),
            ("AWS::CloudFormation::Stack", Self::nested),
            ("AWS::CloudFormation::Macro", Self::not_read),
        ];
        let resources: Vec<Resource<'f>> = members(&self.template.root, "Resources")
            .filter(|(_, node)| self.is_made(node))
            .map(|(id, node)| Resource { id, node })
            .collect();
        let has_home = self.evaluator.home.account.is_some();
        let mut matters = None;
        for (kind, take) in kinds {
            for resource in resources.iter().filter(|one| is_of(one, kind)) {
                let is_fact = kind.starts_with("AWS::") && !kind.starts_with("AWS::CloudFormation");
                if !has_home && is_fact {
                    matters = matters.or(Some(resource.node.origin));
                    self.alone(*resource);
                } else {
                    take(self, *resource);
                }
            }
        }
        if let Some(origin) = matters {
            let message = format!(
                "nothing says in which account the stack of `{}` is, so only its policies are judged; say `--account NAME=ID`, or include it in a world with `account: …`",
                self.template.name
            );
            self.loading.note(message, Some(origin));
        }
    }

    /// Whether a resource is made; of one whose condition is not known it is said that it is taken to be.
    fn is_made(&mut self, node: &Node) -> bool {
        let Some(condition) = node.get("Condition") else {
            return true;
        };
        let Some(name) = condition.as_str() else {
            return true;
        };
        self.evaluator.condition(name).unwrap_or_else(|| {
            let message =
                format!("whether the condition `{name}` holds is not known: it is taken to hold");
            self.loading.note(message, Some(condition.origin));
            true
        })
    }

    fn not_read(&mut self, resource: Resource<'_>) {
        let message = format!(
            "`{}` is not carried out: what it makes is not read",
            resource.id
        );
        self.loading.note(message, Some(resource.node.origin));
    }

    fn nested(&mut self, resource: Resource<'_>) {
        let message = format!(
            "the template of the nested stack `{}` is read where it is among the files, on its own",
            resource.id
        );
        self.loading.note(message, Some(resource.node.origin));
    }

    /// The policies of a resource of which nobody knows whose it is.
    fn alone(&mut self, resource: Resource<'_>) {
        let kind = resource.node.get("Type").and_then(Node::as_str);
        let documents: &[(&str, PolicyType)] = match kind.unwrap_or_default() {
            "AWS::IAM::Role" => &[("AssumeRolePolicyDocument", PolicyType::Trust)],
            "AWS::IAM::RolePolicy" | "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => {
                &[("PolicyDocument", PolicyType::Identity)]
            }
            "AWS::SecretsManager::ResourcePolicy" => &[("ResourcePolicy", PolicyType::Resource)],
            "AWS::KMS::Key" | "AWS::KMS::ReplicaKey" => &[("KeyPolicy", PolicyType::Key)],
            "AWS::EKS::PodIdentityAssociation" => &[("Policy", PolicyType::Session)],
            _ => &[],
        };
        let mut found = Vec::new();
        for (name, kind) in documents {
            if let Some(document) = self.policy(resource, name, *kind, resource.id) {
                found.push((*kind, document));
            }
        }
        for document in self.inline(resource) {
            found.push((PolicyType::Identity, document));
        }
        let loose = found
            .into_iter()
            .map(|(kind, document)| LoosePolicy { kind, document });
        self.loading.inventory.loose.extend(loose);
    }

    /// A policy property as a document.
    fn policy(
        &mut self,
        resource: Resource<'_>,
        name: &str,
        kind: PolicyType,
        called: &str,
    ) -> Option<Arc<PolicyDocument>> {
        let node = self.evaluator.property(resource.node, name)?;
        self.document(resource, &node, kind, called)
    }

    fn document(
        &mut self,
        resource: Resource<'_>,
        node: &Node,
        kind: PolicyType,
        called: &str,
    ) -> Option<Arc<PolicyDocument>> {
        let note = |missing: &str| {
            format!(
                "the {kind} in `{}` is not known before the stack is made: it rests on {missing}",
                resource.id
            )
        };
        planned::document(self.loading, node, kind, called, note)
    }

    fn text(&self, resource: Resource<'_>, name: &str) -> Option<Spanned<String>> {
        let node = self.evaluator.property(resource.node, name)?;
        spanned(&node).filter(|text| !text.value.is_empty())
    }

    /// The same, but nothing when it is not known at all: what it names may be anything.
    fn decided(&self, resource: Resource<'_>, name: &str) -> Option<Spanned<String>> {
        let node = self.evaluator.property(resource.node, name)?;
        if hole_name(&node).is_some() {
            return None;
        }
        spanned(&node)
    }

    fn texts(&self, resource: Resource<'_>, name: &str) -> Vec<Spanned<String>> {
        let node = self.evaluator.property(resource.node, name);
        let items = node.as_ref().and_then(Node::as_list).unwrap_or_default();
        items.iter().filter_map(spanned).collect()
    }

    fn blocks(&self, resource: Resource<'_>, name: &str) -> Vec<Node> {
        let node = self.evaluator.property(resource.node, name);
        let items = node.as_ref().and_then(Node::as_list);
        items.map(<[Node]>::to_vec).unwrap_or_default()
    }

    /// `Tags` as a list of keys and values, or as a map.
    fn tags(&self, resource: Resource<'_>) -> Spanned<Vec<Tag>> {
        let Some(node) = self.evaluator.property(resource.node, "Tags") else {
            return Spanned::new(Vec::new(), resource.node.origin);
        };
        let tag = |key: &Node, value: &Node| {
            let key = Spanned::new(key.scalar_text()?.to_string(), key.origin);
            let value = Spanned::new(value.scalar_text().unwrap_or_default(), value.origin);
            Some(Tag { key, value })
        };
        let tags = match &node.value {
            Value::Map(members) => members
                .iter()
                .filter_map(|(key, value)| tag(key, value))
                .collect(),
            Value::List(items) => items
                .iter()
                .filter_map(|item| tag(item.get("Key")?, item.get("Value")?))
                .collect(),
            _ => Vec::new(),
        };
        Spanned::new(tags, node.origin)
    }

    fn account(&self) -> String {
        self.evaluator.home.account.clone().unwrap_or_default()
    }

    /// The region of the stack; without one, what lies in a region is left out and that is said.
    fn region(&mut self, resource: Resource<'_>) -> Option<String> {
        let region = self.evaluator.home.region.clone();
        if region.is_none() && !self.is_region_noted {
            self.is_region_noted = true;
            let message = format!(
                "nothing says in which region the stack of `{}` is, so its secrets, keys, parameters and clusters are left out; say `--region REGION`",
                self.template.name
            );
            self.loading.note(message, Some(resource.node.origin));
        }
        region
    }

    /// The inline policies that stand in a role.
    fn inline(&mut self, resource: Resource<'_>) -> Vec<Arc<PolicyDocument>> {
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

    fn role(&mut self, resource: Resource<'_>) {
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

    fn managed_policy(&mut self, resource: Resource<'_>) {
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

    fn inline_policy(&mut self, resource: Resource<'_>) {
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
    fn role_of(&mut self, name: &Spanned<String>) -> &mut Role {
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

    fn cluster(&mut self, resource: Resource<'_>) {
        let name = self.evaluator.name(resource.id, resource.node);
        let origin = name_origin(resource.node, "Name");
        self.cluster_of(resource, &Spanned::new(name, origin));
    }

    /// The ARN of a cluster, which lies where the stack does.
    fn cluster_of(&mut self, resource: Resource<'_>, name: &Spanned<String>) -> Option<String> {
        let region = self.region(resource)?;
        let (partition, account) = (&self.evaluator.home.partition, self.account());
        let arn = planned::cluster(self.loading, partition, &region, &account, name);
        Some(arn)
    }

    fn association(&mut self, resource: Resource<'_>) {
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

    fn addon(&mut self, resource: Resource<'_>) {
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
    fn declared(&self, resource: Resource<'_>) -> String {
        format!("{} in {}", resource.id, self.template.name)
    }

    fn secret(&mut self, resource: Resource<'_>) {
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

    fn secret_policy(&mut self, resource: Resource<'_>) {
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
    fn elsewhere(&mut self, resource: Resource<'_>, what: &Spanned<String>) {
        let message = format!(
            "`{}` is about `{}`, which nothing describes, so it is left out",
            resource.id, what.value
        );
        self.loading.note(message, Some(what.origin));
    }

    fn key(&mut self, resource: Resource<'_>) {
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
            let default = policy_engine::policy::builtin::default_key_policy(partition, &account);
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

    fn alias(&mut self, resource: Resource<'_>) {
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

    fn parameter(&mut self, resource: Resource<'_>) {
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

    fn organization_policy(&mut self, resource: Resource<'_>) {
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
    fn share(&mut self, resource: Resource<'_>) {
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

    fn endpoint(&mut self, resource: Resource<'_>) {
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

fn is_of(resource: &Resource<'_>, kind: &str) -> bool {
    let own = resource.node.get("Type").and_then(Node::as_str);
    own == Some(kind) || (kind == "Fn::ForEach" && resource.id.starts_with("Fn::ForEach"))
}
