//! Terraform plans and states as JSON (inputs.md 3): the same facts as from AWS, before anything exists.
//!
//! What is not known before apply is predicted from names, read from the `.tf` files beside the plan, or a hole. Places are
//! those of the `.tf` files where they are there; of a plan or state only the address of a resource is told, its text is
//! never shown.

mod accounts;
mod budget;
mod eval;
mod functions;
mod held;
mod iam;
mod kubernetes;
mod organization;
mod plan;
mod predict;
mod references;
mod resolve;
mod secrets;
mod source;

use super::{
    loading::Loading,
    open::{Opened, Wanted, report},
    planned,
    setting::Setting,
    value,
};
use accounts::{Accounts, Home};
use plan::{Plan, Resource};
use policy_engine::{
    policy::{PolicyDocument, PolicyType},
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
};
use resolve::Resolver;
use source::Sources;
use std::{collections::HashMap, sync::Arc};

/// Takes the facts of a plan or state.
pub(super) fn read(loading: &mut Loading, opened: &Opened, wanted: &Wanted, setting: &Setting) {
    let Some(node) = opened.documents.first() else {
        return;
    };
    if let Some((message, help)) = unfit(node) {
        report(
            loading,
            &opened.name,
            wanted.because,
            format!("`{}`: {message}", opened.name),
            Some(help),
        );
        return;
    }
    let plan = Plan::read(node);
    // The text holds values of secrets: only line ends are kept, and the addresses of resources.
    let hidden: String = opened
        .text
        .chars()
        .map(|character| if character == '\n' { '\n' } else { ' ' })
        .collect();
    let source = loading.add_source(&opened.name, hidden);
    let addresses = plan
        .resources
        .iter()
        .map(|one| (one.node.origin.span, one.address.clone()));
    loading.hide(source, addresses.collect());
    loading.read_file(
        &opened.name,
        opened.kind.unwrap_or(crate::kind::Kind::TerraformPlan),
    );
    let accounts = Accounts::new(&plan, loading, setting);
    let lost = homeless(&plan, &accounts);
    if let Some((resource, what)) = lost {
        let message = format!(
            "nothing in `{}` says in which {what} `{}` is",
            opened.name, resource.address
        );
        let help = if what == "account" {
            "say `--account NAME=ID`, or include the file in a world with `account: …`"
        } else {
            "say `--region REGION`, or include the file in a world with `region: …`"
        };
        report(loading, &opened.name, wanted.because, message, Some(help));
        return;
    }
    let sources = Sources::load(loading, &opened.path, &plan);
    let resolver = Resolver::new(&plan, &sources, accounts);
    let mut facts = Facts {
        loading,
        resolver: &resolver,
        setting,
        declares: opened.kind == Some(crate::kind::Kind::TerraformPlan),
        roles: HashMap::new(),
        keys: HashMap::new(),
    };
    facts.take();
    if !resolver.budget.spend(0) {
        let message = format!(
            "`{}` is too much to evaluate; what was left is not known",
            opened.name
        );
        loading.note(message, None);
    }
}

/// A file that looks like a plan or state and is none that can be read.
fn unfit(node: &Node) -> Option<(String, &'static str)> {
    let version = node.get("format_version").and_then(Node::scalar_text);
    if let Some(version) = version {
        let version = version.to_string();
        // Terraform writes 0.1 and 0.2 for the same shape.
        if !version.starts_with("1.") && !version.starts_with("0.") {
            let message = format!("plans of format `{version}` are not known");
            return Some((message, "this release reads the formats 0 and 1"));
        }
    } else {
        let version = node.get("version").and_then(Node::scalar_text);
        if version.is_none_or(|version| version.known() != Some("4")) {
            let help =
                "write it again with Terraform 0.12 or newer, or save `terraform show -json`";
            return Some(("only version 4 of the state is known".to_owned(), help));
        }
    }
    if matches!(
        node.get("errored").map(|node| &node.value),
        Some(Value::Bool(true))
    ) {
        let message = "this plan ended with an error, so it is not whole".to_owned();
        return Some((
            message,
            "repair what `terraform plan` reports, and save it again",
        ));
    }
    let root = node
        .at(&["planned_values", "root_module"])
        .or_else(|| node.at(&["values", "root_module"]))
        .or_else(|| node.get("resources"));
    let fits = root.is_some_and(|root| matches!(root.value, Value::Map(_) | Value::List(_)));
    // An empty state has no `values`, an empty plan no `root_module`.
    let is_empty = node
        .get("values")
        .is_none_or(|values| values.as_map().is_some())
        && node
            .get("planned_values")
            .is_none_or(|values| values.as_map().is_some());
    (!fits && !is_empty).then(|| {
        let message = "neither `planned_values` nor `values` holds resources".to_owned();
        (message, "save it with `terraform show -json`")
    })
}

