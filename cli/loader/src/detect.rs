//! What a file is, by its content and never by its name alone (inputs.md section 2).

use super::aws;
use policy_engine::syntax::node::Node;
use std::fmt;

/// The kinds of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The tool's own format.
    World,
    /// Kubernetes manifests.
    Kubernetes,
    /// Saved answers of the AWS CLI.
    Aws,
    /// An IAM policy on its own.
    Policy,
    /// `terraform show -json` of a plan.
    TerraformPlan,
    /// The state of Terraform, raw or as JSON.
    TerraformState,
    /// Terraform source.
    Terraform,
    /// A CloudFormation template.
    CloudFormation,
    /// A CDK assembly.
    Cdk,
    /// A Pulumi export or preview.
    Pulumi,
    /// An eksctl ClusterConfig.
    Eksctl,
    /// A folder of iam-collect.
    IamCollect,
}

/// The kinds that an include can name.
pub(super) const NAMES: [(&str, Kind); 11] = [
    ("terraform-plan", Kind::TerraformPlan),
    ("terraform-state", Kind::TerraformState),
    ("terraform", Kind::Terraform),
    ("cloudformation", Kind::CloudFormation),
    ("cdk", Kind::Cdk),
    ("pulumi", Kind::Pulumi),
    ("kubernetes", Kind::Kubernetes),
    ("eksctl", Kind::Eksctl),
    ("aws", Kind::Aws),
    ("iam-collect", Kind::IamCollect),
    ("world", Kind::World),
];

/// What to say about kinds that cannot be read.
pub(super) const READ_KINDS: &str = "this release reads worlds, Kubernetes manifests, Terraform plans and states as JSON, CloudFormation templates, and answers of the AWS CLI";

impl Kind {
    /// Whether this release reads it.
    pub fn is_read(self) -> bool {
        matches!(
            self,
            Self::World
                | Self::Kubernetes
                | Self::Aws
                | Self::Policy
                | Self::TerraformPlan
                | Self::TerraformState
                | Self::CloudFormation
                | Self::Cdk
        )
    }

    /// The name in a world file's `kind`.
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("policy", |(name, _)| name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::World => "a world",
            Self::Kubernetes => "Kubernetes manifests",
            Self::Aws => "an answer of AWS",
            Self::Policy => "a policy",
            Self::TerraformPlan => "a Terraform plan",
            Self::TerraformState => "a Terraform state",
            Self::Terraform => "Terraform source",
            Self::CloudFormation => "a CloudFormation template",
            Self::Cdk => "a CDK assembly",
            Self::Pulumi => "a Pulumi export",
            Self::Eksctl => "an eksctl ClusterConfig",
            Self::IamCollect => "an iam-collect folder",
        })
    }
}

/// The kind of a file by its documents.
pub(super) fn detect(documents: &[Node]) -> Option<Kind> {
    documents.iter().find_map(document)
}

fn document(node: &Node) -> Option<Kind> {
    let members = node.as_map()?;
    let has = |name: &str| node.get(name).is_some();
    if members
        .first()
        .is_some_and(|(key, _)| key.as_str() == Some("ascp-policy"))
    {
        return Some(Kind::World);
    }
    if has("apiVersion") && has("kind") {
        let version = node.get("apiVersion").and_then(Node::as_str).unwrap_or("");
        return Some(if version.starts_with("eksctl.io/") {
            Kind::Eksctl
        } else {
            Kind::Kubernetes
        });
    }
    if has("format_version") {
        return if has("planned_values") {
            Some(Kind::TerraformPlan)
        } else {
            has("values").then_some(Kind::TerraformState)
        };
    }
    if has("terraform_version") && has("resources") {
        return Some(Kind::TerraformState);
    }
    let typed = |resources: &Node| {
        resources.as_map().is_some_and(|members| {
            members
                .iter()
                .any(|(_, member)| member.get("Type").is_some())
        })
    };
    if has("AWSTemplateFormatVersion") || node.get("Resources").is_some_and(typed) {
        return Some(Kind::CloudFormation);
    }
    if has("version") && has("artifacts") {
        return Some(Kind::Cdk);
    }
    let urns = |list: Option<&Node>| {
        list.and_then(Node::as_list)
            .is_some_and(|items| items.iter().any(|item| item.get("urn").is_some()))
    };
    if urns(node.at(&["deployment", "resources"])) || urns(node.get("steps")) {
        return Some(Kind::Pulumi);
    }
    if aws::answer(node).is_some() {
        return Some(Kind::Aws);
    }
    has("Statement").then_some(Kind::Policy)
}
