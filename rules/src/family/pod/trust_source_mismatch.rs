//! POD106 `trust-source-mismatch`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a trust policy whose `aws:SourceAccount` or `aws:SourceOrgID` differs from the account or organization of the
    /// cluster.
    ///
    /// # Why it matters
    ///
    /// STS denies `AssumeRole` for every cluster outside the named account or organization. This typically happens when a
    /// role is copied to another account, and its condition keeps the old account id.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              StringEquals: { aws:SourceAccount: "111122223333" }
    /// +              StringEquals: { aws:SourceAccount: "444455556666" }
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the account of the cluster:
    ///
    /// ```yaml
    /// StringEquals: { aws:SourceAccount: "111122223333" }
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "pods" {
    ///   statement {
    ///     actions = ["sts:AssumeRole", "sts:TagSession"]
    ///     principals {
    ///       type        = "Service"
    ///       identifiers = ["pods.eks.amazonaws.com"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:SourceAccount"
    ///       values   = [data.aws_caller_identity.current.account_id]
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
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    "POD106" "trust-source-mismatch", High Break High,
    needs: [Associations, Roles], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return refusal.general(case, Ground::TrustSource);
    };
    let key = trust.key().filter(|_| !trust.is_irsa)?;
    matches!(&*key, "aws:sourceaccount" | "aws:sourceorgid").then(|| refusal.draft(case))
}