/// The first resource that matters and of which nobody says where it is.
fn homeless<'p>(
    plan: &'p Plan<'p>,
    accounts: &Accounts,
) -> Option<(&'p Resource<'p>, &'static str)> {
    plan.resources
        .iter()
        .filter(|one| !one.data)
        .find_map(|resource| {
            let regional = matches!(
                resource.kind.as_str(),
                "aws_secretsmanager_secret"
                    | "aws_ssm_parameter"
                    | "aws_kms_key"
                    | "aws_eks_cluster"
                    | "aws_eks_pod_identity_association"
            );
            let global = matches!(resource.kind.as_str(), "aws_iam_role" | "aws_iam_policy");
            let home = accounts.home(resource);
            if (regional || global) && home.account.is_none() {
                return Some((resource, "account"));
            }
            (regional && home.region.is_none()).then_some((resource, "region"))
        })
}

/// What is being taken from one plan.
struct Facts<'f, 'p> {
    loading: &'f mut Loading,
    resolver: &'f Resolver<'p>,
    setting: &'f Setting,
    /// Whether the file says what will be made; a state says what is there.
    declares: bool,
    /// Roles by ARN, so that policies and attachments find them.
    roles: HashMap<String, usize>,
    /// Keys by ARN.
    keys: HashMap<String, usize>,
}

/// A policy attribute.
enum Policy {
    /// It is not set.
    Absent(Origin),
    /// This one; what nobody can know yet is a document whose statements may say anything.
    Document(Arc<PolicyDocument>),
}

impl Policy {
    fn document(self) -> Option<Arc<PolicyDocument>> {
        match self {
            Self::Document(document) => Some(document),
            Self::Absent(_) => None,
        }
    }
}

