//! POD108 `trust-request-tag-excludes-association`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};
use policy_engine::inventory::Via;

rule! {
    /// Flags a trust policy whose condition on `aws:RequestTag/…` does not match an association that uses the role.
    ///
    /// # Why it matters
    ///
    /// STS denies `AssumeRole` for this association, and its pods get no credentials. The association and the trust policy
    /// are often in different repositories, and a namespace is renamed in only one of them.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -                aws:RequestTag/kubernetes-namespace: dev
    /// +                aws:RequestTag/kubernetes-namespace: develop
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the namespace of the association:
    ///
    /// ```yaml
    /// aws:RequestTag/kubernetes-namespace: dev
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
    ///       variable = "aws:RequestTag/kubernetes-namespace"
    ///       values   = ["dev"]
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
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    "POD108" "trust-request-tag-excludes-association", High Break High,
    properties: [Generic], needs: [Associations, Roles], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return refusal
            .general(case, Ground::Trust)
            .filter(|_| case.walk.via != Some(Via::Irsa));
    };
    trust.key().filter(|_| !trust.is_irsa)?;
    Some(refusal.draft(case))
}
