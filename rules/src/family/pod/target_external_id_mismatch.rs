//! POD304 `target-external-id-mismatch`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a target role whose trust policy requires another external id than the external id of the association.
    ///
    /// # Why it matters
    ///
    /// EKS builds the external id of an association from region, account, cluster, namespace and service account. A trust
    /// policy for another cluster or workload does not match it, and STS denies `AssumeRole`.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -                sts:ExternalId: us-east-1/111122223333/prod/dev/chained
    /// +                sts:ExternalId: us-east-1/111122223333/old/dev/chained
    /// ```
    ///
    /// # Accepted
    ///
    /// Require `REGION/ACCOUNT/CLUSTER/NAMESPACE/SERVICE-ACCOUNT` of the association:
    ///
    /// ```yaml
    /// sts:ExternalId: us-east-1/111122223333/prod/dev/chained
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "reader_trust" {
    ///   statement {
    ///     actions = ["sts:AssumeRole"]
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/hop"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "sts:ExternalId"
    ///       values   = ["us-east-1/111122223333/prod/dev/chained"]
    ///     }
    ///   }
    ///   statement {
    ///     actions = ["sts:TagSession"]
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/hop"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: writes the change that the help names into the statement, if one place decides it. The statement then allows
    /// the pod's role more than before.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html>
    /// * <https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html>
    "POD304" "target-external-id-mismatch", High Break High,
    needs: [Associations, Roles], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Chain(chain) = refusal else {
        return None;
    };
    let is_external = chain.key()?.eq_ignore_ascii_case("sts:ExternalId");
    is_external.then(|| refusal.draft(case))
}
