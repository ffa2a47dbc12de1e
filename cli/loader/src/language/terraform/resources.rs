//! The resources of a plan or state, their attributes known, read from the source, predicted, or holes.

use super::{
    accounts::Accounts,
    labels::{self, labelled},
    objects, plan,
    resolve::Resolver,
};
use crate::{
    loading::Loading,
    resource::{Attributes, Exists, Noun, Resource},
    value::{hole_name, text},
};
use policy_engine::{
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
    text::Hole,
};
use std::{borrow::Cow, collections::HashMap};

/// The types that are read as they are, in the order in which they are taken.
const TYPES: [(&str, Noun); 22] = [
    ("aws_iam_role", Noun::Role),
    ("aws_iam_policy", Noun::Policy),
    ("aws_eks_cluster", Noun::Cluster),
    ("aws_kms_key", Noun::Key),
    ("aws_kms_replica_key", Noun::Key),
    ("aws_secretsmanager_secret", Noun::Secret),
    ("aws_ssm_parameter", Noun::Parameter),
    ("aws_iam_role_policy", Noun::InlinePolicy),
    ("aws_iam_role_policy_attachment", Noun::Attachment),
    ("aws_iam_policy_attachment", Noun::Attachment),
    (
        "aws_iam_role_policy_attachments_exclusive",
        Noun::ExclusiveAttachments,
    ),
    ("aws_iam_role_policies_exclusive", Noun::ExclusivePolicies),
    ("aws_eks_pod_identity_association", Noun::Association),
    ("aws_eks_addon", Noun::Addon),
    ("aws_kms_key_policy", Noun::KeyPolicy),
    ("aws_kms_alias", Noun::Alias),
    ("aws_kms_grant", Noun::Grant),
    ("aws_secretsmanager_secret_policy", Noun::SecretPolicy),
    ("aws_secretsmanager_tag", Noun::SecretTag),
    ("aws_vpc_endpoint", Noun::Endpoint),
    ("aws_organizations_organizational_unit", Noun::Unit),
    ("aws_organizations_account", Noun::Member),
];

/// What a plan or state describes.
pub(super) struct Taken<'r> {
    pub(super) resources: Vec<Resource<'r>>,
    /// Objects of Kubernetes in it.
    pub(super) objects: Vec<Node>,
}

/// The attributes of a resource.
struct Fields<'r> {
    resolver: &'r Resolver<'r>,
    resource: &'r plan::Resource<'r>,
}

impl Attributes for Fields<'_> {
    fn attribute(&self, name: &str) -> Option<Cow<'_, Node>> {
        let value = match name {
            "tags" => self.resolver.tags(self.resource),
            _ => self.resolver.field(self.resource, name),
        };
        let label = self.resolver.label.as_deref();
        value.map(|value| Cow::Owned(labelled(value, label)))
    }
}

/// The resources that will be there, or are.
pub(super) fn read<'r>(
    loading: &mut Loading,
    resolver: &'r Resolver<'r>,
    declares: bool,
) -> Taken<'r> {
    let reader = Reader {
        resolver,
        declares,
        unplaced: None,
    };
    let mut resources = reader.resources(loading);
    let mut all = resolver.plan.resources.iter();
    let organization = all.find(|resource| resource.kind == "aws_organizations_organization");
    resources.extend(organization.map(|resource| reader.organization(resource)));
    for release in reader.of("helm_release") {
        reader.release(loading, release);
    }
    let objects = objects::read(loading, resolver).into_iter();
    let label = resolver.label.as_deref();
    let objects = objects.map(|object| labelled(object, label)).collect();
    Taken { resources, objects }
}

/// The resources whose account is unknown, in the account that the resolver supposes.
pub(super) fn unplaced<'r>(
    loading: &mut Loading,
    resolver: &'r Resolver<'r>,
    accounts: &'r Accounts,
) -> Vec<Resource<'r>> {
    let reader = Reader {
        resolver,
        declares: true,
        unplaced: Some(accounts),
    };
    reader.resources(loading)
}

/// What a resource of a type is, if it is read as it is.
pub(super) fn noun(kind: &str) -> Option<Noun> {
    let mut types = TYPES.iter();
    types.find(|(own, _)| *own == kind).map(|(_, noun)| *noun)
}

struct Reader<'r> {
    resolver: &'r Resolver<'r>,
    declares: bool,
    /// Where only resources of an unknown account are read: the accounts that are known.
    unplaced: Option<&'r Accounts>,
}

