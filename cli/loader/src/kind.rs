//! The kinds of input.

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
pub(crate) const NAMES: [(&str, Kind); 11] = [
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
pub(crate) const READ_KINDS: &str = "this release reads worlds, Kubernetes manifests, Terraform plans and states as JSON, CloudFormation templates, and answers of the AWS CLI";

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
