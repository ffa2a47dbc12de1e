//! POD101 `trust-missing-pods-principal`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::finding::Grade;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags an association whose role does not allow the service principal `pods.eks.amazonaws.com` to assume it.
    ///
    /// # Why it matters
    ///
    /// EKS assumes the role as `pods.eks.amazonaws.com`. If the trust policy does not name this principal, the pod starts,
    /// but every AWS call fails because the pod has no credentials.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///          trust: &pods-of-prod
    ///            - Effect: Allow
    /// -            Principal: { Service: pods.eks.amazonaws.com }
    /// +            Principal: { Service: eks.amazonaws.com }
    /// ```
    ///
    /// # Accepted
    ///
    /// Name `pods.eks.amazonaws.com` in the trust policy:
    ///
    /// ```yaml
    /// trust: &pods-of-prod
    ///   - Effect: Allow
    ///     Principal: { Service: pods.eks.amazonaws.com }
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
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: replaces the principal if it is the only one, because another service may need the role.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    "POD101" "trust-missing-pods-principal", High Break High,
    properties: [Generic], needs: [Associations, Roles], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return None;
    };
    (!trust.is_irsa && trust.is_about_principal()).then(|| refusal.draft(case))
}
