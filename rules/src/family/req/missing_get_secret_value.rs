//! REQ101 `missing-get-secret-value`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, LastCause, Refusal};

rule! {
    /// Flags a mounted secret for which no policy allows the pod's role `secretsmanager:GetSecretValue`.
    ///
    /// # Why it matters
    ///
    /// AWS denies every call that no statement allows. The provider calls `GetSecretValue` at the first mount, gets
    /// `AccessDeniedException`, and the pod stays in `ContainerCreating`.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///          policies:
    ///            read-one:
    ///              - Effect: Allow
    /// -              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// +              Action: secretsmanager:DescribeSecret
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow `secretsmanager:GetSecretValue` on the ARN of the secret:
    ///
    /// ```yaml
    /// policies:
    ///   read-one:
    ///     - Effect: Allow
    ///       Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    ///     resources = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local-??????"]
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
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "REQ101" "missing-get-secret-value", High Break High,
    properties: [Generic], needs: [Roles], aws: [], fix: Some(Grade::Unsafe), Check::LastCause;
}

/// Every refusal that no other rule reports.
pub(super) static LAST: LastCause = LastCause { rule: &RULE, find };

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Draft {
    refusal.draft(case)
}
