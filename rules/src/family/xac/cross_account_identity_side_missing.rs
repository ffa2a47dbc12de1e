//! XAC102 `cross-account-identity-side-missing`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a secret of another account whose policy allows the pod's role, if the role's own policies do not allow the
    /// read.
    ///
    /// # Why it matters
    ///
    /// Across accounts AWS requires an Allow on both sides: in the policy of the secret and in a policy of the role. The
    /// policy of the secret alone is sufficient only within one account.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml also=REQ101
    ///            read-own:
    ///              - Effect: Allow
    /// -              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// +              Action: secretsmanager:DescribeSecret
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow the read in a policy of the role:
    ///
    /// ```yaml
    /// read-own:
    ///   - Effect: Allow
    ///     Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "read_own" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    ///     resources = ["arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-??????"]
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
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html>
    "XAC102" "cross-account-identity-side-missing", High Break High,
    properties: [Generic], needs: [Secrets, Roles], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Foreign)
}
