//! REQ106 `account-or-partition-not-covered`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a policy that allows objects of another account or partition than the account or partition of the mounted
    /// object.
    ///
    /// # Why it matters
    ///
    /// The ARN of a secret or parameter contains its account and partition, and AWS matches both exactly. This typically
    /// happens when a policy is copied from another account, and its account id stays the old one.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              Resource: arn:aws:ssm:us-east-1:111122223333:parameter/${aws:PrincipalTag/kubernetes-namespace}/*
    /// +              Resource: arn:aws:ssm:us-east-1:444455556666:parameter/${aws:PrincipalTag/kubernetes-namespace}/*
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the account and partition of the mounted object:
    ///
    /// ```yaml
    /// Resource: arn:aws:ssm:us-east-1:111122223333:parameter/${aws:PrincipalTag/kubernetes-namespace}/*
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["ssm:GetParameters"]
    ///     resources = ["arn:aws:ssm:us-east-1:${data.aws_caller_identity.current.account_id}:parameter/$${aws:PrincipalTag/kubernetes-namespace}/*"]
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
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    "REQ106" "account-or-partition-not-covered", High Break High,
    needs: [Roles], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let missed = refusal.resource(Ground::is_permission)?;
    let is_other = missed.is_other_account() && !missed.is_other_region();
    is_other.then(|| refusal.draft(case))
}