impl<'r> Reader<'r> {
    fn resources(&self, loading: &mut Loading) -> Vec<Resource<'r>> {
        let mut resources = Vec::new();
        for (kind, noun) in TYPES {
            let of_kind = self.of(kind);
            resources.extend(of_kind.map(|resource| self.resource(noun, resource)));
        }
        let roles = self.of("aws_iam_role");
        resources.extend(roles.flat_map(|role| self.exclusive(role)));
        let shares = self.of("aws_ram_resource_association");
        resources.extend(shares.map(|resource| self.share(resource)));
        resources.extend(self.organization_policies(loading));
        resources
    }

    /// The resources of a type that Terraform manages.
    fn of(&self, kind: &'static str) -> impl Iterator<Item = &'r plan::Resource<'r>> + use<'r> {
        let (all, unplaced) = (self.resolver.plan.resources.iter(), self.unplaced);
        let of_kind = all.filter(move |resource| !resource.data && resource.kind == kind);
        of_kind
            .filter(move |resource| unplaced.is_none_or(|accounts| accounts.is_unplaced(resource)))
    }

    /// The organization; what only reads it does not make it.
    fn organization(&self, resource: &'r plan::Resource<'r>) -> Resource<'r> {
        let mut made = self.resource(Noun::Organization, resource);
        made.declared = made.declared.filter(|_| !resource.data);
        made
    }

    fn resource(&self, noun: Noun, resource: &'r plan::Resource<'r>) -> Resource<'r> {
        let attributes = Fields {
            resolver: self.resolver,
            resource,
        };
        self.made(noun, resource, Box::new(attributes))
    }

    fn made(
        &self,
        noun: Noun,
        resource: &plan::Resource<'_>,
        attributes: Box<dyn Attributes + 'r>,
    ) -> Resource<'r> {
        let resolver = self.resolver;
        let label = resolver.label.as_deref();
        let id = || match resolver.known(resource, "id") {
            Some(id) => id.value,
            None => resource.address.clone(),
        };
        let name = match noun {
            Noun::Endpoint => id(),
            Noun::Key => resource.address.clone(),
            _ => resolver.name(resource),
        };
        Resource {
            noun,
            address: resource.address.clone(),
            declared: self.declares.then(|| resource.address.clone()),
            name: Spanned::new(
                labels::name(name, label),
                resolver.place_of(resource, "name"),
            ),
            arn: resolver.arn(resource).map(|arn| labels::text(&arn, label)),
            home: resolver.accounts.home(resource),
            exists: match &resource.open {
                Some(why) => Exists::Unknown(Hole::any(why.clone())),
                None => Exists::Yes,
            },
            attributes,
            whole: true,
            origin: resolver.place(resource),
        }
    }

    /// The arguments of a role that take away what other resources attach to it, at the next apply of these.
    ///
    /// Terraform AWS provider documentation, "aws_iam_role", `managed_policy_arns` and `inline_policy`.
    fn exclusive(&self, role: &'r plan::Resource<'r>) -> Vec<Resource<'r>> {
        let arguments = [
            (
                "managed_policy_arns",
                "policy_arns",
                Noun::ExclusiveAttachments,
            ),
            ("inline_policy", "policy_names", Noun::ExclusivePolicies),
        ];
        let configured = arguments
            .into_iter()
            .filter(|(argument, ..)| self.configures(role, argument));
        configured
            .map(|(argument, listed, noun)| {
                let origin = self.resolver.place(role);
                let name = text(self.resolver.name(role), origin);
                let mut members = vec![(text("role_name", origin), name)];
                if let Some(value) = self.resolver.field(role, argument) {
                    members.push((text(listed, origin), names_of(value)));
                }
                let label = self.resolver.label.as_deref();
                let attributes = labelled(map(members, origin), label);
                let mut made = self.made(noun, role, Box::new(attributes));
                let why = format!("whether `{argument}` of {} takes it away", role.address);
                made.exists = Exists::Unknown(Hole::any(why));
                made
            })
            .collect()
    }

    /// Whether the configuration of a resource has an argument or a block.
    fn configures(&self, resource: &plan::Resource<'_>, argument: &str) -> bool {
        if let Some(expressions) = resource.expressions {
            return expressions.get(argument).is_some();
        }
        let name = format!("resource.{}.{}", resource.kind, resource.name);
        let sources = self.resolver.sources;
        let stated = sources.stating(&plan::bare(&resource.module), &name, argument);
        stated.is_some_and(|own| {
            let mut blocks = own.block.body.blocks();
            own.block.body.has_attribute(argument)
                || blocks.any(|block| block.ident.as_str() == argument)
        })
    }

    /// A resource in a resource share, with all principals of the share.
    fn share(&self, resource: &'r plan::Resource<'r>) -> Resource<'r> {
        let origin = self.resolver.place(resource);
        let share = self.resolver.field(resource, "resource_share_arn");
        let of_share = self
            .of("aws_ram_principal_association")
            .filter(|association| {
                let other = self.resolver.field(association, "resource_share_arn");
                match (&share, &other) {
                    (Some(share), Some(other)) => share.scalar_text() == other.scalar_text(),
                    _ => false,
                }
            });
        let principals =
            of_share.filter_map(|association| self.resolver.field(association, "principal"));
        let principals = list(principals.collect(), origin);
        let mut members = vec![(text("Principals", origin), principals)];
        if let Some(arn) = self.resolver.field(resource, "resource_arn") {
            members.push((text("ResourceArns", origin), list(vec![arn], origin)));
        }
        let attributes = map(members, origin);
        self.made(Noun::Share, resource, Box::new(attributes))
    }

    /// Attachments of SCPs and RCPs with the policies that they attach.
    fn organization_policies(&self, loading: &mut Loading) -> Vec<Resource<'r>> {
        let policies: HashMap<String, &plan::Resource<'_>> = self
            .of("aws_organizations_policy")
            .map(|policy| (self.id(policy), policy))
            .collect();
        let mut resources = Vec::new();
        for attachment in self.of("aws_organizations_policy_attachment") {
            resources.extend(self.attached(loading, attachment, &policies));
        }
        resources
    }

    /// What an attachment attaches to which target.
    fn attached(
        &self,
        loading: &mut Loading,
        attachment: &'r plan::Resource<'r>,
        policies: &HashMap<String, &plan::Resource<'_>>,
    ) -> Option<Resource<'r>> {
        let origin = self.resolver.place(attachment);
        let target = self.resolver.field(attachment, "target_id")?;
        let wanted = self.resolver.field(attachment, "policy_id")?;
        let id = wanted.scalar_text()?.to_string();
        let mut members = vec![(text("TargetIds", origin), list(vec![target], origin))];
        let Some(policy) = policies.get(&id) else {
            if hole_name(&wanted).is_some() {
                members.push((text("type", origin), wanted.clone()));
                members.push((text("content", origin), wanted));
                let attributes = Box::new(map(members, origin));
                return Some(self.made(Noun::OrganizationPolicy, attachment, attributes));
            }
            // AWS's own policies allow everything, and are in the tree already.
            if !matches!(id.as_str(), "p-FullAWSAccess" | "p-RCPFullAWSAccess") {
                let message = format!(
                    "`{}` attaches the policy `{id}`, which is not in this plan or state; write the organization in a world so that the policy applies",
                    attachment.address
                );
                loading.note(message, Some(origin));
            }
            return None;
        };
        for name in ["type", "content"] {
            if let Some(node) = self.resolver.field(policy, name) {
                members.push((text(name, node.origin), node));
            }
        }
        let attributes = Box::new(map(members, origin));
        let mut made = self.made(Noun::OrganizationPolicy, attachment, attributes);
        made.name.value = self.resolver.name(policy);
        Some(made)
    }

    /// The id of a resource, or a placeholder until the resource exists.
    fn id(&self, resource: &plan::Resource<'_>) -> String {
        self.resolver
            .known(resource, "id")
            .map_or_else(|| format!("<{}.id>", resource.address), |id| id.value)
    }

    /// A chart: what it makes is only known once it is rendered.
    fn release(&self, loading: &mut Loading, resource: &plan::Resource<'_>) {
        let chart = self.resolver.field(resource, "chart");
        let chart = chart.and_then(|chart| chart.scalar_text());
        let chart = chart.map_or_else(String::new, |chart| format!(" `{chart}`"));
        let message = format!(
            "`{}` installs the chart{chart}, which is not read; render it with `helm template` and check the result as well",
            resource.address
        );
        loading.note(message, Some(self.resolver.place(resource)));
    }
}

/// The names of blocks, where a value is a list of blocks; an unnamed block has none.
fn names_of(value: Node) -> Node {
    let Value::List(items) = value.value else {
        return value;
    };
    let names = items.into_iter().filter_map(|item| match item.value {
        Value::Map(_) => item.get("name").cloned(),
        _ => Some(item),
    });
    list(names.collect(), value.origin)
}

fn map(members: Vec<(Node, Node)>, origin: Origin) -> Node {
    let value = Value::Map(members);
    Node { value, origin }
}

fn list(items: Vec<Node>, origin: Origin) -> Node {
    let value = Value::List(items);
    Node { value, origin }
}
