//! REQ102 `missing-describe-secret`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a mounted secret that the pod's role may read with `GetSecretValue`, but not describe, if the driver rotates
    /// mounted values.
    ///
    /// # Why it matters
    ///
    /// The first mount works. At every later poll the provider calls `DescribeSecret` to compare versions, AWS denies this
    /// call, and the pod keeps the old value. The error appears only after the secret is rotated, often weeks after the
    /// deployment.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///          policies:
    ///            read-one:
    ///              - Effect: Allow
    /// -              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// +              Action: secretsmanager:GetSecretValue
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow `secretsmanager:DescribeSecret` beside `secretsmanager:GetSecretValue`:
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
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    /// * <https://secrets-store-csi-driver.sigs.k8s.io/topics/secret-auto-rotation>
    "REQ102" "missing-describe-secret", Medium Break High,
    properties: [Generic], needs: [Roles], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Describe)
}
