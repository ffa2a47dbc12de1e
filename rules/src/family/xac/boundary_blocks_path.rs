//! XAC110 `boundary-blocks-path`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a permissions boundary that does not allow the actions of a pod's mounts.
    ///
    /// # Why it matters
    ///
    /// AWS allows a request only if both the boundary and a policy of the role allow it. A platform team often writes the
    /// boundary, so the policy of the role looks complete and AWS still denies the read.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -          Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret, kms:Decrypt]
    /// +          Action: [s3:GetObject, kms:Decrypt]
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow the read actions in the boundary:
    ///
    /// ```yaml
    /// Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret, kms:Decrypt]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "ceiling" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", "kms:Decrypt"]
    ///     resources = ["*"]
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
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
    "XAC110" "boundary-blocks-path", High Break High,
    properties: [Generic], needs: [Roles], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Boundary)
}