impl<'p> Facts<'_, 'p> {
    fn take(&mut self) {
        // What others attach to comes first.
        self.each("aws_iam_role", Self::role);
        self.each("aws_iam_policy", Self::managed_policy);
        self.each("aws_eks_cluster", Self::cluster);
        self.each("aws_kms_key", Self::key);
        self.each("aws_kms_replica_key", Self::key);
        self.each("aws_secretsmanager_secret", Self::secret);
        self.each("aws_ssm_parameter", Self::parameter);
        self.each("aws_iam_role_policy", Self::role_policy);
        self.each("aws_iam_role_policy_attachment", Self::attachment);
        self.each("aws_iam_policy_attachment", Self::attachment);
        self.each(
            "aws_iam_role_policy_attachments_exclusive",
            Self::exclusive_attachments,
        );
        self.each("aws_iam_role_policies_exclusive", Self::exclusive_policies);
        self.each("aws_eks_pod_identity_association", Self::association);
        self.each("aws_eks_addon", Self::addon);
        self.each("aws_kms_key_policy", Self::key_policy);
        self.each("aws_kms_alias", Self::alias);
        self.each("aws_kms_grant", Self::grant);
        self.each("aws_secretsmanager_secret_policy", Self::secret_policy);
        self.each("aws_secretsmanager_tag", Self::secret_tag);
        self.each("aws_ram_resource_association", Self::share);
        self.each("aws_vpc_endpoint", Self::endpoint);
        self.held();
        self.organization();
        self.each("helm_release", Self::release);
        for kind in [
            "kubernetes_service_account",
            "kubernetes_service_account_v1",
        ] {
            self.each(kind, Self::service_account);
        }
        for kind in ["kubernetes_manifest", "kubectl_manifest"] {
            self.each(kind, Self::manifest);
        }
    }

    fn each(&mut self, kind: &str, take: fn(&mut Self, &'p Resource<'p>)) {
        for resource in &self.resolver.plan.resources {
            if !resource.data && resource.kind == kind {
                take(self, resource);
            }
        }
    }

    /// A policy attribute as a document.
    fn policy(
        &mut self,
        resource: &Resource<'_>,
        name: &str,
        kind: PolicyType,
        called: &str,
    ) -> Policy {
        let Some(node) = self.resolver.field(resource, name) else {
            return Policy::Absent(self.resolver.place(resource));
        };
        if node.as_str() == Some("") {
            return Policy::Absent(node.origin);
        }
        let note = |missing: &str| {
            format!(
                "the {kind} in `{}` is not known before apply: it rests on {missing}; the `.tf` files beside the plan may tell",
                resource.address
            )
        };
        // What is no policy was reported.
        match planned::document(self.loading, &node, kind, called, note) {
            Some(document) => Policy::Document(document),
            None => Policy::Absent(node.origin),
        }
    }

    /// Where the name of a resource is written.
    fn name_origin(&self, resource: &Resource<'_>, name: &str) -> Origin {
        let node = self.resolver.field(resource, name);
        node.map_or_else(|| self.resolver.place(resource), |node| node.origin)
    }

    /// An attribute that names something by ARN: what is not known of it stands between angle brackets.
    fn named(&self, resource: &Resource<'_>, name: &str) -> Option<Spanned<String>> {
        let node = self.resolver.field(resource, name)?;
        let text = node.scalar_text()?.to_string();
        (!text.is_empty()).then(|| Spanned::new(text, node.origin))
    }

    /// The same, but nothing when it is not known at all: what it names may be anything.
    fn decided(&self, resource: &Resource<'_>, name: &str) -> Option<Spanned<String>> {
        let node = self.resolver.field(resource, name)?;
        if value::hole_name(&node).is_some() {
            return None;
        }
        self.named(resource, name)
    }

    /// Tags as AWS will see them, the provider's default ones included.
    fn tags(&self, resource: &Resource<'_>) -> Spanned<Vec<policy_engine::inventory::Tag>> {
        let written = self.resolver.field(resource, "tags");
        let all = self.resolver.field(resource, "tags_all");
        let place = written
            .as_ref()
            .map_or_else(|| self.resolver.place(resource), |node| node.origin);
        let members = |node: &Option<Node>| {
            node.as_ref()
                .and_then(Node::as_map)
                .map(<[(Node, Node)]>::to_vec)
                .unwrap_or_default()
        };
        let own = members(&written);
        // When one tag is not known, none of the sum is: the provider's part is in its configuration.
        let all = if all.is_none() {
            members(&self.resolver.default_tags(resource))
        } else {
            members(&all)
        };
        let mut tags: Vec<policy_engine::inventory::Tag> = Vec::new();
        for (key, value) in all.iter().chain(&own) {
            let Some(name) = key.scalar_text() else {
                continue;
            };
            // The user wrote it in `tags`, so that is where it stands.
            let entry = own
                .iter()
                .find(|(other, _)| other.scalar_text().as_ref() == Some(&name));
            let (key, value) = match entry {
                Some((key, own)) if value.scalar_text() == own.scalar_text() => (key, own),
                _ => (key, value),
            };
            let value = Spanned::new(value.scalar_text().unwrap_or_default(), value.origin);
            let key = Spanned::new(name.to_string(), key.origin);
            match tags.iter_mut().find(|tag| tag.key.value == key.value) {
                Some(tag) => tag.value = value,
                None => tags.push(policy_engine::inventory::Tag { key, value }),
            }
        }
        Spanned::new(tags, place)
    }

    fn home(&self, resource: &Resource<'_>) -> Home {
        self.resolver.accounts.home(resource)
    }
}
